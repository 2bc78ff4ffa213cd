"""Which days are worked, as this room asks for them: the one line that knows where the holidays stand."""

import datetime as dt
from collections.abc import Callable

from registries.holidays import queries as holidays


def works() -> Callable[[dt.date], bool | None]:
    """The table as it stands: whether a day is a working day, None where its year was not entered."""
    return holidays.calendar().works
