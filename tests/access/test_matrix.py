"""Every address × every role × own, foreign and absent rows: nothing opens that the table does not say (trust.md T4)."""

import functools
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from registries.people.access import PUBLIC
from registries.people.models import User
from registries.people.roles import who_may
from tests.access.conftest import taken_back
from tests.access.county import ABSENT, County, Side
from tests.access.table import PEOPLE, TABLE, Person, Reach, Row, reaches
from tests.access.test_role_by_url import patterns
from tests.access.watching import digests, watching

pytestmark = [pytest.mark.django_db, pytest.mark.proves("T4", "T14")]

OPENS, ABSENT_PAGE, FORBIDDEN, SIGN_IN, LEADS_BACK, BREAKS = "opens", "absent", "forbidden", "sign in", "leads back", "breaks"
WALKERS_OF_THE_PUBLIC_SITE = ("visitor", "disabled clerk", "clerk", "partner")
SENT = {"subject-several": {"action": "verify"}}
"""What an address needs before it says anything but that there is no such page."""
EACH_TIME = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|[?&]next=[^"&]*')
"""What differs from page to page whoever asks for what."""


@functools.cache
def rights() -> dict[str, str]:
    """Every address by its name, with its right."""
    return {str(one.name): one.callback.access for one in patterns(get_resolver())}  # type: ignore[attr-defined]


def address(name: str, side: Side | None) -> str:
    """The address filled with a brigade's rows; with what nobody has when ``side`` is None."""
    parts = {key: _filled(spec, side) for key, spec in TABLE[name].parts.items()}
    for empty in (ABSENT, "0" * 32):
        try:
            return reverse(name, kwargs={key: empty if value is None else value for key, value in parts.items()})
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} takes none of the absent values")


def _filled(spec: str, side: Side | None) -> Any:
    if spec.startswith(":"):
        return spec[1:]
    if side is None:
        return None
    if spec in side.parts:
        return side.parts[spec]
    row, *columns = spec.split(".")
    return functools.reduce(getattr, columns or ["pk"], side.unit if row == "unit" else side.rows[row])


def whose_rows(row: Row) -> tuple[str, ...]:
    """Whose rows an address can name; nobody's where it names none."""
    return ("own",) if all(spec.startswith(":") for spec in row.parts.values()) else ("absent", "own", "foreign")


def expected(name: str, person: Person, whose: str) -> str:
    """What the answer is, by the view's right, the role and the line of the table."""
    right, row = rights()[name], TABLE[name]
    if right != PUBLIC:
        if not person.known:
            return SIGN_IN
        if person.role not in who_may(right):
            return FORBIDDEN
        if row.reach == Reach.TOLD:
            return LEADS_BACK
    if whose == "absent":
        return ABSENT_PAGE
    if reaches(row.reach, person, whose):
        return OPENS
    return LEADS_BACK if row.reach == Reach.MENDED else ABSENT_PAGE


def seen(answer: HttpResponseBase) -> str:
    """The same of a real answer."""
    where = answer.headers.get("Location", "")
    if where.startswith("/office/sign-in/"):
        return SIGN_IN
    if answer.status_code >= 500:
        return BREAKS
    return {403: FORBIDDEN, 404: ABSENT_PAGE}.get(answer.status_code, LEADS_BACK if where else OPENS)


def signed_in(user: User | None) -> Client:
    """A browser of this person; of a visitor for None. It is told of a fault as people are (500), so that a walk finds them all."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="registries.people.backend.Accounts")
    return client


def asked(client: Client, name: str, where: str) -> tuple[HttpResponseBase, list[str]]:
    """The answer to looking, with the tables that looking wrote to; where one cannot look, to sending, which is taken back."""
    with watching() as watch:
        answer = client.get(where)
    if answer.status_code == 405:
        with taken_back():
            answer = client.post(where, SENT.get(name, {}))
    return answer, [one.table for one in watch.business]


def walk(county: County, client: Client, who: str, chosen: Callable[[str, str], bool]) -> tuple[int, list[str]]:
    """Every chosen (address, whose row) asked for as this person: how many, and what is not as the table says."""
    person, wrong, count = PEOPLE[who], list[str](), 0
    for name, row in TABLE.items():
        if name == "sign-out" or (rights()[name] == PUBLIC and who not in WALKERS_OF_THE_PUBLIC_SITE):
            continue
        answers = {}
        for whose in (whose for whose in whose_rows(row) if chosen(name, whose)):
            answer, tables = asked(client, name, address(name, county.side(whose)))
            answers[whose], count = answer, count + 1
            wrong += [f"{who}: {whose} {name}: looking wrote {tables}"] if tables else []
            wrong += [] if answer.headers.get("X-Frame-Options") == "DENY" else [f"{who}: {whose} {name}: may be framed"]
            wanted, found = expected(name, person, whose), seen(answer)
            if found != wanted and (wanted, found) != (OPENS, LEADS_BACK):
                wrong.append(f"{who}: {whose} {name}: {found} ({answer.status_code}), not {wanted}")
        bodies = {EACH_TIME.sub(b"", answer.getvalue()) for answer in answers.values() if answer.status_code == 404}
        if len(bodies) > 1:
            wrong.append(f"{who}: {name}: a foreign row answers otherwise than an absent one")
    return count, wrong


def sampled(who: str, name: str, whose: str) -> bool:
    """Closed doors of those who keep rows of their own and nobody else's; of the rest, which other tests walk too, one of sixty."""
    closed = who in ("clerk", "inspector on the team") and expected(name, PEOPLE[who], whose) in (ABSENT_PAGE, LEADS_BACK)
    return (closed and rights()[name] != PUBLIC) or zlib.crc32(f"{who} {name} {whose}".encode()) % 60 == 0


@pytest.fixture(autouse=True)
def county_files(county: County, settings: Any) -> None:
    """Photos lie where the county was built."""
    settings.MEDIA_ROOT = county.media


def test_every_address_has_its_line_in_the_table() -> None:
    assert rights().keys() - TABLE.keys() == set(), "say in tests/access/table.py whose rows it opens"
    assert TABLE.keys() - rights().keys() == set()


def test_nothing_opens_but_what_the_table_says(county: County, record_property: Any) -> None:
    clients = {who: signed_in(county.people[who]) for who in PEOPLE}
    before = digests()
    found = [walk(county, client, who, functools.partial(sampled, who)) for who, client in clients.items()]
    assert [line for _count, wrong in found for line in wrong] == []
    assert digests() == before, "looking changed a business row"
    record_property("figure", f"{sum(count for count, _wrong in found)} requests sampled: 0 unexpected answers, no row changed by looking")


@pytest.mark.full
def test_nothing_opens_but_what_the_table_says_anywhere(county: County, record_property: Any) -> None:
    clients = {who: signed_in(county.people[who]) for who in PEOPLE}
    before = digests()
    found = [walk(county, client, who, lambda _name, _whose: True) for who, client in clients.items()]
    assert [line for _count, wrong in found for line in wrong] == []
    assert digests() == before, "looking changed a business row"
    count = sum(count for count, _wrong in found)
    record_property("figure", f"{count} requests, {len(TABLE)} addresses × {len(PEOPLE)} people: 0 unexpected answers, no row changed by looking")


def test_the_matrix_would_see_a_door_left_open(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with every unit kept by everybody, foreign rows are seen to open."""
    monkeypatch.setattr("inspections.plans.queries.own_units", lambda _user: None)
    monkeypatch.setattr("inspections.adhoc.queries.own_units", lambda _user: None)
    _count, wrong = walk(county, signed_in(county.people["clerk"]), "clerk", lambda name, whose: name.startswith(("adhoc-", "plan-")) and whose == "foreign")
    assert {"clerk: foreign adhoc-page: opens (200), not absent", "clerk: foreign adhoc-document: opens (200), not absent"} <= set(wrong)
