"""The holiday table: filled from the built-in list or by hand, saved whole, never changed behind anybody's back."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from inspections.cases.queries import viewer
from inspections.desk.queries import todo
from registries.holidays import commands, library, queries
from registries.holidays.models import HolidayDay, HolidayYear
from registries.holidays.rules import Day, Unread, missing_years, read_days, written
from registries.ledger.change import Refused
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.public_draws import at

pytestmark = pytest.mark.django_db

NOTICE = "国办发明电〔2025〕7号"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_built_in_list_is_a_proposal_that_a_person_saves() -> None:
    client, admin = Client(), make.user(Role.SYSTEM_ADMIN)
    client.force_login(admin)
    page = client.get(reverse("holiday-edit", args=[2026]), {"fill": "1"})
    shown = page.context["form"].initial
    assert "2026-10-01 至 2026-10-07 国庆节" in shown["off"]
    assert "2026-10-10 国庆节" in shown["worked"]
    assert "2026-10-10 国庆节" in page.context["preview"]["worked"]
    assert not HolidayYear.objects.exists()
    sent = {**shown, "notice": NOTICE}
    assert client.post(reverse("holiday-edit", args=[2026]), {**sent, "preview": "1"}).status_code == 200
    assert not HolidayYear.objects.exists()
    assert client.post(reverse("holiday-edit", args=[2026]), {**sent, "save": "1"}).status_code == 302
    calendar = queries.calendar()
    assert [calendar.works(day(d)) for d in ("2026-10-07", "2026-10-08", "2026-10-10", "2026-10-11")] == [False, True, True, False]
    assert calendar.works(day("2027-01-04")) is None
    assert NOTICE in client.get(reverse("holiday-year", args=[2026])).content.decode()
    assert LedgerPayload.objects.get(verb="registries.save_holidays").actor == admin


def test_a_changed_year_is_a_new_edition_that_says_why() -> None:
    admin, days = make.user(Role.SYSTEM_ADMIN), library.proposed(2026)
    commands.save_holidays(actor=admin, year=2026, seen=0, notice=NOTICE, days=days)
    more = [*days, Day(day("2026-03-02"), False, "临时放假")]
    wrongs: tuple[dict[str, Any], ...] = ({"seen": 0, "reason": "改"}, {"seen": 1}, {"seen": 1, "reason": "改", "days": days})
    for wrong in wrongs:
        with pytest.raises(Refused):
            commands.save_holidays(actor=admin, year=2026, notice=NOTICE, **{"days": more, **wrong})
    commands.save_holidays(actor=admin, year=2026, seen=1, notice=NOTICE, days=more, reason="补充通知")
    assert queries.calendar().editions == ((2026, 2),)
    assert queries.calendar().works(day("2026-03-02")) is False
    assert [row.edition for row in queries.editions_of(2026)] == [2, 1]
    for act in (lambda: HolidayYear.objects.all().update(notice=""), lambda: HolidayDay.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    "days",
    [
        [Day(day("2026-01-01"), False), Day(day("2026-05-01"), False)],
        [*library.proposed(2026), Day(day("2027-01-01"), False)],
        [*library.proposed(2026), Day(day("2026-03-03"), True)],
        [*library.proposed(2026), Day(day("2026-10-03"), True)],
    ],
    ids=["half a year", "another year", "a Tuesday worked", "off and worked"],
)
def test_what_is_no_whole_year_is_refused(days: list[Day]) -> None:
    with pytest.raises(Refused):
        commands.save_holidays(actor=make.user(Role.SYSTEM_ADMIN), year=2026, seen=0, notice=NOTICE, days=days)
    assert not HolidayYear.objects.exists()


def test_lists_are_read_as_people_write_them_and_back() -> None:
    days = read_days("2026年10月1日至2026年10月7日 国庆节\n\n2026.1.1 元旦\n2026/5/1", works=False)
    assert (len(days), days[0], days[-1].name) == (9, Day(day("2026-10-01"), False, "国庆节"), "")
    for year in (2021, 2024, 2026):
        for works in (False, True):
            listed = [one for one in library.proposed(year) if one.works == works]
            assert read_days(written(listed), works=works) == listed
    for wrong in ("国庆节", "2026-02-30", "2026-10-07 至 2026-10-01", "2026-01-01 至 2026-12-31"):
        with pytest.raises(Unread):
            read_days(wrong, works=False)


def test_from_december_on_the_next_year_is_missed() -> None:
    assert missing_years([2026], day("2026-11-30")) == []
    assert missing_years([2026], day("2026-12-01")) == [2027]
    assert missing_years([], day("2026-12-31")) == [2026, 2027]
    make.holidays(2026)
    admin = make.user(Role.SYSTEM_ADMIN)
    for when, asked in (("2026-11-30T12:00:00+08:00", []), ("2026-12-01T00:30:00+08:00", [reverse("holiday-edit", args=[2027])])):
        with at(dt.datetime.fromisoformat(when)):
            now = dt.datetime.fromisoformat(when)
            assert [url for row in todo(viewer(admin), now) if "/operation/" not in (url := row.task.url)] == asked  # nothing runs here: red
            assert [one.warning for one in run_check("holidays")] == [True] * len(asked)


def test_only_the_system_administrator_enters_holidays() -> None:
    for role in Role:
        if role in (Role.SYSTEM_ADMIN, Role.SYSTEM, Role.PUBLIC):
            continue
        with pytest.raises(Refused):
            commands.save_holidays(actor=make.user(role), year=2026, seen=0, notice=NOTICE, days=library.proposed(2026))


def test_every_year_of_the_built_in_list_is_whole() -> None:
    admin = make.user(Role.SYSTEM_ADMIN)
    for year in (2020, 2023, 2026):
        commands.save_holidays(actor=admin, year=year, seen=0, notice=NOTICE, days=library.proposed(year))
    assert all(a.year > b.year for a, b in pairwise(queries.in_force()))
