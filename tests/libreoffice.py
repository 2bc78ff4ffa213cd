"""LibreOffice without a window, where it is installed: saves a table in another form, as a clerk's editing and saving would."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice") or shutil.which("localc")
needs_libreoffice = pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed (Debian: libreoffice-calc-nogui)")


def saved_as(source: Path, form: str, folder: Path) -> Path:
    """The file opened and saved anew as ``form`` (xlsx, ods, fods, xls, csv …) into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(PROGRAM), profile, "--headless", "--norestore", "--convert-to", form, "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    made = folder / f"{source.stem}.{form.partition(':')[0]}"
    assert made.is_file(), done.stdout + done.stderr
    return made
