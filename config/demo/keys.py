"""The secrets of a demo: made once, kept in files that only their owner can read, outside the database."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from config.demo.accounts import write_private


def make(folder: Path) -> dict[str, str]:
    """Make what `folder` lacks; the environment that tells the settings where each secret is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {
        "SECRET_KEY_FILE": ("secret-key", secrets.token_urlsafe(50)),
        "FIELD_KEYS_FILE": ("field-keys", f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"),
    }
    for name, content in contents.values():
        if not (folder / name).exists():
            write_private(folder / name, content + "\n")
    return {variable: str(folder / name) for variable, (name, _) in contents.items()}
