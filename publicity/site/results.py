"""The pages of results: the list with its search, one result with all its versions, and the results of one subject."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from publicity.corrections.models import Statement
from publicity.disclosures.models import Disclosure, Removal
from publicity.disclosures.states import Form
from publicity.site import asking, finding, marks, queries, subjects, versions
from publicity.site.finding import Place
from publicity.site.serving import MINUTE, published
from publicity.templatetags.published import tone
from registries import clock
from registries.codes.models import ResultGroup
from registries.people.access import PUBLIC, access

COLUMNS = (
    "public_id", "named", "form", "version", "subject_name", "category_name", "result_label", "result_group", "matters", "unit_name",
    "town_name", "inspected_on",
)  # fmt: skip

_COLUMNS = ", ".join(f'"{field.column}"' for field in Disclosure._meta.concrete_fields if field.name != "terms")
_ONE = " ".join(("SELECT", _COLUMNS, "FROM publicity_disclosure WHERE public_id = %s"))


def _with_statements() -> frozenset[int]:
    """The keys of results beside which the inspected say something."""
    return frozenset(Statement.objects.values_list("disclosure_id", flat=True))


class Row(NamedTuple):
    """One result in a list, as ``{% result_rows %}`` writes it."""

    public_id: str
    title: str
    label: str
    tone: str
    matters: str
    unit: str
    town: str
    inspected_on: str
    remark: str


def row_of(columns: Sequence[Any]) -> Row:
    """The columns of :data:`COLUMNS`, in words."""
    public_id, named, form, version, name, category, label, group, matters, unit, town, inspected_on = columns
    title = name if named else category + _(" (published as a count only)")
    if form == Form.VISIT:
        label, of = _("result awaits review"), "wait"
    else:
        of = tone(group)
    remark = _("the text awaits review") if form == Form.CODED else _("version %d") % version if version > 1 else ""
    about = "、".join(matter["name"] for matter in matters)
    return Row(public_id, title, label, of, about, unit, town, inspected_on.isoformat(), remark)


def rows_of(keys: Sequence[int]) -> list[Row]:
    """These results, newest first."""
    return [row_of(columns) for columns in finding.rows(keys, *COLUMNS)]


class Choice(NamedTuple):
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


def _choices(typed: str, values: Iterable[tuple[str, str]]) -> list[Choice]:
    """The values to choose from; one that was typed and that nobody ever published stands among them."""
    values = list(values)
    if typed and typed not in dict(values):
        values.append((typed, typed))
    return [Choice(value, label, value == typed) for value, label in values]


def _offered() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    return {
        "matter": [(code, f"{code} {name}") for code, name in queries.published_matters()],
        "town": queries.choices_of("town_name"),
        "result": queries.choices_of("result_code", "result_label"),
        "unit": queries.choices_of("unit_name"),
    }


def _place(asked: asking.Asked) -> tuple[Place, bool]:
    """Where the list begins, and whether the place that was asked for exists."""
    if asked.last:
        return Place(last=True), True
    named = asked.after or asked.before
    if not named:
        return Place(), True
    key = finding.place_of(named)
    if key is None:
        return Place(), False
    return (Place(after=key) if asked.after else Place(before=key)), True


class Neighbours(NamedTuple):
    """The places around a page: the first result of it for the page before, the last one for the page after; empty at the ends."""

    before: str
    after: str


def _page(asked: asking.Asked, place: Place) -> tuple[list[Row], Neighbours]:
    """A page and its neighbours. Whoever goes back to less than a page before gets the first page whole."""
    keys, more = finding.page(asked.question, place)
    if place.before is not None and not more:
        place = Place()
        keys, more = finding.page(asked.question, place)
    rows = rows_of(keys)
    older, newer = _sides(place, more)
    return rows, Neighbours(rows[0].public_id if rows and newer else "", rows[-1].public_id if rows and older else "")


def _sides(place: Place, more: bool) -> tuple[bool, bool]:
    """Whether there are older and newer results than those of a page."""
    if place.last:
        return False, more
    if place.before is not None:
        return True, more
    return more, place.after is not None


@access(PUBLIC)
@published(MINUTE, marks.results)
def result_list(request: HttpRequest) -> HttpResponse:
    """Search and filters, all in the query string."""
    asked = asking.asked(request.GET)
    place, known = _place(asked)
    wrong = dict(asked.wrong) if known else {**asked.wrong, "place": asking.no_place()}
    rows, beside = _page(asked, place)
    counts = finding.counts(asked.question)
    context = {
        "rows": rows,
        "beside": beside,
        "total": sum(counts.values()),
        "inspected": counts[ResultGroup.CLEAN] + counts[ResultGroup.PROBLEM],
        "problems": counts[ResultGroup.PROBLEM],
        "asked": asked,
        "wrong": wrong,
        "mark": marks.part(),
        "choices": {name: _choices(asked.typed[name], values) for name, values in marks.kept("offered", _offered).items()},
        "updated": marks.kept("last", queries.last_disclosed),
    }
    return render(request, "public/results/list.html", context)


@access(PUBLIC)
@published(MINUTE, marks.results)
def result_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One result: what stands, every version of it side by side; when it was taken down, why."""
    # written out: to have this one statement composed anew for every page cost as much as to answer it
    result = next(iter(Disclosure.objects.raw(_ONE, [public_id])), None)
    if result is None:
        raise Http404
    if result.removed_at is not None:
        removal = Removal.objects.filter(disclosure=result).first()
        context: dict[str, Any] = {"public_id": public_id, "removed_at": result.removed_at, "removal": removal, "updated": result.removed_at}
        return render(request, "public/results/gone.html", context, status=410)
    context = {
        "result": result,
        "on_time": result.published_at.astimezone(clock.BEIJING).date() <= result.due_on,
        "changes": versions.changes(result) if result.version > 1 else [],
        "digest": versions.digest(result),
        "statements": result.statements.all() if result.pk in marks.kept("with-statements", _with_statements) else (),
        "updated": result.changed_at,
    }
    return render(request, "public/results/page.html", context)


@access(PUBLIC)
@published(MINUTE, marks.everything)
def subject_page(request: HttpRequest, code: str) -> HttpResponse:
    """The results of one subject; of an inspection that is not disclosed yet only by when it will be."""
    told = subjects.told(code)
    if told is None:
        raise Http404
    rows = rows_of(told.results)
    updated: dt.datetime | None = told.changed_at
    return render(request, "public/results/subject.html", {"subject": told, "rows": rows, "updated": updated})
