"""What of a draw is public and since when, whether it is overdue, which strata leave nothing to chance. Pure.

The rules are those of draw protocol 1, §§1–3: the order from the commitment on; reveal, result and roster from the draw
on, the roster later where small cells would name its owners; inspectors, recusals and history only after the visits.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from inspections.cases.rules import visits_over

__all__ = [
    "AFTER_THE_VISITS", "FILES", "OVERDUE_AFTER", "PUBLIC_STATES", "WITH_THE_DRAW", "Opens", "idle_strata", "is_overdue", "opens",
    "public_files", "visits_over", "waits_for_visits",
]  # fmt: skip

Opens = Literal["now", "draw", "visits", "never"]
"""When a file is public: now, with the draw, when the visits are over, or never (a void came before the draw)."""

PUBLIC_STATES = ("committed", "drawn", "voided")
WITH_THE_DRAW = ("reveal.txt", "result.txt", "roster.txt")
AFTER_THE_VISITS = ("inspectors.txt", "recusals.txt", "history.txt")
FILES = ("order.txt", *WITH_THE_DRAW, *AFTER_THE_VISITS)
"""The files kept with a draw, in the order in which they become public. ``openings.txt`` is written anew each time."""

OVERDUE_AFTER = dt.timedelta(minutes=30)


def opens(name: str, *, state: str, has_result: bool, cells_hide_roster: bool, visits_over: bool) -> Opens:
    """When the file ``name`` of a draw in ``state`` is public. ``has_result``: it was drawn (a void may have come after)."""
    if state not in PUBLIC_STATES or name not in FILES:
        return "never"
    if name == "order.txt":
        return "now"
    if not has_result:
        return "never" if state == "voided" else ("visits" if waits_for_visits(name, cells_hide_roster) else "draw")
    return "visits" if waits_for_visits(name, cells_hide_roster) and not visits_over else "now"


def waits_for_visits(name: str, cells_hide_roster: bool) -> bool:
    """Whether a file stays closed until the visits are over, drawn or not."""
    return name in AFTER_THE_VISITS or (name == "roster.txt" and cells_hide_roster)


def public_files(*, state: str, has_result: bool, cells_hide_roster: bool, visits_over: bool) -> tuple[str, ...]:
    """The names of the files that are public now."""
    return tuple(
        name
        for name in FILES
        if opens(name, state=state, has_result=has_result, cells_hide_roster=cells_hide_roster, visits_over=visits_over)
        == "now"
    )


def is_overdue(state: str, planned: dt.datetime | None, now: dt.datetime) -> bool:
    """30 minutes after the planned moment an order without result is overdue, whatever was or was not typed (§3)."""
    return state == "committed" and planned is not None and now > planned + OVERDUE_AFTER


def idle_strata(mode: str, quotas: Mapping[str, int], sizes: Mapping[str, int]) -> list[str]:
    """The strata of a ``lot`` whose quota is 0 or everybody: chance decides nothing there (§2)."""
    if mode != "lot":
        return []
    return [stratum for stratum, quota in sorted(quotas.items()) if quota in (0, sizes.get(stratum, 0))]
