"""The running product: the headers of its answers, its log lines, and the number of a request that follows its work into the worker."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.demo.serve import Stack
from tests.conftest import Template

KINDS = (
    ("GET", "/", 200), ("GET", "/office/", 302), ("GET", "/office/sign-in/", 200), ("GET", "/admin/", 302), ("GET", "/nowhere/", 404), ("GET", "/static/css/base.css", 200),
    ("GET", "/static/admin/css/base.css", 200), ("GET", "/api/openapi.json", 200), ("GET", "/feeds/results.atom", 200), ("GET", "/robots.txt", 200), ("HEAD", "/", 200),
    ("POST", "/office/sign-in/", 403), ("DELETE", "/", 403), ("POST", "/csp-report/", 204), ("GET", "/results", 301),
)  # fmt: skip
REQUIRED = {
    "content-security-policy": "default-src 'self'", "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "permissions-policy": "camera=()", "reporting-endpoints": "csp=", "x-request-id": "", "cross-origin-resource-policy": "-origin",
}  # fmt: skip


@pytest.fixture
def logged(tmp_path: Path, template: Template) -> Iterator[Stack]:
    """The running product with the log of production."""
    with Stack(tmp_path, env={**template.copied(tmp_path), "LOG_FORMAT": "json"}) as running:
        yield running


def lines(stack: Stack, name: str) -> list[dict[str, object]]:
    """The log lines of a process that are the program's own."""
    text = (stack.data_dir / "logs" / f"{name}.log").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def answered(stack: Stack, method: str, address: str) -> tuple[int, dict[str, str]]:
    """Status and headers, by lower-case name."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=20)
    connection.request(method, address, body=b"{}" if method == "POST" else None, headers={"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}


@pytest.mark.full
@pytest.mark.proves("T14", "T16")
def test_the_running_site_carries_its_headers_and_logs_a_line_per_request_and_task(logged: Stack, record_property: Callable[..., None]) -> None:
    for method, address, status in KINDS:
        found, headers = answered(logged, method, address)
        assert found == status, (method, address, found)
        for name, part in REQUIRED.items():
            assert part in headers[name], (address, name, headers.get(name))
        assert "unsafe" not in headers["content-security-policy"]
        assert "server" not in headers or not any(sign.isdigit() for sign in headers["server"]), headers["server"]
    logged.manage(
        "shell", "-c",
        "from config import tracing; from celery import current_app; tracing.number.set('abcdef0123456789'); current_app.send_task('registries.sweep_heartbeat')",
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not (done := [line for line in lines(logged, "worker") if line.get("request") == "abcdef0123456789"]) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert done, logged.tail("worker")
    assert (done[0]["task"], done[0]["state"]) == ("registries.sweep_heartbeat", "SUCCESS")
    web = [line for line in lines(logged, "web") if line["logger"] == "sunlot.request"]
    assert len(web) >= len(KINDS)
    assert {line["route"] for line in web} >= {"/", "/office/", "?", "/static/"}
    record_property("figure", f"{len(KINDS)} of {len(KINDS)} answers of the running site carry {len(REQUIRED)} headers; the worker's line has the request's number")
