"""The workbooks of an import for people: the template of a kind, and the refused rows with the reason beside each cell."""

from collections.abc import Sequence

from registries.codes.models import Code, CodeTable
from registries.imports.kinds import KINDS, TableKind
from registries.imports.models import Import, ImportRow
from registries.imports.states import RowClass
from registries.people.models import Unit
from registries.spreadsheets.refusals import Refusal
from registries.spreadsheets.templates import refused_page, write_template
from registries.spreadsheets.writing import write_workbook
from registries.subjects.models import SubjectCategory

_TABLES = {"town": CodeTable.TOWN, "field": CodeTable.FIELD, "specialty": CodeTable.SPECIALTY, "expert": CodeTable.EXPERT}


def template(kind: TableKind) -> bytes:
    """An empty workbook of the kind, with drop-down lists of what stands in the registries now."""
    answers: dict[tuple[str, str], Sequence[str]] = {}
    for register in kind.registers:
        for column, name in register.links.items():
            answers[register.layout.kind, column] = _answers(name)
    return write_template(kind.layouts, answers)


def _answers(name: str) -> list[str]:
    if name == "unit":
        return list(Unit.objects.filter(active=True).values_list("code", flat=True))
    if name == "category":
        return list(SubjectCategory.objects.filter(active=True).values_list("name", flat=True))
    if name in _TABLES:
        return list(Code.objects.filter(table=_TABLES[name], active=True).values_list("label", flat=True))
    return []


def refused_workbook(batch: Import, mark: str = "") -> bytes:
    """The refused rows as they were written, sheet by sheet; corrected, the workbook can be uploaded again."""
    kind = KINDS[batch.kind]
    pages = []
    for layout in kind.layouts:
        rows = ImportRow.objects.filter(batch=batch, sheet=layout.kind, row_class=RowClass.REFUSED)
        taken = [
            (row.number, row.details["cells"], [Refusal(row.number, *reason) for reason in row.details["reasons"]])
            for row in rows.order_by("number")
        ]
        if taken:
            pages.append(refused_page(layout, taken))
    return write_workbook(pages, mark)
