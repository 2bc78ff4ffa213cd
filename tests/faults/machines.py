"""Three machines on one computer: network namespaces for web, worker and database, joined by a switch in a fourth. Root only.

Each has a loopback and one cable; a cable can be pulled and put back. Nothing of the computer's own network is touched.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from config.bootstrap import ROOT, program
from config.demo.serve import COMMANDS, Stack, StackFailed, die_with_parent
from config.testing import servers

T = TypeVar("T")
_NEW_NETWORK = 0x40000000
ADDRESSES = {"web": "10.213.7.1", "worker": "10.213.7.2", "database": "10.213.7.3"}
PASSWORD = "of-this-drill"


def possible() -> bool:
    """Whether namespaces can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None or program("initdb") is None or program("redis-server") is None:
        return False
    tried = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    return tried.returncode == 0


class Network:
    """The namespaces, named after this process."""

    def __init__(self) -> None:
        self.prefix = f"sl{os.getpid()}"

    def name(self, machine: str) -> str:
        """The namespace of a machine."""
        return f"{self.prefix}-{machine}"

    def inside(self, machine: str) -> tuple[str, ...]:
        """What stands before a command that runs there."""
        return ("ip", "netns", "exec", self.name(machine))

    def __enter__(self) -> "Network":
        switch = self.name("switch")
        _ip("netns", "add", switch)
        _ip("-n", switch, "link", "add", "br0", "type", "bridge")
        _ip("-n", switch, "link", "set", "br0", "up")
        for machine, address in ADDRESSES.items():
            here, cable = self.name(machine), f"c-{machine}"[:15]
            _ip("netns", "add", here)
            _ip("-n", here, "link", "add", "eth0", "type", "veth", "peer", "name", cable, "netns", switch)
            _ip("-n", switch, "link", "set", cable, "master", "br0", "up")
            _ip("-n", here, "addr", "add", f"{address}/24", "dev", "eth0")
            _ip("-n", here, "link", "set", "lo", "up")
            _ip("-n", here, "link", "set", "eth0", "up")
        return self

    def __exit__(self, *_: object) -> None:
        for machine in (*ADDRESSES, "switch"):
            subprocess.run(["ip", "netns", "del", self.name(machine)], capture_output=True, check=False)

    def cut(self, machine: str) -> None:
        """Pull the cable."""
        _ip("-n", self.name("switch"), "link", "set", f"c-{machine}"[:15], "down")

    def mend(self, machine: str) -> None:
        """Put it back."""
        _ip("-n", self.name("switch"), "link", "set", f"c-{machine}"[:15], "up")

    def do(self, machine: str, work: Callable[[], T]) -> T:
        """Run ``work`` in a thread that stands in that namespace."""
        results: list[T] = []
        failures: list[BaseException] = []

        def there() -> None:
            try:
                with open(f"/run/netns/{self.name(machine)}") as namespace:
                    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _NEW_NETWORK):
                        raise OSError(ctypes.get_errno(), "setns")
                results.append(work())
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=there)
        thread.start()
        thread.join()
        if failures:
            raise failures[0]
        return results[0]


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr)


@contextlib.contextmanager
def database(network: Network) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis on the machine “database”; the environment that finds them."""
    folder, user = Path(tempfile.mkdtemp(prefix="sunlot-machines-", dir="/tmp")), servers._server_user()
    data = folder / "postgres"
    shutil.chown(folder, user, user)
    secret = folder / "password"
    secret.write_text(PASSWORD)
    shutil.chown(secret, user)
    servers._run(
        servers._binary("initdb"), "-D", str(data), "-U", "sunlot", "--auth=scram-sha-256", f"--pwfile={secret}",
        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--data-checksums",
    )  # fmt: skip
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.213.7.0/24 scram-sha-256\n")
    options = {"listen_addresses": "*", "unix_socket_directories": "", "fsync": "off", "tcp_user_timeout": "20s", "max_connections": 60}
    as_user = (*network.inside("database"), "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    commands = {
        "postgres": (servers._binary("postgres"), "-D", str(data), *(f"-c{name}={value}" for name, value in options.items())),
        "redis": (servers._binary("redis-server"), "--bind", ADDRESSES["database"], "--requirepass", PASSWORD, "--save", "", "--dir", str(folder)),
    }  # fmt: skip
    running = []
    for name, command in commands.items():
        with (folder / f"{name}.log").open("wb") as log:
            running.append(
                subprocess.Popen([*as_user, *command], stdout=log, stderr=log, cwd=folder, preexec_fn=die_with_parent(signal.SIGINT))
            )
    address = ADDRESSES["database"]
    try:
        _until_answers(network, address)
        yield {
            "DATABASE_URL": f"postgresql://sunlot:{PASSWORD}@{address}:5432/postgres",
            "CELERY_BROKER_URL": f"redis://:{PASSWORD}@{address}:6379/0",
        }
    finally:
        for process in running:
            process.send_signal(signal.SIGINT)
        for process in running:
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def fill(network: Network, template: str, database_url: str) -> None:
    """Copy the migrated database of this pass onto the machine “database”."""
    dumped = subprocess.run([servers._binary("pg_dump"), "-Fc", template], capture_output=True, check=True).stdout
    restore = (*network.inside("database"), servers._binary("pg_restore"), "--no-owner", "-d", database_url)
    subprocess.run(restore, input=dumped, capture_output=True, check=True)


def _until_answers(network: Network, address: str) -> None:
    deadline = time.monotonic() + 30
    for port in (5432, 6379):
        while True:
            with contextlib.suppress(OSError):
                network.do("web", lambda port=port: socket.create_connection((address, port), 2).close())  # type: ignore[misc]
                break
            assert time.monotonic() < deadline, f"nothing answers on port {port}"
            time.sleep(0.2)


class Machines(Stack):
    """Web on one machine, worker and timer on another, the database on the third."""

    def __init__(self, network: Network, data_dir: Path, env: dict[str, str]) -> None:
        super().__init__(data_dir, 8000, env)
        self.network, self.url = network, f"http://{ADDRESSES['web']}:8000"
        self.env |= {"BIND": f"{ADDRESSES['web']}:8000", "PUBLIC_URL": self.url, "ALLOWED_HOSTS": ADDRESSES["web"]}

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        machine = "web" if name == "web" else "worker"
        folder = self.data_dir / machine  # nothing on a disk is shared but the folder of evidence, which this drill has no part in
        folder.mkdir(exist_ok=True)
        env = {**self.env, "DATA_DIR": str(folder), "READY_FILE": str(self._ready(name)), "PYTHONUNBUFFERED": "1"}
        command = [*self.network.inside(machine), sys.executable, "-m", *COMMANDS[name]]
        if name == "beat":
            command += ["-s", str(folder / "beat-schedule")]
        with (self.data_dir / "logs" / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )  # fmt: skip

    def ask(self, path: str, patience: float = 90) -> int:
        """The status with which a page is answered."""

        def asked() -> int:
            try:
                with urllib.request.urlopen(self.url + path, timeout=patience) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return error.code

        return self.network.do("web", asked)

    def _answers(self) -> bool:
        try:
            return self.ask("/", 10) < 500
        except OSError:
            return False

    def manage(self, *arguments: str) -> str:
        """On the web machine."""
        done = subprocess.run(
            [*self.network.inside("web"), sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise StackFailed(f"manage.py {' '.join(arguments)}: {done.stdout[-500:]}{done.stderr[-3000:]}")
        return done.stdout
