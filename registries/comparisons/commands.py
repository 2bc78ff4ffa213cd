"""Keeping a comparison. It changes no entry; what follows from it is done entry by entry, by the registry's own commands."""

import hashlib

from registries import clock
from registries.comparisons.comparing import Findings
from registries.comparisons.models import Comparison, Difference
from registries.ledger.change import Change, created, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import own_units


@command("registries.keep_comparison")
def keep_comparison(
    *, actor: User, category_id: int, unit_id: int | None, source: str, file_name: str, content: bytes, findings: Findings
) -> Change:
    """Keep what a comparison of this file found today. Refuses a list without a line."""
    units = own_units(actor)
    if units is not None and unit_id not in units:
        refuse_now(say("Compare the entries of your own unit; the bureau's clerk compares those of all."))
    if not findings.listed:
        refuse_now(say("The list holds no line that can be read."))
    comparison = Comparison(
        category_id=category_id,
        unit_id=unit_id,
        source=source,
        file_name=file_name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        counts=findings.counts,
        compared_by=actor,
        compared_at=clock.now(),
    )
    change = created(comparison)
    Difference.objects.bulk_create(
        [
            *(
                Difference(comparison=comparison, kind=Difference.Kind.MISSING, number=line.row, listed=line.plain())
                for line in findings.missing
            ),
            *(Difference(comparison=comparison, kind=Difference.Kind.GONE, subject=row) for row in findings.gone),
            *(
                Difference(
                    comparison=comparison,
                    kind=Difference.Kind.DIFFERS,
                    subject=row,
                    number=line.row,
                    listed=line.plain(),
                    fields=unlike,
                )
                for line, row, unlike in findings.differs
            ),
        ],
        batch_size=1000,
    )
    return change
