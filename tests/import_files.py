"""Files as offices send them, and the way of a file through the commands of an import. For the import tests."""

from collections.abc import Mapping, Sequence
from typing import Any

from registries.imports import commands
from registries.imports.checking import examine
from registries.imports.kinds import KINDS
from registries.imports.models import Import, ImportRow
from registries.imports.queries import remembered_mappings
from registries.imports.surveys import survey
from registries.people.models import User
from registries.people.queries import system_user
from registries.spreadsheets.writing import Page, Writable, write_workbook

Rows = Sequence[Mapping[str, Writable]]


def workbook(kind: str, **sheets: Rows) -> bytes:
    """A workbook of this kind: sheet (layout) → rows of column name → cell; only the columns that some row names."""
    pages = []
    for layout in KINDS[kind].layouts:
        if layout.kind in sheets:
            rows = sheets[layout.kind]
            columns = [column for column in layout.columns if any(column.name in row for row in rows)]
            lines = [[row.get(column.name) for column in columns] for row in rows]
            pages.append(Page(layout.sheet, [column.heading for column in columns], lines))
    return write_workbook(pages)


def upload(actor: User, kind: str, content: bytes, name: str = "表.xlsx") -> Import:
    """Upload a file."""
    look = survey(KINDS[kind].layouts, content, remembered_mappings(kind, actor))
    change = commands.upload_import(actor=actor, kind=kind, file_name=name, content=content, survey=look)
    return Import.objects.get(pk=change.obj.pk)


def confirm(actor: User, batch: Import, columns: Mapping[str, Mapping[str, int]] | None = None) -> Import:
    """Confirm the columns, as recognised unless told otherwise."""
    chosen = columns if columns is not None else {one["layout"]: one["columns"] for one in batch.mapping}
    commands.map_import(actor=actor, import_id=batch.pk, version=batch.version, columns=chosen)
    return Import.objects.get(pk=batch.pk)


def check(batch: Import) -> Import:
    """What the worker does."""
    findings = examine(batch.pk)
    assert findings is not None
    commands.check_import(actor=system_user(), import_id=batch.pk, findings=findings)
    return Import.objects.get(pk=batch.pk)


def bring(actor: User, kind: str, content: bytes) -> Import:
    """Upload a file, confirm its columns and have it checked."""
    return check(confirm(actor, upload(actor, kind, content)))


def commit(actor: User, batch: Import, *, only_good: bool = False) -> Import:
    """Take it over."""
    commands.commit_import(actor=actor, import_id=batch.pk, version=batch.version, only_good=only_good)
    return Import.objects.get(pk=batch.pk)


def classes(batch: Import) -> list[str]:
    """The effects of the rows in the order of the file."""
    return list(ImportRow.objects.filter(batch=batch).order_by("sheet", "number").values_list("row_class", flat=True))


def reasons(batch: Import) -> list[tuple[int, str, str, str, str]]:
    """Every reason of every refused row: row, heading, value, sentence, remedy."""
    rows = ImportRow.objects.filter(batch=batch, row_class="refused").order_by("sheet", "number")
    return [(row.number, *reason) for row in rows for reason in row.details["reasons"]]


def subject_row(n: int, **columns: Any) -> dict[str, Any]:
    """A good row of the subject registry; its unit, town and category are those of the fixture ``county``."""
    return {
        "key": f"S{n:08}",
        "name": f"示例{n}旅馆",
        "kind": "企业",
        "categories": "旅馆",
        "unit": "ZA",
        "town": "南麻街道",
        "address": f"示例路{n}号",
        "status": "在业",
        "verified_on": "2026-03-01",
        **columns,
    }
