"""The simulator of a plan: its figures from the registry, held against the rules that draws use, and its page."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inspections.desk.simulating import Simulation, Terms, listed, simulation
from inspections.draws.chances import inclusion_chances
from inspections.plans.models import Plan, PlanItem
from registries import clock
from registries.inspectors.models import Leave
from registries.matters.models import MatterRevision
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories as make

pytestmark = pytest.mark.django_db


class County:
    """Two brigades; forty hotels (thirty B, ten D), ten of them also clubs; a plan in preparation with an item on each."""

    def __init__(self) -> None:
        self.unit, self.other = make.unit("治安大队"), make.unit("网安大队")
        self.hotels, self.clubs = make.category("旅馆"), make.category("娱乐")
        self.hotel = make.matter("旅馆检查", unit=self.unit, categories=[self.hotels], published=False)
        self.club = make.matter("娱乐检查", unit=self.other, categories=[self.clubs], published=False)
        self.full = make.matter("民爆检查", unit=self.unit, published=False, regulation=MatterRevision.Regulation.FULL)
        make.edition(self.hotel, self.club, self.full)
        town = make.town()
        for n in range(40):
            kinds = [self.hotels, self.clubs] if n < 10 else [self.hotels]
            make.subject(categories=kinds, unit=self.unit, town=town, risk_grade="D" if n % 4 == 0 else "B")
        self.people = [make.inspector(unit=self.unit, account=False) for _ in range(2)]
        self.plan = make.plan(self.unit, state="preparing")
        self.first = self.item(self.hotel, ratio_percent=10)
        self.second = self.item(self.club, number=4, first_month=5, last_month=5)
        self.clerk = make.user(Role.CLERK, unit=self.unit)

    def item(self, revision: MatterRevision, **columns: Any) -> PlanItem:
        return make.plan_item(revision, plan=self.plan, **columns)

    def reckoned(self, **terms: Any) -> Simulation:
        items = list(self.plan.items.select_related("matter", "unit").order_by("pk"))
        return simulation(self.plan, items, listed(items), Terms(**terms), clock.today())


@pytest.fixture
def county() -> County:
    return County()


def test_the_items_have_the_quotas_and_chances_that_their_draws_would_have(county: County) -> None:
    found = county.reckoned()
    one, two = found.items
    assert (one.scope, one.visits, one.chance) == (40, 4, "10.0")  # 3 of 30 and 1 of 10
    assert (two.scope, two.visits) == (10, 5)  # 4 of 10 by strata of 7 and 3: 3 and 2
    weighted = county.reckoned(stratify="none").items[0]
    told = inclusion_chances({2: 30, 4: 10}, 4)
    assert (weighted.least, weighted.most) == (told[2], told[4])
    equal = county.reckoned(stratify="none", slip_rule="equal").items[0]
    assert (equal.least, equal.most) == pytest.approx((0.1, 0.1))


def test_moving_a_ratio_moves_visits_coverage_and_chances(county: County) -> None:
    plain, double = county.reckoned(), county.reckoned(scale=200)
    assert double.items[0].visits == 8
    assert double.outcome.coverage.percent > plain.outcome.coverage.percent
    own = county.reckoned(amounts={county.first.pk: Decimal(50), county.second.pk: Decimal(0)})
    assert [one.visits for one in own.items] == [20, 0]
    assert own.outcome.grades["D"].times[1] == pytest.approx(0.5)
    everybody = county.reckoned(amounts={county.first.pk: Decimal(100)}).outcome
    assert everybody.coverage.years == 1
    assert everybody.grades["B"].times[0] == 0


def test_subjects_out_of_scope_are_told_apart(county: County) -> None:
    make.subject(unit=county.unit)
    barred = make.subject(categories=[county.hotels], unit=county.unit)
    make.exclusion(barred)
    make.subject(categories=[county.hotels], unit=county.unit, status="closed")
    found = county.reckoned()
    assert (found.outside, found.excluded, found.outcome.coverage.size) == (1, 1, 40)


def test_whoever_is_watched_whole_is_in_nobodys_lot(county: County) -> None:
    watched = make.category()
    partly = make.matter("内保检查", unit=county.unit, categories=[county.hotels, watched], published=False)
    partly.full_coverage.add(watched)
    make.edition(county.hotel, county.club, partly)
    make.subject(categories=[county.hotels, watched], unit=county.unit)
    county.item(partly, ratio_percent=10)
    assert [one.scope for one in county.reckoned().items] == [41, 10, 40]


def test_matters_watched_whole_and_tasks_that_name_their_subjects_are_not_drawn(county: County) -> None:
    county.item(county.full, ratio_percent=100)
    county.item(county.hotel, number=7, source="county", handed_down=True)
    found = county.reckoned()
    assert [(one.lot, one.visits) for one in found.items[2:]] == [(False, 0), (False, 7)]
    assert found.outcome.coverage.size == 40


def test_a_month_is_held_against_the_inspectors_who_are_there(county: County) -> None:
    year = county.plan.year
    person = county.people[0]
    Leave.objects.create(inspector=person, kind="annual", starts_on=dt.date(year, 5, 1), ends_on=dt.date(year, 5, 31))
    county.people[1].certificates.update(valid_until=dt.date(year, 9, 30))
    found = county.reckoned(days=2, visits=3)
    places = {month: found.strength[county.unit.pk, month].places for month in (4, 5, 10)}
    assert places == {4: 12, 5: 6, 10: 6}
    assert found.inspectors == {county.unit.pk: 2}
    assert found.strength[county.other.pk, 5].places == 0
    assert found.outcome.by_month[county.other.pk, 5] == (5, 10)


def test_the_joint_visits_of_a_month_are_expected_before_the_draws(county: County) -> None:
    county.first.first_month = county.first.last_month = 5
    county.first.save()
    told = county.reckoned(stratify="none", slip_rule="equal").outcome
    assert [one.month for one in told.merging] == [5]
    assert told.merging[0].subjects == pytest.approx(10 * 0.1 * 0.4)
    assert told.joint[4].saved == pytest.approx(0.4)


def test_draws_run_already_are_taken_off(county: County) -> None:
    hit = list(Subject.objects.filter(categories=county.hotels, risk_grade="B").order_by("pk")[:2])
    fresh = county.reckoned()
    make.drawn_draw(county.hotel, winners=2, reserves=0, subjects=hit, unit=county.unit, plan_item=county.first)
    found = county.reckoned()
    one = found.items[0]
    assert (found.drawn, one.drawn, one.visits) == (2, 2, 4)  # of 3 of grade B and 1 of grade D two are left
    assert one.most == pytest.approx(0.1)
    assert one.least == pytest.approx(1 / 28)  # 1 of the 28 of grade B that are left
    assert found.outcome.grades["B"].mean == pytest.approx(fresh.outcome.grades["B"].mean)
    assert found.outcome.coverage.drawn > 2
    assert sum(visits for (unit, _month), (visits, _places) in found.outcome.by_month.items() if unit == county.unit.pk) == 4


def test_whoever_has_used_a_cap_is_in_no_draw_left(county: County) -> None:
    both = list(Subject.objects.filter(categories=county.clubs).order_by("pk")[:1])
    make.drawn_draw(county.hotel, winners=1, reserves=0, subjects=both, unit=county.unit, plan_item=county.first)
    make.drawn_draw(county.club, winners=1, reserves=0, subjects=both, unit=county.other, plan_item=county.second)
    found = county.reckoned(amounts={county.first.pk: Decimal(100)})
    assert (found.drawn, found.capped) == (1, 1)
    assert found.outcome.everybody.times[3] == 0
    assert found.items[1].visits == 5
    assert found.outcome.over_cap == pytest.approx(0)


def test_draws_of_another_year_are_not_taken_off(county: County) -> None:
    hit = list(Subject.objects.filter(categories=county.hotels)[:2])
    draw = make.drawn_draw(county.hotel, winners=2, reserves=0, subjects=hit, unit=county.unit, plan_item=county.first)
    type(draw).objects.filter(pk=draw.pk).update(drawn_at=clock.now() - dt.timedelta(days=400))
    found = county.reckoned()
    assert (found.drawn, found.items[0].drawn) == (0, 0)


# --- the page --------------------------------------------------------------------------------------------------------------


def enter(client: Client, user: User) -> None:
    client.cookies["language"] = "en"
    client.force_login(user, backend="registries.people.backend.Accounts")


def test_the_page_computes_what_its_address_asks_and_keeps_what_was_typed(
    client: Client, county: County, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    enter(client, county.clerk)
    address = f"/office/plans/{county.plan.pk}/simulator/"
    with django_assert_max_num_queries(15):
        page = client.get(address).content.decode()
    assert "2 months beyond strength" not in page
    assert "1 month beyond strength" in page  # the other brigade has nobody
    assert 'name="scale" value="100"' in page
    moved = client.get(address, {"scale": "200", f"item-{county.first.pk}": "30", "slip_rule": "equal"}).content.decode()
    assert 'name="scale" value="200"' in moved
    assert '<td class="number">24</td>' in moved
    wrong = client.get(address, {"scale": "abc", "days": "99"}).content.decode()
    assert 'value="abc"' in wrong
    assert "error" in wrong
    assert '<td class="number">4</td>' in wrong


def test_an_empty_plan_says_what_to_do_first(client: Client, county: County) -> None:
    enter(client, county.clerk)
    empty = make.plan(county.unit, state="preparing")
    assert "Add the items of the plan" in client.get(f"/office/plans/{empty.pk}/simulator/").content.decode()


def test_the_simulator_opens_to_the_business_and_auditors_of_plans_they_see(client: Client, county: County) -> None:
    address = f"/office/plans/{county.plan.pk}/simulator/"
    published: Plan = make.plan(county.unit)
    for role, draft, public in ((Role.SUPERVISOR, 200, 200), (Role.AUDITOR, 200, 200), (Role.PARTNER, 403, 403), (Role.INSPECTOR, 403, 403)):
        enter(client, make.user(role, unit=county.other))
        assert (client.get(address).status_code, client.get(f"/office/plans/{published.pk}/simulator/").status_code) == (draft, public)
    enter(client, make.user(Role.CLERK, unit=county.other))
    assert client.get(address).status_code == 404
