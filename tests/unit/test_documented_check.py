"""The check by hand that docs/draw.md shows, run as it stands there: bash, coreutils and awk alone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from tests.draw_bundles import GOOD, VECTORS


def documented() -> str:
    """The shell blocks of the page, without the one that holds a place to fill in."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "draw.md").read_text("utf-8"), flags=re.DOTALL)
    whole = [block for block in blocks if "<code" not in block]
    assert len(whole) == 2
    return "set -euo pipefail\n" + "".join(whole)


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", documented()], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", [name for name in GOOD if name != "6-larger"])
def test_the_check_by_hand_agrees_with_a_right_result_and_shows_a_wrong_line(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(VECTORS / name, folder)
    done = run(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    lines = (folder / "result.txt").read_text().split("\n")
    drawn = next(number for number, line in enumerate(lines) if "\tW\t" in line or "\tR\t" in line)
    lines[drawn] = lines[drawn][:-1] + ("0" if lines[drawn][-1] != "0" else "1")
    (folder / "result.txt").write_text("\n".join(lines))
    done = run(folder)
    assert done.returncode == 1
    assert lines[drawn] in done.stdout
