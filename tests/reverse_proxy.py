"""nginx with the very file that is shipped: only its ports, its folders and what stands behind it are another machine's."""

import contextlib
import datetime as dt
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.bootstrap import ROOT, program
from config.demo.serve import die_with_parent, free_port

NAME = "sunlot.example.gov.cn"
INSIDE = "sunlot-web.internal"
SHIPPED = ROOT / "deploy" / "nginx" / "sunlot.conf"


@dataclass(frozen=True)
class Proxy:
    """A running nginx. ``port`` speaks TLS, ``plain`` does not; ``trust`` knows its certificate."""

    port: int
    plain: int
    trust: ssl.SSLContext
    folder: Path

    def ask(self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", body: bytes | None = None) -> tuple[int, HTTPMessage, bytes]:
        """Status, headers and body, as a visitor from outside gets them."""
        connection = http.client.HTTPConnection(NAME)
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sock = self.trust.wrap_socket(bare, server_hostname=NAME)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


def certificate(folder: Path, name: str = NAME, files: tuple[str, str] = ("fullchain.pem", "key.pem")) -> None:
    """A certificate of its own making for `name`; unless told otherwise in the files that the shipped settings name."""
    key, now, named = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(named, named, key.public_key(), 1, now, now + dt.timedelta(days=2))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    (folder / files[0]).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / files[1]).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def settings(folder: Path, port: int, plain: int, behind: str, static: Path) -> str:
    """The shipped file with this machine's ports and folders, inside what Debian puts around it."""
    text = SHIPPED.read_text(encoding="utf-8")
    for shipped, here in {
        "listen 80": f"listen 127.0.0.1:{plain}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "unix:/run/sunlot/web.sock": behind,
        "/etc/sunlot/tls/": f"{folder}/",
        "/var/cache/nginx/sunlot": f"{folder}/cache",
        "/var/log/nginx/sunlot.log": f"{folder}/access.log",
        "/var/lib/sunlot/static/": f"{static}/",
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ include /etc/nginx/mime.types; {temporary} {text} }}\n"
    )


def installed() -> bool:
    """Whether this machine has nginx; no test wants it installed."""
    return program("nginx") is not None and Path("/etc/nginx/mime.types").exists()


@contextlib.contextmanager
def proxy(folder: Path, behind: str, static: Path, *, tls: bool = False) -> Iterator[Proxy]:
    """Run it in front of ``behind`` (``127.0.0.1:port`` or ``unix:…``) until the block ends; its settings are tested first. ``tls``:
    with the one change that web machines elsewhere need."""
    port, plain = free_port(), free_port()
    certificate(folder)
    written = folder / "nginx.conf"
    told = settings(folder, port, plain, behind, static)
    written.write_text(told.replace("http://sunlot;", "https://sunlot;") if tls else told, encoding="utf-8")
    command = [program("nginx") or "nginx", "-c", str(written), "-e", f"{folder}/error.log", "-p", str(folder)]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr, tested.stderr
    process = subprocess.Popen(command, preexec_fn=die_with_parent(signal.SIGTERM))
    try:
        _wait(port)
        yield Proxy(port, plain, ssl.create_default_context(cafile=str(folder / "fullchain.pem")), folder)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder / "cache", ignore_errors=True)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < deadline, "nginx did not start"
        time.sleep(0.02)
