"""Which days are worked, by the State Council's published holidays. Years that are not published yet are unknown."""

import datetime as dt

import chinese_calendar


def works(day: dt.date) -> bool | None:
    """Whether a day is a working day; None where its year's holidays are not known."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
