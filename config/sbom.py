"""The bill of materials: every package that is installed, with version and digests, as CycloneDX 1.5. ``python3 -m config.sbom [FILE]``.

Made from the pinned requirements alone, so that it is the same wherever it is made.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(requirements: str) -> dict[str, Any]:
    """The bill of these requirements."""
    parts = []
    for block in re.split(r"\n(?=\S)", requirements):
        found = _PINNED.match(block)
        if found is None:
            continue
        name, version = found[1].lower(), found[2]
        url = f"pkg:pypi/{name}@{version}"
        hashes = [{"alg": "SHA-256", "content": digest} for digest in sorted(_DIGEST.findall(block))]
        parts.append({"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url, "hashes": hashes})
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "sunlot", "name": "sunlot"}},
        "components": sorted(parts, key=lambda part: str(part["name"])),
    }  # fmt: skip


if __name__ == "__main__":
    text = json.dumps(bill(REQUIREMENTS.read_text(encoding="utf-8")), ensure_ascii=False, indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
