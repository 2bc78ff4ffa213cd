"""The office pages of people, codes, matters, plans, subjects, inspectors and the ledger, as a person meets them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from inspections.plans.models import Plan
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Inspector
from registries.matters.models import Edition, Matter, MatterRevision
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects.models import Complaint, Subject
from tests import factories
from tests.asking import enter, said, text

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _english(client: Client) -> Iterator[None]:
    """The sentences are compared in the language of the code."""
    client.cookies["language"] = "en"
    with translation.override("en"):
        yield


# --- signing in -------------------------------------------------------------------------------------------------------


def test_unknown_account_wrong_password_and_disabled_account_read_the_same(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    factories.user(Role.CLERK, username="gone", is_active=False)
    pages = set()
    for username, password in (("known", "wrong"), ("unknown", "wrong"), ("gone", factories.PASSWORD)):
        page = said(client, "/office/sign-in/", username=username, password=password)
        assert "is not right, or the account is disabled" in page
        pages.add(page[page.index("error-summary") :].split("</div>")[0])
    assert len(pages) == 1


def test_signing_in_and_out(client: Client) -> None:
    factories.user(Role.AUDITOR, username="known")
    response = client.post(
        "/office/sign-in/", {"username": "known", "password": factories.PASSWORD, "next": "/office/accounts/"}
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/office/accounts/")
    page = client.get("/office/accounts/")
    assert page.status_code == 200
    assert 'action="/office/sign-out/"' in page.content.decode()
    assert client.post("/office/sign-out/").status_code == 302
    assert client.get("/office/accounts/").status_code == 302


def test_five_wrong_passwords_lock_the_sign_in(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    for _ in range(5):
        response = client.post("/office/sign-in/", {"username": "known", "password": "wrong"})
    assert response.status_code == 429
    response = client.post("/office/sign-in/", {"username": "known", "password": factories.PASSWORD})
    assert response.status_code == 429
    assert "Sign-in is locked for a while" in response.content.decode()


def test_a_foreign_address_is_never_followed_after_signing_in(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    response = client.post(
        "/office/sign-in/", {"username": "known", "password": factories.PASSWORD, "next": "https://example.org/"}
    )
    assert response.headers["Location"] == "/office/"


def test_choosing_an_own_password_keeps_the_session_and_ends_the_others(client: Client) -> None:
    user = enter(client, factories.user(Role.CLERK, must_change_password=True))
    other = Client()
    enter(other, user)
    page = said(client, "/office/password/", old_password="wrong", new_password="Kestrel-marsh-4", again="Kestrel-marsh-4")
    assert "The present password is not right" in page
    page = said(client, "/office/password/", old_password=factories.PASSWORD, new_password="Kestrel-marsh-4", again="x")
    assert "not the same as above" in page
    response = client.post(
        "/office/password/",
        {"old_password": factories.PASSWORD, "new_password": "Kestrel-marsh-4", "again": "Kestrel-marsh-4"},
    )
    assert response.status_code == 302
    assert client.get("/office/plans/").status_code == 200
    assert other.get("/office/plans/").status_code == 302


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_new_account_shows_its_one_time_password_once(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    response = client.post("/office/accounts/new/", {"username": "wang", "name": "王一", "unit": "", "email": ""})
    page = response.content.decode()
    made = User.objects.get(username="wang")
    password = page.partition('id="one-time-password">')[2].partition("<")[0]
    assert made.check_password(password)
    assert response.headers["Cache-Control"] == "no-store"
    assert password not in text(client, f"/office/accounts/{made.pk}/")


def test_a_taken_account_name_keeps_what_was_typed(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    factories.user(username="wang")
    page = said(client, "/office/accounts/new/", username="wang", name="王二", unit="", email="")
    assert "The account wang exists already." in page
    assert 'value="王二"' in page


def test_the_security_administrator_grants_and_the_refusal_is_a_sentence(client: Client) -> None:
    enter(client, factories.user(Role.SECURITY_ADMIN))
    person = factories.user()
    assert "The role was granted." in said(client, f"/office/accounts/{person.pk}/roles/grant/", role="clerk")
    assert "exclude each other" in said(client, f"/office/accounts/{person.pk}/roles/grant/", role="auditor")
    assert "The role was revoked." in said(client, f"/office/accounts/{person.pk}/roles/revoke/", role="clerk")


def test_a_system_administrator_who_tries_to_grant_is_told_and_recorded(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    person = factories.user()
    page = said(client, f"/office/accounts/{person.pk}/roles/grant/", role="supervisor")
    assert "Your role does not allow this" in page
    assert not User.objects.get(pk=person.pk).role_codes


def test_disabling_ends_the_work_of_an_open_session(client: Client) -> None:
    other = Client()
    clerk = enter(other, factories.user(Role.CLERK))
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    assert "The account is disabled." in said(client, f"/office/accounts/{clerk.pk}/disable/")
    assert other.get("/office/plans/").status_code == 302
    assert "The account is enabled." in said(client, f"/office/accounts/{clerk.pk}/enable/")


def test_accounts_are_filtered_and_paged(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    for n in range(60):
        factories.user(Role.CLERK, username=f"clerk{n:02}", unit=factories.unit())
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "Page 1 of 2" in text(client, "/office/accounts/")
    assert "clerk59" in text(client, "/office/accounts/", page="2")
    page = text(client, "/office/accounts/", q="clerk07")
    assert "clerk07" in page
    assert "clerk08" not in page
    assert "No account fits" in text(client, "/office/accounts/", q="nobody at all")


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


# --- matters and editions ---------------------------------------------------------------------------------------------


def revision_form(revision: MatterRevision, **other: Any) -> dict[str, Any]:
    """The form of a revision as the page would send it back."""
    values: dict[str, Any] = {
        "code": revision.matter.code,
        "name": revision.name,
        "content": revision.content,
        "kind": revision.kind,
        "method": revision.method,
        "regulation": revision.regulation,
        "inspecting_body": revision.inspecting_body,
        "unit": revision.unit_id,
        "categories": [category.pk for category in revision.categories.all()],
        "ratio_percent": revision.ratio_percent,
        "frequency": revision.frequency,
        "team_size": 2,
        "cooperation": revision.cooperation,
        "period": "years",
        "period_years": 1,
        "seen": revision.number,
    }
    for prefix, rows, names in (
        ("bases", revision.bases.all(), ("instrument", "article")),
        ("items", revision.items.all(), ("title", "content", "guidance", "article")),
        ("materials", revision.materials.all(), ("name", "note")),
        ("outcomes", revision.outcomes.all(), ("result_id", "disposal_id", "meaning")),
    ):
        kept: list[Any] = list(rows)
        values[f"{prefix}-TOTAL_FORMS"] = len(kept) + 1
        values[f"{prefix}-INITIAL_FORMS"] = len(kept)
        for n, row in enumerate(kept):
            values.update({f"{prefix}-{n}-{name.removesuffix('_id')}": getattr(row, name) or "" for name in names})
            if prefix == "items":
                values[f"items-{n}-ORDER"] = n + 1
    return {**values, **other}


def test_a_matter_is_revised_on_a_page_and_shows_its_difference(client: Client) -> None:
    revision = factories.matter("旅馆业治安检查")
    enter(client, factories.user(Role.CLERK, unit=revision.unit))
    code = revision.matter.code
    form = revision_form(
        revision, ratio_percent="8", **{"items-1-DELETE": "on", "items-3-title": "新项", "items-3-content": "新"}
    )
    page = said(client, f"/office/matters/{code}/revise/", **form)
    assert "The revision was saved." in page
    assert "not published yet" in page
    newest = MatterRevision.objects.get(matter__code=code, number=2)
    assert [item.title for item in newest.items.all()] == ["检查项1", "检查项3", "新项"]
    assert newest.bases.get().instrument == "旅馆业治安管理办法"
    assert "Nothing is new" in said(client, f"/office/matters/{code}/revise/", **revision_form(newest))
    assert "revised meanwhile" in said(client, f"/office/matters/{code}/revise/", **form)


def test_a_new_matter_is_written_on_a_page(client: Client) -> None:
    clerk = enter(client, factories.user(Role.CLERK, unit=factories.unit()))
    model = factories.matter(unit=clerk.unit)
    form = revision_form(model, code="ZA99", seen=0, name="新事项")
    assert "新事项" in said(client, "/office/matters/new/", **form)
    assert Matter.objects.get(code="ZA99").revisions.get().items.count() == 3


def test_a_lapsed_basis_is_shown_in_the_list_and_on_the_page(client: Client) -> None:
    revision = factories.matter(published=False)
    revision.bases.update(in_force_until=clock.today() - dt.timedelta(days=1))
    enter(client, factories.user(Role.CLERK, unit=revision.unit))
    assert "a basis lapsed" in text(client, "/office/matters/")
    assert "No draw can run on this revision" in text(client, f"/office/matters/{revision.matter.code}/")


def test_partners_read_published_matters_only(client: Client) -> None:
    hidden, shown = factories.matter("未公布事项", published=False), factories.matter("已公布事项")
    enter(client, factories.user(Role.PARTNER, unit=factories.unit(kind=Unit.Kind.PARTNER)))
    page = text(client, "/office/matters/")
    assert shown.name in page
    assert hidden.name not in page
    assert client.get(f"/office/matters/{hidden.matter.code}/").status_code == 404


def test_an_edition_goes_from_the_clerk_to_the_public_through_the_admin(client: Client) -> None:
    revision = factories.matter("旅馆业治安检查", published=False)
    clerk = enter(client, factories.user(Role.CLERK, unit=revision.unit))
    assert "Next: prepare an edition" in text(client, "/office/editions/")
    assert "gathered from the newest revisions" in said(client, "/office/editions/new/", title="清单", note="首版")
    edition = Edition.objects.get()
    assert "waits for a supervisor" in said(client, f"/office/editions/{edition.pk}/submit/", version=1)
    decide = f"/admin/registries/edition/{edition.pk}/decide/"
    assert client.get(decide).status_code == 302
    enter(client, factories.user(Role.SUPERVISOR))
    assert decide in text(client, "/admin/registries/edition/")
    page = text(client, decide)
    assert "旅馆业治安检查" in page
    assert "Say why you return it" in said(client, decide, version=2, reason="", **{"return": "1"})
    assert "changed meanwhile" in said(client, decide, version=1, approve="1")
    assert "Published as edition 1." in said(client, decide, version=2, approve="1")
    edition.refresh_from_db()
    assert edition.prepared_by == clerk
    assert "in force" in text(client, "/office/matters/")


def test_an_auditor_reads_the_decision_but_cannot_make_it(client: Client) -> None:
    plan = factories.plan(state="submitted")
    enter(client, factories.user(Role.AUDITOR))
    decide = f"/admin/inspections/plan/{plan.pk}/decide/"
    page = text(client, decide)
    assert "It waits for a supervisor." in page
    assert 'name="approve"' not in page
    assert "Your role does not allow this" in said(client, decide, version=1, approve="1")
    plan.refresh_from_db()
    assert plan.state == "submitted"


# --- plans ------------------------------------------------------------------------------------------------------------


def test_a_plan_goes_from_the_clerk_to_the_public_through_the_admin(client: Client) -> None:
    revision = factories.matter("旅馆业治安检查")
    clerk = enter(client, factories.user(Role.CLERK, unit=revision.unit))
    assert "No plan yet" in text(client, "/office/plans/")
    assert "Add its items" in said(client, "/office/plans/new/", year=clock.today().year, title="年度计划")
    plan = Plan.objects.get()
    item = {
        "matter": revision.matter_id,
        "unit": revision.unit_id,
        "ratio_percent": "5",
        "first_month": "3",
        "last_month": "9",
        "source": "routine",
        "version": "1",
    }
    new = f"/office/plans/{plan.pk}/items/new/"
    assert "Give either a ratio or a number" in said(client, new, **{**item, "ratio_percent": ""})
    assert "does not come after" in said(client, new, **{**item, "first_month": "10"})
    page = said(client, new, **item)
    assert "The item was saved." in page
    assert "numbered on approval" in page
    assert "changed meanwhile" in said(client, new, **item)
    row = plan.items.get()
    change = f"/office/plans/{plan.pk}/items/{row.pk}/"
    assert 'value="5' in text(client, change)
    assert "The item was saved." in said(client, change, **{**item, "ratio_percent": "", "number": "7", "version": "2"})
    said(client, new, **{**item, "version": "3"})
    extra = plan.items.order_by("-pk")[0]
    assert "The item was removed." in said(client, f"/office/plans/{plan.pk}/items/{extra.pk}/remove/", version="4")
    assert "The plan waits for the legal review." in said(client, f"/office/plans/{plan.pk}/submit/", version="5")
    enter(client, factories.user(Role.REVIEWER))
    review = f"/office/plans/{plan.pk}/review/"
    assert "Pass it on" in text(client, f"/office/plans/{plan.pk}/")
    assert "The plan waits for a supervisor." in said(client, review, version="6", remark="依据齐全", **{"pass": "1"})
    enter(client, factories.user(Role.SUPERVISOR))
    assert "Look at it and decide" in text(client, f"/office/plans/{plan.pk}/")
    decide = f"/admin/inspections/plan/{plan.pk}/decide/"
    assert "依据齐全" in text(client, decide)
    assert "Published as" in said(client, decide, version=7, approve="1")
    assert "approved and published the plan" in text(client, f"/office/plans/{plan.pk}/")
    enter(client, clerk)
    assert f"{plan.year}-P01" in text(client, f"/office/plans/{plan.pk}/")


def test_another_brigades_plan_in_preparation_is_not_found(client: Client) -> None:
    plan = factories.plan(state="preparing")
    enter(client, factories.user(Role.CLERK, unit=factories.unit()))
    assert client.get(f"/office/plans/{plan.pk}/").status_code == 404
    assert client.post(f"/office/plans/{plan.pk}/submit/").status_code == 404
    assert client.get(f"/office/plans/{plan.pk}/items/new/").status_code == 404


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
