"""Fifty drawn and not yet visited subjects with names nobody else has: they are nowhere but where they must be (trust.md T3).

Every address is walked with the real numbers filled in, by the public and by every role that must not know who was drawn.
"""

import io
import itertools
import json
import logging
import re
import subprocess
import urllib.parse
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from inspections.cases import tasks as case_tasks
from inspections.cases.models import Case
from inspections.draws import tasks as draw_tasks
from inspections.draws.models import Draw, DrawCertificate
from inspections.papers import queries, rules
from inspections.papers.commands import make_notice
from inspections.papers.models import Notice
from publicity.opendata.datasets import DATASETS
from publicity.opendata.views import NAMES
from publicity.opendata.writing import TYPES
from publicity.site import views as public_views
from registries import clock
from registries.ledger.models import LedgerEntry
from registries.people.access import PUBLIC
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories, open_data, public_draws

pytestmark = [pytest.mark.django_db, pytest.mark.usually("sqlite3"), pytest.mark.papers, pytest.mark.proves("T3")]

COUNT = 50
NAME = "金丝雀"
OUTSIDE_THE_ADMIN = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC, Role.SUPERVISOR, Role.AUDITOR))
SAMPLES = ("zh-hans", "town", "json", "subjects", "disable", "x", "1")


@dataclass
class Cage:
    """The draw, what must not be read of its subjects, and what left for the queue and the log meanwhile."""

    draw: Draw
    secrets: frozenset[str]
    messages: list[tuple[str, dict[str, Any]]]
    log: str
    values: dict[str, list[str]]

    def heard(self, text: str) -> set[str]:
        """The canaries in a text, however it spells them."""
        unescaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        spellings = (text, urllib.parse.unquote_plus(text), unescaped)
        return {secret for secret in self.secrets for spelled in spellings if secret in spelled}


def canaries(category: Any, unit: Any) -> list[Subject]:
    return [
        factories.subject(
            f"{NAME}{n:02}号旅馆", categories=[category], unit=unit, risk_grade="B", contact=f"{NAME}掌柜{n:02}",
            phone=f"1399999{n:04}", address=f"{NAME}巷{n:02}号",
        )
        for n in range(COUNT + 10)
    ]  # fmt: skip


@pytest.fixture
def cage(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> Cage:
    """Fifty of sixty canaries drawn, certified, their cases opened; nobody has visited them."""
    messages: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: messages.append((name, options)))
    category = factories.category()
    revision = factories.matter(categories=[category])
    subjects = canaries(category, revision.unit)
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        draw = public_draws.drawn(entries=0, quota=COUNT, category=category, revision=revision)
        draw_tasks.sweep_draws()
        case_tasks.sweep_cases()
    open_data.kept()
    secrets: set[str] = set()
    for subject in subjects:
        secrets |= {subject.name, subject.key, str(subject.uscc), subject.phone, subject.contact, subject.address}
    secrets |= set(draw.roster.values_list("nonce", flat=True)) | set(draw.inspectors.values_list("nonce", flat=True))
    secrets |= set(draw.inspectors.values_list("name", flat=True))
    return Cage(draw, frozenset(secrets), messages, caplog.text, _values(draw))


def _values(draw: Draw) -> dict[str, list[str]]:
    """Real values for the parts of addresses."""
    cases = [str(number) for number in draw.cases.values_list("number", flat=True)[:2]]
    entries = [str(seq) for seq in LedgerEntry.objects.values_list("seq", flat=True)]
    keys = [str(row.pk) for row in (draw, *draw.roster.all()[:2], *draw.cases.all()[:2])]
    subject = draw.roster.all()[0].subject
    files = ("order.txt", "roster.txt", "inspectors.txt", "recusals.txt", "reveal.txt", "result.txt", "openings.txt", "history.txt")
    return {
        "number": [str(draw.number), public_draws.plan_number(draw), "1", *cases],
        "code": [draw.matter.matter.code, "zh-hans"],
        "name": list(files),
        "seq": entries,
        "pk": keys,
        "source_id": [str(source.pk) for source in draw.sources.all()],
        "key": [subject.key],
        "public_id": ["0" * 32],
        "sheet": ["notice", "record"],
        "address": [*addresses_of_notices(draw), "0" * 40],
        "file": sorted(NAMES),
        "dataset": list(DATASETS),
    }


def addresses_of_notices(draw: Draw) -> list[str]:
    """The addresses of two notices that are made and not handed over yet."""
    clerk, today = factories.user(Role.CLERK, unit=draw.unit), clock.today()
    for case in draw.cases.order_by("pk")[:2]:
        make_notice(actor=clerk, case_id=case.pk, first_day=today, last_day=today)
    return [rules.address_part(notice.token, queries.key()) for notice in Notice.objects.filter(case__draw=draw)]


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.app_name != "admin":
            yield from patterns(pattern)


def addresses(cage: Cage, *, public: bool) -> Iterator[str]:
    """Every address that is public (or is not), with every value that fits."""
    for pattern in patterns(get_resolver()):
        if (pattern.callback.access == PUBLIC) is not public:  # type: ignore[attr-defined]
            continue
        names = list(pattern.pattern.converters) or list(getattr(pattern.pattern.regex, "groupindex", {}))
        for chosen in itertools.product(*(cage.values.get(name, SAMPLES) for name in names)):
            try:
                yield reverse(str(pattern.name), kwargs=dict(zip(names, chosen, strict=True)))
            except NoReverseMatch:
                continue


def text_of(client: Client, address: str, data: dict[str, str] | None = None) -> str:
    """Everything a visitor gets: headers and body; zip files opened, PDF files read."""
    answer = client.get(address, data or {})
    body = answer.getvalue()
    head = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    kind = answer.headers.get("Content-Type", "")
    if kind in ("application/zip", TYPES["xlsx"]):
        archive = zipfile.ZipFile(io.BytesIO(body))
        return head + "".join(archive.read(name).decode() for name in archive.namelist())
    if kind == "application/pdf":
        return head + read_pdf(body)
    return head + body.decode(errors="replace")


def read_pdf(body: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode() + body.decode("latin-1")


def test_no_public_page_feed_or_file_names_who_was_drawn(cage: Cage) -> None:
    client, seen = Client(), set()
    for address in addresses(cage, public=True):
        assert cage.heard(text_of(client, address)) == set(), address
        seen.add(address.split("/")[1])
    assert {"draws", "results", "plans", "matters", "ledger", "opendata", "api", "feeds"} <= seen
    for address in ("/api/v1/results", "/feeds/results.atom"):
        assert cage.heard(text_of(client, address, {"q": NAME, "unit": cage.draw.unit.name}) + text_of(client, address, {"draw": str(cage.draw.number)})) == set()
    for address in ("/results/", "/draws/", "/ledger/", "/ledger/entries/", "/plans/", "/matters/", "/"):
        for asked in (NAME, "B"):
            assert cage.heard(text_of(client, address, {"q": asked, "search": asked, "draw": str(cage.draw.number)})) == set()


def test_the_canaries_would_be_heard(cage: Cage) -> None:
    """The control: once a result is disclosed by name, this very walk hears that one name."""
    case = factories.reviewed_case(Case.objects.filter(draw=cage.draw).order_by("pk")[0])
    public_draws.disclosed(case)
    open_data.kept()
    for address in ("/opendata/results.csv", "/opendata/results.xlsx", "/opendata/versions.json", "/api/v1/results", "/feeds/results.atom"):
        assert case.subject.name in cage.heard(text_of(Client(), address)), address
    heard = set().union(*(cage.heard(text_of(Client(), address)) for address in addresses(cage, public=True)))
    assert case.subject.name in heard
    assert len([name for name in heard if name.startswith(NAME)]) == 1


def signed_in(role: Role, **columns: Any) -> Client:
    client = Client()
    user = factories.user(role, **columns)
    client.force_login(user, backend="registries.people.backend.Accounts")
    return client


@pytest.mark.parametrize(
    "role",
    [
        Role.PARTNER,
        Role.INSPECTOR,  # who is on none of the teams
        *(pytest.param(admin, marks=pytest.mark.full) for admin in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)),
    ],
)
def test_roles_that_must_not_know_find_nothing_in_the_office(cage: Cage, role: Role) -> None:
    client, known = signed_in(role, unit=cage.draw.unit), _accounts(cage, role)
    for address in addresses(cage, public=False):
        assert cage.heard(text_of(client, address)) - known == set(), address
    for address in ("/office/cases/", "/office/cases/mine/", "/office/plans/", "/office/accounts/"):
        assert cage.heard(text_of(client, address, {"q": NAME, "name": NAME, "text": NAME})) - known == set(), address


def _accounts(cage: Cage, role: Role) -> set[str]:
    """System and security administrators know the names of inspectors: they keep their accounts."""
    names = set(cage.draw.inspectors.values_list("name", flat=True))
    return names if role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN) else set()


def test_a_clerk_of_another_unit_finds_no_draw_and_no_case(cage: Cage) -> None:
    client = signed_in(Role.CLERK, unit=factories.unit())
    registry = ("/office/subjects/", "/office/inspectors/", "/office/imports/")
    for address in addresses(cage, public=False):
        if address.startswith(registry):
            assert str(cage.draw.number) not in text_of(client, address), address
        else:
            assert cage.heard(text_of(client, address)) == set(), address


def test_what_a_supervisor_decides_on_shows_figures_and_no_names(cage: Cage) -> None:
    client = signed_in(Role.SUPERVISOR)
    base = "/admin/inspections/draw/"
    for address in (base, f"{base}{cage.draw.pk}/change/", f"{base}{cage.draw.pk}/decide/", f"{base}{cage.draw.pk}/history/"):
        assert cage.heard(text_of(client, address)) == set(), address
    for asked in ({"q": NAME}, {"unit__id__exact": str(cage.draw.unit_id)}, {"roster__name__contains": NAME}):
        assert cage.heard(text_of(client, base, asked)) == set(), asked
    assert cage.heard(text_of(client, f"/office/draws/{cage.draw.pk}/")) == set()


def test_the_admin_with_its_searches_is_closed_to_everybody_else(cage: Cage) -> None:
    for role in OUTSIDE_THE_ADMIN:
        client = signed_in(role, unit=cage.draw.unit)
        for model in admin.site._registry:
            base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            row = model._default_manager.order_by("-pk").first()
            for address in (base, f"{base}?q={NAME}", *([f"{base}{row.pk}/change/"] if row else [])):
                answer = client.get(address)
                assert answer.status_code == 302, (role, address)
                assert cage.heard(answer.content.decode()) == set()
        asked = {"term": NAME, "app_label": "inspections", "model_name": "case", "field_name": "subject"}
        assert cage.heard(client.get("/admin/autocomplete/", asked).content.decode()) == set()


def test_messages_to_the_worker_carry_numbers_and_the_log_no_names(cage: Cage) -> None:
    assert {name for name, _options in cage.messages} >= {"inspections.run_draw", "inspections.issue_certificate", "inspections.open_cases"}
    for name, options in cage.messages:
        assert all(isinstance(value, int) for value in options["kwargs"].values()), name
        assert cage.heard(json.dumps(options, ensure_ascii=False)) == set()
    assert cage.heard(cage.log) == set()


def test_the_certificate_names_nobody(cage: Cage, tmp_path: Path) -> None:
    body = bytes(DrawCertificate.objects.get(draw=cage.draw).pdf)
    text = read_pdf(body)
    assert str(cage.draw.number) in text
    assert cage.heard(text) == set()


def test_error_pages_say_nothing(cage: Cage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(raise_request_exception=False)
    subject = cage.draw.roster.all()[0]
    for address in (f"/draws/{cage.draw.number}x/", f"/draws/{cage.draw.number}/bundle/openings.txt", "/results/x/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert cage.heard(answer.content.decode()) == set()

    def fails(*_: object) -> Any:
        raise ValueError(f"{subject.name} {subject.public_id}")

    monkeypatch.setattr(public_views, "_order", fails)
    answer = client.get(f"/draws/{cage.draw.number}/")
    assert answer.status_code == 500
    assert cage.heard(answer.content.decode()) == set()
    assert not settings.DEBUG


def test_all_fifty_are_drawn_and_none_visited(cage: Cage) -> None:
    assert cage.draw.drawn.filter(kind="W").count() == COUNT
    assert Case.objects.filter(draw=cage.draw, state="assigned").count() == COUNT
