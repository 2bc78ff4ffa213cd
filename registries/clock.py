"""The one place that reads the clock. Everything else is given its moment or its day."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """This moment, aware, in Beijing time."""
    return timezone.now().astimezone(BEIJING)


def today() -> dt.date:
    """The calendar day in Beijing."""
    return now().date()


def moment_text(moment: dt.datetime) -> str:
    """A moment as the draw protocol spells it: ``YYYY-MM-DDTHH:MM:SS+08:00`` (protocol 1, §1)."""
    return moment.astimezone(BEIJING).replace(microsecond=0).isoformat()
