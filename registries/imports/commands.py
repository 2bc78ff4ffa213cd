"""The commands of an import: upload, confirm the columns, keep what the check found, take over, undo, cancel, expire.

Opening and judging a file takes seconds and happens before, in ``surveys.py`` and ``checking.py``; here are only short
transactions. A commit is one change for the ledger, however many rows it writes.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, connection

from registries import clock
from registries.imports import rules
from registries.imports.checking import Findings
from registries.imports.collector import collector_rests
from registries.imports.kinds import KINDS, TableKind
from registries.imports.models import Import, ImportRow
from registries.imports.queries import tally, uploads_on, visible_imports
from registries.imports.registers import Context
from registries.imports.states import MOVES, ImportState, RowClass
from registries.imports.surveys import Survey, with_sheets
from registries.imports.undoing import undo
from registries.ledger.change import Change, Refused, alter, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import Sentence, say
from registries.people.models import User
from registries.people.queries import own_units

AT_ONCE = 5000
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


@command("registries.upload_import")
def upload_import(*, actor: User, kind: str, file_name: str, content: bytes, survey: Survey) -> Change:
    """Keep an uploaded file and what the first look (``surveys.survey`` of these bytes) found in it.

    A file the gate does not admit is refused; one that cannot be read is kept as failed, with the sentence.
    """
    known = KINDS.get(kind)
    refuse(rules.why_not_kind(allowed=known is not None and actor.has_perm(known.right)))
    files, kept = uploads_on(actor, clock.today())
    refuse(rules.why_not_upload(uploads_today=files, bytes_today=kept, more=len(content)))
    if survey.hostile:
        refuse_now(Sentence(survey.hostile, {}))
    batch = Import(
        kind=kind,
        file_name=file_name[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        mapping=survey.mapping,
        state=ImportState.FAILED if survey.unreadable else ImportState.UPLOADED,
        total=sum(sheet.rows for sheet in survey.sheets),
        failure=survey.unreadable,
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    batch.save(force_insert=True)
    return Change(
        batch, {}, {"kind": kind, "file": batch.file_name, "sha256": batch.sha256, "bytes": len(content), "state": batch.state}
    )


@command("registries.map_import")
def map_import(
    *,
    actor: User,
    import_id: int,
    version: int,
    columns: Mapping[str, Mapping[str, int]],
    left_out: Mapping[str, Collection[int]] | None = None,
    sheets: Collection[str] = (),
) -> Change:
    """Say which column of the file is which — sheet (layout) → column → place in the header — and have it checked.

    A sheet that ``columns`` does not name is left out; the main one cannot be. ``left_out`` names, by sheet, the rows left out of those
    proposed for it; all unless said. ``sheets`` are to be read in place of those with the same columns.
    """
    batch, kind = _own(actor, import_id, version, "map")
    mapping: list[dict[str, Any]] = []
    for one in with_sheets(batch.mapping, sheets):
        if one["layout"] not in columns:
            continue
        chosen = dict(columns[one["layout"]])
        layout = kind.layout(one["layout"])
        refuse(
            rules.why_not_mapping(
                chosen,
                sheet=one["sheet"],
                headings=len(one["headings"]),
                known=[column.name for column in layout.columns],
                required={column.name: column.heading for column in layout.columns if column.required},
            )
        )
        rows = [row for row, *_words in one.get("proposed", ())]
        if left_out is not None:
            rows = [row for row in rows if row in left_out.get(one["layout"], ())]
        mapping.append({**one, "columns": chosen, "left_out": rows})
    if not mapping:
        refuse_now(say("No sheet of the file is chosen."))
    change = alter(batch, state=MOVES["map"][1], mapping=mapping, done=0, attempts=0, counts={}, progressed_at=clock.now())
    wake("registries.check_import", import_id=batch.pk)
    shown = {f"columns_{one['layout']}": ", ".join(sorted(one["columns"])) for one in mapping}
    return replace(change, before={"state": change.before["state"]}, after={"state": batch.state, **shown})


@collector_rests
@command("registries.check_import")
def check_import(*, actor: User, import_id: int, findings: Findings) -> Change:
    """Keep what a check found (``checking.examine``), unless the import has moved on since. Rows against excluded subjects are named."""
    batch = Import.objects.select_for_update(no_key=True).defer("content").get(pk=import_id)
    refuse(rules.why_not(batch.state, "fail" if findings.failure else "check"))
    refuse(rules.why_not_same(seen=findings.version, now=batch.version))
    ImportRow.objects.filter(batch=batch).delete()
    if findings.failure:
        return alter(batch, state=MOVES["fail"][1], failure=findings.failure)
    _insert(findings.rows)
    rows = len(findings.rows)
    change = alter(batch, state=MOVES["check"][1], counts=findings.counts, done=rows, total=rows)
    after: dict[str, Any] = {"state": batch.state, "sha256": batch.sha256, **tally(findings.counts)}
    if findings.barred:  # the attempt of whoever uploaded the file
        after |= {"barred": findings.barred, "uploaded_by": batch.uploaded_by_id}
    return replace(change, before={"state": change.before["state"]}, after=after)


@collector_rests
@command("registries.commit_import")
def commit_import(*, actor: User, import_id: int, version: int, only_good: bool = False) -> Change:
    """Write all good rows in this one transaction: every row of the file, or with ``only_good`` all but the refused."""
    batch, kind = _own(actor, import_id, version, "commit")
    counts = tally(batch.counts)
    refuse(
        rules.why_not_commit(
            added=counts["added"], changed=counts["changed"], refused=counts["refused"], only_good=only_good
        )
    )
    sheets: dict[str, list[ImportRow]] = {}
    for row in ImportRow.objects.filter(batch=batch).exclude(row_class=RowClass.REFUSED).defer("details").order_by("number"):
        sheets.setdefault(row.sheet, []).append(row)
    units = own_units(actor)
    try:
        written = kind.take(sheets, Context(None if units is None else frozenset(units), clock.today()), actor)
    except IntegrityError as error:
        raise Refused(
            say("Since the check, somebody else entered one of these rows. Check the file again.")
        ) from error
    change = alter(batch, state=MOVES["commit"][1], only_good=only_good, committed_at=clock.now())
    facts = {"kind": batch.kind, "file": batch.file_name, "sha256": batch.sha256, **counts, "rows_sha256": rows_digest(sheets)}
    return replace(_spoken(change, **facts), also=tuple(written))


@command("registries.cancel_import")
def cancel_import(*, actor: User, import_id: int, version: int) -> Change:
    """Give an import up. Its file and rows go; what it was stays in the ledger."""
    batch, _kind = _own(actor, import_id, version, "cancel")
    return _dropped(batch, "cancel")


@collector_rests
@command("registries.undo_import")
def undo_import(*, actor: User, import_id: int, version: int) -> Change:
    """Take a whole import back while nothing builds on it: what it added goes, what it changed is as it was."""
    batch, kind = _own(actor, import_id, version, "undo")
    sheets: dict[str, list[ImportRow]] = {}
    for row in ImportRow.objects.filter(batch=batch).exclude(row_class=RowClass.REFUSED).defer("details").order_by("number"):
        sheets.setdefault(row.sheet, []).append(row)
    done = undo(kind, sheets, Context(None, clock.today()))
    facts = {"kind": batch.kind, "file": batch.file_name, "sha256": batch.sha256, "restored": len(done.restored), "removed": len(done.gone)}
    change = _spoken(alter(batch, state=MOVES["undo"][1]), **facts)
    return replace(change, also=tuple(done.restored), gone=tuple(done.gone))


@command("registries.expire_import")
def expire_import(*, actor: User, import_id: int) -> Change:
    """Drop the file and rows of an import that nobody took over within seven days."""
    batch = Import.objects.select_for_update(no_key=True).defer("content").get(pk=import_id)
    refuse(rules.why_not(batch.state, "expire"))
    return _dropped(batch, "expire")


def _dropped(batch: Import, move: str) -> Change:
    ImportRow.objects.filter(batch=batch).delete()
    batch.content = b""
    batch.save(update_fields=["content"])
    return _spoken(alter(batch, state=MOVES[move][1]), sha256=batch.sha256)


@command("registries.take_refused")
def take_refused(*, actor: User, import_id: int, file_name: str, content: bytes) -> Change:
    """Record that the refused rows, with what the file says of people, leave as a workbook."""
    batch = visible_imports(actor).defer("content").get(pk=import_id)
    rows = ImportRow.objects.filter(batch=batch, row_class=RowClass.REFUSED).count()
    return Change(batch, {}, {"file": file_name, "rows": rows, "sha256": hashlib.sha256(content).hexdigest()})


def _own(actor: User, import_id: int, version: int, move: str) -> tuple[Import, TableKind]:
    """Lock an import that this person may move on, and that is as they saw it."""
    batch = Import.objects.select_for_update(no_key=True).defer("content").get(pk=import_id)
    kind = KINDS[batch.kind]
    refuse(rules.why_not_kind(allowed=actor.has_perm(kind.right)))
    refuse(rules.why_not_see(visible=visible_imports(actor).filter(pk=import_id).exists()))
    refuse(rules.why_not(batch.state, move))
    refuse(rules.why_not_same(seen=version, now=batch.version))
    return batch, kind


def _insert(rows: Sequence[ImportRow]) -> None:
    """``bulk_create`` for rows whose keys nobody asks for: the same statement for each, which takes a fraction of the time."""
    fields = [field for field in ImportRow._meta.local_concrete_fields if not field.primary_key]
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(field.column)) for field in fields)
    statement = " ".join(("INSERT INTO", quoted(ImportRow._meta.db_table), f"({names}) VALUES ({', '.join(['%s'] * len(fields))})"))
    written = [(field.attname, field.get_prep_value) for field in fields]
    with connection.cursor() as cursor:
        for at in range(0, len(rows), AT_ONCE):
            some = rows[at : at + AT_ONCE]
            cursor.executemany(statement, [[prepared(getattr(row, name)) for name, prepared in written] for row in some])


def rows_digest(sheets: Mapping[str, list[ImportRow]]) -> str:
    """Binds the rows kept with the import — column by column, before and after — to the ledger's entry."""
    digest = hashlib.sha256()
    for sheet in sorted(sheets):
        for row in sheets[sheet]:
            line = [row.sheet, row.number, row.row_class, row.identity, row.values]
            digest.update(_ENCODER.encode(line).encode() + b"\n")
    return digest.hexdigest()


def _spoken(change: Change, **facts: Any) -> Change:
    """The change with more facts of what stands now."""
    return replace(change, after={**change.after, **facts})
