"""Source values typed by two people with their evidence, and a settled value corrected before the draw."""

from dataclasses import replace
from typing import NamedTuple

from inspections.draws import queries, rules
from inspections.draws.commands.rows import locked_draw
from inspections.draws.grammar import value_fits
from inspections.draws.models import Draw, SeedSource, SourceEntry, SourceEvidence
from inspections.draws.protocol import digest
from inspections.draws.spelling import example, kind_of, why_not_keep
from inspections.draws.states import Correction
from inspections.draws.struck import entries_of_round
from registries import clock
from registries.ledger.change import Change, Fact, created, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import say
from registries.people.models import User


class File(NamedTuple):
    """A file that came with an entry: its name as sent, its bytes."""

    name: str
    body: bytes


@command("inspections.enter_source_value")
def enter_source_value(*, actor: User, source_id: int, value: str, evidence: str, file: File | None = None) -> Change:
    """Type what a source showed. When the newest entries of two people agree, the value is settled and made public."""
    draw, source = locked_source(source_id, actor, "enter_source")
    value = value.strip()
    refuse(
        rules.why_not_enter(
            fits=value_fits(source.form, value),
            form=source.form,
            example=example(source.form),
            moment=source.moment,
            now=clock.now(),
            settled=bool(source.value),
            evidence=evidence,
            earlier_open=draw.sources.filter(position__lt=source.position, value="").exists(),
            knows_secret=queries.knows_secret(draw, actor.pk),
            closes=queries.closes_at(source),
        )
        or (why_not_keep(file.body) if file else None)
    )
    return _typed(draw, source, SourceEntry(source=source, value=value, evidence=evidence.strip(), entered_by=actor), file)


@command("inspections.correct_source_value")
def correct_source_value(
    *, actor: User, source_id: int, value: str, evidence: str, reason: str, file: File | None = None
) -> Change:
    """Type a settled value anew, before the draw: two people again, who agree on value and reason (draw protocol 1, §3)."""
    draw, source = locked_source(source_id, actor, "correct_source")
    value = value.strip()
    refuse(
        rules.why_not_correct(
            fits=value_fits(source.form, value),
            form=source.form,
            example=example(source.form),
            value=value,
            settled=source.value,
            evidence=evidence,
            reason=reason if reason in Correction.values else "",
            complete=not draw.sources.filter(value="").exists(),
            planned=draw.planned,
            now=clock.now(),
            knows_secret=queries.knows_secret(draw, actor.pk),
            closes=queries.closes_at(source),
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
    return _typed(draw, source, entry, file)


def locked_source(source_id: int, actor: User, move: str) -> tuple[Draw, SeedSource]:
    """A source and its draw, locked; refused when the state of the draw forbids the move."""
    source = SeedSource.objects.filter(pk=source_id).first()
    if source is None:
        refuse_now(say("There is no such draw in your unit."))
    draw = locked_draw(source.draw_id, actor, move)
    return draw, SeedSource.objects.select_for_update(no_key=True).get(pk=source_id)


def _typed(draw: Draw, source: SeedSource, entry: SourceEntry, file: File | None) -> Change:
    """Keep the entry; settle the value when the newest entries of two people in this round agree."""
    change, agreed = kept_entry(source, entry, file)
    if not agreed:
        return change
    before = source.value
    source.value, source.settled_at, source.corrections = entry.value, clock.now(), entry.correction
    source.save(update_fields=["value", "settled_at", "corrections"])
    wake("inspections.run_draw", draw_id=draw.pk)
    corrected = {"corrects": before, "reason": entry.reason} if entry.correction else {}
    fact = Fact(
        "draws.source",
        {
            "draw": draw.number,
            "plan": draw.plan.reference,
            "order": draw.order_hash,
            "source": f"source.{source.position}",
            "value": entry.value,
            **corrected,
        },
    )
    return replace(change, note="corrected" if corrected else "settled", facts=(fact,), also=(source, *change.also))


def kept_entry(source: SeedSource, entry: SourceEntry, file: File | None) -> tuple[Change, bool]:
    """Keep what somebody typed, and its file; whether the newest entries of two people in this round agree with it now."""
    entry.entered_at = clock.now()
    change = created(entry)
    also, after = _kept(entry, file), dict(change.after)
    if also:
        after["file"] = also[0].sha256
    newest = {typed.entered_by_id: (typed.value, typed.reason) for typed in entries_of_round(source)}
    agreed = sum(typed == (entry.value, entry.reason) for typed in newest.values()) >= 2
    return Change(entry, change.before, after, also=also), agreed


def _kept(entry: SourceEntry, file: File | None) -> tuple[SourceEvidence, ...]:
    """The file of an entry, encrypted; its hash goes to the ledger."""
    if file is None:
        return ()
    kept = SourceEvidence(
        entry=entry,
        name=file.name[-120:],
        kind=kind_of(file.body) or "",
        size=len(file.body),
        body=file.body,
        sha256=digest(file.body),
    )
    kept.save(force_insert=True)
    return (kept,)
