"""The office pages of matters and plans: written by the clerk, decided in the admin, read by the public."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from inspections.plans.models import Plan
from registries import clock
from registries.matters.models import Edition, Matter, MatterRevision
from registries.people.models import Unit
from registries.people.roles import Role
from tests import factories
from tests.asking import enter, said, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]


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
