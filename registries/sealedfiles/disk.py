"""Sealed files in a folder, ``MEDIA_ROOT``: of one machine, or shared by several."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from registries.sealedfiles import keeping


class WholeFiles(FileSystemStorage):
    """Django's folder of files, in which a file gets its name when it is whole and on the disk, and takes the place of an older one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.writelines(content.chunks())
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
        return name

    def forget_unfinished(self, before: float) -> int:
        """Remove what processes that died have left half-written before this moment (seconds since 1970); how many."""
        gone = 0
        for file in Path(self.path(keeping.PREFIX)).glob("??/tmp*"):
            try:
                if file.stat().st_mtime < before:
                    file.unlink()
                    gone += 1
            except OSError:  # somebody else was first
                continue
        return gone
