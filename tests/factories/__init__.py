"""Rows for tests, built directly: units, people with roles, matters, subjects, inspectors, plans, draws, cases.

Each function makes one thing with whatever it needs, and takes any column by name. Reaching a situation *through*
commands belongs beside this package: ``offices.py`` for draws, ``recorded.py`` for visits, ``many_cases.py`` and others.
"""

from tests.factories.cases import case, record, recorded_case, result, reviewed_case, team_of
from tests.factories.draws import (
    adhoc_request,
    committed_draw,
    draw,
    drawn_draw,
    plan,
    plan_item,
    roster_entry,
    roster_inspector,
)
from tests.factories.people import PASSWORD, some_unit, system, unit, user
from tests.factories.registries import (
    category,
    certificate,
    code,
    credit_code,
    edition,
    entry_of,
    exclusion,
    holidays,
    inspector,
    matter,
    permit,
    recusal,
    subject,
    town,
)

__all__ = [
    "PASSWORD",
    "adhoc_request",
    "case",
    "category",
    "certificate",
    "code",
    "committed_draw",
    "credit_code",
    "draw",
    "drawn_draw",
    "edition",
    "entry_of",
    "exclusion",
    "holidays",
    "inspector",
    "matter",
    "permit",
    "plan",
    "plan_item",
    "record",
    "recorded_case",
    "recusal",
    "result",
    "reviewed_case",
    "roster_entry",
    "roster_inspector",
    "some_unit",
    "subject",
    "system",
    "team_of",
    "town",
    "unit",
    "user",
]
