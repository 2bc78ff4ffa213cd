"""Plans through legal review and amendments: who may not, what a version keeps, and that draws stay with their item."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from inspections.draws import commands as draws
from inspections.draws.models import Draw
from inspections.plans import commands, progress, queries
from inspections.plans.commands import ItemValues
from inspections.plans.models import Plan, PlanItem
from registries import clock
from registries.ledger.change import Change
from registries.people.roles import Role
from tests import factories as make
from tests.asking import enter, refusal
from tests.offices import Office

pytestmark = pytest.mark.django_db


class Planning(Office):
    """The brigade of the draws' tests; its plan in force has one item, of ten percent."""

    def __init__(self) -> None:
        super().__init__()
        self.reviewer = make.user(Role.REVIEWER)
        self.plan = self.item.plan

    def values(self, **other: Any) -> ItemValues:
        plain = ItemValues(self.revision.matter_id, self.unit.pk, 1, 12, ratio_percent=Decimal(10))
        return replace(plain, **other)

    def amendment(self) -> Plan:
        made = commands.amend_plan(actor=self.clerk, plan_id=self.plan.pk, reason="上级新增任务").obj
        assert isinstance(made, Plan)
        return made

    def say(self, plan: Plan, item: PlanItem | None = None, **other: Any) -> Change:
        plan.refresh_from_db()
        key = item.pk if item is not None else None
        return commands.change_plan(actor=self.clerk, plan_id=plan.pk, version=plan.version, item_id=key, item=self.values(**other))

    def published(self, plan: Plan) -> Plan:
        plan.refresh_from_db()
        commands.submit_plan(actor=self.clerk, plan_id=plan.pk, version=plan.version)
        commands.review_plan(actor=self.reviewer, plan_id=plan.pk, version=plan.version + 1)
        commands.approve_plan(actor=self.supervisor, plan_id=plan.pk, version=plan.version + 2)
        plan.refresh_from_db()
        return plan


@pytest.fixture(autouse=True)
def in_english(client: Client) -> Iterator[None]:
    client.cookies["language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def bureau() -> Planning:
    return Planning()


# --- legal review ----------------------------------------------------------------------------------------------------------


def waiting(bureau: Planning) -> Plan:
    """A plan in legal review, by the brigade's clerk."""
    plan = commands.prepare_plan(actor=bureau.clerk, year=clock.today().year, title="计划").obj
    assert isinstance(plan, Plan)
    bureau.say(plan)
    commands.submit_plan(actor=bureau.clerk, plan_id=plan.pk, version=2)
    plan.refresh_from_db()
    return plan


def test_nothing_is_approved_before_the_legal_review_nor_by_the_reviewer(bureau: Planning) -> None:
    plan = waiting(bureau)
    both = make.user(Role.REVIEWER, Role.SUPERVISOR)
    assert "in legal review" in refusal(lambda: commands.approve_plan(actor=bureau.supervisor, plan_id=plan.pk, version=3))
    commands.review_plan(actor=both, plan_id=plan.pk, version=3, remark="依据齐全")
    assert "reviewed it" in refusal(lambda: commands.approve_plan(actor=both, plan_id=plan.pk, version=4))
    commands.approve_plan(actor=bureau.supervisor, plan_id=plan.pk, version=4)
    plan.refresh_from_db()
    assert (plan.reviewed_by, plan.review_remark, plan.approved_by) == (both, "依据齐全", bureau.supervisor)


def test_nobody_reviews_a_plan_they_prepared_or_changed(bureau: Planning) -> None:
    both = make.user(Role.CLERK, Role.REVIEWER, unit=bureau.unit)
    plan = waiting(bureau)
    commands.return_plan(actor=bureau.reviewer, plan_id=plan.pk, version=3, reason="缺依据")
    plan.refresh_from_db()
    assert (plan.state, plan.returned_because) == ("preparing", "缺依据")
    item = bureau.values(ratio_percent=Decimal(12))
    commands.change_plan(actor=both, plan_id=plan.pk, version=4, item_id=plan.items.get().pk, item=item)
    commands.submit_plan(actor=bureau.clerk, plan_id=plan.pk, version=5)
    assert "another reviewer" in refusal(lambda: commands.review_plan(actor=both, plan_id=plan.pk, version=6))


def test_the_database_publishes_nothing_without_a_legal_review(bureau: Planning) -> None:
    plan = make.plan(bureau.unit, state="submitted", reviewed_by=None, number="x")
    sql = "UPDATE inspections_plan SET state = 'published', approved_by_id = %s, published_at = prepared_at WHERE id = %s"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [bureau.supervisor.pk, plan.pk])


def test_items_of_a_published_plan_are_neither_changed_nor_deleted(bureau: Planning) -> None:
    for sql in ("UPDATE inspections_planitem SET number = 1, ratio_percent = NULL WHERE id = %s", "DELETE FROM inspections_planitem WHERE id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [bureau.item.pk])


# --- amendments ------------------------------------------------------------------------------------------------------------


def test_an_amendment_is_a_version_of_its_own_and_the_old_one_stays_as_it_was(bureau: Planning) -> None:
    draft = bureau.amendment()
    assert (draft.replaces, draft.amendment, draft.state) == (bureau.plan, 1, "preparing")
    assert draft.title.endswith("（第1次调整）")
    assert queries.open_items(bureau.clerk).get() == bureau.item
    copy = draft.items.get()
    bureau.say(draft, copy, ratio_percent=Decimal(20))
    bureau.say(draft, number=3, ratio_percent=None, first_month=6)
    told = [(one.kind, {(field.before, field.after) for field in one.fields}) for one in queries.changes(draft)]
    assert told[0] == ("changed", {("10 %", "20 %")})
    assert (told[1][0], told[1][1] >= {("", "6–12"), ("", bureau.unit.short_name)}, len(told)) == ("new", True, 2)
    bureau.published(draft)
    now = {one.code: (one.plan, one.revision, one.ratio_percent) for one in queries.open_items(bureau.clerk)}
    assert now == {bureau.item.code: (draft, 2, Decimal(20)), f"{clock.today().year}-P01": (draft, 1, None)}
    bureau.plan.refresh_from_db()
    assert (bureau.plan.state, PlanItem.objects.get(pk=bureau.item.pk).ratio_percent) == ("published", Decimal(10))
    assert draft.number != bureau.plan.number
    assert queries.versions(draft) == queries.versions(bureau.plan) == [bureau.plan, draft]


def test_only_the_version_in_force_is_amended_once_at_a_time_and_with_a_reason(bureau: Planning) -> None:
    amend = commands.amend_plan
    assert "Say why" in refusal(lambda: amend(actor=bureau.clerk, plan_id=bureau.plan.pk, reason=" "))
    draft = bureau.amendment()
    assert "under way" in refusal(lambda: amend(actor=bureau.clerk, plan_id=bureau.plan.pk, reason="x"))
    assert "changes nothing" in refusal(lambda: commands.submit_plan(actor=bureau.clerk, plan_id=draft.pk, version=1))
    bureau.say(draft, draft.items.get(), last_month=11)
    bureau.published(draft)
    assert "in force" in refusal(lambda: amend(actor=bureau.clerk, plan_id=bureau.plan.pk, reason="x"))
    assert amend(actor=bureau.clerk, plan_id=draft.pk, reason="再调整").obj.title.count("次调整") == 1  # type: ignore[attr-defined]
    stranger = make.user(Role.CLERK, unit=make.unit())
    assert "another unit's" in refusal(lambda: amend(actor=stranger, plan_id=draft.pk, reason="x"))


def test_an_item_with_draws_stays_with_its_matter_and_unit(bureau: Planning, time_machine: Any) -> None:
    bureau.committed(time_machine)
    draft = bureau.amendment()
    copy = draft.items.get()
    other = make.matter(unit=bureau.unit, published=False)
    make.edition(bureau.revision, other)
    gone = refusal(lambda: commands.change_plan(actor=bureau.clerk, plan_id=draft.pk, version=1, item_id=copy.pk))
    assert "stays in the plan" in gone
    assert "its lead matter" in refusal(lambda: bureau.say(draft, copy, matter_id=other.matter_id))
    assert bureau.say(draft, copy, ratio_percent=Decimal(15)).after


def test_draws_stay_with_the_item_they_were_made_for_and_no_second_order_is_open_beside_them(
    bureau: Planning, time_machine: Any
) -> None:
    first = bureau.committed(time_machine)
    draft = bureau.amendment()
    bureau.say(draft, draft.items.get(), ratio_percent=Decimal(15))
    bureau.published(draft)
    first.refresh_from_db()
    assert first.plan_item == bureau.item
    assert [lot.number for lot in progress.lots_of([bureau.item.code])] == [first.number]
    bureau.item = draft.items.get()
    second = bureau.submitted()
    assert second.plan_item == bureau.item
    refused = refusal(lambda: draws.approve_draw(actor=bureau.supervisor, draw_id=second.pk, version=second.version))
    assert first.number is not None
    assert first.number in refused


def test_a_draw_prepared_before_an_amendment_begins_anew_if_its_item_changed(bureau: Planning) -> None:
    prepared = bureau.prepared()
    draft = bureau.amendment()
    bureau.say(draft, number=3, ratio_percent=None, first_month=6)
    bureau.published(draft)
    draws.submit_draw(actor=bureau.clerk, draw_id=prepared.pk, version=prepared.version)  # its item says what it said
    assert Draw.objects.get().state == "submitted"
    bureau.item = draft.items.get(code=bureau.item.code)
    other = bureau.prepared()
    again = commands.amend_plan(actor=bureau.clerk, plan_id=draft.pk, reason="x").obj
    assert isinstance(again, Plan)
    copy = again.items.get(code=bureau.item.code)
    bureau.say(again, copy, ratio_percent=Decimal(30))
    bureau.published(again)
    why = refusal(lambda: draws.submit_draw(actor=bureau.clerk, draw_id=other.pk, version=other.version))
    assert "amended since" in why


# --- pages -----------------------------------------------------------------------------------------------------------------


def test_an_amendment_goes_through_the_pages_and_both_versions_are_public(client: Client, bureau: Planning) -> None:
    enter(client, bureau.clerk)
    page = client.post(f"/office/plans/{bureau.plan.pk}/amend/", {"reason": " "}).content.decode()
    assert "Say why the plan is amended" in page
    client.post(f"/office/plans/{bureau.plan.pk}/amend/", {"reason": "市局新增任务"})
    draft = Plan.objects.get(replaces=bureau.plan)
    bureau.say(draft, draft.items.get(), ratio_percent=Decimal(20))
    address = f"/office/plans/{draft.pk}/"
    assert '<del class="diff-del">10 %</del>' in client.get(address).content.decode()
    client.post(f"{address}submit/", {"version": 2})
    enter(client, bureau.reviewer)
    kept = client.post(f"{address}review/", {"version": 1, "remark": "依据齐全", "pass": "1"})
    assert (kept.status_code, "依据齐全" in kept.content.decode()) == (409, True)
    client.post(f"{address}review/", {"version": 3, "remark": "依据齐全", "pass": "1"})
    enter(client, bureau.supervisor)
    decide = f"/admin/inspections/plan/{draft.pk}/decide/"
    assert '<ins class="diff-add">20 %</ins>' in client.get(decide).content.decode()
    client.post(decide, {"version": 4, "approve": "1"})
    draft.refresh_from_db()
    assert draft.state == "published"
    public = client.get(f"/plans/{quote(draft.number)}/").content.decode()
    assert "市局新增任务" in public
    assert '<del class="diff-del">10 %</del>' in public
    old = client.get(f"/plans/{quote(bureau.plan.number)}/").content.decode()
    assert "diff-del" not in old
    assert quote(draft.number) in old
    enter(client, bureau.clerk)
    assert "amended since" in client.get("/office/plans/").content.decode()


def test_the_plan_leaves_as_a_workbook_without_formulas(client: Client, bureau: Planning) -> None:
    enter(client, bureau.clerk)
    plan = make.plan(bureau.unit, title="=1+1计划")
    make.plan_item(bureau.revision, plan=plan, source="municipal", document_number="=cmd()", prescribed_percent=3, report_due=dt.date(2026, 12, 1))
    answer = client.get(f"/office/plans/{plan.pk}/plan.xlsx")
    assert answer.status_code == 200
    cells = [cell for row in load_workbook(BytesIO(answer.content)).active.iter_rows() for cell in row if cell.value is not None]
    assert {"抽查事项", bureau.revision.name, plan.number} <= {cell.value for cell in cells}
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    enter(client, make.user(Role.INSPECTOR, unit=bureau.unit))
    assert client.get(f"/office/plans/{plan.pk}/plan.xlsx").status_code == 403
    public = client.get(f"/plans/{quote(plan.number)}/plan.xlsx")
    shown = [cell.value for row in load_workbook(BytesIO(public.content)).active.iter_rows() for cell in row if cell.value is not None]
    assert shown == [cell.value for cell in cells]  # without the number of the office's export in its footer
