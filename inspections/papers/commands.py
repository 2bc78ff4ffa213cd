"""The writers of documents: make notices, hand them over, void numbers, print, and the inspected's request for a recusal."""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.db.models import QuerySet

from inspections.cases import queries as cases
from inspections.cases.models import Case, Replacement
from inspections.cases.rules import AT_LEAST, evidence_digest
from inspections.cases.states import NO_VISIT, Asked
from inspections.cases.states import why_not as why_not_move
from inspections.draws.models import Draw
from inspections.draws.states import Reason, Replaced
from inspections.papers import drafting, queries, rules
from inspections.papers.issuing import digest_of
from inspections.papers.models import Bundle, DocumentNumber, Letter, Notice
from inspections.papers.numbering import take_number
from inspections.papers.states import OPEN, BundleState, Kind, Sheet
from registries import clock
from registries.ledger.change import Change, alter, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps

NO_CASE = say("There is no such case in your unit.")
NO_NOTICE = say("There is no such document in your unit.")


def _case(case_id: int) -> Case:
    """The case, locked, with what a notice says of it."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related(
        "unit", "subject__town", "draw__plan_item__plan", "draw__request"
    )
    case = rows.filter(pk=case_id).first()
    if case is None:
        refuse_now(NO_CASE)
    return case


def _made(actor: User, case: Case, first: dt.date, last: dt.date, now: dt.datetime) -> Notice:
    """One notice with the next number; refused when it cannot be made."""
    team = cases.team(case)
    refuse(
        rules.why_not_notice(
            state=case.state,
            standing=queries.notice_of(case) is not None,
            team=len(team),
            certified=len(drafting.certificates_on([place.inspector_id for place in team], first, last)) == len(team),
            least=AT_LEAST,
            first=first,
            last=last,
            today=now.date(),
        )
    )
    number = take_number(unit=case.unit, kind=Kind.NOTICE, actor=actor, now=now, case=case)
    token = secrets.token_hex(rules.TOKEN_BYTES)
    part = rules.address_part(token, queries.key())
    facts = drafting.notice_of(case, number=number.text, token_part=part, first=first, last=last, on=now.date()).plain()
    return Notice.objects.create(
        number=number,
        case=case,
        token=token,
        token_digest=rules.digest_of(token),
        facts=facts,
        facts_digest=digest_of(facts),
        first_day=first,
        last_day=last,
    )


def _said(notice: Notice) -> dict[str, Any]:
    """What the ledger keeps of a notice: its number, its days and the digest of what stands on it."""
    days = {"first_day": notice.first_day, "last_day": notice.last_day}
    return {"number": notice.number.text, "case": notice.case_id, "facts_digest": notice.facts_digest, **days}


@command("inspections.make_notice")
def make_notice(*, actor: User, case_id: int, first_day: dt.date, last_day: dt.date) -> Change:
    """Make the notice of a case: its number is taken and what stands on it is frozen in the same transaction."""
    case = _case(case_id)
    if not keeps(actor, case.unit_id):
        refuse_now(NO_CASE)
    notice = _made(actor, case, first_day, last_day, clock.now())
    return Change(notice, {}, _said(notice), also=(notice.number,))


@command("inspections.make_notices")
def make_notices(*, actor: User, draw_id: int, first_day: dt.date, last_day: dt.date) -> Change:
    """Make the notice of every case of a draw that waits for its visit and has none, and print them all: all of them or none."""
    draw = Draw.objects.select_for_update(of=("self",), no_key=True).filter(pk=draw_id).first()
    if draw is None or not keeps(actor, draw.unit_id):
        refuse_now(say("There is no such draw in your unit."))
    waiting = list(queries.cases_without_notice(draw).values_list("pk", flat=True))
    if not waiting:
        refuse_now(say("Every case of this draw that waits for its visit has its notice."))
    now = clock.now()
    notices = [_made(actor, _case(pk), first_day, last_day, now) for pk in waiting]
    bundle = _bundle(actor, draw, Sheet.NOTICE, [notice.pk for notice in notices], now)
    numbers = [notice.number for notice in notices]
    said = {"notices": len(notices), "from": numbers[0].text, "to": numbers[-1].text, "first_day": first_day, "last_day": last_day}
    return Change(bundle, {}, said, also=(*notices, *numbers))


@command("inspections.print_bundle")
def print_bundle(*, actor: User, draw_id: int, sheet: str) -> Change:
    """Have a document of every case of a draw printed in one file; whoever takes it is told to the ledger when it is downloaded."""
    draw = Draw.objects.filter(pk=draw_id).first()
    if draw is None or not keeps(actor, draw.unit_id):
        refuse_now(say("There is no such draw in your unit."))
    notices = Notice.objects.filter(case__draw=draw, number__voided_at=None).order_by("number__year", "number__serial")
    visits = Case.objects.filter(draw=draw).exclude(state__in=NO_VISIT).order_by("number")
    letters = Letter.objects.filter(case__draw=draw, number__voided_at=None).order_by("number__taken_at", "pk")
    asked: QuerySet[Any] = {Sheet.NOTICE: notices, Sheet.LETTERS: letters}.get(Sheet(sheet), visits)
    items = list(asked.values_list("pk", flat=True))
    if not items:
        refuse_now(say("This draw has no such document yet."))
    bundle = _bundle(actor, draw, sheet, items, clock.now())
    return Change(bundle, {}, {"sheet": sheet, "documents": len(items)})


def _bundle(actor: User, draw: Draw, sheet: str, items: list[int], now: dt.datetime) -> Bundle:
    bundle = Bundle.objects.create(draw=draw, sheet=sheet, items=items, total=len(items), asked_by=actor, asked_at=now)
    wake("inspections.print_papers", bundle_id=bundle.pk)
    return bundle


@command("inspections.cancel_bundle")
def cancel_bundle(*, actor: User, bundle_id: int) -> Change:
    """Stop the printing; what was made stays made."""
    bundle = Bundle.objects.select_for_update(of=("self",), no_key=True).select_related("draw").defer("pdf").filter(pk=bundle_id).first()
    if bundle is None or not keeps(actor, bundle.draw.unit_id):
        refuse_now(NO_NOTICE)
    if bundle.state not in OPEN:
        refuse_now(say("This is printed already, or stopped."))
    return alter(bundle, state=BundleState.CANCELLED.value, finished_at=clock.now())


@command("inspections.keep_bundle")
def keep_bundle(*, actor: User, bundle_id: int, pdf: bytes = b"", pages: int = 0, failure: str = "") -> Change:
    """Keep the printed file, or why there is none. The worker's; one that was stopped meanwhile is left alone."""
    bundle = Bundle.objects.select_for_update(no_key=True).defer("pdf").get(pk=bundle_id)
    if bundle.state not in OPEN:
        refuse_now(say("This is printed already, or stopped."))
    now = clock.now()
    bundle.pdf, bundle.sha256 = pdf, hashlib.sha256(pdf).hexdigest() if pdf else ""
    bundle.pages, bundle.failure, bundle.finished_at, bundle.progressed_at = pages, failure, now, now
    bundle.state = BundleState.FAILED.value if failure else BundleState.READY.value
    bundle.version += 1
    bundle.save(update_fields=["pdf", "sha256", "pages", "failure", "finished_at", "progressed_at", "state", "version"])
    return Change(bundle, {}, {"state": bundle.state, "pages": pages, "sha256": bundle.sha256})


@command("inspections.expire_bundle")
def expire_bundle(*, actor: User, bundle_id: int) -> Change:
    """Drop the file of what was printed a week ago; it can be printed again, the same bytes."""
    bundle = Bundle.objects.select_for_update(no_key=True).defer("pdf").get(pk=bundle_id)
    if bundle.state != BundleState.READY:
        refuse_now(say("This is not printed."))
    bundle.pdf = b""
    bundle.save(update_fields=["pdf"])
    return alter(bundle, state=BundleState.EXPIRED.value)


@command("inspections.take_paper")
def take_paper(*, actor: User, what: str, of: Case | Draw | Bundle | Notice, sha256: str) -> Change:
    """Say that a document with names on it leaves as a file, and the file's hash. Nothing changes; that it was taken is the entry."""
    return Change(of, {}, {"document": what, "sha256": sha256})


@command("inspections.serve_notice")
def serve_notice(
    *, actor: User, notice_id: int, service: str, served_on: dt.date, served_to: str, witness: str = ""
) -> Change:
    """Record that a notice was handed over, or refused before a witness. From now on its public page tells what is genuine."""
    notice = Notice.objects.select_for_update(of=("self",), no_key=True).select_related("number", "case").filter(pk=notice_id).first()
    if notice is None or not (keeps_case(actor, notice.case) or cases.is_on_team(notice.case, actor)):
        refuse_now(NO_NOTICE)
    made_on = drafting.day_of(notice.number.taken_at) or served_on
    refuse(
        rules.why_not_serve(
            voided=notice.number.voided_at is not None,
            served=notice.served_at is not None,
            made_on=made_on,
            on=served_on,
            today=clock.today(),
            to=served_to,
            witness=witness,
            how=service,
        )
    )
    return alter(
        notice,
        service=service,
        served_on=served_on,
        served_to=served_to.strip(),
        witness=witness.strip(),
        served_by=actor,
        served_at=clock.now(),
    )


def keeps_case(user: User, case: Case) -> bool:
    """Whether this person follows the case for its unit, as a clerk does."""
    return user.has_perm("inspections.make_notice") and keeps(user, case.unit_id)


@command("inspections.void_number")
def void_number(*, actor: User, number_id: int, reason: str) -> Change:
    """Void a document: its number stays in the list with the reason and is never given again."""
    number = DocumentNumber.objects.select_for_update(of=("self",), no_key=True).filter(pk=number_id).first()
    if number is None:
        refuse_now(NO_NOTICE)
    why = rules.why_not_void(
        voided=number.voided_at is not None, reason=reason, keeps=keeps(actor, number.unit_id), used=queries.is_used(number)
    )
    refuse(why)
    return alter(number, voided_by=actor, voided_at=clock.now(), void_because=reason.strip()[:200])


@command("inspections.request_recusal")
def request_recusal(*, actor: User, address: str, officer: str, reason: str, name: str, phone: str = "") -> Change:
    """The inspected asks, through the page of a notice handed over, that an officer be replaced (程序规定 arts. 17, 21).

    It joins the requests of the office (``cases/replacing.py``); a supervisor decides within two days. The same refusal for
    every address that is none.
    """
    notice = queries.found(address)
    if notice is None or notice.number.voided_at is not None:
        refuse_now(say("There is no notice that can be checked at this address."))
    case = Case.objects.select_for_update(no_key=True).get(pk=notice.case_id)
    named = {one.number for one in queries.facts_of(notice).officers}
    place = case.assignments.filter(ended_at=None, inspector__number=officer).select_related("inspector").first()
    place = place if place is not None and officer in named else None
    now = clock.now()
    refuse(
        why_not_move(case.state, "change_team")
        or rules.why_not_request(
            current=place is not None,
            lately=queries.requests_since(case.pk, now - dt.timedelta(days=1)),
            waiting=place is not None and queries.waiting_for(place),
            reason=reason,
            name=name,
        )
    )
    explanation, evidence = reason.strip(), f"被检查人经{notice.number.text}号通知书核验页申请；申请人：{name.strip()}；联系电话：{phone.strip() or '未留'}"
    asked = Replacement(
        case=case,
        kind=Replaced.INSPECTOR,
        assignment=place,
        reason=Reason.RECUSED,
        explanation=explanation,
        evidence=evidence,
        evidence_digest=evidence_digest(explanation=explanation, evidence=evidence, file_sha256=""),
        asked_by=actor,
        asked_at=now,
        state=Asked.WAITING,
    )
    asked.save(force_insert=True)
    return Change(asked, {}, {"case": case.pk, "kind": asked.kind, "reason": asked.reason, "evidence_digest": asked.evidence_digest})
