"""The check of a file, as the worker does it: read, clean and judge every row. Reads only; progress apart, it writes nothing.

What it finds is written by the command ``registries.check_import`` in one short transaction.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.db.models import F
from django.utils.translation import gettext as _

from registries import clock
from registries.imports.collector import collector_rests
from registries.imports.drafts import Draft, draft, stored_cell
from registries.imports.kinds import KINDS, TableKind
from registries.imports.models import Import, ImportRow
from registries.imports.registers import Context
from registries.imports.rules import MOST_ATTEMPTS
from registries.imports.states import ImportState, RowClass
from registries.people.queries import own_units
from registries.spreadsheets.cleaning import Memory, clean_row
from registries.spreadsheets.gate import Unreadable
from registries.spreadsheets.reading import Sheet, Table, open_sheets, tabulate

log = logging.getLogger(__name__)
STEP = 500  # rows between two notes of progress


@dataclass
class Findings:
    """What a check found about the import as it stood at ``version``: its rows (not saved yet), or why it failed."""

    version: int
    rows: list[ImportRow] = field(default_factory=list)
    failure: str = ""

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Sheet → effect → rows."""
        found: dict[str, Counter[str]] = {}
        for row in self.rows:
            found.setdefault(row.sheet, Counter())[row.row_class] += 1
        return {sheet: dict(counter) for sheet, counter in found.items()}

    @property
    def barred(self) -> list[str]:
        """The keys of the excluded subjects that rows are refused for."""
        return sorted({row.details["barred"] for row in self.rows if "barred" in row.details})


@collector_rests
def examine(import_id: int) -> Findings | None:
    """Check an import that waits for it; None when it does not (any more). Never raises for what a file says."""
    if not Import.objects.filter(pk=import_id, state=ImportState.CHECKING).exists():
        return None
    _progress(import_id, done=0, attempts=F("attempts") + 1)
    batch = Import.objects.select_related("uploaded_by__unit").get(pk=import_id)
    if batch.attempts > MOST_ATTEMPTS:
        return Findings(batch.version, failure=_("The check broke off %(times)s times. Divide the file, or save the table into a new workbook.") % {"times": MOST_ATTEMPTS})
    try:
        return Findings(batch.version, _rows(batch))
    except Unreadable as no:
        return Findings(batch.version, failure=no.sentence)
    except DatabaseError:
        raise
    except Exception:
        log.exception("import %s cannot be checked", import_id)
        return Findings(batch.version, failure=_("The check failed through a fault of this program. Tell the system administrator the number %(number)s.") % {"number": import_id})


def _rows(batch: Import) -> list[ImportRow]:
    kind = KINDS[batch.kind]
    tables = tables_of(kind, open_sheets(bytes(batch.content)), batch.mapping)
    total = sum(len(table.rows) for table in tables)
    _progress(batch.pk, done=0, total=total)
    context = Context(_units_of(batch, kind), clock.today())
    sheets = judged(kind, tables, context, lambda done: _progress(batch.pk, done=done))
    _progress(batch.pk, done=total)
    return [import_row(batch, one) for drafts in sheets.values() for one in drafts]


def judged(kind: TableKind, tables: Sequence[Table], context: Context, note: Callable[[int], object]) -> dict[str, Sequence[Draft]]:
    """Every row of these tables, cleaned and decided, by sheet (layout); ``note`` is told now and then how many are read."""
    sheets: dict[str, Sequence[Draft]] = {}
    done = 0
    for table in tables:
        sheets[table.layout.kind] = drafts = []
        memory: Memory = {}
        for number, cells in table.rows:
            drafts.append(draft(table.layout, clean_row(number, cells, table.layout.columns, memory), cells))
            done += 1
            if done % STEP == 0:
                note(done)
    kind.judge(sheets, context)
    return sheets


def tables_of(kind: TableKind, sheets: Sequence[Sheet], mapping: Sequence[Mapping[str, Any]]) -> list[Table]:
    """The tables of the confirmed sheets, under their confirmed columns."""
    named = {sheet.name: sheet for sheet in sheets}
    return [
        tabulate(named[one["sheet"]], kind.layout(one["layout"]), one["columns"], frozenset(one.get("left_out", ())))
        for one in mapping
    ]


def _units_of(batch: Import, kind: TableKind) -> frozenset[int] | None:
    """The units whose rows the uploader may bring; every one for tables that no unit keeps."""
    if not any(register.kept_by for register in kind.registers):
        return None
    units = own_units(batch.uploaded_by)
    return None if units is None else frozenset(units)


def import_row(batch: Import, one: Draft) -> ImportRow:
    """A judged row as it is kept until the commit."""
    row_class = one.row_class
    values: dict[str, Any] = {}
    details: dict[str, Any] = {}
    if row_class is RowClass.REFUSED:
        details["cells"] = {name: stored_cell(cell) for name, cell in one.cells.items()}
        details["reasons"] = [[r.heading, r.value, r.sentence, r.remedy] for r in one.reasons]
        if one.barred:
            details["barred"] = one.barred
    else:
        if one.cautions:
            details["reasons"] = [[r.heading, r.value, r.sentence, r.remedy] for r in one.cautions]
        if one.changes:
            details["changes"] = one.changes
        if one.extra:
            values = {"key": one.key, "set": one.values, "was": one.was, **one.extra}
        elif row_class is not RowClass.SAME:
            values = {"key": one.key, "set": one.set, "was": one.was}
    return ImportRow(
        batch_id=batch.pk,
        sheet=one.layout.kind,
        number=one.number,
        identity=" ".join(str(part) for part in one.key or ())[:400],
        title=one.title[:400],
        row_class=row_class,
        values=values,
        details=details,
    )


def _progress(import_id: int, **columns: Any) -> None:
    """Note how far the check is, where every page can read it. Not a change of the work, so no command."""
    Import.objects.filter(pk=import_id, state=ImportState.CHECKING).update(progressed_at=clock.now(), **columns)
