"""What must always hold of imports: a batch is taken over whole, with the very rows that were checked, or not at all."""

import json
from collections.abc import Iterator

from django.db.models import QuerySet

from registries.imports.commands import rows_digest
from registries.imports.models import Import, ImportRow
from registries.imports.states import ImportState, RowClass
from registries.ledger.findings import Finding, invariant
from registries.ledger.models import LedgerPayload
from registries.ledger.sentences import Sentence, say


@invariant("imports")
def imports() -> Iterator[Sentence | Finding]:
    """Every committed import has one entry, and its rows are those the entry names; a cancelled one kept none."""
    taken = {int(key) for key in _entries().values_list("object_id", flat=True)}
    for batch in Import.objects.defer("content").order_by("pk").iterator():
        if batch.state in (ImportState.COMMITTED, ImportState.UNDONE):
            taken.discard(batch.pk)
            yield from _committed(batch)
        elif batch.state in (ImportState.CANCELLED, ImportState.EXPIRED) and batch.rows.exists():
            yield say("Import %(pk)s was cancelled and still has rows.", pk=batch.pk)
    yield from (say("By the ledger import %(pk)s was taken over, but it does not say so.", pk=pk) for pk in sorted(taken))


def _entries(**asked: str) -> QuerySet[LedgerPayload]:
    kind = Import._meta.label_lower
    return LedgerPayload.objects.filter(
        verb="registries.commit_import", object_kind=kind, entry__action__endswith=".change", **asked
    )


def _committed(batch: Import) -> Iterator[Sentence]:
    body = _entries(object_id=str(batch.pk)).values_list("body", flat=True).first()
    if body is None:
        yield say("Import %(pk)s says that it was taken over, but no entry of the ledger does.", pk=batch.pk)
        return
    rows: dict[str, list[ImportRow]] = {}
    for row in batch.rows.exclude(row_class=RowClass.REFUSED).defer("details").order_by("number"):
        rows.setdefault(row.sheet, []).append(row)
    if json.loads(body)["after"].get("rows_sha256") != rows_digest(rows):
        yield say("The rows of import %(pk)s are not those that were taken over.", pk=batch.pk)
