"""No text that lands in a PDF makes the press fetch anything: neither from the network nor from the machine's own files."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from registries import paper

SECRET = "canary-in-a-file-of-the-machine"


class Canary(BaseHTTPRequestHandler):
    """Counts whoever comes."""

    hits: list[str]

    def do_GET(self) -> None:
        """Write it down and send something."""
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """Where a server of the test listens, and who came."""
    hits: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Canary,), {"hits": hits}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", hits
    server.shutdown()
    server.server_close()


def attacks(url: str, file: Path) -> list[str]:
    """What somebody could type, and what a template that forgot to escape would make of it."""
    own = file.as_uri()
    return [
        *(f'<img src="{where}/img">' for where in (url, own)),
        f'<link rel="stylesheet" href="{url}/link">',
        f'<link rel="attachment" href="{own}">',
        f'<a rel="attachment" href="{own}">x</a>',
        f'<style>@import url("{url}/import"); @font-face {{ font-family: x; src: url("{url}/font") }} body {{ background: url("{url}/bg"); font-family: x }}</style>',
        f"<style>@import '{own}';</style>",
        f'<p style="background-image: url({url}/style)">x</p>',
        f'<object data="{own}"></object><embed src="{url}/embed"><iframe src="{own}"></iframe>',
        f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}/svg" width="9" height="9"/><use href="{own}#x"/></svg>',
        f'<base href="{url}/"><img src="relative">',
        '<img src="//127.0.0.1:1/x"><img src="ftp://127.0.0.1/x"><img src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'><image href=\'' + url + '/nested\'/></svg>">',
        f'<ul style="list-style-image: url({url}/list)"><li style="content: url({own})">x</li></ul>',
    ]


@pytest.mark.papers
@pytest.mark.proves("T7")
def test_a_document_full_of_addresses_fetches_none_of_them(
    canary: tuple[str, list[str]], tmp_path: Path, record_property: Callable[..., None]
) -> None:
    """Even where nothing were escaped: the press itself is closed."""
    url, hits = canary
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    some = attacks(url, file)
    made = paper.pdf(f"<!DOCTYPE html><html><body>{''.join(some)}</body></html>")
    bound = paper.bound([f"<!DOCTYPE html><html><body>{''.join(some)}</body></html>"], lambda _n: True)
    assert bound is not None
    for body in (made, bound.pdf):
        assert body.startswith(b"%PDF-")
        assert b"/EmbeddedFile" not in body
        assert SECRET not in subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()
    assert hits == []
    record_property("figure", f"0 hits of {2 * len(some)} on a canary server, 0 files embedded")


@pytest.mark.papers
def test_the_control_a_press_that_is_not_closed_does_fetch(canary: tuple[str, list[str]]) -> None:
    import weasyprint

    url, hits = canary
    weasyprint.HTML(string=f'<img src="{url}/img">').render()
    assert hits == ["/img"]


def test_escaping_is_on_for_documents() -> None:
    rendered = render_to_string("documents/matter_list.html", {"bureau": '<img src="x">', "groups": [], "headings": ['<b>"'], "edition": None})
    assert '<img src="x">' not in rendered
