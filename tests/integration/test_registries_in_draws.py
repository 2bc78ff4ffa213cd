"""What the matter list and the inspector registry set holds in draws: ratios, frequency, groups, matters somebody enforces, lapsed bases."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from inspections.draws import commands, queries
from inspections.draws.models import Draw
from inspections.plans import commands as plans
from inspections.plans.commands import ItemValues
from inspections.plans.models import Plan
from registries import clock
from registries.inspectors.models import InspectorGroup, Leave
from registries.matters.models import MatterRevision
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.integration.test_draw_pages import typed
from tests.integration.test_draw_preparation import page, read, republish
from tests.offices import Office

pytestmark = pytest.mark.django_db


def limited(office: Office, **limits: Any) -> None:
    """The matter of the office with these numbers, in a published edition."""
    republish(office, **limits)
    make.edition(office.revision)


def submit(office: Office, draw: Draw, **different: Any) -> Draw:
    office.change(draw, **different)
    commands.submit_draw(actor=office.clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    return draw


def refused(office: Office, draw: Draw, **different: Any) -> str:
    office.change(draw, **different)
    return refusal(commands.submit_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version)


# --- the ratio of the matter list ----------------------------------------------------------------------------------------


def test_a_draw_keeps_to_the_least_and_the_highest_ratio_of_the_matter_list(office: Office) -> None:
    limited(office, ratio_least=Decimal(5), ratio_most=Decimal(20))
    draw = office.prepared()
    assert "below the least ratio of the matter list, 5" in refused(office, draw, quotas={"A": 1, "B": 0})
    assert "above the highest ratio of the matter list, 20" in refused(office, draw, quotas={"A": 5, "B": 4})
    said = page(office.clerk, draw)
    assert "The matter list asks for 5 % to 20 % of the subjects in the roster." in said
    assert "22.5 % is above the highest ratio" in said
    assert submit(office, draw, quotas={"A": 4, "B": 4}).state == "submitted"


def test_rounding_up_in_every_stratum_is_no_excess(office: Office) -> None:
    limited(office, ratio_most=Decimal(1))
    assert submit(office, office.prepared(), quotas={"A": 1, "B": 1}).state == "submitted"


def test_a_plan_item_given_as_a_number_is_held_to_the_ratio_too_unless_it_comes_from_above(office: Office) -> None:
    limited(office, ratio_least=Decimal(5), ratio_most=Decimal(10))
    plan = plans.prepare_plan(actor=office.clerk, year=clock.today().year, title="计划").obj
    assert isinstance(plan, Plan)

    def add(**different: Any) -> Any:
        item = ItemValues(matter_id=office.revision.matter_id, unit_id=office.unit.pk, first_month=1, last_month=12, **different)
        return plans.change_plan(actor=office.clerk, plan_id=plan.pk, version=1, item=item)

    assert "above the highest ratio" in refusal(add, number=9)
    assert "below the least ratio" in refusal(add, number=1)
    assert add(number=9, source="municipal", document_number="淄公发〔2026〕3号").after


def test_a_task_from_above_carries_its_own_ratio(office: Office) -> None:
    limited(office, ratio_most=Decimal(10))
    office.item = make.plan_item(office.revision, number=30, source="provincial", document_number="鲁公发〔2026〕1号")
    draw = submit(office, office.prepared())
    assert sum(draw.quotas.values()) == 30


# --- the frequency of the matter list ------------------------------------------------------------------------------------


def drawn_on(office: Office, year: int, month: int = 3) -> Draw:
    """A draw of two subjects of the office on its matter, in that year."""
    draw = make.drawn_draw(office.revision, subjects=office.subjects[:2], winners=2, reserves=0)
    Draw.objects.filter(pk=draw.pk).update(drawn_at=clock.now().replace(year=year, month=month, day=1))
    return draw


def test_once_in_so_many_years_is_counted_over_those_years(office: Office) -> None:
    limited(office, most_times=1, period_years=2)
    this_year = clock.today().year
    drawn_on(office, this_year - 2)
    assert office.prepared().preview["left_out"] == {}
    drawn_on(office, this_year - 1)
    draw = office.prepared()
    assert draw.preview["left_out"] == {"matter-cap": 2}
    assert "at most 1 visits per subject on this matter in 2 calendar years" in page(office.clerk, draw)
    make.case(Draw.objects.filter(state="drawn").latest("pk"), ended_on=clock.today())
    out = page(office.clerk, draw, "roster/", out="matter-cap")
    assert "as often as the matter list allows" in out
    assert office.subjects[0].name in out


def test_a_list_that_allows_two_visits_a_year_lets_a_second_draw_be(office: Office) -> None:
    this_year = clock.today().year
    drawn_on(office, this_year, 1)
    assert office.prepared().preview["left_out"] == {"drawn-this-year": 2}
    limited(office, most_times=2)
    assert office.prepared().preview["left_out"] == {}


def test_visits_are_counted_while_a_permit_is_valid(office: Office) -> None:
    limited(office, most_times=1, period=MatterRevision.Period.PERMIT)
    drawn_on(office, 2022)
    assert office.prepared().preview["left_out"] == {}
    make.permit(office.subjects[0], valid_from=dt.date(2021, 1, 1))
    make.permit(office.subjects[1], valid_from=dt.date(2023, 1, 1))
    draw = office.prepared()
    assert draw.preview["left_out"] == {"matter-cap": 1}
    assert "while its permit is valid" in page(office.clerk, draw)


# --- who may be sent -----------------------------------------------------------------------------------------------------


def test_only_members_of_the_chosen_groups_are_drawn_and_the_others_are_told(office: Office, django_assert_max_num_queries: Any) -> None:
    group = InspectorGroup.objects.create(name="旅馆检查组", unit=office.unit)
    group.members.set(office.inspectors[:4])
    draw = office.prepared()
    client = signed_in(office.clerk)
    answer = client.post(f"/office/draws/{draw.pk}/", {**typed(office, draw, inspector_groups=[group.pk]), "submit": "1"})
    assert answer.status_code == 302
    draw.refresh_from_db()
    assert set(draw.inspectors.values_list("inspector", flat=True)) == {one.pk for one in office.inspectors[:4]}
    assert draw.scope_counts["inspectors_out"] == 2
    assert [(row[0], row[3]) for row in draw.preview["kept_out"]] == [
        (one.name, "is in none of the groups chosen") for one in office.inspectors[4:]
    ]
    supervisor = signed_in(office.supervisor)
    with django_assert_max_num_queries(15):
        said = supervisor.get(f"/admin/inspections/draw/{draw.pk}/decide/").content.decode()
    assert "旅馆检查组" in said


def test_the_page_offers_the_groups_and_keeps_the_choice(office: Office, django_assert_max_num_queries: Any) -> None:
    group = InspectorGroup.objects.create(name="旅馆检查组", unit=office.unit)
    group.members.set(office.inspectors[:4])
    draw = office.prepared()
    office.change(draw, inspector_group_ids=[group.pk])
    client = signed_in(office.clerk)
    client.cookies["language"] = "en"
    with django_assert_max_num_queries(15):
        said = client.get(f"/office/draws/{draw.pk}/").content.decode()
    assert "旅馆检查组" in said
    assert f'value="{group.pk}" id="id_inspector_groups_0" checked' in said.replace(" aria-describedby=\"id_inspector_groups_helptext\"", "")
    assert "is in none of the groups chosen (2)" in said
    assert office.inspectors[5].name in said


def test_a_group_that_was_retired_meanwhile_sends_nobody(office: Office) -> None:
    group = InspectorGroup.objects.create(name="旅馆检查组", unit=office.unit)
    group.members.set(office.inspectors[:4])
    draw = office.prepared()
    office.change(draw, inspector_group_ids=[group.pk])
    InspectorGroup.objects.filter(pk=group.pk).update(active=False)
    said = refusal(commands.submit_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version)
    assert "Only 0 inspectors are eligible" in said


def test_who_does_not_enforce_the_matter_is_not_drawn_and_the_reason_is_told(office: Office) -> None:
    elsewhere = make.matter(unit=office.unit, published=False)
    office.inspectors[0].matters.set([elsewhere.matter])
    office.inspectors[1].matters.set([elsewhere.matter, office.revision.matter])
    Leave.objects.create(inspector=office.inspectors[2], kind="annual", starts_on=clock.today(), ends_on=clock.today())
    draw = submit(office, office.prepared())
    drawn_from = set(draw.inspectors.values_list("inspector", flat=True))
    assert drawn_from == {one.pk for one in office.inspectors} - {office.inspectors[0].pk, office.inspectors[2].pk}
    again = make.draw(office.revision, plan_item=office.item, prepared_by=office.clerk)
    office.change(again)
    said = page(office.clerk, again)
    assert "does not enforce this matter" in said
    assert f"is on leave until {clock.today()}" in said


def test_the_order_for_teams_alone_knows_groups_and_reasons_too(office: Office) -> None:
    drawn = make.drawn_draw(office.revision, winners=1, reserves=0, teams=[[]], subjects=office.subjects[:1])
    make.case(drawn)
    order = commands.prepare_staffing(actor=office.clerk, draw_id=drawn.pk, unit_id=office.unit.pk).obj
    assert isinstance(order, Draw)
    group = InspectorGroup.objects.create(name="旅馆检查组", unit=office.unit)
    group.members.set(office.inspectors[:2])
    commands.change_staffing(
        actor=office.clerk, draw_id=order.pk, version=order.version, team_size=2, inspector_unit_ids=[office.unit.pk],
        inspector_group_ids=[group.pk], planned=None, sources=[],
    )  # fmt: skip
    said = page(office.clerk, order)
    assert "旅馆检查组" in said
    assert "is in none of the groups chosen (4)" in said


def test_the_format_of_the_files_is_the_same_with_and_without_groups(office: Office) -> None:
    group = InspectorGroup.objects.create(name="旅馆检查组", unit=office.unit)
    group.members.set(office.inspectors[:4])
    draw = office.prepared(lead=60)
    submit(office, draw, inspector_group_ids=[group.pk], lead=60)
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    bodies = queries.file_bodies(Draw.objects.get(pk=draw.pk))
    assert "旅馆检查组".encode() not in b"".join(bodies.values())
    assert bodies["inspectors.txt"].count(b"\n") == 5


# --- a basis that lapses -------------------------------------------------------------------------------------------------


def test_a_basis_that_lapses_after_the_preparation_stops_the_submission_and_the_next_draw(office: Office, time_machine: Any) -> None:
    republish(office)
    office.revision.bases.update(in_force_until=clock.today())
    make.edition(office.revision)
    draw = office.prepared()
    time_machine.move_to(clock.now() + dt.timedelta(days=1), tick=True)
    assert "lapsed on" in refused(office, draw)
    assert "lapsed on" in refusal(commands.prepare_draw, actor=office.clerk, plan_item_id=office.item.pk)


def test_a_lapsed_basis_of_a_joint_matter_stops_the_submission_too(office: Office, time_machine: Any) -> None:
    joint = make.matter(unit=office.unit, published=False)
    joint.bases.update(in_force_until=clock.today())
    make.edition(office.revision, joint)
    office.item.joint_matters.set([joint.matter])
    draw = office.prepared()
    time_machine.move_to(clock.now() + dt.timedelta(days=1), tick=True)
    assert "lapsed on" in refused(office, draw)


def test_the_desk_says_that_a_mended_basis_waits_for_its_edition(office: Office) -> None:
    republish(office)
    office.revision.bases.update(in_force_until=clock.today() + dt.timedelta(days=30))
    make.edition(office.revision)
    republish(office, number=3)
    office.revision.bases.update(in_force_until=None)
    said = read(signed_in(office.clerk), "/office/")
    assert "the newer revision waits for the next edition" in said


def test_nobody_who_may_not_prepare_reads_who_is_left_out(office: Office) -> None:
    Leave.objects.create(inspector=office.inspectors[2], kind="sick", starts_on=clock.today(), ends_on=clock.today())
    draw = office.prepared()
    assert "is on leave" in page(office.clerk, draw)
    assert "is on leave" not in page(make.user(Role.AUDITOR), draw)


def test_the_page_of_a_subject_says_that_the_frequency_of_the_list_is_reached(office: Office) -> None:
    limited(office, most_times=1, period_years=3)
    subject = office.subjects[0]
    case = make.case(make.drawn_draw(office.revision, subjects=[subject], winners=1, reserves=0, plan_item=make.plan_item()))
    type(case).objects.filter(pk=case.pk).update(ended_on=clock.today().replace(year=clock.today().year - 2, day=1))
    make.edition(office.revision)
    said = page_of_subject(office, subject.key)
    assert "inspected on this matter as often as the matter list allows" in said
    type(case).objects.filter(pk=case.pk).update(ended_on=clock.today().replace(year=clock.today().year - 3, day=1))
    assert "as often as the matter list allows" not in page_of_subject(office, subject.key)


def page_of_subject(office: Office, key: str) -> str:
    return read(signed_in(office.clerk), f"/office/subjects/{key}/")
