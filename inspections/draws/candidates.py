"""Who is in the roster, who is out and why: one pure decision per subject, over plain facts."""

import datetime as dt
from typing import NamedTuple

from inspections.plans.rules import VISITS_PER_YEAR as VISITS_PER_YEAR

REASONS: tuple[str, ...] = (
    "not-operating",
    "excluded",
    "full-coverage",
    "drawn-this-year",
    "matter-cap",
    "yearly-cap",
    "other-category",
    "other-town",
    "other-grade",
)
"""Why a subject in the matter's scope is left out; the first that holds counts."""

DRAWN_BEFORE = ("drawn-this-year", "matter-cap", "yearly-cap")
"""Reasons that tell of another draw."""

VISITS_PER_MATTER_AND_YEAR = 1
"""Where the matter list sets no number of its own (guideline 三.5)."""


class Facts(NamedTuple):
    """What decides about one subject in the matter's scope.

    ``most_on_matter`` is how often the matter list lets it be drawn on the matter in the time that ``drawn_on_matter`` counts;
    None where the list sets no number: then it is once a calendar year.
    """

    operating: bool
    excluded: bool
    drawn_on_matter: int
    drawn_this_year: int
    signals: int
    in_categories: bool
    in_towns: bool
    in_grades: bool
    full_coverage: bool = False
    most_on_matter: int | None = None


def why_out(facts: Facts) -> str | None:
    """The reason that keeps a subject out of the roster, or None: it is in. A signal raises the caps by 1."""
    raised = 1 if facts.signals else 0
    most = VISITS_PER_MATTER_AND_YEAR if facts.most_on_matter is None else facts.most_on_matter
    capped = facts.drawn_on_matter >= most + raised
    checks = (
        ("not-operating", not facts.operating),
        ("excluded", facts.excluded),
        ("full-coverage", facts.full_coverage),
        ("drawn-this-year", capped and facts.most_on_matter is None),
        ("matter-cap", capped),
        ("yearly-cap", facts.drawn_this_year >= VISITS_PER_YEAR + raised),
        ("other-category", not facts.in_categories),
        ("other-town", not facts.in_towns),
        ("other-grade", not facts.in_grades),
    )
    return next((reason for reason, holds in checks if holds), None)


def full_years_since(last: dt.date | None, registered: dt.date | None, today: dt.date) -> int:
    """Full years without a visit; 0 when nothing is known."""
    since = last or registered
    if since is None:
        return 0
    return max(0, today.year - since.year - ((today.month, today.day) < (since.month, since.day)))
