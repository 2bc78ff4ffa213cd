"""The installation without a network, in a clean Debian made for it: packages carried over in a folder, no route out, every service run.

Making the clean Debian and the folder needs a network and root; inside, ``unshare -n`` leaves loopback alone.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from config.bootstrap import ROOT

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("debootstrap") is None, reason="a clean Debian needs root and debootstrap"),
]

PREPARE = """
set -eu
mount --make-rprivate /
mount -t proc proc "$MACHINE/proc"
mount -t tmpfs tmpfs "$MACHINE/dev"
for node in null zero full random urandom tty; do touch "$MACHINE/dev/$node"; mount --bind "/dev/$node" "$MACHINE/dev/$node"; done
ln -s /proc/self/fd "$MACHINE/dev/fd"
mkdir -p "$MACHINE/dev/shm" "$MACHINE/media"
mount -t tmpfs tmpfs "$MACHINE/dev/shm"
mount -t tmpfs tmpfs "$MACHINE/run"
mount --bind "$CARRIED" "$MACHINE/media"
ip link set lo up
exec chroot "$MACHINE" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb sh /root/offline_machine.sh
"""


def run(*command: str, **env: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_a_clean_machine_without_a_network_comes_to_serve_pages(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    machine, carried = tmp_path / "machine", tmp_path / "carried"
    try:
        run("debootstrap", "--variant=minbase", "bookworm", str(machine), "http://deb.debian.org/debian")
        run("sh", "deploy/wheelhouse.sh", str(carried))
        (machine / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")  # no services are started by packages: there is no systemd inside
        (machine / "usr/sbin/policy-rc.d").chmod(0o755)
        shutil.copy(ROOT / "tests" / "faults" / "offline_machine.sh", machine / "root")
        told = run("unshare", "-n", "-m", "-p", "--fork", "--kill-child", "sh", "-c", PREPARE, MACHINE=str(machine), CARRIED=str(carried))
    finally:
        shutil.rmtree(machine, ignore_errors=True)
    assert re.search(r"(?m)^/ 200 \d+ MISS True$", told), told
    assert re.search(r"(?m)^/ 200 \d+ HIT True$", told), told
    assert re.search(r"(?m)^/office/sign-in/ 200 ", told), told
    assert re.search(r"(?m)^/static/css/base\.css 200 ", told), told
    assert "0 findings" in told
    assert "The ledger holds" in told
    seconds = re.findall(r"installed after (\d+) seconds", told)[0]
    megabytes = int(re.findall(r"at rest (\d+) MB", told)[0])
    assert megabytes <= 600
    record_property("figure", f"installed in {int(seconds) / 60:.1f} minutes without a network; the whole stack at rest {megabytes} MB")
