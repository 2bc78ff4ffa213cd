"""A value that a result was drawn from is reported as wrong by two people; a supervisor decides (``cases/striking.py``)."""

from dataclasses import replace

from inspections.draws import queries, rules
from inspections.draws.commands.sources import File, kept_entry, locked_source
from inspections.draws.grammar import value_fits
from inspections.draws.models import SeedSource, SourceEntry
from inspections.draws.spelling import example, why_not_keep
from inspections.draws.states import Correction, Reported
from inspections.draws.struck import Strike
from registries import clock
from registries.ledger.change import Change, refuse
from registries.ledger.commands import command
from registries.people.models import User


@command("inspections.report_wrong_value")
def report_wrong_value(
    *, actor: User, source_id: int, value: str, evidence: str, reason: str, file: File | None = None
) -> Change:
    """Type the right value of a source after the draw. When two people agree on value and reason, it waits for a supervisor.

    Nothing of the draw changes by it.
    """
    draw, source = locked_source(source_id, actor, "report_value")
    value = value.strip()
    refuse(
        rules.why_not_report(
            fits=value_fits(source.form, value),
            form=source.form,
            example=example(source.form),
            value=value,
            drawn_from=source.value,
            evidence=evidence,
            reason=reason if reason in Correction.values else "",
            witness=source.kind == SeedSource.Kind.WITNESS,
            minutes=file is not None,
            knows_secret=queries.knows_secret(draw, actor.pk),
            waiting=Strike.objects.filter(draw=draw, state=Reported.WAITING).exists(),
        )
        or (why_not_keep(file.body) if file else None)
    )
    entry = SourceEntry(
        source=source,
        value=value,
        evidence=evidence.strip(),
        entered_by=actor,
        correction=source.corrections + 1,
        reason=reason,
    )
    change, agreed = kept_entry(source, entry, file)
    if not agreed:
        return change
    report = Strike(
        draw=draw, source=source, entry=entry, wrong=source.value, right=value, reason=reason, reported_at=clock.now()
    )
    report.save(force_insert=True)
    return replace(change, note="reported", also=(report, *change.also))
