"""What imports did to an entry of the subject registry and its parts, for its history: who, when, by which file and row, what
was before and after. Reads only.

That an import wrote the entry is known from the ledger; what it wrote there, from the rows that are kept with the import.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from registries import clock
from registries.fields import SealedTextField
from registries.imports.kinds import KINDS, TableKind
from registries.imports.models import ImportRow
from registries.imports.queries import visible_imports
from registries.imports.registers import Context, Register
from registries.imports.states import RowClass
from registries.ledger.queries import naming
from registries.ledger.telling import Altered
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, Violation
from registries.subjects.outlook import Happening
from registries.subjects.queries import parts_of

COMMIT, UNDO = "registries.commit_import", "registries.undo_import"
CONCERNED = (Subject, Permit, Exclusion, Complaint, Violation)
REGISTERS: dict[str, tuple[TableKind, Register]] = {
    register.layout.kind: (kind, register) for kind in KINDS.values() for register in kind.registers if register.model in CONCERNED
}
"""Sheet → its kind of table and register, of those sheets that are about subjects."""


def of_imports(subject: Subject, user: User) -> Iterator[Happening]:
    """Every import that wrote the entry, a part of it or an entry merged into it, row by row; particulars as on its page."""
    parts = parts_of(subject)
    entries = list(naming(parts, (COMMIT, UNDO)))
    if not entries:
        return
    hidden = subject.kind == Subject.Kind.PERSON and not keeps(user, subject.unit_id)
    batches = {int(entry.object_id) for entry in entries}
    rows = _rows(batches, list(Subject.objects.filter(pk__in=parts[Subject._meta.label_lower]).values_list("key", flat=True)))
    seen = set(visible_imports(user).filter(pk__in=batches).values_list("pk", flat=True))
    context = Context(None, clock.today())
    for entry in entries:
        moment = dt.datetime.fromisoformat(entry.entry.time).astimezone(clock.BEIJING)
        for row in rows:
            if row.batch_id != int(entry.object_id):
                continue
            undone = entry.verb == UNDO
            if undone and row.row_class == RowClass.ADDED:
                continue  # then the row itself is gone
            yield Happening(
                moment.date(),
                f"{moment:%H:%M}",
                _title(row, undone=undone),
                _("File “%(file)s”, row %(row)s") % {"file": row.batch.file_name, "row": row.number},
                str(entry.actor) if entry.actor else "",
                url=reverse("import", args=[row.batch_id]) if row.batch_id in seen else "",
                fields=[] if hidden else list(_fields(row, context, undone=undone)),
                order=entry.entry_id,
            )


def _rows(batches: set[int], keys: Sequence[str]) -> list[ImportRow]:
    """The rows of these imports that wrote one of these entries or a part of it: their key begins with the entry's."""
    mine = Q(identity__in=keys)
    for key in keys:
        mine |= Q(identity__startswith=f"{key} ")
    written = ImportRow.objects.filter(mine, batch__in=batches, sheet__in=REGISTERS, row_class__in=(RowClass.ADDED, RowClass.CHANGED))
    return list(written.select_related("batch").defer("batch__content", "details").order_by("batch", "sheet", "number"))


def _told(register: Register, row: ImportRow) -> list[str]:
    """The columns of a row that its history tells: without the entry itself."""
    return [name for name in row.values["set"] if name != "subject"]


def _title(row: ImportRow, *, undone: bool) -> str:
    told = {"kind": REGISTERS[row.sheet][0].label}
    if undone:
        return _("Import taken back (%(kind)s)") % told
    return (_("Added by an import (%(kind)s)") if row.row_class == RowClass.ADDED else _("Changed by an import (%(kind)s)")) % told


def _fields(row: ImportRow, context: Context, *, undone: bool) -> Iterator[Altered]:
    register = REGISTERS[row.sheet][1]
    values: dict[str, Any] = row.values
    for name in _told(register, row):
        field = register.model._meta.get_field(name)
        label = str(getattr(field, "verbose_name", name))
        was, now = values["was"].get(name), values["set"][name]
        if undone:
            was, now = now, was
        if isinstance(field, SealedTextField):
            sealed = _("(kept encrypted)")
            yield Altered(label, sealed if was else "", sealed if now else "")
        else:
            before = "" if name not in values["was"] else register.text_of(name, was, context)
            yield Altered(label, before, register.text_of(name, now, context))
