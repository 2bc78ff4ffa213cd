"""A private PostgreSQL and Redis for the tests: own data in a temporary folder, random loopback ports, random passwords.

The programs are Debian's; nothing of a server that may already run on this machine is touched. As root the servers run
as the system's ``postgres`` user, since PostgreSQL refuses to run as root. Safe against nothing but a test: fsync is off.

    python -m config.testing.servers COMMAND …     runs COMMAND with DATABASE_URL and CELERY_BROKER_URL set
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from config.bootstrap import SERVERS, program
from config.demo.serve import die_with_parent, free_port

START_SECONDS = 30


class ServicesFailed(Exception):
    """A server is not installed or did not start; the message is a sentence."""


@dataclass(frozen=True)
class Services:
    """Where the two servers listen."""

    database_url: str
    broker_url: str

    @property
    def env(self) -> dict[str, str]:
        """The environment that makes Sunlot use them."""
        return {"DATABASE_URL": self.database_url, "CELERY_BROKER_URL": self.broker_url}


@contextlib.contextmanager
def services() -> Iterator[Services]:
    """Start both servers, yield where they are, stop them and remove their data. Raises ServicesFailed."""
    if lacking := [part.name for part in SERVERS if not part.present()]:
        raise ServicesFailed(f"{' and '.join(lacking)} not installed.")
    with server_folder() as folder, _postgres(folder) as database, _redis(folder) as broker:
        yield Services(database, broker)


@contextlib.contextmanager
def server_folder() -> Iterator[Path]:
    """A temporary folder that belongs to whoever runs the servers."""
    folder = Path(tempfile.mkdtemp(prefix="sunlot-services-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _server_user(), _server_user())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(database_url: str, name: str, template: str = "") -> str:
    """Make a database `name` on the private server anew, empty or a copy of `template`, and return its address."""
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"'.encode())
    return database_url.rpartition("/")[0] + f"/{name}"


def empty_queue(broker_url: str) -> str:
    """The address of the private Redis's database 1, emptied: a queue that shares nothing with the tests' own."""
    from redis import Redis

    url = broker_url.rpartition("/")[0] + "/1"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return url


SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""What a PostgreSQL is started with that tests kill: everything it has acknowledged must still be there."""


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    with killable_postgres(folder, {}) as (url, _server):
        yield url


@contextlib.contextmanager
def killable_postgres(folder: Path, options: Mapping[str, str]) -> Iterator[tuple[str, Server]]:
    """A PostgreSQL of its own in `folder`, and the handle by which it can be stopped, frozen, killed and started again."""
    data, password, port = folder / "postgres", secrets.token_hex(16), free_port()
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(secret, _server_user())
    _run(_binary("initdb"), "-D", str(data), "-U", "sunlot", "--auth=scram-sha-256", f"--pwfile={secret}",
         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--data-checksums")  # fmt: skip
    told = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
        "full_page_writes": "off", "synchronous_commit": "off", "max_connections": 100, "shared_buffers": "64MB",
        "jit": "off", "max_prepared_transactions": 0, "timezone": "UTC", **options,
    }  # fmt: skip
    command = [_binary("postgres"), "-D", str(data), *(f"-c{name}={value}" for name, value in told.items())]
    url = f"postgresql://sunlot:{password}@127.0.0.1:{port}/postgres"
    server = Server("PostgreSQL", command, folder / "postgres.log", signal.SIGINT, lambda: _postgres_answers(url))
    with server:
        yield url, server


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    with killable_redis(folder) as (url, _server):
        yield url


@contextlib.contextmanager
def killable_redis(folder: Path) -> Iterator[tuple[str, Server]]:
    """A Redis of its own that keeps nothing on disk, and its handle."""
    password, port = secrets.token_hex(16), free_port()
    config = folder / "redis.conf"
    config.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir {folder}\nmaxmemory-policy noeviction\n'
    )
    if os.geteuid() == 0:
        shutil.chown(config, _server_user())
    command = [_binary("redis-server"), str(config)]
    with Server("Redis", command, folder / "redis.log", signal.SIGTERM, lambda: _redis_answers(port, password)) as server:
        yield f"redis://:{password}@127.0.0.1:{port}/0", server


def _redis_answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return b"+OK" in connection.recv(64)
    except OSError:
        return False


class Server:
    """A server in a session of its own, until the block ends; meanwhile a test may do to it what machines do."""

    def __init__(self, name: str, command: list[str], log: Path, polite: signal.Signals, answers: Callable[[], bool]) -> None:
        self._name, self._command, self._log, self._polite, self._answers = name, command, log, polite, answers

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.freeze(False)
        self.stop(self._polite)

    def start(self) -> None:
        """Start it and return when it answers. Raises ServicesFailed."""
        with self._log.open("ab") as out:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=self._log.parent, user=_user(),
                group=_user(), extra_groups=[] if _user() else None, start_new_session=True, preexec_fn=die_with_parent(self._polite),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                self.kill()
                raise ServicesFailed(f"{self._name} did not start: {self._log.read_text(errors='replace')[-600:]}")
            time.sleep(0.05)

    def stop(self, sign: signal.Signals) -> None:
        """Ask it to end; after ten seconds, kill it."""
        self.process.send_signal(sign)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def freeze(self, frozen: bool = True) -> None:
        """SIGSTOP: connections are taken by the kernel, nobody answers. Or let it go on."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def kill(self) -> None:
        """kill -9 of every process it has, at once."""
        for pid in [*_children(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def _children(pid: int) -> list[int]:
    """Its child processes, which may lead sessions of their own (PostgreSQL's do)."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _run(*command: str) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", user=_user(), group=_user(),
        extra_groups=[] if _user() else None,
    )  # fmt: skip
    if done.returncode:
        raise ServicesFailed(f"{Path(command[0]).name} failed: {done.stderr.strip()[-600:]}")


def _binary(name: str) -> str:
    found = program(name)
    if found is None:
        raise ServicesFailed(f"{name} is not installed.")
    return found


def _user() -> str | None:
    return _server_user() if os.geteuid() == 0 else None


def _server_user() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise ServicesFailed("PostgreSQL's system user “postgres” does not exist.") from None


if __name__ == "__main__":
    with services() as running:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, **running.env}, check=False).returncode)
