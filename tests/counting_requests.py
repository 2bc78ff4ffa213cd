"""A program for gunicorn that writes down what reached it, one line a request, and answers with it."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body, write the line into the file that ``COUNTED`` names, answer."""
    body = environ["wsgi.input"].read()
    line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)} {environ['wsgi.url_scheme']}\n"
    with Path(os.environ["COUNTED"]).open("a", encoding="utf-8") as file:
        file.write(line)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(line)))])
    return [line.encode()]
