"""From a bare machine to a running command, with the standard library alone.

Makes ``.venv``, installs the locked packages into it (with hashes), installs the missing Debian packages when it is
root and names the line to type when it is not, compiles the message catalogues, and runs the command inside ``.venv``.
What each command then does stands in ``config/demo``, ``config/testing`` and Django's management commands.

``BOOTSTRAP=off`` in the environment skips all of it, for an image that brings its packages along.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
RUN = ROOT / "config" / "requirements.txt"
TEST = ROOT / "config" / "requirements-test.txt"
OLDEST, NEWEST = (3, 11), (3, 12)


class Stop(Exception):
    """Set-up cannot go on; the message is one sentence for the person at the keyboard."""


# --- what the machine must have beside Python ---------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """Something of the operating system's: what it is for, how to see it, and the Debian packages that bring it."""

    name: str
    needed_for: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


def _library(*names: str) -> Callable[[], bool]:
    def present() -> bool:
        try:
            for name in names:
                ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def _chinese_fonts() -> bool:
    places = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"),
              Path.home() / ".fonts", Path.home() / ".local/share/fonts")  # fmt: skip
    return any(next(place.rglob("NotoSerifCJK*"), None) for place in places if place.is_dir())


def program(*names: str) -> str | None:
    """The first of these programs that is installed, Debian's PostgreSQL folders included; None when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath), "/usr/bin", "/usr/sbin"])
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LIBREOFFICE = ("soffice", "localc")
PDF = (
    Part("Pango", "PDF documents", ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
         _library("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")),
    Part("Chinese fonts", "PDF documents", ("fonts-noto-cjk",), _chinese_fonts),
)  # fmt: skip
SERVERS = (
    Part("PostgreSQL", "the tests on PostgreSQL", ("postgresql",), lambda: program("initdb") is not None),
    Part("Redis", "the tests on Redis", ("redis-server",), lambda: program("redis-server") is not None),
)
BROWSER = (Part("Chromium", "the browser tests", ("chromium",), lambda: program(*CHROMIUM) is not None),)
PROXY = (Part("nginx", "the tests of the shipped proxy settings", ("nginx-light",), lambda: program("nginx") is not None),)
READER = (Part("Poppler", "the tests that read a PDF", ("poppler-utils",), lambda: program("pdftotext") is not None),)
OFFICE = (
    Part("LibreOffice", "the files edited in LibreOffice", ("libreoffice-calc-nogui",), lambda: program(*LIBREOFFICE) is not None),
)
WHOLE = PDF + SERVERS + BROWSER + PROXY + READER
PARTS = {"demo": PDF, "test": WHOLE, "test --full": WHOLE + OFFICE}
"""What each command wants; the long counts alone want several hundred megabytes of an office."""


def wants(command: str, arguments: list[str]) -> str:
    """The entry of `PARTS` for a command as it was typed."""
    return f"{command} --full" if "--full" in arguments and f"{command} --full" in PARTS else command


def missing(command: str) -> list[Part]:
    """The parts of the operating system that `command` wants and this machine lacks."""
    return [part for part in PARTS.get(command, ()) if not part.present()]


def apt_line(parts: list[Part]) -> str:
    """The exact line that installs `parts` on Debian."""
    packages = " ".join(package for part in parts for package in part.packages)
    return f"sudo apt-get install -y --no-install-recommends {packages}"


def supply(command: str) -> list[Part]:
    """Install what `command` lacks when this is root on Debian; return what is still missing."""
    lacking = missing(command)
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        _tell("Installing " + ", ".join(part.name for part in lacking) + " …")
        with _setup_lock():
            lacking = missing(command)
            _apt(lacking)
        lacking = missing(command)
    return lacking


def _apt(parts: list[Part]) -> None:
    """Install the packages of `parts`; no server starts by itself. What failed shows by still being missing."""
    if not parts:
        return
    packages = [package for part in parts for package in part.packages]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
    with _no_service_starts(packages):
        subprocess.run(["apt-get", "update", "-q"], env=env, capture_output=True, check=False)
        done = subprocess.run(install, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        _tell("apt-get could not install them: " + (_last_line(done.stderr, r"^E: ") or f"status {done.returncode}"))


@contextlib.contextmanager
def _no_service_starts(packages: list[str]) -> Iterator[None]:
    """Packages installed inside start no daemon and make no database cluster on the machine's usual ports."""
    notes = {Path("/usr/sbin/policy-rc.d"): "#!/bin/sh\nexit 101\n"}
    if "postgresql" in packages:
        notes[Path("/etc/postgresql-common/createcluster.conf")] = "create_main_cluster = false\n"
    written = [path for path in notes if not path.exists()]
    try:
        for path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(notes[path])
            path.chmod(0o755)
        yield
    finally:
        for path in written:
            path.unlink(missing_ok=True)
            packaged = path.with_name(f"{path.name}.ucf-dist")  # the package's own version, which ours kept out
            if packaged.exists():
                packaged.rename(path)


# --- the Python packages ------------------------------------------------------------------------------------------


def install(requirements: Path) -> None:
    """Bring ``.venv`` to exactly what `requirements` locks; nothing is done when it is there already."""
    if _fresh(requirements):
        return
    with _setup_lock():
        if _fresh(requirements):
            return
        _tell("Setting up .venv (once; about a minute) …")
        _make_venv()
        _pip_install(requirements)
        for name in {RUN, requirements}:
            _stamp(name).write_text(_fingerprint(name))


def _stamp(requirements: Path) -> Path:
    return VENV / f"{requirements.name}.sha256"


def _fingerprint(requirements: Path) -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]} {hashlib.sha256(requirements.read_bytes()).hexdigest()}\n"


def _fresh(requirements: Path) -> bool:
    stamp = _stamp(requirements)
    return VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == _fingerprint(requirements)


def _make_venv() -> None:
    if VENV_PYTHON.exists() and _version_of(VENV_PYTHON) == sys.version_info[:2]:
        return
    if _in_this_venv():
        raise Stop("The virtual environment .venv is incomplete: leave it (deactivate) and run the command again.")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise Stop(f"The virtual environment {VENV} could not be made: {_last_line(made.stderr or made.stdout)}")


def _version_of(python: Path) -> tuple[int, ...]:
    code = "import sys; print(*sys.version_info[:2])"
    asked = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return tuple(map(int, asked.stdout.split())) if asked.returncode == 0 else ()


def _pip_install(requirements: Path) -> None:
    log = VENV / "pip.log"
    with log.open("w", encoding="utf-8") as out:
        pip = subprocess.run(
            [*_pip(), "--python", str(VENV_PYTHON), "install", "--no-input", "--disable-pip-version-check",
             "--only-binary", ":all:", "--require-hashes", "-r", str(requirements)],
            stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    if pip.returncode:
        text = log.read_text(encoding="utf-8", errors="replace")
        if re.search(r"NewConnectionError|ConnectTimeoutError|Temporary failure|Name or service not known|ReadTimeout"
                     r"|ProxyError|Connection (refused|reset|broken)|Network is unreachable|from versions: none", text):  # fmt: skip
            raise Stop(
                "The Python packages could not be downloaded because no package index that has them can be reached: connect this "
                f"machine to the network (or set PIP_INDEX_URL) and run the same command again; pip's words are in {log}."
            )
        raise Stop(f"pip could not install the locked packages ({_last_line(text, r'ERROR: ')}); all of it is in {log}.")


def _pip() -> list[str]:
    """The command line of some pip outside ``.venv``, which itself has none."""
    outside = getattr(sys, "_base_executable", sys.executable)
    for python in (outside, "/usr/bin/python3"):
        found = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
        version = re.match(r"pip (\d+)\.(\d+)", found.stdout)
        if version and tuple(map(int, version.groups())) >= (22, 3):
            return [python, "-m", "pip"]
    raise Stop("Python has no pip (22.3 or later) to install packages with: type “sudo apt-get install -y python3-pip”.")


@contextlib.contextmanager
def _setup_lock() -> Iterator[None]:
    """One set-up of this clone at a time; a second one waits and then finds the work done."""
    with (ROOT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _tell("Another set-up of this folder is at work; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


OWN_COMMANDS = """
[sunlot]
    demo [--once] [--port N] [--data DIR]    a sample county with everything running
    test [--full] [pytest arguments]         all tests, on SQLite and on a private PostgreSQL and Redis
    catalogue [--merge FILE …]               bring the Chinese catalogue up to what the code says
"""

# --- the command --------------------------------------------------------------------------------------------------


def main(argv: list[str]) -> int:
    """Install what ``manage.py`` command `argv` needs and run it in ``.venv``; the exit status."""
    command = argv[1] if len(argv) > 1 else "help"
    try:
        if os.environ.get("BOOTSTRAP", "").lower() != "off":
            if not OLDEST <= sys.version_info[:2] <= NEWEST:
                raise Stop(f"Sunlot needs Python 3.11 or 3.12, and this is {sys.version.split()[0]}.")
            _check_writable()
            lacking = supply(wants(command, argv[2:]))
            if command == "demo" and lacking:
                raise Stop(
                    "The demo issues PDF documents and lacks " + " and ".join(part.name for part in lacking)
                    + f" for them: type “{apt_line(lacking)}” (it needs the network) and run the same command again."
                )  # fmt: skip
            install(TEST if command == "test" else RUN)
            if not _in_this_venv():
                sys.stdout.flush()
                os.execv(VENV_PYTHON, [str(VENV_PYTHON), *argv])
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing is half installed: the same command goes on from here.", file=sys.stderr)
        return 130
    return _run(command, argv)


def _run(command: str, argv: list[str]) -> int:
    """Run `command` in this very interpreter, which has the packages."""
    from config import catalogue

    catalogue.compile_stale(ROOT / "locale")
    if command == "catalogue":
        return catalogue.main(argv[2:])
    if command == "demo":
        from config.demo import run as demo

        return demo.main(argv[2:])
    if command == "test":
        from config.testing import run as testing

        return testing.main(argv[2:])
    if argv[1:] in ([], ["help"], ["--help"], ["-h"]):
        print(OWN_COMMANDS)
    dry = command == "import_registry" and "--dry-run" in argv
    if dry and not os.environ.keys() & {"SECRET_KEY", "SECRET_KEY_FILE"}:
        os.environ.setdefault("DEMO", "1")  # nothing is kept, so no secret is asked for
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(argv)
    except ImproperlyConfigured as lacking:
        print(lacking, file=sys.stderr)
        return 2 if command == "import_registry" else 1
    return 0


def _check_writable() -> None:
    if not (_fresh(RUN) or os.access(ROOT, os.W_OK)):
        raise Stop(f"The folder {ROOT} cannot be written to, and the virtual environment belongs there.")


def _in_this_venv() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _last_line(text: str, pattern: str = r"\S") -> str:
    lines = [line.strip() for line in text.splitlines() if re.search(pattern, line)]
    return lines[-1] if lines else ""


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
