"""The office pages of units, codes, subjects, inspectors and the ledger, as a person meets them; how little they ask the database."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from registries import clock
from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Inspector
from registries.people.models import Unit
from registries.people.roles import Role
from registries.subjects.models import Complaint, Subject
from tests import factories
from tests.asking import enter, said, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]

MOST_QUERIES = 15


# --- units, codes, categories -----------------------------------------------------------------------------------------


def test_units_are_made_and_changed_on_a_page(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    values = {"code": "ZA", "name": "治安大队", "short_name": "治安", "kind": "brigade", "active": "on"}
    assert "The unit was saved." in said(client, "/office/units/new/", **values)
    unit = Unit.objects.get(code="ZA")
    assert "治安管理大队" in said(client, f"/office/units/{unit.pk}/", **{**values, "name": "治安管理大队"})
    assert "error-summary" in said(client, "/office/units/new/", **{**values, "code": "治"})


def test_code_rows_are_made_retired_and_never_renamed(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    values = {"code": "hotel", "label": "旅馆业", "position": "1", "active": "on"}
    assert "The row was saved." in said(client, "/office/codes/field/new/", **values)
    row = Code.objects.get(table=CodeTable.FIELD, code="hotel")
    assert "stands in the other table" in said(client, "/office/codes/specialty/new/", **values)
    assert "small letters" in said(client, "/office/codes/field/new/", **{**values, "code": "旅馆", "label": "别的"})
    said(client, f"/office/codes/field/{row.pk}/", code="other", label="旅馆", position="1")
    row.refresh_from_db()
    assert (row.code, row.label, row.active) == ("hotel", "旅馆", False)
    assert client.get("/office/codes/nothing/").status_code == 404


def test_a_result_code_says_what_it_counts_as(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    assert "Counts as" in text(client, "/office/codes/result/")
    values = {"code": "other", "label": "其他", "position": "20", "active": "on"}
    assert "error-summary" in said(client, "/office/codes/result/new/", **values)
    assert "The row was saved." in said(client, "/office/codes/result/new/", group="clean", **values)


def test_categories_have_a_page(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    assert "No category yet" in text(client, "/office/categories/")
    values = {"code": "hotel", "name": "旅馆业", "publicity": "name", "active": "on"}
    assert "旅馆业" in said(client, "/office/categories/new/", **values)


# --- subjects and inspectors ------------------------------------------------------------------------------------------


def subject_form(subject: Subject, **other: Any) -> dict[str, Any]:
    plain = {
        name: getattr(subject, name) or ""
        for name in ("name", "uscc", "kind", "address", "contact", "phone", "risk_grade", "status", "version")
    }
    categories = [category.pk for category in subject.categories.all()]
    return {**plain, "categories": categories, "unit": subject.unit_id, "town": subject.town_id, "reason": "核实", **other}


def test_a_subject_is_changed_and_confirmed_on_its_pages(client: Client) -> None:
    subject = factories.subject(verified_on=clock.today() - dt.timedelta(days=500))
    enter(client, factories.user(Role.CLERK, unit=subject.unit))
    address = f"/office/subjects/{subject.key}/"
    page = text(client, address)
    assert "more than a year ago" in page
    assert subject.phone not in page
    assert subject.contact not in page
    page = said(client, f"{address}change/", **subject_form(subject, name="改名旅馆"))
    assert "The entry was changed." in page
    assert "改名旅馆" in page
    assert "核实" in text(client, f"{address}history/")
    page = said(client, f"{address}change/", **subject_form(subject, name="又改名"))
    assert "changed meanwhile" in page
    assert 'value="又改名"' in page
    assert "confirmed as of today" in said(client, f"{address}verify/", version=2)


def test_a_clerk_of_another_unit_reads_but_is_not_offered_the_form(client: Client) -> None:
    subject = factories.subject()
    enter(client, factories.user(Role.CLERK, unit=factories.unit()))
    address = f"/office/subjects/{subject.key}/"
    assert "Kept by" in text(client, address)
    assert client.get(f"{address}change/").status_code == 302
    assert "Ask a clerk of that unit" in said(client, f"{address}verify/", version=1)


def test_subjects_are_searched_filtered_and_paged_in_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    unit, town, hotel = factories.unit(), factories.town(), factories.category("旅馆业")
    rows = [factories.subject(f"旅馆{n:02}", categories=[hotel], unit=unit, town=town) for n in range(55)]
    stale = factories.subject("久未核实", verified_on=clock.today() - dt.timedelta(days=400), risk_grade="D")
    closed = factories.subject("已关闭", status=Subject.Status.CLOSED)
    out = factories.exclusion(factories.subject("不在范围")).subject
    flagged = factories.subject("被投诉")
    Complaint.objects.create(
        subject=flagged, received_on=clock.today(), channel="110", content="吵", upheld=True, recorded_by=factories.user()
    )
    enter(client, factories.user(Role.SUPERVISOR))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "Page 1 of 2" in text(client, "/office/subjects/")
    for query, found, missing in (
        ({"q": "旅馆07"}, rows[7], stale),
        ({"q": rows[7].uscc}, rows[7], rows[8]),
        ({"category": hotel.pk}, rows[0], stale),
        ({"unit": stale.unit_id}, stale, rows[0]),
        ({"town": closed.town_id}, closed, rows[0]),
        ({"grade": "D"}, stale, rows[0]),
        ({"status": "closed"}, closed, rows[0]),
        ({"freshness": "stale"}, stale, rows[0]),
    ):
        page = text(client, "/office/subjects/", **query)
        assert found.name in page
        assert missing.name not in page
    assert "out of scope" in text(client, "/office/subjects/", q=out.name)
    assert "signals" in text(client, "/office/subjects/", q=flagged.name)
    assert "No entry fits" in text(client, "/office/subjects/", q="没有这家")


def test_inspectors_say_who_may_inspect_and_why_not(client: Client) -> None:
    able, without = factories.inspector(), factories.inspector(certified=False, id_number="370323198001011234")
    enter(client, factories.user(Role.CLERK, unit=able.unit))
    assert "has no certificate on record" in text(client, "/office/inspectors/")
    page = text(client, f"/office/inspectors/{without.number}/")
    assert "cannot be drawn today" in page
    assert "370323********1234" in page
    assert without.id_number not in page
    assert "can be drawn today." in text(client, f"/office/inspectors/{able.number}/")


def test_accounts_are_joined_to_inspectors_on_a_page(client: Client) -> None:
    inspector, person = factories.inspector(account=False), factories.user(Role.INSPECTOR)
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    assert person.username in text(client, "/office/accounts/inspectors/")
    address = f"/office/accounts/inspectors/{inspector.number}/"
    assert "was joined" in said(client, address, user=person.pk)
    assert Inspector.objects.get(pk=inspector.pk).user == person
    assert "was parted" in said(client, address)


# --- the ledger, and the number of queries ----------------------------------------------------------------------------


def test_the_ledger_tells_who_did_what_and_filters(client: Client) -> None:
    admin = enter(client, factories.user(Role.SYSTEM_ADMIN, name="王管理"))
    said(client, "/office/units/new/", code="ZA", name="治安大队", short_name="治安", kind="brigade", active="on")
    said(client, f"/office/accounts/{admin.pk}/disable/")
    enter(client, factories.user(Role.AUDITOR))
    page = text(client, "/office/ledger/")
    assert "saved the unit" in page
    assert "Nobody does this to their own account" in page
    assert "saved the unit" in text(client, "/office/ledger/", who="王管理", what="registries.save_unit")
    assert "No entry fits" in text(client, "/office/ledger/", who="nobody")
    assert "own account" not in text(client, "/office/ledger/", outcome="change")
    assert "own account" in text(client, "/office/ledger/", outcome="refused")
    today = clock.today().isoformat()
    assert "saved the unit" in text(client, "/office/ledger/", first=today, last=today)
    assert "No entry fits" in text(client, "/office/ledger/", last="2020-01-01")
    assert "The chain holds" in text(client, "/office/ledger/verify/")


def test_every_page_asks_the_database_little(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    revisions = [factories.matter(published=False) for _ in range(5)]
    edition = factories.edition(*revisions)
    plan = factories.plan(revisions[0].unit, state="submitted")
    for revision in revisions:
        item = factories.plan_item(revision, plan=plan)
        item.joint_matters.set([other.matter for other in revisions if other != revision])
    subject = factories.subject(unit=revisions[0].unit)
    inspector = factories.inspector(unit=revisions[0].unit)
    factories.recusal(inspector, subject)
    clerk = factories.user(Role.CLERK, unit=revisions[0].unit)
    pages = {
        Role.CLERK: (
            "/office/matters/",
            f"/office/matters/{revisions[0].matter.code}/",
            f"/office/matters/{revisions[0].matter.code}/revise/",
            "/office/editions/",
            f"/office/editions/{edition.pk}/",
            "/office/editions/new/",
            "/office/plans/",
            f"/office/plans/{plan.pk}/",
            f"/office/plans/{plan.pk}/items/new/",
            "/office/subjects/",
            f"/office/subjects/{subject.key}/",
            f"/office/subjects/{subject.key}/change/",
            "/office/inspectors/",
            f"/office/inspectors/{inspector.number}/",
            "/office/categories/",
            "/office/codes/result/",
        ),
        Role.SUPERVISOR: (f"/admin/inspections/plan/{plan.pk}/decide/", f"/admin/registries/edition/{edition.pk}/decide/"),
        Role.SYSTEM_ADMIN: (
            "/office/accounts/",
            f"/office/accounts/{clerk.pk}/",
            "/office/accounts/new/",
            "/office/accounts/inspectors/",
            "/office/units/",
            "/office/codes/",
        ),
        Role.AUDITOR: ("/office/ledger/", "/office/ledger/verify/"),
    }
    for role, addresses in pages.items():
        enter(client, clerk if role == Role.CLERK else factories.user(role))
        for address in addresses:
            text(client, address)  # that somebody's data was read is written once an hour
            with django_assert_max_num_queries(MOST_QUERIES, info=address):
                text(client, address)
