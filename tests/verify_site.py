"""The verification page alone, on a server of its own: the template under a bare base, its scripts, the vectors' files, a large draw."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.template import Context, Engine

from tests.draw_bundles import make_bundle

ROOT = Path(__file__).resolve().parents[1]
VECTORS = ROOT / "tests" / "vectors" / "draw"
BASE = """<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title></head>
<body>{% block content %}{% endblock %}{% block extra_js %}{% endblock %}</body></html>"""
LARGE: dict[str, bytes] = {}


@cache
def engine() -> Engine:
    """The page's own template under a bare base: nothing of the site around it, no database."""
    return Engine(
        loaders=[
            ("django.template.loaders.locmem.Loader", {"public/base.html": BASE}),
            ("django.template.loaders.filesystem.Loader", [str(ROOT / "templates")]),
        ],
        libraries={"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"},
    )


def files_of(bundle: str) -> dict[str, bytes]:
    if bundle == "large":
        return LARGE
    if bundle.startswith("made-"):
        return {name.removesuffix(".txt"): body for name, body in make_bundle(int(bundle[5:])).items()}
    return {path.stem: path.read_bytes() for path in (VECTORS / bundle).glob("*.txt")}


class Handler(BaseHTTPRequestHandler):
    """``/verify/BUNDLE`` the page, ``/bundle/BUNDLE/NAME.txt`` its files, ``/static/…``; under the strict policy of the site."""

    def do_GET(self) -> None:
        _, kind, *rest = self.path.split("/")
        body, content_type = b"", "text/plain; charset=utf-8"
        if kind == "verify":
            bundle = "/".join(rest)
            files = {name: f"/bundle/{bundle}/{name}.txt" for name in files_of(bundle)}
            context = {"draw": {"number": "2026-026"}, "files": files, "missing": []}
            body = engine().get_template("public/draws/verify.html").render(Context(context)).encode()
            content_type = "text/html; charset=utf-8"
        elif kind == "bundle":
            body = files_of("/".join(rest[:-1]))[rest[-1].removesuffix(".txt")]
        elif kind == "static" and (ROOT / "static" / "/".join(rest)).is_file():
            body, content_type = (ROOT / "static" / "/".join(rest)).read_bytes(), "text/javascript; charset=utf-8"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the test's output."""


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve it on a free loopback port until the block ends; the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def make_large(entries: int, drawn: int) -> dict[str, bytes]:
    """A bundle of so many entries with one to four slips in four strata, drawn here by the book."""

    def sha(text: str | bytes) -> str:
        return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()

    roster = sorted((sha(f"entry {i}")[:32], f"s{i % 4}", 1 + i % 4) for i in range(entries))
    text = "sunlot-roster-1\n" + "".join(f"{code}\t{stratum}\t{slips}\t-\n" for code, stratum, slips in roster)
    secret, value = sha("secret"), sha("value")
    quotas = "".join(f"quota.s{i}\t{drawn // 4}\n" for i in range(4))
    order = (
        "sunlot-order-1\ndraw\t2026-026\nbureau\t370323\nplan\tP@1\nmode\tlot\nmatter\tA@1\ndigest\tsha256\n"
        f"roster\t{sha(text)}\ninspectors\t{'0' * 64}\nrecusals\t{'0' * 64}\n{quotas}reserves\t5\nteam\t2\nreplaces\t-\n"
        f"secret\t{sha(f'sunlot-secret-1|2026-026|{secret}')}\n"
        "source.1\tpublic|drand 1|2026-12-31T21:30:00+08:00|hex:64\nplanned\t2027-01-01T09:00:00+08:00\n"
    )
    key = sha(f"sunlot-key-1|{sha(f'sunlot-seed-1|{sha(order)}|{value}|{secret}')}|subjects")
    best = sorted((s, *min((sha(f"{key}|{code}|{j}"), code, j) for j in range(1, slips + 1))) for code, s, slips in roster)
    result, winners = ["sunlot-result-1"], []
    for stratum in ("s0", "s1", "s2", "s3"):
        listed = [row for row in best if row[0] == stratum][: drawn // 4 + 5]
        for rank, (_, ticket, code, slip) in enumerate(listed, 1):
            result.append(f"{stratum}\t{rank}\t{'W' if rank <= drawn // 4 else 'R'}\t{code}\t{slip}\t{ticket}")
        winners += [(ticket, code) for _, ticket, code, _ in listed[: drawn // 4]]
    result += [f"team\t{code}\t-" for _, code in sorted(winners)]
    texts = {"order": order, "roster": text, "reveal": f"sunlot-reveal-1\nsecret\t{secret}\nsource.1\t{value}\n"}
    return {name: text.encode() for name, text in (texts | {"result": "\n".join(result) + "\n"}).items()}
