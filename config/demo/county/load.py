"""Loads the sample county as a clerk would: every workbook is uploaded, its columns confirmed, checked and taken over.

The same commands as behind the pages, in the same order; only that nobody waits for the worker to check. A workbook that
was taken over before is not uploaded again, so a second start changes nothing.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config.demo.county.workbooks import NAMES, TO_TRY, write_county
from registries import clock
from registries.imports import commands
from registries.imports.checking import examine
from registries.imports.kinds import FOUNDATION, KINDS, TableKind
from registries.imports.models import Import
from registries.imports.queries import remembered_mappings, taken_over_before, tally
from registries.imports.states import ImportState
from registries.imports.surveys import survey
from registries.people.models import User


class CountyFailed(Exception):
    """A workbook of the sample county was not taken over whole; the message says which rows and why."""


def load_county(
    say: Callable[[str], None], *, actors: Mapping[str, User], folder: Path, kinds: Sequence[str] = tuple(NAMES)
) -> None:
    """Write the workbooks into ``folder`` (those of an earlier start are kept) and import these kinds of them.

    ``actors`` are "system_admin", who brings units and code tables, and "clerk", who brings the rest; the kinds of
    whoever is not named are left out.
    """
    if not all((folder / name).exists() for name in (*NAMES.values(), TO_TRY)):
        write_county(folder, clock.today())
    for code in NAMES:
        kind = KINDS[code]
        actor = actors.get("system_admin" if kind.right == FOUNDATION else "clerk")
        if code in kinds and actor is not None:
            _load(say, kind, folder / NAMES[code], actor)


def _load(say: Callable[[str], None], kind: TableKind, path: Path, actor: User) -> None:
    content = path.read_bytes()
    if taken_over_before(kind.code, hashlib.sha256(content).hexdigest()):
        return
    start = time.perf_counter()
    look = survey(kind.layouts, content, remembered_mappings(kind.code, actor))
    commands.upload_import(actor=actor, kind=kind.code, file_name=path.name, content=content, survey=look)
    batch = Import.objects.filter(uploaded_by=actor).latest("pk")
    columns = {sheet.layout: sheet.columns for sheet in look.sheets}
    commands.map_import(actor=actor, import_id=batch.pk, version=batch.version, columns=columns)
    findings = examine(batch.pk)
    if findings is not None:
        commands.check_import(actor=actor, import_id=batch.pk, findings=findings)
    batch.refresh_from_db()
    counts = tally(batch.counts)
    if batch.state == ImportState.FAILED or counts["refused"]:
        raise CountyFailed(f"{path.name}: {batch.failure or _first_refusal(batch)}")
    if counts["added"] or counts["changed"]:
        commands.commit_import(actor=actor, import_id=batch.pk, version=batch.version)
    else:
        commands.cancel_import(actor=actor, import_id=batch.pk, version=batch.version)
    seconds = time.perf_counter() - start
    say(f"{path.name}: {counts['added']} rows added, {counts['changed']} changed, {counts['same']} left alone ({seconds:.1f} s).")


def _first_refusal(batch: Import) -> str:
    row = batch.rows.filter(row_class="refused").order_by("sheet", "number")[0]
    heading, value, sentence, remedy = row.details["reasons"][0]
    refused = tally(batch.counts)["refused"]
    return f"{refused} rows are refused; row {row.number} of {row.sheet}, {heading} {value!r}: {sentence} {remedy}"
