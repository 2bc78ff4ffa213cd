"""LibreOffice without a window: saves a table in another form, as a clerk's editing and saving would.

It is large, so only the long counts (`--full`) install it and use it.
"""

import subprocess
from pathlib import Path

import pytest

from config.bootstrap import LIBREOFFICE, program

PROGRAM = program(*LIBREOFFICE)
needs_libreoffice = pytest.mark.skipif(PROGRAM is None, reason="edited in LibreOffice: it is not installed")


def saved_as(source: Path, form: str, folder: Path, *, read_by: str = "") -> Path:
    """The file opened (by the filter ``read_by``, where it needs one) and saved anew as ``form`` (xlsx, ods, fods, xls, csv …) into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(PROGRAM), profile, "--headless", "--norestore", *([f"--infilter={read_by}"] if read_by else []), "--convert-to", form, "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = folder / f"{source.stem}.{form.partition(':')[0]}"
    assert made.is_file(), done.stdout + done.stderr
    return made
