"""The shipped nginx settings, really run: what they keep, what they refuse, what a visitor cannot make the program believe."""

import contextlib
import http.client
import http.server
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.demo.serve import Stack, die_with_parent, free_port
from tests.conftest import Template
from tests.reverse_proxy import INSIDE, NAME, Proxy, certificate, installed, proxy

pytestmark = pytest.mark.skipif(not installed(), reason="nginx is not installed")


class _Mirror(http.server.BaseHTTPRequestHandler):
    """Answers with the headers it was asked with; public pages may be kept for a minute."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Cache-Control", "no-store" if self.path.startswith(("/office", "/admin")) else "public, max-age=60")
        self.send_header("Vary", "Cookie, Accept-Encoding")
        self.end_headers()
        self.wfile.write(json.dumps(dict(self.headers)).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy before a program that tells what it was asked."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "static").mkdir()
    (folder / "static" / "site.0123456789ab.css").write_text("a { color: red }")
    shutil.copytree(ROOT / "static" / "proxy", folder / "static" / "proxy")
    with proxy(folder, f"127.0.0.1:{server.server_port}", folder / "static") as running:
        yield running
    server.shutdown()


@pytest.mark.proves("T11")
def test_a_forged_address_is_thrown_away(mirrored: Proxy) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Request-ID": "mine", "Proxy": "evil:80",
    }  # fmt: skip
    for path in ("/", "/office/", "/office/sign-in/", "/healthz", "/draws/1/ceremony.json"):
        status, _headers, body = mirrored.ask(path, forged)
        told = json.loads(body)
        assert (status, told["X-Forwarded-For"], told["X-Forwarded-Proto"], told["Host"]) == (200, "127.0.0.1", "https", NAME), path
        assert not {"X-Real-IP", "Forwarded", "X-Forwarded-Host", "Proxy"} & told.keys(), path
        assert len(told["X-Request-ID"]) == 32, path


def kept(mirrored: Proxy, path: str, **headers: str) -> str | None:
    return mirrored.ask(path, {name.replace("_", "-"): value for name, value in headers.items()})[1]["X-Cache"]


def test_a_public_page_is_kept_by_language_letters_and_compression_alone(mirrored: Proxy) -> None:
    assert [kept(mirrored, "/results/"), kept(mirrored, "/results/")] == ["MISS", "HIT"]
    assert kept(mirrored, "/results/", Cookie="nonsense=1; __Host-language=zh-hans") == "HIT"
    assert kept(mirrored, "/results/", Cookie="__Host-language=en") == "MISS"
    assert kept(mirrored, "/results/", Cookie="__Host-language=en; __Host-size=large") == "MISS"
    assert kept(mirrored, "/results/", Cookie="nonsense=1; __Host-size=large;__Host-language=en") == "HIT"
    assert kept(mirrored, "/results/", Cookie="language=en; size=large") == "HIT", "names that another host may set"
    assert kept(mirrored, "/results/", Accept_Encoding="br, gzip;q=0.9") == "MISS"
    assert kept(mirrored, "/results/", Accept_Encoding="gzip") == "HIT"
    assert kept(mirrored, "/results/", Cookie="__Host-sessionid=x") == "BYPASS"
    assert kept(mirrored, "/results/?page=2") == "MISS"


def told(mirrored: Proxy, cookie: str) -> str:
    return str(json.loads(mirrored.ask(f"/results/?{zlib.crc32(cookie.encode())}", {"Cookie": cookie})[2]).get("Cookie"))


def test_nobody_puts_one_page_in_the_place_of_another(mirrored: Proxy) -> None:
    """What the program reads in a cookie is what the page is kept by, however the cookie was spelled."""
    chinese, english = "__Host-language=zh-hans; __Host-size=normal", "__Host-language=en; __Host-size=normal"
    for spelled in ('__Host-language="en"', "__Host-language = en", "__host-language=en", "x__Host-language=en", "__Host-language=en-x", "language=en"):
        assert told(mirrored, spelled) == chinese, spelled
    for spelled in ("__Host-language=en", "a=b; __Host-language=en", "__Host-language=en; __Host-language=zh-hans"):
        assert told(mirrored, spelled) == english, spelled
    whole = "__Host-sessionid=x; __Host-language=en; other=1"
    assert told(mirrored, whole) == whole


def test_the_office_is_never_kept(mirrored: Proxy) -> None:
    for path in ("/office/", "/admin/", "/office/sign-in/"):
        first, second = (json.loads(mirrored.ask(path)[2])["X-Request-ID"] for _ in range(2))
        assert first != second, path


def test_static_files_are_kept_for_ever_and_nothing_beside_them_is_reached(mirrored: Proxy) -> None:
    status, headers, body = mirrored.ask("/static/site.0123456789ab.css")
    assert (status, body) == (200, b"a { color: red }")
    assert "immutable" in ", ".join(headers.get_all("Cache-Control") or ())
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    for path in ("/static/../key.pem", "/static/%2e%2e/key.pem", "/static../key.pem"):
        assert b"PRIVATE KEY" not in mirrored.ask(path)[2]


def test_addresses_that_are_secrets_are_not_written_down(mirrored: Proxy) -> None:
    for path in ("/office/calendar/geheim.ics", "/objections/geheim/", "/notice/geheim/", "/results/?q=told"):
        mirrored.ask(path)
    deadline = time.monotonic() + 5
    while "told" not in (written := (mirrored.folder / "access.log").read_text(encoding="utf-8")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "told" in written
    assert "geheim" not in written


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_only_tls_of_today_and_no_tracing(mirrored: Proxy) -> None:
    assert mirrored.ask("/", method="TRACE")[0] == 405
    assert mirrored.ask("/static/")[0] in (403, 404), "no folder is listed"
    context = ssl.create_default_context(cafile=str(mirrored.folder / "fullchain.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    bare = socket.create_connection(("127.0.0.1", mirrored.port), timeout=30)
    with context.wrap_socket(bare, server_hostname=NAME) as spoken:
        assert spoken.version() == "TLSv1.2"
        assert (spoken.cipher() or ("",))[0].startswith("ECDHE-")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", mirrored.port), timeout=30) as bare, pytest.raises(ssl.SSLError):
        context.wrap_socket(bare, server_hostname=NAME)


def test_files_have_the_size_the_program_takes(mirrored: Proxy) -> None:
    """What is a little too large reaches the program, which says why beside the field; what is far too large is told by the proxy."""
    for path, megabytes, expected in (("/office/imports/", 31, 200), ("/office/imports/", 33, 413), ("/", 10, 413)):
        status, headers, body = mirrored.ask(path, method="POST", body=b"0" * megabytes * 1024 * 1024)
        assert (status, "没有作任何改动" in body.decode()) == (expected, expected == 413), (path, megabytes)
        assert status == 200 or (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert mirrored.ask("/static/proxy/413.html")[0] == 404, "they have no address of their own"


@pytest.mark.proves("T10")
def test_who_asks_too_much_is_told_to_wait_and_a_hall_of_telephones_is_not(mirrored: Proxy) -> None:
    def statuses(path: Callable[[int], str], count: int) -> list[int]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda n: mirrored.ask(path(n))[0], range(count)))

    assert set(statuses(lambda _n: "/draws/9/ceremony.json", 60)) == {200}
    flood = statuses(lambda n: f"/office/sign-in/?{n}", 40)
    assert set(flood) == {200, 429}
    assert flood.count(200) < 30


@dataclass
class Chain:
    """nginx before gunicorn, both as shipped and TLS between them, and what has reached the program."""

    front: Proxy
    counted: Path

    def say(self, *lines: str, body: str = "") -> bytes:
        """These very bytes to the proxy; what comes back until it closes or falls silent."""
        bare = socket.create_connection(("127.0.0.1", self.front.port), timeout=0.5)
        answer = b""
        with self.front.trust.wrap_socket(bare, server_hostname=NAME) as spoken, contextlib.suppress(TimeoutError, ConnectionError):
            spoken.sendall(("\r\n".join([lines[0], f"Host: {NAME}", *lines[1:]]) + "\r\n\r\n" + body).encode())
            while more := spoken.recv(65536):
                answer += more
        return answer

    def reached(self) -> list[str]:
        return self.counted.read_text(encoding="utf-8").splitlines() if self.counted.exists() else []


@contextlib.contextmanager
def chain(folder: Path, inside: tuple[str, str] = (INSIDE, "inside.pem")) -> Iterator[Chain]:
    """``inside``: the name in the certificate of the web process, and the file in which the proxy looks for its authority."""
    certificate(folder, inside[0], ("web.pem", "web-key.pem"))
    certificate(folder, INSIDE, ("inside.pem", "other-key.pem"))
    if inside[1] == "inside.pem":
        shutil.copy(folder / "web.pem", folder / "inside.pem")
    port, counted = free_port(), folder / "counted"
    env = os.environ | {
        "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1", "WEB_CERTIFICATE": f"{folder}/web.pem", "WEB_CERTIFICATE_KEY": f"{folder}/web-key.pem",
        "COUNTED": str(counted), "DEMO": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "--no-control-socket", "tests.counting_requests"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent(signal.SIGTERM))
    try:
        shutil.copytree(ROOT / "static" / "proxy", folder / "static" / "proxy")
        with proxy(folder, f"127.0.0.1:{port}", folder / "static", tls=True) as front:
            running = Chain(front, counted)
            deadline = time.monotonic() + 20
            while b"502 " in running.say("GET /up/ HTTP/1.1", "Connection: close")[:40] and not counted.exists() and inside == (INSIDE, "inside.pem"):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield running
    finally:
        process.terminate()
        process.wait(20)


SMUGGLED = "GET /smuggled/ HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n"
CHUNKED = "0\r\n\r\n" + SMUGGLED


def test_contradicting_lengths_reach_the_program_as_one_request_or_not_at_all(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    long, short = f"Content-Length: {len(CHUNKED)}", "Content-Length: 5"
    twisted = [
        ("both", (long, "Transfer-Encoding: chunked"), CHUNKED),
        ("both, the other way", ("Transfer-Encoding: chunked", short), CHUNKED),
        ("two lengths", (short, f"Content-Length: {5 + len(SMUGGLED)}"), "12345" + SMUGGLED),
        ("a list of lengths", (f"Content-Length: 5, {5 + len(SMUGGLED)}",), "12345" + SMUGGLED),
        ("a signed length", (f"Content-Length: +{5 + len(SMUGGLED)}",), "12345" + SMUGGLED),
        ("a word beside chunked", ("Transfer-Encoding: chunked, identity", long), CHUNKED),
        ("chunked, spelled strangely", ("Transfer-Encoding: xchunked", long), CHUNKED),
        ("a tab before chunked", ("Transfer-Encoding:\x0bchunked", long), CHUNKED),
        ("a space before the colon", ("Transfer-Encoding : chunked", long), CHUNKED),
        ("a folded line", ("X-Folded: a\r\n Transfer-Encoding: chunked", long), CHUNKED),
        ("a bare line end", (f"X-Bare: a\nTransfer-Encoding: chunked\r\n{long}",), CHUNKED),
        ("a piece too long", ("Transfer-Encoding: chunked",), "5;\r\n12345XX\r\n" + CHUNKED),
        ("a length of 17 figures", ("Transfer-Encoding: chunked",), "10000000000000005\r\n12345\r\n" + CHUNKED),
    ]
    with chain(tmp_path) as both:
        assert b"POST /plain/ 5 https" in both.say("POST /plain/ HTTP/1.1", short, "Connection: close", body="12345")
        for name, headers, body in twisted:
            before = len(both.reached())
            both.say("POST /outer/ HTTP/1.1", "Connection: close", *headers, body=body)
            after = both.reached()[before:]
            assert len(after) <= 1, (name, after)
            assert not [line for line in after if "smuggled" in line], (name, after)
    record_property("figure", f"{len(twisted)} contradicting requests: 0 smuggled")


@pytest.mark.full
def test_a_web_process_elsewhere_is_spoken_to_over_tls_and_believed_by_its_authority_and_name_alone(tmp_path: Path) -> None:
    for number, inside in enumerate(((INSIDE, "another.pem"), ("somebody-else.internal", "inside.pem"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        with chain(folder, inside) as both:
            time.sleep(1)  # gunicorn is up by then; if it were not, this would hold all the more
            assert b" 502 " in both.say("GET / HTTP/1.1", "Connection: close")
            assert both.reached() == []


@pytest.mark.full
@pytest.mark.usually("postgresql")
def test_before_the_product_itself(tmp_path: Path, template: Template) -> None:
    env = template.copied(tmp_path) | {
        "ALLOWED_HOSTS": NAME, "BEHIND_PROXY": "true", "PROXY_COUNT": "1", "TLS": "true", "PUBLIC_REQUESTS_PER_MINUTE": "300",
    }  # fmt: skip
    folder = tmp_path / "nginx"
    folder.mkdir()
    with Stack(tmp_path, env=env) as stack:
        stack.manage("collectstatic", "--no-input", "--verbosity=0")
        with proxy(folder, f"127.0.0.1:{stack.port}", tmp_path / "static") as front:
            _looks(front)
            _limits(front)


def _looks(front: Proxy) -> None:
    first, second = front.ask("/"), front.ask("/")
    assert (first[0], first[1]["X-Cache"], second[1]["X-Cache"], first[2] == second[2]) == (200, "MISS", "HIT", True)
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "ETag"):
        assert second[1][header], header
    assert front.ask("/", {"If-None-Match": second[1]["ETag"]})[0] == 304
    assert front.ask("/", {"Cookie": "__Host-language=en"})[2] != second[2]
    status, headers, _body = front.ask("/office/sign-in/")
    assert (status, "no-store" in headers["Cache-Control"] or "no-cache" in headers["Cache-Control"]) == (200, True)
    assert "Secure" in headers["Set-Cookie"]
    with pytest.raises(http.client.RemoteDisconnected):  # no word to a name that is not ours
        front.ask("/", {"Host": "evil.example"})


def _limits(front: Proxy) -> None:
    """The program counts the address that nginx saw: another one in the header does not begin anew."""
    statuses = [front.ask(f"/api/v1/nothing-{n}/", {"X-Forwarded-For": f"203.0.113.{n}"})[0] for n in range(70)]
    assert 429 in statuses, statuses
