"""The arrangement of a year as the ``chinesecalendar`` package knows it: a proposal to look through, never used unseen."""

from chinese_calendar.constants import Holiday, holidays, workdays

from registries.holidays.rules import Day

NAMES = {one.value: one.chinese for one in Holiday}


def proposed(year: int) -> list[Day]:
    """The days off and worked of ``year``; empty where the package does not know the year yet."""
    off = [Day(day, False, NAMES.get(name, name)) for day, name in holidays.items() if day.year == year]
    worked = [Day(day, True, NAMES.get(name, name)) for day, name in workdays.items() if day.year == year]
    return sorted([*off, *worked])
