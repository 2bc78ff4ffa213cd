"""The page of figures: all that was disclosed by month, matter, township, unit and result, in time or late; coverage and voids.

Counted from disclosed rows and published orders alone, made once until anything of them changes.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inspections.draws.models import Draw
from inspections.draws.queries import PUBLIC_STATES
from inspections.draws.states import DrawState
from publicity.disclosures.models import Disclosure
from publicity.disclosures.states import Because, Removed
from publicity.site import finding, marks, queries
from publicity.site.serving import MINUTE, published
from registries import clock
from registries.codes.models import ResultGroup
from registries.people.access import PUBLIC, access
from registries.subjects.models import Subject

MONTHS = 12
BASE, HIGHEST, STEP, WIDTH, LONGEST = 96, 78, 26, 18, 300
"""The drawing: where columns stand, how high and how far apart they are; how long the longest bar is."""
TONES = {
    ResultGroup.CLEAN.value: "clean", ResultGroup.PROBLEM.value: "problem", ResultGroup.NOT_INSPECTABLE.value: "not_inspectable",
    ResultGroup.REFUSED.value: "refused", "": "awaits",
}  # fmt: skip
FILTERS = {"unit_name": "unit", "town_name": "town", "result_label": "result"}


class Part(NamedTuple):
    """A piece of a bar or column in one colour: how many, where it begins, how long it is."""

    tone: str
    number: int
    at: float
    size: float


class Line(NamedTuple):
    """What a row of a table stands for: its counts by result group, the pieces of its bar, and its filter in the list of results."""

    label: str
    total: int
    groups: Mapping[str, int]
    parts: list[Part]
    query: str

    @property
    def problems(self) -> int:
        """How many found a problem."""
        return self.groups.get(ResultGroup.PROBLEM, 0)

    @property
    def inspected(self) -> int:
        """How many were inspected."""
        return self.problems + self.groups.get(ResultGroup.CLEAN, 0)

    @property
    def percent(self) -> str:
        """Problems of those inspected, in percent."""
        return f"{100 * self.problems / self.inspected:.1f}" if self.inspected else ""


class Column(NamedTuple):
    """A month: its pieces from the bottom up, and where its number and name stand."""

    month: dt.date
    line: Line
    x: int
    middle: int
    top: float


Groups = Mapping[str, Mapping[str, int]]
"""Label → result group → how many."""


def lines(told: Groups, asked: Mapping[str, str]) -> list[Line]:
    """Rows under each other, the fullest first, whose bar is as long as the drawing."""
    totals = {label: sum(groups.values()) for label, groups in told.items()}
    most = max(totals.values(), default=0) or 1
    order = sorted(told, key=lambda label: (-totals[label], label))
    return [Line(label, totals[label], told[label], _parts(told[label], LONGEST / most), asked.get(label, "")) for label in order]


def _parts(groups: Mapping[str, int], scale: float) -> list[Part]:
    at, found = 0.0, []
    for group, tone in TONES.items():
        if number := groups.get(group, 0):
            found.append(Part(tone, number, round(at, 2), round(number * scale, 2)))
            at += number * scale
    return found


def columns(told: Mapping[dt.date, Mapping[str, int]], today: dt.date) -> list[Column]:
    """The last twelve months side by side, the fullest as high as the drawing."""
    first = today.replace(day=1)
    months = [first.replace(year=first.year - (n >= first.month), month=(first.month - n - 1) % 12 + 1) for n in reversed(range(MONTHS))]
    most = max((sum(told.get(month, {}).values()) for month in months), default=0) or 1
    found = []
    for at, month in enumerate(months):
        groups, x = told.get(month, {}), at * STEP + 4
        parts = [part._replace(at=round(BASE - part.at - part.size, 2)) for part in _parts(groups, HIGHEST / most)]
        total = sum(groups.values())
        found.append(Column(month, Line(f"{month:%Y-%m}", total, groups, parts, ""), x, x + WIDTH // 2, round(BASE - HIGHEST * total / most - 3, 2)))
    return found


# --- what is counted -------------------------------------------------------------------------------------------------


def _shown() -> Any:
    return Disclosure.objects.filter(removed_at=None).order_by()


class By(NamedTuple):
    """Value of a column → result group → how many results on line; and what each value is asked for by."""

    groups: dict[str, Counter[str]]
    asked: dict[str, str]


def _by(column: str, key: str = "") -> By:
    told = By(defaultdict(Counter), {})
    rows = _shown().exclude(**{column: ""}).values_list(column, key or column, "result_group").annotate(n=Count("pk"))
    for value, asked, group, number in rows:
        told.groups[value][group] += number
        told.asked[value] = urlencode({FILTERS[column]: asked})
    return told


def _by_month() -> dict[dt.date, dict[str, int]]:
    found: defaultdict[dt.date, dict[str, int]] = defaultdict(dict)
    rows = _shown().annotate(month=TruncMonth("inspected_on")).values_list("month", "result_group").annotate(n=Count("pk"))
    for month, group, number in rows:
        found[month][group] = number
    return dict(found)


def _by_matter() -> By:
    """A visit on several matters counts for each."""
    told = By(defaultdict(Counter), {})
    names = dict(queries.published_matters())
    for matters, group, number in _shown().values_list("matters", "result_group").annotate(n=Count("pk")):
        for matter in matters:
            label = names.get(matter["code"], matter["name"])
            told.groups[label][group] += number
            told.asked[label] = urlencode({"matter": matter["code"]})
    return told


class Coverage(NamedTuple):
    """How many subjects are in operation, and how many of them had a disclosed inspection this year."""

    registered: int
    inspected: int

    @property
    def percent(self) -> str:
        """The share in percent, rounded down."""
        return f"{self.inspected * 1000 // self.registered / 10:.1f}" if self.registered else ""


def _coverage(year: int) -> Coverage:
    this_year = Disclosure.objects.filter(inspected_on__year=year)
    told = Subject.objects.filter(status=Subject.Status.ACTIVE).aggregate(
        registered=Count("pk"), inspected=Count("pk", filter=Q(pk__in=this_year.values("case__subject")))
    )
    return Coverage(**told)


def _draws() -> dict[str, int]:
    public = Q(state__in=PUBLIC_STATES)
    told: dict[str, int] = Draw.objects.aggregate(
        committed=Count("pk", filter=public),
        drawn=Count("pk", filter=Q(state=DrawState.DRAWN)),
        voided=Count("pk", filter=Q(state=DrawState.VOIDED)),
    )
    return told


def _figures() -> dict[str, Any]:
    """Everything the page says; plain values, to be kept."""
    matters = _by_matter()
    units, towns, results = _by("unit_name"), _by("town_name"), _by("result_label", "result_code")
    counts = finding.counts(())
    today = clock.today()
    return {
        "groups": counts,
        "total": sum(counts.values()),
        "inspected": counts[ResultGroup.CLEAN] + counts[ResultGroup.PROBLEM],
        "problems": counts[ResultGroup.PROBLEM],
        "columns": columns(_by_month(), today),
        "tables": [
            ("matter", _("By matter"), _("A visit on several matters counts for each."), lines(*matters)),
            ("unit", _("By unit"), "", lines(*units)),
            ("town", _("By township"), "", lines(*towns)),
            ("result", _("By result"), "", lines(*results)),
        ],
        "mended": Disclosure.objects.aggregate(
            last=Max("published_at"),
            withdrawn=Count("pk", filter=Q(removal__because=Removed.WITHDRAWN), distinct=True),
            corrected=Count("pk", filter=Q(versions__because__in=(Because.ERROR, Because.OBJECTION)), distinct=True),
        ),
        "coverage": _coverage(today.year),
        "year": today.year,
    }


@access(PUBLIC)
@published(MINUTE, marks.everything)
def statistics_page(request: HttpRequest) -> HttpResponse:
    """The figures as charts that are drawn here, with the numbers beside them."""
    told = marks.kept(f"figures/{clock.today()}/{get_language()}", _figures)
    units = queries.punctuality()
    context = told | {"draws": _draws(), "units": units, "all_units": queries.overall(units), "updated": told["mended"]["last"], "tones": _legend()}
    return render(request, "public/statistics.html", context)


def _legend() -> Iterable[tuple[str, str]]:
    return (
        ("clean", _("inspected, no problem")),
        ("problem", _("inspected, problem found")),
        ("not_inspectable", _("could not be inspected")),
        ("refused", _("refused")),
        ("awaits", _("result awaits review")),
    )
