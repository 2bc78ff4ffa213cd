"""A database to the minute: its log kept piece by piece, closed; then everything is gone, and it comes back as it was before a mistake."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from config.bootstrap import ROOT, program
from config.testing import servers

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(os.geteuid() != 0 or None in (program("age"), program("initdb")), reason="needs root, PostgreSQL and Debian's age"),
]
SHIPPED = ROOT / "deploy" / "postgresql" / "wal.sh"


def as_postgres(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    user = servers._server_user()
    return subprocess.run(command, user=user, group=user, extra_groups=[], cwd="/", env={**os.environ, **env}, capture_output=True, text=True, check=False)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.proves("R27")
def test_a_database_comes_back_as_it_was_a_moment_before_a_mistake(record_property: Callable[[str, object], None]) -> None:
    with servers.server_folder() as folder:
        folder.chmod(0o755)
        archive, lost, back = (folder / name for name in ("archive", "lost", "back"))
        for one in (archive, lost, back):
            one.mkdir()
            shutil.chown(one, servers._server_user(), servers._server_user())
        script = str(shutil.copy(SHIPPED, folder))
        identity = folder / "identity"
        identity.write_text(subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout)
        shutil.chown(identity, servers._server_user())
        recipient = subprocess.run(["age-keygen", "-y", str(identity)], capture_output=True, text=True, check=True).stdout
        (archive / "recipients.txt").write_text(recipient)
        shutil.chown(archive / "recipients.txt", servers._server_user())
        moment = _work(lost, archive, script)
        began = time.monotonic()
        found = _recovered(lost / "postgres", back, archive, script, identity, moment)
        seconds = time.monotonic() - began
    assert found == 20
    record_property("figure", f"20 of 20 rows from before the mistake, none of it; recovered in {seconds:.0f} s; 0 of 40 canaries in the archive")


def _work(lost: Path, archive: Path, script: str) -> dt.datetime:
    """Rows before the base, after it, and after a mistake; the moment between the last two. The archive keeps pieces once and in the dark."""
    options = {**servers.SAFE, "archive_mode": "on", "archive_command": f"{script} keep {archive} %p %f"}
    with servers.killable_postgres(lost, options) as (url, server), psycopg.connect(url, autocommit=True) as rows:
        rows.execute("CREATE TABLE county (name text)")
        _enter(rows, "before", 10)
        for _time in range(3):
            made = as_postgres(script, "base", str(archive), PG_BASEBACKUP=f"{program('pg_basebackup')}", **_where(url))
            assert made.returncode == 0, made.stderr
            time.sleep(1.1)
        assert len(list(archive.glob("base-*.age"))) == 2
        _enter(rows, "after", 10)
        (moment,) = rows.execute("SELECT clock_timestamp()").fetchone() or ()
        time.sleep(0.5)
        rows.execute("DELETE FROM county")
        _enter(rows, "mistake", 20)
        (piece,) = rows.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone() or ()
        rows.execute("SELECT pg_switch_wal()")
        until(lambda: (archive / f"{piece}.sum").exists())
        path = lost / "postgres" / "pg_wal" / piece
        again = as_postgres(script, "keep", str(archive), str(path), piece)
        other = as_postgres(script, "keep", str(archive), script, piece)
        assert (again.returncode, other.returncode) == (0, 1)
        server.kill()
    assert not [one for one in archive.glob("*.age") if "金丝雀".encode() in one.read_bytes()]
    return moment  # type: ignore[no-any-return]


def _enter(rows: "psycopg.Connection[tuple[object, ...]]", what: str, count: int) -> None:
    for number in range(count):
        rows.execute("INSERT INTO county VALUES (%s)", [f"金丝雀 {what} {number}"])


def _where(url: str) -> dict[str, str]:
    parts = psycopg.conninfo.conninfo_to_dict(url)
    return {f"PG{name.upper()}": str(parts[name]) for name in ("host", "port", "user", "password")}


def _recovered(_gone: Path, back: Path, archive: Path, script: str, identity: Path, moment: dt.datetime) -> int:
    """What docs/backup.md says, on another machine: the newest base opened, the log played until the moment. How many rows there are."""
    shutil.rmtree(_gone)
    data = back / "postgres"
    data.mkdir(mode=0o700)
    base = sorted(archive.glob("base-*.age"))[-1]
    opened = f"age -d -i {identity} {base} | gzip -d | tar -x -C {data}"
    subprocess.run(["bash", "-euo", "pipefail", "-c", opened], check=True)
    (data / "recovery.signal").touch()
    subprocess.run(["chown", "-R", servers._server_user(), str(data)], check=True)
    told = {
        "restore_command": f"{script} fetch {archive} {identity} %f %p", "recovery_target_time": moment.isoformat(), "recovery_target_action": "promote",
        "listen_addresses": "", "unix_socket_directories": str(back), "port": "5999", "archive_mode": "off",
    }  # fmt: skip
    command = [servers._binary("postgres"), "-D", str(data), *(f"-c{name}={value}" for name, value in told.items())]
    local = f"host={back} port=5999 user=sunlot dbname=postgres password=x"
    (data / "pg_hba.conf").write_text("local all all trust\n")

    def answers() -> bool:
        try:
            with psycopg.connect(local) as rows:
                return rows.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
        except psycopg.OperationalError:
            return False

    with servers.Server("PostgreSQL", command, back / "log", signal.SIGINT, answers), psycopg.connect(local) as rows:
        names = [str(name) for (name,) in rows.execute("SELECT name FROM county")]
    assert not [name for name in names if "mistake" in name]
    return len(names)
