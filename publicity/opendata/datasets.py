"""The datasets: name, what it is, its columns, its rows, and by what the API narrows them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from publicity.opendata import dictionary, lists, results
from publicity.opendata.asking import MOST, Parameter
from publicity.opendata.fields import Field, Value, object_writer

Row = tuple[Value, ...]

PAGING = (
    Parameter("size", "integer", _("rows of a page"), least=1, most=MOST),
    Parameter("after", "text", _("the key of the last row seen, as in the link to the next page")),
)


@dataclass(frozen=True)
class Dataset:
    """One table. ``title`` is its Chinese name, data like the headings; ``key`` names the columns that name a row, in the API's order of rows.

    ``narrowed``: parameters that select the rows whose column of the same name has this value. Results have filters of their own.
    """

    name: str
    title: str
    label: Any
    about: Any
    fields: tuple[Field, ...]
    rows: Callable[[], Iterable[Row]]
    key: tuple[str, ...]
    narrowed: tuple[Parameter, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The keys of its columns."""
        return tuple(field.name for field in self.fields)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What may be asked of it."""
        return (*self.narrowed, *PAGING)

    @cached_property
    def in_json(self) -> Callable[[Row], str]:
        """Writes a row as a JSON object."""
        return object_writer(self.fields)

    def at(self, name: str) -> int:
        """The place of a column in a row."""
        return self.names.index(name)


def _text(name: str, meaning: Any) -> Parameter:
    return Parameter(name, "text", meaning)


_FILTERS = (
    _text("q", _("words of the name, or the beginning of a code")),
    _text("matter", _("code of a matter")),
    _text("town", _("name of a township")),
    _text("result", _("code of a result")),
    _text("unit", _("name of a unit")),
    _text("draw", _("number of a draw")),
    _text("plan", _("code of a plan item")),
    Parameter("since", "day", _("inspected on this day or later")),
    Parameter("until", "day", _("inspected on this day or before")),
)

RESULTS = Dataset(
    "results", "检查结果", _("Inspection results"), _("Every result on line, one row each, in its version in force."),
    dictionary.RESULTS, results.results, ("id",), _FILTERS,
)  # fmt: skip
VERSIONS = Dataset(
    "versions", "检查结果历史版本", _("Versions of results"), _("Every version of every result on line: as first published, and as corrected or completed since."),
    dictionary.VERSIONS, results.versions, ("id", "version"),
)  # fmt: skip
CORRECTIONS = Dataset(
    "corrections", "更正与撤回", _("Corrections and removals"), _("What was corrected, completed, withdrawn or taken down at the end of its term, and why."),
    dictionary.CORRECTIONS, results.corrections, ("id", "what", "at"),
    (Parameter("what", "choice", _("only of this kind"), choices=tuple(code for code, _label in dictionary.CORRECTIONS[2].choices)),),
)  # fmt: skip
MATTERS = Dataset(
    "matters", "随机抽查事项清单", _("Matter lists"), _("Every matter of every published edition of the list of matters that may be inspected."),
    dictionary.MATTERS, lists.matters, ("edition", "code"),
    (Parameter("edition", "integer", _("number of an edition"), most=999_999), _text("code", _("code of a matter"))),
)  # fmt: skip
PLANS = Dataset(
    "plans", "抽查计划及进度", _("Plans and progress"), _("Every item of every published plan and of its amendments, and how far it has come."),
    dictionary.PLANS, lists.plan_items, ("plan", "item"),
    (Parameter("year", "integer", _("year of the plan")), _text("plan", _("document number of a plan")), _text("unit", _("name of a unit"))),
)  # fmt: skip
DRAWS = Dataset(
    "draws", "随机抽取", _("Draws"), _("Every order ever committed, with its hashes; voided ones with the kind of the void. The files to recompute them stand on their pages."),
    dictionary.DRAWS, lists.draws, ("number",),
    (Parameter("state", "choice", _("only orders in this state"), choices=("committed", "drawn", "voided")), _text("unit", _("name of a unit"))),
)  # fmt: skip
PENALTIES = Dataset(
    "penalties", "行政处罚决定", _("Penalty decisions"), _("Every penalty decision on line that followed from an inspection."),
    dictionary.PENALTIES, results.penalties, ("id",), (_text("unit", _("name of a unit")),),
)  # fmt: skip
STATISTICS = Dataset(
    "statistics", "按期公示统计", _("On-time statistics"), _("Per unit: how many results were disclosed, how many on time, and what they found."),
    dictionary.STATISTICS, results.statistics, ("unit",),
)  # fmt: skip

DATASETS: dict[str, Dataset] = {
    one.name: one for one in (RESULTS, VERSIONS, CORRECTIONS, PENALTIES, MATTERS, PLANS, DRAWS, STATISTICS)
}
API = tuple(one for one in DATASETS.values() if one is not VERSIONS)
"""What the API gives row by row; the versions of a result stand with the result."""
