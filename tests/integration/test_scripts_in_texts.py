"""Texts that would be scripts: they come in through imports and forms like any other text, and go out as text."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from inspections.cases import tasks as case_tasks
from inspections.cases.models import Case
from publicity.disclosures.models import Disclosure
from registries.codes.models import CodeTable
from registries.people.access import PUBLIC
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories, objected, open_data, poisoning, public_draws, tampering
from tests.import_files import bring, commit, subject_row, workbook
from tests.integration.test_canaries import Cage, _values, addresses
from tests.poisoning import PAYLOADS, traces

pytestmark = pytest.mark.django_db

PEOPLE = (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR, Role.REVIEWER, Role.SYSTEM_ADMIN)


def enter(*roles: Role, **columns: Any) -> Client:
    client = Client()
    client.force_login(factories.user(*roles, **columns), backend="registries.people.backend.Accounts")
    return client


def test_the_parser_would_see_them() -> None:
    """The control: unescaped, all but those that are no markup are found."""
    seen = [payload for payload in PAYLOADS if traces(f'<p title="{payload}">{payload}</p><input value={payload!r}>')]
    assert len(PAYLOADS) == 40
    assert len(seen) >= 34


@pytest.mark.proves("T6")
def test_forty_payloads_through_an_import_are_text_in_office_and_public(record_property: Callable[..., None]) -> None:
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    unit = factories.unit("治安大队", code="ZA")
    clerk = factories.user(Role.CLERK, unit=unit)
    rows = [subject_row(n, key=f"X{n:08}", name=payload, contact=payload[:40], address=payload) for n, payload in enumerate(PAYLOADS)]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    client = enter(Role.CLERK, unit=unit)
    client.force_login(clerk, backend="registries.people.backend.Accounts")
    pages = [client.get(f"/office/imports/{batch.pk}/").content.decode()]
    commit(clerk, batch)
    assert Subject.objects.count() == 40
    pages += [client.get(f"/office/subjects/?page={n}").content.decode() for n in (1, 2)]
    draw = factories.drawn_draw(winners=2)
    for n, payload in enumerate((PAYLOADS[1], PAYLOADS[3])):
        case = factories.reviewed_case(factories.case(draw), findings=payload)
        result = public_draws.disclosed(case, subject_name=payload, unit_name=payload, town_name=PAYLOADS[n], findings=payload)
        objected.objection(result, text=payload, name=payload, contact=payload)
    pages += [Client().get(address).content.decode() for address in ("/results/", f"/results/{result.public_id}/", f"/results/?q={PAYLOADS[1]}", "/")]
    for page in pages:
        assert traces(page) == []
    assert "alert(1)" in "".join(pages), "they are there, as text"
    feed = ET.fromstring(Client().get("/feeds/results.atom").content)  # noqa: S314 - our own
    assert feed.tag.endswith("feed")
    assert PAYLOADS[3] in str(json.loads(Client().get("/api/v1/results").content)), "a program gets the exact text"
    record_property("figure", "40 payloads through the import: 0 became markup in 7 pages, 1 feed")


@pytest.fixture
def poisoned() -> Iterator[Cage]:
    """A draw to its end, results, objections, people; then every column that a person types holds a payload."""
    category = factories.category()
    revision = factories.matter(categories=[category])
    draw = public_draws.drawn(entries=6, quota=3, category=category, revision=revision)
    case_tasks.open_cases(draw.pk)
    values = _values(draw)
    for case in Case.objects.filter(draw=draw).order_by("pk")[:2]:
        objected.objection(public_draws.disclosed(factories.reviewed_case(case)))
    other = factories.adhoc_request(revision)
    assert other.subject is not None
    factories.exclusion(other.subject)
    factories.permit(other.subject)
    open_data.kept()
    tampering.lift_triggers()
    done = poisoning.poison()
    assert len(done) > 60, done
    cache.clear()
    values |= {
        "public_id": [str(one) for one in Disclosure.objects.values_list("public_id", flat=True)],
        "key": [*Subject.objects.values_list("key", flat=True)[:2]],
    }
    yield Cage(draw, frozenset(), [], "", values)
    cache.clear()


def some_of_each(found: Iterator[str]) -> list[str]:
    """Two addresses of each kind: numbers and names in them differ, the page is the same."""
    kinds: dict[str, list[str]] = {}
    for address in found:
        kinds.setdefault(str(resolve(address).url_name), []).append(address)
    return [address for some in kinds.values() for address in some[:2]]


@pytest.mark.full
@pytest.mark.proves("T6")
def test_no_column_of_any_table_becomes_markup_on_any_page(poisoned: Cage, record_property: Callable[..., None]) -> None:
    looked = 0
    people = {PUBLIC: Client(raise_request_exception=False)} | {role: enter(role, unit=poisoned.draw.unit) for role in PEOPLE}
    for role, client in people.items():
        client.raise_request_exception = False
        asked = some_of_each(addresses(poisoned, public=role == PUBLIC))
        if role in (Role.SUPERVISOR, Role.AUDITOR):
            asked += [f"/admin/inspections/{name}/" for name in ("plan", "draw", "replacement", "case")] + ["/admin/", f"/admin/inspections/draw/{poisoned.draw.pk}/decide/"]
        for address in asked:
            response = client.get(address)
            body = response.getvalue()
            kind = response.headers.get("Content-Type", "")
            if kind.startswith("text/html"):
                assert traces(body.decode()) == [], (role, address)
                looked += response.status_code == 200
            elif "xml" in kind and "spreadsheet" not in kind and body:
                ET.fromstring(body)  # noqa: S314 - our own
            elif "json" in kind and not address.endswith(".jsonl") and body:
                json.loads(body)
    assert looked > 200
    record_property("figure", f"0 of {looked} pages made markup of a payload in any column, in {len(people)} roles")
