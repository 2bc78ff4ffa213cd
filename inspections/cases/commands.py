"""The writers of cases: open, begin, save, submit, take back, sign, review, release; and the entry of a printed receipt."""

from inspections.cases import (
    announcing,
    attached,
    awaiting,
    drawing,
    joining,
    opening,
    queries,
    rules,
    secrecy,
    shares,
    states,
    visits,
)
from inspections.cases.announcing import Handed
from inspections.cases.clearance import Looked, cleared
from inspections.cases.holding import arrive, fill_record, locked, no_case, of_team, refuse_visit, round_of
from inspections.cases.models import Record, RecordAnswer, Review, Signature
from inspections.cases.rules import Draft
from inspections.cases.states import Decision, Way
from inspections.draws.candidates import DRAWN_BEFORE
from inspections.draws.models import Draw, DrawnEntry, RosterEntry, RosterOmission
from inspections.draws.queries import awaited_visits
from inspections.draws.states import DrawState
from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects.queries import about


@command("inspections.open_cases")
def open_cases(*, actor: User, draw_id: int) -> Change:
    """Open a case for every winner of a drawn draw that has none yet (product.md §2). The second time there is nothing to open."""
    draw = Draw.objects.select_for_update(no_key=True).get(pk=draw_id)
    if draw.state != DrawState.DRAWN:
        refuse_now(say("This draw is not drawn yet."))
    cases, teams = opening.open_cases_for(draw, clock.now())
    if not cases:
        refuse_now(say("Every winner of this draw has its case already."))
    return Change(draw, after={"cases": [case.number for case in cases]}, also=(*cases, *teams))


@command("inspections.staff_cases")
def staff_cases(*, actor: User, draw_id: int) -> Change:
    """Give the cases of another draw the teams that an order in mode ``teams:`` drew for them. The second time there is nothing to do."""
    draw = Draw.objects.select_for_update(of=("self",), no_key=True).select_related("matter").get(pk=draw_id)
    if draw.state != DrawState.DRAWN:
        refuse_now(say("This draw is not drawn yet."))
    cases, teams = opening.staff_cases_by(draw, clock.now())
    if not cases:
        refuse_now(say("Every case of this order has its team already, or does not wait for one any more."))
    return Change(draw, after={"cases": [case.number for case in cases]}, also=tuple(teams))


@command("inspections.begin_visit")
def begin_visit(*, actor: User, case_id: int, handed: Handed | None = None, no_notice: str = "", key: str = "") -> Change:
    """The team goes: the first record is opened, empty. Refused without two able inspectors, or for an excluded subject.

    The notice was served before, or is ``handed`` over now, or ``no_notice`` says why notice would defeat the purpose of the visit.

    ``key`` is that of a phone's message, here and below: the same one does nothing a second time.
    """
    case = of_team(case_id, actor, "begin")
    arrive(key, case, actor, "begin")
    if case.drawn_id is not None:
        DrawnEntry.with_struck.select_for_update(no_key=True).get(pk=case.drawn_id)  # as the commitment of an order for teams does
    order = awaiting.order_finding_team(case)
    refuse(rules.why_not_begin(order=str(order) if order else ""))
    refuse_visit(case, clock.today())
    shown = announcing.announced(case, handed=handed, because=no_notice, actor=actor, today=clock.today())
    record = Record.objects.create(case=case, round=1)
    # in one UPDATE: a second one of the same row would lock the draw, which PostgreSQL then checks anew (deadlock with a replacement)
    change = alter(case, state=states.MOVES["begin"][1], no_notice_because=shown.because)
    return Change(case, change.before, {**change.after, **shown.said}, also=(record, *shown.rows))


@command("inspections.save_record")
def save_record(*, actor: User, case_id: int, version: int, draft: Draft) -> Change:
    """Keep what was typed, however incomplete. ``version`` is the one the page showed; a newer one is not overwritten unseen."""
    case = of_team(case_id, actor, "save")
    record = round_of(case)
    now = clock.now()
    refuse(
        rules.why_not_fill(submitted=record.submitted_at is not None)
        or rules.why_not_version(
            version,
            record.version,
            saved_by=str(record.saved_by or ""),
            minutes=int((now - (record.saved_at or now)).total_seconds() // 60),
        )
    )
    share = shares.part_of_officer(case, actor)
    draft = shares.own_part(share, draft.kept(), queries.draft_of(record), queries.items_of(case))
    return fill_record(case, record, draft, share, actor)


@command("inspections.submit_record")
def submit_record(*, actor: User, case_id: int, version: int, key: str = "") -> Change:
    """Make the saved record ready to sign: complete, on a possible day, by inspectors able on that day. Then it is frozen."""
    case = of_team(case_id, actor, "submit")
    refuse(shares.why_not_for_the_whole(shares.part_of_officer(case, actor)))
    arrive(key, case, actor, "submit")
    record = round_of(case)
    refuse(
        rules.why_not_fill(submitted=record.submitted_at is not None)
        or rules.why_not_version(version, record.version, saved_by=str(record.saved_by or ""), minutes=0)
        or rules.why_not_submit(queries.gaps_of(case, record, queries.draft_of(record), clock.today()))
    )
    refuse_visit(case, record.inspected_on or clock.today())
    return alter(record, submitted_at=clock.now())


@command("inspections.take_back_record")
def take_back_record(*, actor: User, case_id: int) -> Change:
    """Reopen a record that was ready to sign and that nobody has signed."""
    case = of_team(case_id, actor, "take_back")
    refuse(shares.why_not_for_the_whole(shares.part_of_officer(case, actor)))
    record = round_of(case)
    refuse(rules.why_not_take_back(submitted=record.submitted_at is not None, signatures=record.signatures.count()))
    return alter(record, submitted_at=None)


@command("inspections.sign_record")
def sign_record(*, actor: User, case_id: int, content_hash: str, drawn: str = "", key: str = "") -> Change:
    """One of the team confirms what they were shown (``content_hash``): the whole, or their unit's part. With the last signature the inspection has ended.

    Each signs by the own account, ``drawn`` by hand or else with the password, which the view asks for before it calls this:
    nobody can complete a record without the other. The inspected person's side is noted before (:mod:`.visiting`).
    """
    case = of_team(case_id, actor, "sign")
    arrive(key, case, actor, "sign")
    inspectors = {place.inspector_id: place.inspector for place in queries.team(case)}
    mine = next(one for one in inspectors.values() if one.user_id == actor.pk)
    record = round_of(case)
    signers = set(record.signatures.values_list("inspector_id", flat=True))
    whole = rules.fingerprint(queries.content_of(record))
    shown = shares.fingerprint_for(record, shares.part_of_officer(case, actor))
    refuse(
        rules.why_not_sign(
            submitted=record.submitted_at is not None,
            signed=mine.pk in signers,
            same=content_hash == shown,
            acknowledged=not attached.acknowledgement_awaited(record, whole),
        )
        or (drawing.why_not(drawn) if drawn else None)
    )
    now = clock.now()
    signature = Signature(
        record=record,
        inspector=mine,
        signed_by=actor,
        signed_at=now,
        content_hash=content_hash,
        way=Way.DRAWN if drawn else Way.PASSWORD,
        drawn=drawn,
        drawn_sha256=drawing.sha256(drawn) if drawn else "",
    )
    change = created(signature)
    if not rules.team_signed(inspectors.keys(), signers | {mine.pk}):
        return change
    refuse_visit(case, record.inspected_on or clock.today())
    alter(record, signed_at=now)
    alter(case, state=states.MOVES["sign"][1], ended_on=record.inspected_on)
    joined = joining.ended_with(case)
    return Change(signature, change.before, change.after, "signed by all", also=(record, case, *joined))


@command("inspections.review_case")
def review_case(*, actor: User, case_id: int, version: int, decision: str, remark: str = "", looked: Looked | None = None) -> Change:
    """Accept the newest record, or return it with a remark: then a next round begins with the same answers, unsigned.

    Whoever accepts has ``looked`` through its free text for what must not be published, if it holds any.
    """
    case = locked(case_id)
    refuse(
        states.why_not(case.state, "return" if decision == Decision.RETURN else "accept")
        or rules.why_not_review(
            was_on_team=queries.was_on_team(case, actor),
            decision=decision,
            remark=remark,
            seen=version,
            now=case.version,
        )
    )
    record = round_of(case)
    now = clock.now()
    review = Review(case=case, record=record, reviewer=actor, decision=decision, remark=remark.strip(), reviewed_at=now)
    change = created(review)
    if decision == Decision.ACCEPT:
        clearance = cleared(case, record, actor, looked)
        alter(case, state=states.MOVES["accept"][1], reviewed_at=now)
        return Change(review, change.before, change.after, also=(case, *clearance))
    following = _next_round(record)
    alter(case, state=states.MOVES["return"][1])
    return Change(review, change.before, change.after, also=(case, following))


def _next_round(record: Record) -> Record:
    """A new record with the answers of the returned one: the team's own words, to be completed and signed again."""
    following = Record.objects.create(
        case=record.case,
        round=record.round + 1,
        inspected_on=record.inspected_on,
        result=record.result,
        findings=record.findings,
        disposal=record.disposal,
        present=record.present,
        saved_by=record.saved_by,
        saved_at=record.saved_at,
    )
    RecordAnswer.objects.bulk_create(
        RecordAnswer(record=following, item_id=a.item_id, answer=a.answer, remark=a.remark) for a in record.answers.all()
    )
    return following


@command("inspections.release_case")
def release_case(*, actor: User, case_id: int, looked: Looked | None = None) -> Change:
    """The unit's clerk, who has ``looked`` through what goes out, lets the reviewed result be disclosed now instead of on day 15."""
    case = locked(case_id)
    if not keeps(actor, case.unit_id):
        no_case()
    refuse(states.why_not(case.state, "release") or rules.why_not_release(released=case.released_at is not None, uncleared=secrecy.uncleared(case)))
    record = queries.accepted_record(case)
    clearance = cleared(case, record, actor, looked) if record is not None else ()
    change = alter(case, released_at=clock.now())
    wake("publicity.publish_case", case_id=case.pk)
    return Change(case, change.before, change.after, also=clearance)


@command("inspections.print_receipt")
def print_receipt(*, actor: User, draw_id: int, subject_id: int) -> Change:
    """Say that a subject's receipt of a draw is printed now. Nothing changes; that it was printed is the entry."""
    draw = Draw.objects.filter(pk=draw_id).first()
    if draw is None or not keeps(actor, draw.unit_id):
        refuse_now(say("There is no such draw in your unit."))
    listed = (
        RosterEntry.objects.filter(draw=draw, subject=subject_id).first()
        or RosterOmission.objects.filter(draw=draw, subject=subject_id).first()
    )
    refuse(
        rules.why_not_receipt(
            drawn=draw.state == DrawState.DRAWN, over=visits.visits_over(draw), listed=listed is not None
        )
        or (rules.TELLS_OF_ANOTHER if isinstance(listed, RosterOmission) and _drawn_elsewhere(listed) else None)
    )
    return Change(listed or draw, {}, {"receipt": draw.number})


def _drawn_elsewhere(omission: RosterOmission) -> bool:
    """Whether it was left out because of another draw whose visit is to come."""
    return omission.reason in DRAWN_BEFORE and awaited_visits().filter(about(omission.subject_id, "entry__subject")).exists()
