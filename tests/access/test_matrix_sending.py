"""Whatever is sent leaves an entry in the ledger or changes nothing, and sets no column that its form does not ask for (trust.md T14, T20)."""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from itertools import zip_longest
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

from registries.people.access import PUBLIC
from registries.people.roles import who_may
from tests.access.conftest import taken_back
from tests.access.county import County
from tests.access.pages import Form, forms_of
from tests.access.table import PEOPLE
from tests.access.test_matrix import address, rights, signed_in
from tests.access.watching import Watch, watching

pytestmark = pytest.mark.django_db

SENDERS = ("visitor", "clerk", "inspector on the team", "reviewer", "supervisor", "auditor", "system-admin", "security-admin", "partner")
STATES = {
    "plan": ("draft plan", "submitted plan"),
    "draw-page": ("committed draw",),
    "case-page": ("begun case", "unsigned case", "recorded case", "reviewed case", "problem case", "shown case"),
    "case-record": ("begun case",),
    "case-sign": ("unsigned case",),
    "case-review": ("recorded case",),
    "case-check": ("reviewed case", "problem case"),
    "case-release": ("reviewed case",),
    "case-photos": ("begun case",),
    "hold-ask": ("problem case",),
    "followup": ("penalty", "crime"),
    "edition": ("draft edition",),
    "plan-simulator": ("draft plan",),
}
"""Pages that look otherwise for rows in other states."""
MODELS = [model for model in apps.get_models() if model._meta.app_label in ("registries", "inspections", "publicity")]
COLUMNS = sorted({field.name for model in MODELS for field in model._meta.get_fields()} | {"is_staff", "id", "pk", "_method", "_save", "user_id", "unit_id"})
DECIDED = re.compile(r"is_superuser|is_staff|user_permissions|groups|\w+_by|\w+_at|\w*(?:hash|digest|sha256)|commitment|public_id|token|nonce|secret")
"""Columns that commands fill in by themselves."""


class Sent(NamedTuple):
    """What became of a form: how it was answered, what stayed written, how many entries the ledger got, which names were read."""

    answer: HttpResponseBase
    watch: Watch
    names: frozenset[str]


@pytest.fixture(autouse=True)
def county_files(county: County, settings: Any) -> None:
    """Photos lie where the county was built."""
    settings.MEDIA_ROOT = county.media


class Asked:
    """The names that the product reads from what was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: set[str] = set()
        for method in ("get", "getlist", "__getitem__", "__contains__"):
            monkeypatch.setattr(QueryDict, method, self._heard(getattr(QueryDict, method)), raising=False)

    def _heard(self, original: Any) -> Any:
        def read(data: QueryDict, key: Any, *rest: Any) -> Any:
            self.names.add(key)
            return original(data, key, *rest)

        return read


def pages(county: County, name: str) -> Iterator[str]:
    """The address of the own brigade's row, in each of its states."""
    yield address(name, county.own)
    for row in STATES.get(name, ()):
        column = "case" if name.startswith(("case-", "hold-")) else {"draw-page": "draw", "plan-simulator": "plan"}.get(name, name)
        yield address(name, county.own.standing_in(column, row))


def forms(county: County, client: Client, who: str, only: Collection[str] = ()) -> list[Form]:
    """Every form that this person meets (on ``only`` these pages), once."""
    found: dict[tuple[Any, ...], Form] = {}
    for name, right in rights().items():
        if only and name not in only:
            continue
        if name == "sign-out" or (right == PUBLIC) != (who == "visitor") or (right != PUBLIC and PEOPLE[who].role not in who_may(right)):
            continue
        for where in pages(county, name):
            answer = client.get(where)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            for form in forms_of(answer.getvalue().decode(), where):
                if name_of(form) not in ("language", "sign-out"):
                    found.setdefault((name_of(form), form.shape), form)
    return list(found.values())


def name_of(form: Form) -> str:
    """The name of the address that a form is sent to."""
    try:
        return resolve(form.action.partition("?")[0]).url_name or ""
    except Resolver404:
        return ""


def send(client: Client, form: Form, asked: Asked, extra: dict[str, str] | None = None) -> Sent:
    """Send it and take back what it did."""
    asked.names, cookies = set(), deepcopy(client.cookies)
    with taken_back(), watching() as watch:
        for files in (one for values in form.fields.values() for one in values if hasattr(one, "seek")):
            files.seek(0)
        answer = client.post(form.action, form.fields | (extra or {}))
        stayed = Watch()
        stayed.kept = list(watch.kept)
    client.cookies = cookies
    return Sent(answer, stayed, frozenset(asked.names))


def plain(watch: Watch) -> list[tuple[str, tuple[Any, ...]]]:
    """What was written, without what chance and the moment put into it."""
    return [(one.sql, tuple(_plain(value) for value in one.params)) for one in watch.business]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return "bytes"
    if isinstance(value, dt.datetime):
        return "…"
    if isinstance(value, int) and value not in (0, 1):
        return "#"  # keys of new rows go on counting; what is sent in addition is always 1
    value = str(value.obj) if hasattr(value, "obj") else value  # PostgreSQL's wrapper around JSON
    return "…" if isinstance(value, str) and (len(value) > 20 or re.fullmatch(r"[\w+/=:-]{16,}", value)) else value


def judged(county: County, who: str, monkeypatch: pytest.MonkeyPatch, only: Collection[str] = ()) -> tuple[int, set[str], list[str]]:
    """All forms of this person sent plain and stuffed: how many, which addresses did something, what was wrong."""
    client, wrong, did = signed_in(county.people[who]), list[str](), set[str]()
    found = forms(county, client, who, only)
    asked = Asked(monkeypatch)
    for form in found:
        plainly = send(client, form, asked)
        what = f"{who}: {name_of(form)} {form.pressed}"
        if plainly.answer.status_code >= 500:
            wrong.append(f"{what}: {plainly.answer.status_code}")
        if plainly.watch.business and not plainly.watch.entries:
            wrong.append(f"{what}: wrote {[one.table for one in plainly.watch.business]} without an entry")
        if plainly.watch.business:
            did.add(name_of(form))
        stuffing = {name: "1" for name in COLUMNS if name not in plainly.names and name not in form.fields}
        stuffed = send(client, form, asked, stuffing)
        if plain(plainly.watch) != plain(stuffed.watch):
            differs = [pair for pair in zip_longest(plain(plainly.watch), plain(stuffed.watch)) if pair[0] != pair[1]]
            wrong.append(f"{what}: writes otherwise with more fields sent: {differs[:1]}")
        decided = {name for name in plainly.names if DECIDED.fullmatch(name)}
        wrong += [f"{what}: reads {sorted(decided)}"] if decided else []
    return len(found), did, wrong


def test_what_is_sent_stands_in_the_ledger_or_changed_nothing(county: County, monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    """A sample; the whole runs with --full."""
    count, did, wrong = judged(county, "reviewer", monkeypatch, ("case-review", "followup", "objection-page"))
    assert wrong == []
    assert did
    record_property("figure", f"{count} forms, {len(COLUMNS)} more fields each, 0 columns changed by them")


@pytest.mark.full
@pytest.mark.proves("T14", "T20")
def test_whatever_anybody_sends_stands_in_the_ledger_or_changed_nothing(county: County, monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    found = [judged(county, who, monkeypatch) for who in SENDERS]
    assert [line for _count, _did, wrong in found for line in wrong] == []
    did = set().union(*(did for _count, did, _wrong in found))
    assert len(did) > 40
    record_property("figure", f"{sum(count for count, *_rest in found)} forms, {len(did)} addresses wrote; {len(COLUMNS)} more fields each, 0 columns changed by them")


EXEMPT = {"public-csp-report"}
"""A browser reports what it refused to run; it has no token, and what it says is counted, not kept."""


@pytest.mark.proves("T14")
@pytest.mark.parametrize("who", ["clerk", pytest.param("visitor", marks=pytest.mark.full)])
def test_nothing_is_taken_without_the_token_of_its_page(county: County, who: str, record_property: Any) -> None:
    """On every address; those that take nothing at all say so (405)."""
    client, count = Client(enforce_csrf_checks=True), 0
    user = county.people[who]
    if user is not None:
        client.force_login(user, backend="registries.people.backend.Accounts")
    for name in rights().keys() - EXEMPT:
        right, answer = rights()[name], client.post(address(name, county.own), {"x": "1"})
        assert answer.status_code == 403 or (answer.status_code, right) == (405, PUBLIC), (name, answer.status_code)
        count += 1
    record_property("figure", f"{count} of {count} refused without the token")


def stuffed(county: County) -> Iterator[tuple[str, dict[str, str]]]:
    """Every address of the own brigade with the name of every column sent to it."""
    for name in rights():
        yield address(name, county.own), dict.fromkeys(COLUMNS, "1")


@pytest.mark.full
@pytest.mark.proves("T20")
@pytest.mark.parametrize("who", SENDERS)
def test_columns_sent_to_any_address_alone_change_no_account_and_no_unit(county: County, who: str, record_property: Any) -> None:
    """On every address, form or none: nobody gets a role, a right or another unit by naming the column."""
    client, count = signed_in(county.people[who]), 0
    for where, sent in stuffed(county):
        with taken_back(), watching() as watch:
            client.post(where, sent)
            written = [one for one in watch.business if one.table in ("registries_user_groups", "auth_group", "auth_group_permissions", "registries_user_user_permissions")]
            assert written == [], where
            assert not watch.business or watch.entries, where
        count += 1
    record_property("figure", f"{count} addresses as {who}: no right gained")
