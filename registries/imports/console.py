"""An import from the console: a file judged without any page, and what was found as one JSON object (``docs/imports.md``).

A dry run looks into the registry where there is one; without a prepared database it judges by the file alone, on empty tables
that live in memory and only as long as it runs.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from registries import clock
from registries.imports import commands
from registries.imports.checking import examine, judged, tables_of
from registries.imports.directories import Directories
from registries.imports.forms import aside_in_words, doubt_in_words, letters
from registries.imports.kinds import TableKind
from registries.imports.models import Import
from registries.imports.queries import remembered_mappings, rows_of, tally
from registries.imports.registers import Context
from registries.imports.states import RowClass
from registries.imports.surveys import Survey, Surveyed, survey
from registries.people.models import User
from registries.spreadsheets.columns import normalised
from registries.spreadsheets.gate import Unreadable
from registries.spreadsheets.reading import open_sheets

Choices = Mapping[str, str]
"""Column → what stands above it in the file, or its letter; of another sheet than the first as ``sheet.column``."""
ALL_GOOD, SOME_REFUSED, UNREADABLE = 0, 1, 2


def dry_run(kind: TableKind, content: bytes, choices: Choices) -> dict[str, Any]:
    """What an import of this file would do; writes nothing."""
    with _registry() as stands:
        look = _chosen(kind, survey(kind.layouts, content), choices)
        context = Context(None, clock.today(), Directories(trusting=True))
        sheets = judged(kind, tables_of(kind, open_sheets(content), look.mapping), context, lambda _done: None)
        counts: dict[str, Counter[str]] = {code: Counter(one.row_class for one in drafts) for code, drafts in sheets.items()}
        named = {sheet.layout: sheet for sheet in look.sheets}
        refused = [
            _reason(kind, named[code], reason.row, [reason.heading, reason.value, reason.sentence, reason.remedy])
            for code, drafts in sheets.items()
            for one in drafts
            for reason in one.reasons
        ]
        told = _told(kind, content, look, counts, refused)
        return {**told, "dry_run": True, "registry": stands, "unchecked": sorted(context.directories.trusted)}


def bring(kind: TableKind, content: bytes, choices: Choices, *, file_name: str, actor: User, only_good: bool) -> dict[str, Any]:
    """Import this file: all of its rows or, with ``only_good``, all but the refused; nothing when one is refused."""
    look = _chosen(kind, survey(kind.layouts, content, remembered_mappings(kind.code, actor)), choices)
    change = commands.upload_import(actor=actor, kind=kind.code, file_name=file_name, content=content, survey=look)
    columns = {sheet.layout: sheet.columns for sheet in look.sheets}
    commands.map_import(actor=actor, import_id=change.obj.pk, version=1, columns=columns)
    findings = examine(change.obj.pk)
    if findings is not None:
        commands.check_import(actor=actor, import_id=change.obj.pk, findings=findings)
    batch = Import.objects.get(pk=change.obj.pk)
    if batch.failure:
        raise Unreadable(batch.failure)
    named = {sheet.layout: sheet for sheet in look.sheets}
    refused = [
        _reason(kind, named[row.sheet], row.number, reason)
        for row in rows_of(batch, row_class=RowClass.REFUSED)
        for reason in row.details["reasons"]
    ]
    told = _told(kind, content, look, batch.counts, refused)
    taken = _take(batch, actor, only_good=only_good)
    return {**told, "dry_run": False, "registry": True, "unchecked": [], "import": batch.pk, "taken_over": taken}


def _take(batch: Import, actor: User, *, only_good: bool) -> bool:
    """Take it over when there is something to take and nobody's row is dropped unasked; else give it up."""
    counts = tally(batch.counts)
    if (counts["added"] or counts["changed"]) and (only_good or not counts["refused"]):
        commands.commit_import(actor=actor, import_id=batch.pk, version=batch.version, only_good=only_good)
        return True
    commands.cancel_import(actor=actor, import_id=batch.pk, version=batch.version)
    return False


def status(told: Mapping[str, Any]) -> int:
    """The exit status for what was found."""
    return SOME_REFUSED if told["counts"]["refused"] else ALL_GOOD


def read(path: str) -> bytes:
    """The bytes of a file, or `Unreadable`."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(_("The file “%(path)s” cannot be opened: %(why)s.") % {"path": path, "why": error.strerror or ""}) from error


def _chosen(kind: TableKind, look: Survey, choices: Choices) -> Survey:
    """The survey with the columns that were chosen by hand, or `Unreadable`."""
    if look.hostile or look.unreadable:
        raise Unreadable(look.hostile or look.unreadable)
    sheets = {sheet.layout: sheet for sheet in look.sheets}
    for name, written in choices.items():
        layout, _dot, column = name.rpartition(".")
        sheet = sheets.get(layout or kind.layouts[0].kind)
        if sheet is None or column not in {one.name for one in kind.layout(sheet.layout).columns}:
            raise Unreadable(_("The mapping names “%(name)s”, which is no column of this kind of table.") % {"name": name})
        place = _place(sheet, written)
        columns = {other: at for other, at in sheet.columns.items() if at != place} | {column: place}
        sheets[sheet.layout] = replace(sheet, columns=columns)
    for sheet in sheets.values():
        missing = [column.heading for column in kind.layout(sheet.layout).columns if column.required and column.name not in sheet.columns]
        if missing:
            raise Unreadable(_("“%(sheet)s” lacks columns: %(missing)s.") % {"sheet": sheet.sheet, "missing": "、".join(missing)})
    return replace(look, sheets=tuple(sheets.values()))


def _place(sheet: Surveyed, written: str) -> int:
    headings = [normalised(heading) for heading in sheet.headings]
    if normalised(written) in headings:
        return headings.index(normalised(written))
    by_letter = {letters(at): at for at in range(len(headings))}
    if written.upper() in by_letter:
        return by_letter[written.upper()]
    raise Unreadable(_("“%(sheet)s” has no column “%(written)s”.") % {"sheet": sheet.sheet, "written": written})


def _told(
    kind: TableKind, content: bytes, look: Survey, counts: Mapping[str, Mapping[str, int]], refused: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "kind": kind.code,
        "sha256": hashlib.sha256(content).hexdigest(),
        "counts": tally(counts),
        "sheets": [_sheet_told(sheet, counts.get(sheet.layout, {})) for sheet in look.sheets],
        "unread": [{"sheet": name, "why": why} for name, why in look.unread],
        "refused": refused,
        "import": None,
        "taken_over": False,
        "error": None,
    }


def _sheet_told(sheet: Surveyed, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "sheet": sheet.sheet,
        "layout": sheet.layout,
        "header_row": sheet.header_row,
        "columns": {name: f"{letters(at)} {sheet.headings[at]}" for name, at in sheet.columns.items()},
        "counts": {effect.value: counts.get(effect.value, 0) for effect in RowClass},
        "left_out": [{"row": row, "why": why, "words": aside_in_words(row, text, why)} for row, text, why in sheet.proposed],
        "doubts": [doubt_in_words(*doubt) for doubt in sheet.doubts],
        "hidden_rows": sheet.hidden_rows,
        "hidden_columns": [letters(at - 1) for at in sheet.hidden_columns],
    }


def _reason(kind: TableKind, sheet: Surveyed, row: int, reason: Sequence[str]) -> dict[str, Any]:
    heading, value, sentence, remedy = reason
    names = {column.heading: column.name for column in kind.layout(sheet.layout).columns}
    place = sheet.columns.get(names.get(heading, ""))
    cell = f"{letters(place)}{row}" if place is not None else None
    return {"sheet": sheet.sheet, "row": row, "column": heading, "cell": cell, "value": value, "reason": sentence, "remedy": remedy}


def unreadable(kind: str, sentence: str, *, dry: bool) -> dict[str, Any]:
    """What is told of a file that is not read."""
    counts = {effect.value: 0 for effect in RowClass}
    told: dict[str, Any] = {"kind": kind, "sha256": None, "counts": counts, "sheets": [], "unread": [], "refused": [], "import": None}
    return {**told, "taken_over": False, "error": sentence, "dry_run": dry, "registry": False, "unchecked": []}


@contextmanager
def _registry() -> Iterator[bool]:
    """The registry to compare with: True for the one that stands; without one, False and empty tables in memory."""
    if prepared():
        yield True
        return
    kept = connections.databases["default"]
    connections["default"].close()
    connections.databases["default"] = {**kept, "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}
    del connections["default"]
    try:
        with connections["default"].schema_editor() as editor:
            for model in apps.get_models():
                editor.create_model(model)
        yield False
    finally:
        connections["default"].close()
        connections.databases["default"] = kept
        del connections["default"]


def prepared() -> bool:
    """Whether the database stands and has the tables of the registries as this program knows them."""
    database = connections.databases["default"]
    if "sqlite" in database["ENGINE"] and not str(database["NAME"]).startswith((":memory:", "file:")) and not Path(database["NAME"]).exists():
        return False
    try:
        for model in apps.get_app_config("registries").get_models():
            model._base_manager.order_by().first()
    except (DatabaseError, OSError):
        return False
    return True
