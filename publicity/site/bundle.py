"""The bundle of a draw as one zip, the same bytes for the same files: fixed dates, sorted names, nothing packed."""

import io
import zipfile
from collections.abc import Mapping

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a zip can hold; no real one, so that the archive depends on its files alone."""
READABLE = 0o644 << 16
UNIX = 3


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """The files (name → bytes) in one folder. Stored, because every zlib packs in its own way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, body in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", FIRST_DAY)
            entry.create_system = UNIX
            entry.external_attr = READABLE
            archive.writestr(entry, body)
    return buffer.getvalue()
