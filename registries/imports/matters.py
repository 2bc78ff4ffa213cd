"""A matter comes on four sheets — itself, its legal bases, checklist and materials — and is taken over whole, as one revision.

A changed matter gets a new revision; the one before stays what it was (product.md §3). A sheet that names a matter
replaces that list of it whole; a sheet that does not name it leaves the list as it is. Here a blank cell clears: the list
is a document, and what it no longer says no longer holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from registries import clock
from registries.codes.models import CodeTable
from registries.imports.drafts import Draft, Plain, plain
from registries.imports.registers import Context, Register, Standing, from_plain, pk_of
from registries.imports.states import RowClass
from registries.ledger.change import refuse_now
from registries.ledger.sentences import say
from registries.matters.models import ChecklistItem, LegalBasis, Material, Matter, MatterRevision, Outcome
from registries.matters.queries import newest_revisions, with_content
from registries.spreadsheets.columns import Kind
from registries.spreadsheets.layouts import BASES, CHECKLIST, MATERIALS, MATTERS

if TYPE_CHECKING:
    from registries.imports.models import ImportRow
    from registries.people.models import User

Key = tuple[Plain, ...]


@dataclass
class Content:
    """What stands of a matter: its newest revision, the columns of the first sheet, the rows of the others."""

    revision: MatterRevision
    columns: dict[str, Plain]
    lists: dict[str, dict[Key, dict[str, Plain]]]


@dataclass(frozen=True)
class MatterRegister(Register):
    """The first sheet: the columns of a matter's newest revision."""

    def complete(self, drafts: Sequence[Draft], context: Context) -> None:
        """Blank cells clear."""
        _clear_blanks(drafts)

    @cached_property
    def many(self) -> frozenset[str]:
        """Fields and specialties stand in one relation of the revision."""
        return frozenset(("categories", "full_coverage", "fields", "specialties"))

    def standing(self, keys: Iterable[Key], context: Context, *, lock: bool = False) -> dict[Key, Standing]:
        """The newest revisions of these matters."""
        contents = read_contents({str(key[0]) for key in keys}, context)
        return {(code,): Standing(content.revision, content.columns) for code, content in contents.items()}


@dataclass(frozen=True)
class ListRegister(Register):
    """A sheet of rows under matters: bases or checklist items, compared with those of the newest revision."""

    relation: str = ""

    def complete(self, drafts: Sequence[Draft], context: Context) -> None:
        """Blank cells clear; the matter must stand in the registry or in this file."""
        _clear_blanks(drafts)
        coming = {one.values.get("code") for one in context.earlier.get("matters", ())}
        named = {str(one.values["matter"]) for one in drafts if "matter" in one.values}
        known = set(Matter.objects.filter(code__in=named).values_list("code", flat=True)) | coming
        for one in drafts:
            code = one.values.get("matter")
            if code is not None and code not in known:
                one.refuse("matter", _("“%(text)s” is not known here.") % {"text": code}, _("Correct it, or add the matter on the first sheet."), code)

    def standing(self, keys: Iterable[Key], context: Context, *, lock: bool = False) -> dict[Key, Standing]:
        """The rows of the newest revisions."""
        contents = read_contents({str(key[0]) for key in keys}, context)
        return {
            key: Standing(content.revision, values)
            for content in contents.values()
            for key, values in content.lists[self.layout.kind].items()
        }


MATTER = MatterRegister(
    MATTERS,
    MatterRevision,
    {"categories": "category", "full_coverage": "category", "unit": "unit", "fields": "field", "specialties": "specialty"},
    kept_by="unit",
)
LISTS: dict[str, ListRegister] = {
    "bases": ListRegister(BASES, LegalBasis, title="instrument", span=("in_force_from", "in_force_until"), relation="bases"),
    "checklist": ListRegister(CHECKLIST, ChecklistItem, title="title", relation="items"),
    "materials": ListRegister(MATERIALS, Material, relation="materials"),
}


def judge(sheets: Mapping[str, Sequence[Draft]], context: Context) -> None:
    """Decide every row of its sheets; whatever is refused keeps the rest of its matter out too."""
    MATTER.judge(sheets.get("matters", ()), context)
    context.earlier["matters"] = sheets.get("matters", ())
    for name, register in LISTS.items():
        register.judge(sheets.get(name, ()), context)
    groups: dict[str, list[Draft]] = {}
    for drafts in sheets.values():
        for one in drafts:
            code = one.values.get("code") if one.layout is MATTERS else one.values.get("matter")
            groups.setdefault(str(code or ""), []).append(one)
    contents = read_contents(set(groups), context)
    for code, group in groups.items():
        _judge_whole(code, group, contents.get(code), context)


def _judge_whole(code: str, group: Sequence[Draft], content: Content | None, context: Context) -> None:
    """The rules of one matter as a whole."""
    if content is None and code and not any(one.layout is BASES for one in group):
        group[0].refuse("", _("The matter names no legal basis."), _("Add it on the sheet “%(sheet)s”.") % {"sheet": BASES.sheet})
    if content is not None:
        _refuse_others_list(group, content, context)
        for name, register in LISTS.items():
            _note_gone(name, register, [one for one in group if one.layout is register.layout], group[0], content)
    first = next((one for one in group if one.refused), None)
    for one in group:
        if first is not None and code and not one.refused:
            one.refuse(
                "",
                _("A matter is taken over whole, and row %(row)s of “%(sheet)s” is refused.")
                % {"row": first.number, "sheet": first.layout.sheet},
                _("Correct that row."),
            )
        one.extra = {"revision": content.revision.number if content else 0}


def _refuse_others_list(group: Sequence[Draft], content: Content, context: Context) -> None:
    if context.units is None or content.revision.unit_id in context.units:
        return
    for one in group:
        if one.layout is not MATTERS:
            one.refuse(
                "matter",
                _("This row is kept by “%(unit)s”, which is not your unit.") % {"unit": content.revision.unit.short_name},
                _("Leave the row to a clerk of that unit or of the bureau."),
                one.values["matter"],
            )


def _note_gone(name: str, register: ListRegister, rows: Sequence[Draft], carrier: Draft, content: Content) -> None:
    """Show on the matter's first row what its list will no longer hold."""
    if not rows:
        return
    kept = {one.key for one in rows}
    gone = [values for key, values in content.lists[name].items() if key not in kept]
    if gone:
        carrier.changes[name] = ["；".join(str(values[register.title]) for values in gone), ""]
        if carrier.effect is RowClass.SAME:
            carrier.effect = RowClass.CHANGED


def newest_of(codes: set[str]) -> list[MatterRevision]:
    """The newest revisions of these matters, which are locked."""
    list(Matter.objects.select_for_update(no_key=True).filter(code__in=codes).order_by("code"))
    return list(newest_revisions().filter(matter__code__in=codes).select_related("matter"))


def read_contents(codes: set[str], context: Context) -> dict[str, Content]:
    """Matter code → what stands of it."""
    revisions = with_content(newest_revisions().filter(matter__code__in=codes))
    return {revision.matter.code: _content(revision, context) for revision in revisions}


def _content(revision: MatterRevision, context: Context) -> Content:
    columns: dict[str, Plain] = {}
    requirements = {
        "fields": [code.code for code in revision.requirements.all() if code.table == CodeTable.FIELD],
        "specialties": [code.code for code in revision.requirements.all() if code.table == CodeTable.SPECIALTY],
        "categories": [category.code for category in revision.categories.all()],
        "full_coverage": [category.code for category in revision.full_coverage.all()],
    }
    for column in MATTERS.columns:
        if column.name in requirements:
            columns[column.name] = sorted(requirements[column.name])
        elif column.name == "code":
            columns["code"] = revision.matter.code
        elif column.name == "unit":
            columns["unit"] = revision.unit.code
        else:
            columns[column.name] = plain(getattr(revision, column.name))
    lists: dict[str, dict[Key, dict[str, Plain]]] = {}
    for name, register in LISTS.items():
        lists[name] = {}
        for row in getattr(revision, register.relation).all():
            values = {c.name: plain(getattr(row, c.name)) for c in register.layout.columns if c.name != "matter"}
            values["matter"] = revision.matter.code
            lists[name][tuple(values[part] for part in register.layout.key)] = values
    return Content(revision, columns, lists)


def take(sheets: Mapping[str, Sequence["ImportRow"]], context: Context, actor: "User") -> list[Model]:
    """Make one new revision of every matter that a row adds to or changes. ``sheets`` hold the unchanged rows too.

    Returns the matters and revisions that were written.
    """
    written: list[Model] = []
    groups: dict[str, dict[str, list[ImportRow]]] = {}
    for sheet, rows in sheets.items():
        for row in rows:
            groups.setdefault(str(row.values["key"][0]), {}).setdefault(sheet, []).append(row)
    touched = {
        code: group
        for code, group in groups.items()
        if any(row.row_class != RowClass.SAME for rows in group.values() for row in rows)
    }
    list(Matter.objects.select_for_update(no_key=True).filter(code__in=touched).order_by("code"))
    contents = read_contents(set(touched), context)
    for code, group in touched.items():
        content = contents.get(code)
        number = content.revision.number if content else 0
        seen = next(row.values["revision"] for rows in group.values() for row in rows)
        if seen != number:
            refuse_now(say("Since the check, somebody revised the matter %(code)s. Check the file again.", code=code))
        written += _revise(code, group, content, context, actor)
    return written


def _revise(
    code: str, group: Mapping[str, Sequence["ImportRow"]], content: Content | None, context: Context, actor: "User"
) -> tuple[Matter, MatterRevision]:
    columns: dict[str, Any] = dict(content.columns) if content else {}
    for row in group.get("matters", ()):
        columns |= row.values["set"]
    matter, _new = Matter.objects.get_or_create(code=code)
    many = {name: columns.pop(name, []) for name in MATTER.many}
    unit = context.directories["unit"].get(columns.pop("unit"))
    columns.pop("code", None)
    made = MatterRevision(
        matter=matter,
        number=(content.revision.number if content else 0) + 1,
        unit_id=pk_of(unit),
        created_at=clock.now(),
        created_by=actor,
        secrecy_check=content.revision.secrecy_check if content else False,
        **{name: from_plain(MatterRevision, name, value) for name, value in columns.items()},
    )
    made.save(force_insert=True)
    made.categories.set(_pks("category", many["categories"], context))
    made.full_coverage.set(_watched_in_full(made, _pks("category", many["full_coverage"], context)))
    made.requirements.set(_pks("field", many["fields"], context) + _pks("specialty", many["specialties"], context))
    for name, register in LISTS.items():
        rows = group.get(name, ())
        standing = content.lists[name].values() if content else ()
        _list_anew(register, made, [row.values["set"] for row in rows] if rows else standing)
    _keep_outcomes(content, made)
    return matter, made


def _watched_in_full(made: MatterRevision, asked: list[int]) -> list[int]:
    """The classes watched by full coverage, as far as they are classes of a matter of both modes (and not all of them)."""
    if made.regulation != MatterRevision.Regulation.MIXED:
        return []
    classes = set(made.categories.values_list("pk", flat=True))
    watched = set(asked) & classes
    return [] if watched == classes else sorted(watched)


def _keep_outcomes(content: Content | None, made: MatterRevision) -> None:
    """The possible results have no sheet: a new revision has those of the one before."""
    if content is not None:
        Outcome.objects.bulk_create(
            Outcome(revision=made, position=one.position, result_id=one.result_id, meaning=one.meaning, disposal_id=one.disposal_id)
            for one in content.revision.outcomes.all()
        )


def _list_anew(register: ListRegister, revision: MatterRevision, rows: Iterable[Mapping[str, Any]]) -> None:
    objects = []
    for position, values in enumerate(rows):
        columns = {name: from_plain(register.model, name, value) for name, value in values.items() if name != "matter"}
        objects.append(register.model(**{"position": position, **columns, "revision": revision}))
    register.model._default_manager.bulk_create(objects)


def _pks(name: str, codes: Iterable[str], context: Context) -> list[int]:
    return [pk_of(context.directories[name].get(code)) for code in codes]


_NEVER_BLANK = {"period", "period_years", "cooperation"}


def _clear_blanks(drafts: Sequence[Draft]) -> None:
    blanks: dict[Kind, Plain] = {Kind.DATE: None, Kind.PERCENT: None, Kind.INTEGER: None, Kind.LABELS: []}
    for one in drafts:
        for column in one.layout.columns:
            said = column.required or column.name in one.values or column.name in _NEVER_BLANK
            if column.name in one.cells and not said:
                one.values[column.name] = blanks.get(column.kind, "")

