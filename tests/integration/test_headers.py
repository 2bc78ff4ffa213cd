"""Every kind of answer carries every header: pages, redirections, refusals, errors, files; and browsers can report what the policy stopped."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from psycopg.errors import QueryCanceled

from config import logs
from publicity.site import views
from registries import clock
from registries.people.roles import Role
from tests import factories, public_draws

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'self'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'", "object-src": "'none'", "base-uri": "'none'",
    "form-action": "'self'", "frame-ancestors": "'none'", "frame-src": "'none'", "report-uri": "/csp-report/", "report-to": "csp",
    "upgrade-insecure-requests": "",
}  # fmt: skip
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/csp-report/"',
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}


@pytest.fixture
def tls() -> Any:
    """As in production, where everything goes over TLS."""
    policy = {"DIRECTIVES": {**configured.CONTENT_SECURITY_POLICY["DIRECTIVES"], "upgrade-insecure-requests": True}}
    with override_settings(
        SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True, CONTENT_SECURITY_POLICY=policy
    ):
        yield


def signed_in(*roles: Role) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(factories.user(*roles, unit=factories.unit()), backend="registries.people.backend.Accounts")
    return client


def gone() -> str:
    case = factories.reviewed_case(factories.case())
    result = public_draws.disclosed(case)
    type(result).objects.filter(pk=result.pk).update(removed_at=clock.now())
    return f"/results/{result.public_id}/"


def fails(*_: object, **__: object) -> Any:
    raise ValueError("ID 370323199001011234")


def slow(*_: object, **__: object) -> Any:
    raise OperationalError from QueryCanceled()


def headed(response: HttpResponseBase) -> None:
    """Nothing is missing, and nothing of it may be done inline."""
    for name, value in EXPECTED.items():
        assert response.headers[name] == value, (name, response.headers.get(name))
    directives = [part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";")]
    assert {name: value for name, _space, value in directives} == POLICY
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert response.headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
    assert len(response.headers["X-Request-ID"]) == 16


@pytest.mark.proves("T14")
@pytest.mark.usefixtures("tls")
def test_every_kind_of_answer_carries_every_header(monkeypatch: pytest.MonkeyPatch, settings: Any, record_property: Callable[..., None]) -> None:
    visitor, clerk, supervisor = Client(raise_request_exception=False), signed_in(Role.CLERK), signed_in(Role.SUPERVISOR)
    kinds: list[tuple[int, Client, str, dict[str, Any]]] = [
        (200, visitor, "/", {}),
        (200, visitor, "/office/sign-in/", {}),
        (200, visitor, "/static/css/base.css", {}),
        (200, visitor, "/api/openapi.json", {}),
        (200, visitor, "/robots.txt", {}),
        (200, visitor, "/feeds/results.atom", {}),
        (200, clerk, "/office/", {}),
        (200, clerk, "/office/imports/templates/subjects.xlsx", {}),
        (200, supervisor, "/admin/", {}),
        (200, supervisor, "/static/admin/css/base.css", {}),
        (302, visitor, "/office/", {}),
        (302, visitor, "/admin/", {}),
        (301, visitor, "/results", {}),
        (400, visitor, "/", {"HTTP_HOST": "elsewhere.example"}),
        (403, clerk, "/office/accounts/", {}),
        (404, supervisor, "/admin/inspections/plan/add/", {}),
        (404, visitor, "/nowhere/", {}),
        (404, visitor, "/static/nothing.css", {}),
        (404, clerk, "/office/cases/none/", {}),
        (404, visitor, "/api/v1/nothing", {}),
        (405, visitor, "/csp-report/", {}),
        (410, visitor, gone(), {}),
    ]
    for status, client, address, extra in kinds:
        response = client.get(address, secure=True, **extra)
        assert response.status_code == status, (address, response.status_code)
        headed(response)
        if address.startswith(("/office/", "/admin/")):
            assert "no-store" in response.headers["Cache-Control"], address
    for status, fault in ((500, fails), (503, slow)):
        monkeypatch.setattr(views, "_order", fault)
        response = visitor.get("/draws/x/", secure=True)
        assert response.status_code == status
        assert response.headers["X-Request-ID"] in response.content.decode(), "the person can name it"
        assert "370323199001011234" not in response.content.decode()
        headed(response)
    settings.PUBLIC_REQUESTS_PER_MINUTE = 6
    refused = [visitor.get("/how/", secure=True) for _ in range(3)][-1]
    assert refused.status_code == 429
    headed(refused)
    record_property("figure", f"{len(kinds) + 3} of {len(kinds) + 3} kinds of answers carry every header")


# --- host names and forged headers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "127.0.0.1@elsewhere.example", "", "localhost:80:80"])
def test_a_name_that_is_not_ours_is_refused(host: str) -> None:
    with override_settings(ALLOWED_HOSTS=["localhost", "127.0.0.1"]):
        assert Client().get("/robots.txt", HTTP_HOST=host).status_code == 400
        assert Client().get("/robots.txt", HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="elsewhere.example").status_code == 200


def test_the_protocol_is_believed_only_where_a_proxy_of_ours_is_set() -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert Client().get("/robots.txt", HTTP_X_FORWARDED_PROTO="https").status_code == 301
        with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
            assert Client().get("/robots.txt", HTTP_X_FORWARDED_PROTO="https").status_code == 200


# --- numbers of requests -----------------------------------------------------------------------------------------------------


def test_a_proxys_number_is_taken_only_from_a_proxy_of_ours_and_only_if_it_looks_like_one(settings: Any) -> None:
    def named(number: str) -> str:
        return str(Client().get("/robots.txt", HTTP_X_REQUEST_ID=number).headers["X-Request-ID"])

    assert named("abcdef0123456789") != "abcdef0123456789"
    settings.PROXY_COUNT = 1
    assert named("abcdef0123456789") == "abcdef0123456789"
    for bad in ("short", "a" * 65, 'x"><script>alert(1)</script>', "line\r\nbreak-12345", "张三张三张三张三"):
        assert named(bad) != bad


class Kept(logging.Handler):
    """What is written, as production writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.Lines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


@pytest.fixture
def log() -> Any:
    """All that is logged while the test runs."""
    kept, root = Kept(), logging.getLogger()
    root.addHandler(kept)
    yield kept.lines
    root.removeHandler(kept)


PAYLOADS = ("\r\n{\"level\": \"INFO\"}", "%0d%0aforged", "\u2028x", "\x1b[2Jx", "\x85y", "\n\n\n")


@pytest.mark.proves("T16")
def test_nothing_a_visitor_sends_begins_a_line_of_its_own_or_is_written_at_all(
    log: list[str], monkeypatch: pytest.MonkeyPatch, record_property: Callable[..., None]
) -> None:
    client = Client(raise_request_exception=False)
    for payload in PAYLOADS:
        client.get("/results/", {"q": f"张三370323199001011234{payload}"})
        client.get(f"/张三370323199001011234{payload}/")
        client.get("/robots.txt", HTTP_HOST="elsewhere.example", HTTP_USER_AGENT=payload)
        client.post("/office/sign-in/", {"username": f"张三{payload}", "password": "geheim"})
        log_it = logging.getLogger("sunlot.test")
        log_it.warning("an own line with %s", payload)
    monkeypatch.setattr(views, "_order", fails)
    client.get("/draws/x/")
    for line in log:
        assert len(line.splitlines()) == 1, line
        json.loads(line)
        for secret in ("张三", "370323199001011234", "geheim", "?q="):
            assert secret not in line, line
    told = [json.loads(line) for line in log]
    by_request = [one for one in told if one["logger"] == "sunlot.request"]
    assert len(by_request) == 4 * len(PAYLOADS) + 1
    assert {"user", "method", "route", "status", "ms", "request"} - {"user"} <= set(by_request[0])
    assert {one["route"] for one in by_request} == {"/results/", "?", "/office/sign-in/", "/draws/<str:number>/"}
    failed = [one for one in told if one.get("error")]
    assert failed[-1]["error"] == ["builtins.ValueError"]
    assert failed[-1]["request"] == by_request[-1]["request"]
    assert failed[-1]["where"][-1].startswith("tests/integration/test_headers.py")
    record_property("figure", f"{len(PAYLOADS)} payloads through 5 doors: {len(log)} lines, each one object, 0 names")


def test_the_line_of_a_request_says_who_without_asking_the_database(log: list[str]) -> None:
    client = signed_in(Role.CLERK)
    client.get("/office/imports/")
    assert isinstance(json.loads(log[-1])["user"], int)


# --- reports of the browser --------------------------------------------------------------------------------------------------


def test_a_browsers_report_becomes_one_line_without_what_it_quotes(log: list[str], settings: Any) -> None:
    old = {"csp-report": {
        "document-uri": "https://x.example/results/?q=张三", "violated-directive": "script-src-elem 'self'",
        "blocked-uri": "https://evil.example/steal?x=张三", "script-sample": "张三\r\nforged",
    }}  # fmt: skip
    new = [{"type": "csp-violation", "body": {"documentURL": "/office/", "effectiveDirective": "style-src", "blockedURL": "inline"}}] * 30
    client = Client()
    for told in (old, new, {}, [], "x", [1], {"csp-report": 1}):
        answer = client.post("/csp-report/", json.dumps(told), content_type="application/csp-report")
        assert answer.status_code == 204
    assert client.post("/csp-report/", "{" * 9000, content_type="application/json").status_code == 204
    assert client.post("/csp-report/", "x" * 20_000, content_type="application/json").status_code == 413
    lines = [json.loads(line) for line in log if '"sunlot.csp"' in line]
    assert (lines[0]["directive"], lines[0]["blocked"], lines[0]["page"]) == ("script-src-elem", "https://evil.example", "/results/")
    assert (lines[1]["directive"], lines[1]["blocked"], lines[1]["page"]) == ("style-src", "inline", "/office/")
    assert len(lines) == 11
    assert "张三" not in "".join(log)
    settings.PUBLIC_REQUESTS_PER_MINUTE = 1200
    answers = [client.post("/csp-report/", "{}", content_type="application/json").status_code for _ in range(25)]
    assert answers[-1] == 429


# --- how long the database may work ------------------------------------------------------------------------------------------


@pytest.mark.engine("postgresql")
@pytest.mark.proves("T10")
def test_a_public_page_may_ask_the_database_for_a_moment_and_the_office_for_longer(
    monkeypatch: pytest.MonkeyPatch, settings: Any, record_property: Callable[..., None]
) -> None:
    limits: list[str] = []

    def looks(_number: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            limits.append(cursor.fetchone()[0])
            cursor.execute("SELECT pg_sleep(0.3)")

    monkeypatch.setattr(views, "_order", looks)
    client = Client(raise_request_exception=False)
    settings.PUBLIC_QUERY_SECONDS = 0.1
    response = client.get("/draws/x/")
    assert limits == ["100ms"]
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    record_property("figure", "a statement of 300 ms cancelled after 100 ms (the limit of this test): 503 with Retry-After")
