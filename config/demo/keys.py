"""The secrets of a demo: made once, kept in files that only their owner can read, outside the database.

The auditor's private key is one of them, so that the demo can show how a sealed copy is opened; in production it stands on no server.
"""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from config.demo.accounts import write_private
from inspections.draws.sealing import new_private_key, public_key_of

AUDITOR = "AUDITOR_PUBLIC_KEY"


def make(folder: Path) -> dict[str, str]:
    """Make what `folder` lacks; the environment that tells the settings where each secret is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {
        "SECRET_KEY_FILE": ("secret-key", secrets.token_urlsafe(50)),
        AUDITOR: ("auditor-private-key", new_private_key()),
        "FIELD_KEYS_FILE": ("field-keys", f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"),
    }
    for name, content in contents.values():
        if not (folder / name).exists():
            write_private(folder / name, content + "\n")
    files = {variable: str(folder / name) for variable, (name, _) in contents.items()}
    private = Path(files.pop(AUDITOR)).read_text(encoding="utf-8").strip()
    return files | {AUDITOR: public_key_of(private)}
