"""Prepare, change and submit a draw: the roster is frozen as rows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from re import fullmatch

from django.conf import settings

from inspections.draws import candidates, queries, rules
from inspections.draws import files as forms_of_files
from inspections.draws.chances import small_cells
from inspections.draws.commands.rows import BATCH, announce, keep_codes, locked_draw, take_time
from inspections.draws.grammar import STRATUM
from inspections.draws.models import (
    Draw,
    RosterEntry,
    RosterInspector,
    RosterOmission,
    RosterRecusal,
)
from inspections.draws.places import roster_of
from inspections.draws.roster import Roster
from inspections.draws.sources import Announced, why_not_announce
from inspections.draws.states import DrawState, Mode, SlipRule, Stratify
from inspections.plans.queries import amended_since, open_items
from inspections.plans.rules import why_not_prescribed
from registries import clock
from registries.clock import BEIJING
from registries.codes.models import Code
from registries.inspectors.queries import groups
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.queries import head, written_since
from registries.ledger.record import lock_head
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revision
from registries.people.models import Unit, User
from registries.subjects.models import SubjectCategory

FROM = tuple(
    f"registries.{name}"
    for name in (
        "subject", "exclusion", "complaint", "violation", "permit", "inspector", "certificate", "recusal", "leave", "inspectorgroup",
    )
)
"""The tables a roster is built from. It is that of one entry of the ledger: nothing may come between reading and freezing."""


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
    keep_preview(draw)
    return change


def keep_preview(draw: Draw) -> None:
    """Compute who is in and who is out once per save; the page only shows it. Orders for teams alone have none to keep."""
    if draw.mode != Mode.LOT:
        return
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
    inspector_group_ids: Sequence[int] = (),
    merged_strata: Mapping[str, str] | None = None,
) -> Change:
    """Set what the clerk chooses while preparing; announced sources are replaced as a whole.

    Where groups of inspectors are given, only their members are drawn.
    ``merged_strata`` (stratum → the one it is merged into) stay as they are where none are given and the strata stay.
    """
    draw = locked_draw(draw_id, actor, "change", version)
    if draw.mode != Mode.LOT:
        refuse_now(say("This order draws teams alone: only units, team size, sources and moment are chosen."))
    if draw.keeps_roster:
        refuse_now(say("This draw replaces one voided after its first source: only sources and moments are new."))
    if not grades:
        refuse_now(say("Choose at least one risk grade."))
    if team_size < draw.matter.team_size:
        refuse_now(say("This matter asks for at least %(size)d inspectors per visit.", size=draw.matter.team_size))
    change = alter(
        draw,
        grades=grades,
        stratify=Stratify(stratify).value,
        merged_strata=_merged(draw, stratify, merged_strata),
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
    draw.inspector_groups.set(groups().filter(pk__in=inspector_group_ids))
    also, gone = announce(draw, sources)
    keep_preview(draw)
    return replace(change, also=also, gone=gone)


def _merged(draw: Draw, stratify: str, wanted: Mapping[str, str] | None) -> dict[str, str]:
    """The merged strata to keep: of other strata, none."""
    if stratify != draw.stratify:
        return {}
    merged = dict(draw.merged_strata if wanted is None else wanted)
    for into in set(merged.values()):
        if fullmatch(STRATUM, into) is None or into in merged:
            refuse_now(say("Strata cannot be merged under the name %(name)s.", name=into))
    return merged


@command("inspections.submit_draw")
def submit_draw(*, actor: User, draw_id: int, version: int) -> Change:
    """Freeze the roster as the registries stand now, and hand it to a supervisor."""
    draw = locked_draw(draw_id, actor, "submit", version)
    take_time()
    refuse(queries.why_not_order(draw, clock.today()))
    refuse(
        why_not_announce(
            queries.announced(draw),
            planned=draw.planned,
            gap=dt.timedelta(seconds=settings.DRAW_SOURCE_GAP),
            demo_lottery=settings.DEMO_LOTTERY,
        )
    )
    if draw.keeps_roster:
        return alter(
            draw,
            state=DrawState.SUBMITTED.value,
            submitted_at=clock.now(),
            returned_because="",
            roster_digest=queries.stored_digest(draw),
        )
    newest = head()
    roster = roster_of(draw, clock.today())
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
        or queries.why_not_share(draw, sizes, quotas)
    )
    refuse(_why_not_planned(draw, roster, sum(quotas.values())))
    _freeze(draw, roster)
    keep_codes(draw)
    lock_head()
    if written_since(newest.seq if newest else 0, kinds=FROM, verbs=("registries.commit_import", "inspections.run_draw")):
        refuse_now(say("The registry was changed while the roster was built. Submit again."))
    lines = (forms_of_files.RosterLine("", e.stratum, e.slips, e.tags) for e in roster.entries)
    return alter(
        draw,
        state=DrawState.SUBMITTED.value,
        quotas=quotas,
        submitted_at=clock.now(),
        returned_because="",
        roster_digest=queries.stored_digest(draw),
        cells_hide_roster=draw.mode != Mode.LOT or bool(small_cells(lines)),
        scope_counts={
            "in_scope": len(roster.entries) + len(roster.omissions),
            "entries": sizes,
            "left_out": {reason: roster.reasons[reason] for reason in candidates.REASONS if reason in roster.reasons},
            "strata": roster.scope,
            "stale": len(roster.stale),
            "inspectors": len(roster.people),
            "inspectors_out": len(roster.kept_out),
        },
    )


def _why_not_planned(draw: Draw, roster: Roster, quota: int) -> Sentence | None:
    """Why a plan item does not carry this draw: amended since, or too few for the ratio that its task prescribes.

    Several draws may share an item; what they fall short of is said at one that is planned for the item's last month or later.
    """
    item = draw.plan_item
    if item is None or draw.mode != Mode.LOT:
        return None
    if draw.replaces_id is None and amended_since(item):
        return say("The plan was amended since: item %(code)s says something else now. Begin the draw anew on it.", code=item.code)
    last = draw.planned is not None and (draw.planned.astimezone(BEIJING).year, draw.planned.astimezone(BEIJING).month) >= (
        item.plan.year, item.last_month,
    )  # fmt: skip
    if item.prescribed_percent is None or not last:
        return None
    before = queries.drawn_on_item(item)
    return why_not_prescribed(item.prescribed_percent, percent=None, number=quota + before, of=len(roster.entries) + before)


def _freeze(draw: Draw, roster: Roster) -> None:
    """Write the roster's rows in place of an earlier submission's."""
    RosterRecusal.objects.filter(entry__draw=draw).delete()
    for model in (RosterEntry, RosterInspector, RosterOmission):
        model.objects.filter(draw=draw).delete()
    rows = (
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
    )
    while some := list(islice(rows, BATCH)):
        RosterEntry.objects.bulk_create(some)
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
    left_out = (RosterOmission(draw=draw, **omission._asdict()) for omission in roster.omissions)
    while out := list(islice(left_out, BATCH)):
        RosterOmission.objects.bulk_create(out)
    recused = {subject for subject, _ in roster.recusals}
    keys = RosterEntry.objects.filter(draw=draw).values_list("subject_id", "pk").iterator()
    entry_of = {subject: pk for subject, pk in keys if subject in recused}
    person_of = {p.inspector_id: p for p in people}
    RosterRecusal.objects.bulk_create(
        [RosterRecusal(entry_id=entry_of[s], inspector=person_of[i]) for s, i in roster.recusals], batch_size=BATCH
    )
