"""The writers of draws: prepare, change, submit, return, approve (which commits), enter a source value, draw, certify.

Everything that makes a result is pure and stands elsewhere: ``ordering.py`` (the files), ``protocol.py`` and ``teams.py``
(the draw). Here: locks, rules, rows and the ledger.
"""

import base64
import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from nacl.public import PublicKey, SealedBox

from inspections.draws import candidates, ordering, queries, rules
from inspections.draws import files as forms_of_files
from inspections.draws.chances import small_cells
from inspections.draws.files import Result
from inspections.draws.grammar import BadForm, value_fits
from inspections.draws.models import (
    Draw,
    DrawCertificate,
    DrawFile,
    DrawnEntry,
    RosterEntry,
    RosterInspector,
    RosterOmission,
    RosterRecusal,
    SeedSource,
    SourceEntry,
    TeamPlace,
)
from inspections.draws.protocol import blinding_code, commitment, digest
from inspections.draws.protocol import draw as draw_lots
from inspections.draws.roster import Roster, build
from inspections.draws.rules import why_not_move, why_not_version
from inspections.draws.sources import GAMES, Announced, why_not_announce
from inspections.draws.states import MOVES, DrawState, SlipRule, Stratify
from inspections.plans.models import PlanItem
from inspections.plans.queries import open_items
from registries import clock
from registries.codes.models import Code
from registries.codes.serials import next_number
from registries.ledger.change import Change, Fact, alter, created, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revision
from registries.people.models import Unit, User
from registries.subjects.models import SubjectCategory

BATCH = 2000


def _locked(draw_id: int, actor: User, move: str, version: int | None = None) -> Draw:
    """The draw, locked; refused when the person may not see it, when the state forbids the move or the page was old."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("plan_item", "matter").filter(pk=draw_id).first()
    if draw is None or (not actor.has_perm("inspections.run_draw") and not queries.visible_draws(actor).filter(pk=draw_id).exists()):
        refuse_now(say("There is no such draw in your unit."))
    refuse(why_not_move(MOVES, move, draw.state))
    if version is not None:
        refuse(why_not_version(version, draw.version))
    return draw


def _drawable(revision: MatterRevision | None) -> MatterRevision:
    """The revision, or the reason why nothing may be drawn on it."""
    if revision is None:
        refuse_now(say("The matter is not in the published edition of the matter list."))
    refuse(queries.why_not_drawable(revision, clock.today()))
    return revision


@command("inspections.prepare_draw")
def prepare_draw(*, actor: User, plan_item_id: int) -> Change:
    """A new draw on a plan item of the own unit, with the defaults of its matter (published revision, in force)."""
    item = open_items(actor).filter(pk=plan_item_id).first()
    if item is None:
        refuse_now(say("This plan item is not in a published plan of your unit."))
    revision = _drawable(published_revision(item.matter))
    draw = Draw(
        plan_item=item,
        matter=revision,
        unit=item.unit,
        team_size=revision.team_size,
        prepared_by=actor,
        prepared_at=clock.now(),
    )
    change = created(draw)
    draw.categories.set(revision.categories.all())
    draw.inspector_units.set([item.unit_id])
    draw.joint_matters.set([_drawable(published_revision(matter)) for matter in item.joint_matters.all()])
    _keep_preview(draw)
    return change


def _keep_preview(draw: Draw) -> None:
    """Compute who is in and who is out once per save; the page only shows it."""
    draw.preview = queries.preview(draw, clock.now())
    draw.save(update_fields=["preview"])


@command("inspections.change_draw")
def change_draw(
    *,
    actor: User,
    draw_id: int,
    version: int,
    category_ids: Sequence[int],
    town_ids: Sequence[int],
    grades: str,
    stratify: str,
    slip_rule: str,
    quotas: Mapping[str, int],
    reserves: int,
    team_size: int,
    inspector_unit_ids: Sequence[int],
    planned: dt.datetime | None,
    sources: Sequence[Announced],
) -> Change:
    """Set what the clerk chooses while preparing; announced sources are replaced as a whole."""
    draw = _locked(draw_id, actor, "change", version)
    if not grades:
        refuse_now(say("Choose at least one risk grade."))
    if team_size < draw.matter.team_size:
        refuse_now(say("This matter asks for at least %(size)d inspectors per visit.", size=draw.matter.team_size))
    change = alter(
        draw,
        grades=grades,
        stratify=Stratify(stratify).value,
        slip_rule=SlipRule(slip_rule).value,
        quotas={stratum: int(quota) for stratum, quota in sorted(quotas.items())},
        reserves=reserves,
        team_size=team_size,
        planned=planned,
        returned_because="",
    )
    draw.categories.set(SubjectCategory.objects.filter(pk__in=category_ids))
    draw.towns.set(Code.objects.filter(pk__in=town_ids))
    draw.inspector_units.set(Unit.objects.filter(pk__in=inspector_unit_ids))
    draw.sources.all().delete()
    SeedSource.objects.bulk_create(_source_rows(draw, sources))
    _keep_preview(draw)
    return change


def _source_rows(draw: Draw, sources: Sequence[Announced]) -> list[SeedSource]:
    return [
        SeedSource(
            draw=draw,
            position=position,
            kind=GAMES[source.game].kind,
            game=source.game,
            what=source.what,
            moment=source.moment,
            form=GAMES[source.game].form,
        )
        for position, source in enumerate(sources, 1)
    ]


@command("inspections.submit_draw")
def submit_draw(*, actor: User, draw_id: int, version: int) -> Change:
    """Freeze the roster as the registries stand now, and hand it to a supervisor."""
    draw = _locked(draw_id, actor, "submit", version)
    refuse(queries.why_not_drawable(draw.matter, clock.today()))
    refuse(
        why_not_announce(
            queries.announced(draw),
            planned=draw.planned,
            gap=dt.timedelta(seconds=settings.DRAW_SOURCE_GAP),
            demo_lottery=settings.DEMO_LOTTERY,
        )
    )
    roster = build(draw, clock.today())
    sizes = roster.sizes
    quotas, _suggested = queries.quotas_of(draw, sizes)
    refuse(
        rules.why_not_submit(
            entries=len(roster.entries),
            quotas=quotas,
            sizes=sizes,
            inspectors=len(roster.people),
            leads=sum(person.may_lead for person in roster.people),
            team_size=draw.team_size,
        )
    )
    _freeze(draw, roster)
    lines = [forms_of_files.RosterLine("", e.stratum, e.slips, e.tags) for e in roster.entries]
    return alter(
        draw,
        state=DrawState.SUBMITTED.value,
        quotas=quotas,
        submitted_at=clock.now(),
        returned_because="",
        roster_digest=queries.stored_digest(draw),
        cells_hide_roster=bool(small_cells(lines)),
        scope_counts={
            "in_scope": len(roster.entries) + len(roster.omissions),
            "entries": sizes,
            "left_out": {reason: roster.reasons[reason] for reason in candidates.REASONS if reason in roster.reasons},
            "stale": len(roster.stale),
            "inspectors": len(roster.people),
        },
    )


def _freeze(draw: Draw, roster: Roster) -> None:
    """Write the roster's rows in place of an earlier submission's."""
    RosterRecusal.objects.filter(entry__draw=draw).delete()
    for model in (RosterEntry, RosterInspector, RosterOmission):
        model.objects.filter(draw=draw).delete()
    entries = RosterEntry.objects.bulk_create(
        [
            RosterEntry(
                draw=draw,
                subject_id=e.subject_id,
                public_id=e.public_id,
                name=e.name,
                stratum=e.stratum,
                slips=e.slips,
                slips_why=e.why,
                tags=",".join(e.tags) or "-",
            )
            for e in roster.entries
        ],
        batch_size=BATCH,
    )
    people = RosterInspector.objects.bulk_create(
        [
            RosterInspector(
                draw=draw,
                inspector_id=p.inspector_id,
                public_id=p.public_id,
                name=p.name,
                may_lead=p.may_lead,
                open_cases=p.open_cases,
                most_open_cases=p.most_open_cases,
                tags=",".join(p.tags) or "-",
            )
            for p in roster.people
        ],
        batch_size=BATCH,
    )
    RosterOmission.objects.bulk_create(
        [RosterOmission(draw=draw, subject_id=pk, reason=reason) for pk, reason in roster.omissions], batch_size=BATCH
    )
    entry_of = {e.subject_id: e for e in entries}
    person_of = {p.inspector_id: p for p in people}
    RosterRecusal.objects.bulk_create(
        [RosterRecusal(entry=entry_of[s], inspector=person_of[i]) for s, i in roster.recusals], batch_size=BATCH
    )


@command("inspections.return_draw")
def return_draw(*, actor: User, draw_id: int, version: int, reason: str) -> Change:
    """Hand a submitted draw back to its clerk, with the reason. Nobody can know an outcome yet, so it costs nothing."""
    draw = _locked(draw_id, actor, "return", version)
    refuse(rules.why_not_return(reason=reason))
    return alter(draw, state=DrawState.PREPARING.value, returned_because=reason.strip())


@command("inspections.approve_draw")
def approve_draw(*, actor: User, draw_id: int, version: int, accept_stale: bool = False) -> Change:
    """Commit (draw protocol 1, §2): nonces, codes, secret, files and hashes in one transaction; then nothing can change."""
    draw = _locked(draw_id, actor, "approve", version)
    PlanItem.objects.select_for_update().get(pk=draw.plan_item_id)
    sources = list(draw.sources.all())
    other = Draw.objects.filter(plan_item=draw.plan_item, state=DrawState.COMMITTED).first()
    now = clock.now()
    refuse(
        rules.why_not_approve(
            prepared=actor.pk == draw.prepared_by_id or had_a_hand(draw, actor.pk),
            first_source=sources[0].moment,
            now=now,
            lead=dt.timedelta(seconds=settings.DRAW_SOURCE_LEAD),
            open_order=str(other) if other else "",
            stale=draw.scope_counts.get("stale", 0),
            stale_accepted=accept_stale,
            roster_changed=queries.stored_digest(draw) != draw.roster_digest,
        )
        or queries.why_not_drawable(draw.matter, clock.today())
        or why_not_announce(
            queries.announced(draw),
            planned=draw.planned,
            gap=dt.timedelta(seconds=settings.DRAW_SOURCE_GAP),
            demo_lottery=settings.DEMO_LOTTERY,
        )
    )
    number = f"{now.year}-{next_number(f'draw/{now.year}'):03d}"
    secret = secrets.token_hex(32)
    try:
        _blind(draw)
        committed = ordering.commit(_terms(draw, number, sources), *_lines(draw), secret)
    except BadForm as bad:
        refuse_now(say("The files of this draw do not fit the protocol: %(reason)s", reason=str(bad)))
    _keep_files(draw, committed.files)
    return alter(
        draw,
        note="stale entries accepted" if accept_stale and draw.scope_counts.get("stale") else "",
        facts=(Fact("draws.commit", {"draw": number, "plan": draw.plan_item.reference, "order": committed.order_hash}),),
        number=number,
        state=DrawState.COMMITTED.value,
        approved_by=actor,
        committed_at=now,
        order_hash=committed.order_hash,
        commitment=committed.commitment,
        secret=secret,
        auditor_copy=_sealed_for_auditor(secret),
    )


def _sealed_for_auditor(secret: str) -> str:
    """The secret in a box only the auditor's private key opens; empty where no key is set (a production check)."""
    if not settings.AUDITOR_PUBLIC_KEY:
        return ""
    box = SealedBox(PublicKey(base64.b64decode(settings.AUDITOR_PUBLIC_KEY)))
    return base64.b64encode(box.encrypt(secret.encode())).decode()


def _blind(draw: Draw) -> None:
    """Give every entry and inspector a fresh nonce and the code that follows from it."""
    for kind, rows in (("subject", draw.roster.all()), ("inspector", draw.inspectors.all())):
        _blind_rows(kind, rows)


def _blind_rows(kind: str, rows: QuerySet[Any]) -> None:
    blinded = list(rows)
    for row in blinded:
        row.nonce = secrets.token_hex(16)
        row.code = blinding_code(kind, row.public_id, row.name, row.nonce)
    rows.model.objects.bulk_update(blinded, ["nonce", "code"], batch_size=200)


def _terms(draw: Draw, number: str, sources: Sequence[SeedSource]) -> ordering.Terms:
    joint = sorted(revision.reference for revision in draw.joint_matters.select_related("matter"))
    assert draw.planned is not None  # noqa: S101  (why_not_announce refused otherwise)
    return ordering.Terms(
        number=number,
        bureau=settings.DIVISION_CODE,
        plan=draw.plan_item.reference,
        mode=draw.mode,
        matters=(draw.matter.reference, *joint),
        quotas=draw.quotas,
        reserves=draw.reserves,
        team=draw.team_size,
        replaces=draw.replaces.number or "-" if draw.replaces else "-",
        sources=tuple(forms_of_files.Source(s.kind, s.what, clock.moment_text(s.moment), s.form) for s in sources),
        planned=clock.moment_text(draw.planned),
    )


def _tags(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))


def _lines(
    draw: Draw,
) -> tuple[list[forms_of_files.RosterLine], list[forms_of_files.InspectorLine], list[forms_of_files.RecusalLine]]:
    """The rows of the three blinded files."""
    roster = [
        forms_of_files.RosterLine(code, stratum, slips, _tags(tags))
        for code, stratum, slips, tags in draw.roster.values_list("code", "stratum", "slips", "tags")
    ]
    people = [
        forms_of_files.InspectorLine(code, lead, now, most, _tags(tags))
        for code, lead, now, most, tags in draw.inspectors.values_list(
            "code", "may_lead", "open_cases", "most_open_cases", "tags"
        )
    ]
    pairs = RosterRecusal.objects.filter(entry__draw=draw).values_list("entry__code", "inspector__code")
    return roster, people, [forms_of_files.RecusalLine(a, b) for a, b in pairs]


def _keep_files(draw: Draw, bodies: Mapping[str, bytes]) -> None:
    DrawFile.objects.bulk_create(
        [DrawFile(draw=draw, name=name, body=body, sha256=digest(body)) for name, body in bodies.items()]
    )


@command("inspections.enter_source_value")
def enter_source_value(*, actor: User, source_id: int, value: str, evidence: str) -> Change:
    """Type what a source showed. When the newest entries of two people agree, the value is settled and made public."""
    source = SeedSource.objects.select_related("draw__plan_item").filter(pk=source_id).first()
    if source is None:
        refuse_now(say("There is no such draw in your unit."))
    draw = _locked(source.draw_id, actor, "enter_source")
    source = SeedSource.objects.select_for_update().get(pk=source_id)
    value = value.strip()
    refuse(
        rules.why_not_enter(
            fits=value_fits(source.form, value),
            form=source.form,
            moment=source.moment,
            now=clock.now(),
            settled=bool(source.value),
            evidence=evidence,
            earlier_open=draw.sources.filter(position__lt=source.position, value="").exists(),
        )
    )
    entry = SourceEntry(source=source, value=value, evidence=evidence.strip(), entered_by=actor, entered_at=clock.now())
    change = created(entry)
    newest = {e.entered_by_id: e.value for e in source.entries.order_by("id")}
    if sum(v == value for v in newest.values()) < 2:
        return change
    source.value, source.settled_at = value, clock.now()
    source.save(update_fields=["value", "settled_at"])
    wake("inspections.run_draw", draw_id=draw.pk)
    fact = Fact(
        "draws.source",
        {
            "draw": draw.number,
            "plan": draw.plan_item.reference,
            "order": draw.order_hash,
            "source": f"source.{source.position}",
            "value": value,
        },
    )
    return Change(entry, change.before, change.after, "settled", (fact,), (source,))


@command("inspections.run_draw")
def run_draw(*, actor: User, draw_id: int) -> Change:
    """Draw: from the committed files, the secret and the values alone. The same whenever, wherever and however often."""
    draw = _locked(draw_id, actor, "run")
    values = [source.value for source in draw.sources.all()]
    now = clock.now()
    assert draw.planned is not None  # noqa: S101  (an order always has it)
    refuse(rules.why_not_run(values=values, planned=draw.planned, now=now))
    bodies = queries.file_bodies(draw)
    result = _drawn_from(draw, bodies, values)
    outcome = forms_of_files.write_result(result)
    reveal = forms_of_files.write_reveal(forms_of_files.Reveal(draw.secret, tuple(values)))
    _keep_files(draw, {"result.txt": outcome, "reveal.txt": reveal})
    _keep_result(draw, result)
    wake("inspections.issue_certificate", draw_id=draw.pk)
    wake("inspections.open_cases", draw_id=draw.pk)
    fact = Fact(
        "draws.result",
        {
            "draw": draw.number,
            "plan": draw.plan_item.reference,
            "order": draw.order_hash,
            "result": digest(outcome),
        },
    )
    return alter(draw, facts=(fact,), state=DrawState.DRAWN.value, drawn_at=now, result_hash=digest(outcome))


def _drawn_from(draw: Draw, bodies: Mapping[str, bytes], values: Sequence[str]) -> Result:
    """The result, after making sure that the files and the secret are those that were committed to."""
    order = forms_of_files.read_order(bodies["order.txt"])
    hashes = {name: digest(bodies[f"{name}.txt"]) for name in ("roster", "inspectors", "recusals")}
    kept = (
        digest(bodies["order.txt"]) == draw.order_hash
        and hashes == {"roster": order.roster, "inspectors": order.inspectors, "recusals": order.recusals}
        and commitment(order.draw, draw.secret) == order.secret
    )
    if not kept:
        refuse_now(say("The stored files no longer agree with the committed hashes. Call the auditor."))
    forms_of_files.check_values(order, values)
    return draw_lots(
        order,
        forms_of_files.read_roster(bodies["roster.txt"]),
        forms_of_files.read_inspectors(bodies["inspectors.txt"]),
        forms_of_files.read_recusals(bodies["recusals.txt"]),
        draw.secret,
        values,
    )


def _keep_result(draw: Draw, result: Result) -> None:
    """The result as rows, for the pages and the cases."""
    entry_of = dict(draw.roster.values_list("code", "pk"))
    person_of = dict(draw.inspectors.values_list("code", "pk"))
    drawn = DrawnEntry.objects.bulk_create(
        [
            DrawnEntry(
                draw=draw,
                entry_id=entry_of[row.code],
                rank=row.rank,
                kind=DrawnEntry.Kind.WINNER if row.winner else DrawnEntry.Kind.RESERVE,
                slip=row.slip,
                ticket=row.ticket,
            )
            for row in result.drawn
        ],
        batch_size=BATCH,
    )
    drawn_of = {row.entry_id: row for row in drawn}
    TeamPlace.objects.bulk_create(
        [
            TeamPlace(drawn=drawn_of[entry_of[team.winner]], position=position, inspector_id=person_of[code])
            for team in result.teams
            for position, code in enumerate(team.inspectors, 1)
        ],
        batch_size=BATCH,
    )


@command("inspections.issue_certificate")
def issue_certificate(*, actor: User, draw_id: int, pdf: bytes) -> Change:
    """Keep the certificate the worker made for a drawn draw; there is one and it never changes."""
    draw = Draw.objects.select_for_update().get(pk=draw_id)
    if draw.state != DrawState.DRAWN:
        refuse_now(say("A certificate is issued for a drawn draw only."))
    if DrawCertificate.objects.filter(draw=draw).exists():
        refuse_now(say("The certificate of this draw was issued already."))
    certificate = DrawCertificate(draw=draw, pdf=pdf, sha256=digest(pdf), issued_at=clock.now())
    certificate.save()
    return Change(certificate, {}, {"draw": draw.number, "sha256": certificate.sha256})
