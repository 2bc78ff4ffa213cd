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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="sunlot-services-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.geteuid() == 0:
            shutil.chown(folder, _server_user(), _server_user())
        database = stack.enter_context(_postgres(folder))
        broker = stack.enter_context(_redis(folder))
        yield Services(database, broker)


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


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    data, password, port = folder / "postgres", secrets.token_hex(16), free_port()
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(secret, _server_user())
    _run(_binary("initdb"), "-D", str(data), "-U", "sunlot", "--auth=scram-sha-256", f"--pwfile={secret}",
         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--data-checksums")  # fmt: skip
    options = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
        "full_page_writes": "off", "synchronous_commit": "off", "max_connections": 100, "shared_buffers": "64MB",
        "jit": "off", "max_prepared_transactions": 0, "timezone": "UTC",
    }  # fmt: skip
    command = [_binary("postgres"), "-D", str(data), *(f"-c{name}={value}" for name, value in options.items())]
    with _server(command, folder / "postgres.log", signal.SIGINT):
        url = f"postgresql://sunlot:{password}@127.0.0.1:{port}/postgres"
        _until(lambda: _postgres_answers(url), "PostgreSQL", folder / "postgres.log")
        yield url


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    password, port = secrets.token_hex(16), free_port()
    config = folder / "redis.conf"
    config.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir {folder}\nmaxmemory-policy noeviction\n'
    )
    if os.geteuid() == 0:
        shutil.chown(config, _server_user())
    with _server([_binary("redis-server"), str(config)], folder / "redis.log", signal.SIGTERM):
        _until(lambda: _redis_answers(port, password), "Redis", folder / "redis.log")
        yield f"redis://:{password}@127.0.0.1:{port}/0"


def _redis_answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return b"+OK" in connection.recv(64)
    except OSError:
        return False


@contextlib.contextmanager
def _server(command: list[str], log: Path, polite: signal.Signals) -> Iterator[None]:
    """Run a server in a session of its own until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent, user=_user(),
            group=_user(), extra_groups=[] if _user() else None, start_new_session=True, preexec_fn=die_with_parent(polite),
        )  # fmt: skip
    try:
        yield
    finally:
        process.send_signal(polite)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(answers: Callable[[], bool], name: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if time.monotonic() > deadline:
            raise ServicesFailed(f"{name} did not start: {log.read_text(errors='replace')[-600:]}")
        time.sleep(0.05)


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
