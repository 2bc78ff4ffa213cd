"""The writers of ad-hoc requests: ask, approve, refuse."""

import hashlib
from collections.abc import Sequence

from inspections.adhoc import rules
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.queries import open_request, visits_counted
from inspections.adhoc.states import COUNTING, Ground, RequestState, why_not_decide
from inspections.plans.models import HandedSubject, PlanItem
from registries import clock
from registries.codes.serials import next_number
from registries.ledger.change import Change, Refused, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions, why_not_draw_on
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects.models import Subject
from registries.subjects.queries import why_not_inspect


@command("inspections.ask_adhoc")
def ask_adhoc(
    *,
    actor: User,
    subject_id: int,
    ground: str,
    document_number: str,
    explanation: str,
    matter_ids: Sequence[int],
    file: bytes = b"",
    file_name: str = "",
    plan_item_id: int | None = None,
) -> Change:
    """Ask for one subject to be inspected outside the plan, on these matters (the first leads).

    ``file`` is the ground's document. ``plan_item_id``: the task from above that names this subject on a list; such cases are counted with the task, apart from lots, and the list is their document.

    A subject excluded by law cannot be inspected by any route: the attempt is kept as a request that is ``barred`` at once.
    """
    subject = Subject.objects.select_for_update(no_key=True).filter(pk=subject_id).first()
    if subject is None:
        refuse_now(say("There is no such subject in the registry."))
    if subject.merged_into_id is not None:
        refuse(why_not_inspect(subject.pk, clock.today()))
    matters = _matters(matter_ids)
    refuse(
        rules.why_not_ground(ground, Ground.values)
        or rules.why_not_ask(
            document_number=document_number,
            explanation=explanation,
            matters=len(matter_ids),
            listed=len(matters) == len(set(matter_ids)),
            keeps_matters=all(keeps(actor, revision.unit_id) for revision in matters),
            fits=_concern(matters, subject),
            has_file=bool(file) or plan_item_id is not None,
        )
    )
    if (waiting := open_request(subject, matters)) is not None:
        refuse_now(say("Request %(number)s asks for this already: one visit, one team.", number=str(waiting)))
    sha256 = hashlib.sha256(file).hexdigest() if file else ""
    if plan_item_id is not None:
        sha256 = _list_naming(plan_item_id, subject)
    for revision in matters:
        refuse(why_not_draw_on(revision, clock.today()))
    barred = why_not_inspect(subject.pk, clock.today())
    if barred is None:
        _refuse_over_cap(ground, subject)
    request = AdhocRequest(
        subject=subject,
        unit=matters[0].unit,
        matter=matters[0],
        plan_item_id=plan_item_id,
        ground=Ground(ground).value,
        document_number=document_number.strip(),
        explanation=explanation.strip(),
        file=file,
        file_name=file_name[-200:] if file else "",
        file_sha256=sha256,
        state=RequestState.BARRED.value if barred else RequestState.SUBMITTED.value,
        asked_by=actor,
        asked_at=clock.now(),
    )
    request.save(force_insert=True)
    request.joint_matters.set(matters[1:])
    said = {name: getattr(request, name) for name in SAID}
    return Change(request, {}, {"subject": subject.pk, "unit": request.unit_id, **said}, Refused(barred).reason if barred else "")


SAID = ("ground", "document_number", "file_sha256", "explanation", "state")
"""What the ledger says of a request besides whom and where; never the file."""


def _list_naming(plan_item_id: int, subject: Subject) -> str:
    """The digest of the list of this task, in whatever version of its plan, that names the subject; refused if none does."""
    code = PlanItem.objects.filter(pk=plan_item_id).values("code")
    named = HandedSubject.objects.filter(handed__item__code__in=code, subject=subject).order_by("pk")
    sha256 = named.values_list("handed__sha256", flat=True).first()
    if sha256 is None:
        refuse_now(say("No list of this task names the subject."))
    return str(sha256)


def _refuse_over_cap(ground: str, subject: Subject) -> None:
    counts = ground in COUNTING
    visits, most = visits_counted(subject, clock.today()) if counts else (0, 0)
    refuse(rules.why_not_cap(counts=counts, visits=visits, most=most))


def _matters(matter_ids: Sequence[int]) -> list[MatterRevision]:
    """The published revisions among these, in the order asked for."""
    found = published_revisions().select_related("unit").in_bulk(list(matter_ids))
    return [found[pk] for pk in dict.fromkeys(matter_ids) if pk in found]


def _concern(matters: Sequence[MatterRevision], subject: Subject) -> bool:
    """Whether every matter has a category of the subject."""
    kinds = set(subject.categories.values_list("pk", flat=True))
    return all(kinds.intersection(revision.categories.values_list("pk", flat=True)) for revision in matters)


@command("inspections.approve_adhoc")
def approve_adhoc(*, actor: User, request_id: int, version: int) -> Change:
    """Approve and number a request; then a team can be drawn for it. Refuses a subject excluded meanwhile."""
    request = _locked(request_id, version)
    refuse(rules.why_not_approve(had_a_hand=actor.pk == request.asked_by_id or had_a_hand(request, actor.pk)))
    if request.subject is not None:  # of a list, the draw leaves out who was excluded meanwhile
        refuse(why_not_inspect(request.subject.pk, clock.today()))
        _refuse_over_cap(request.ground, request.subject)
    now = clock.now()
    code = rules.request_code(now.year, next_number(f"adhoc/{now.year}"))
    return alter(request, code=code, state=RequestState.APPROVED.value, approved_by=actor, decided_at=now)


@command("inspections.return_adhoc")
def return_adhoc(*, actor: User, request_id: int, version: int, reason: str) -> Change:
    """Refuse a request, with the reason; it stays, and another can be asked for."""
    request = _locked(request_id, version)
    refuse(rules.why_not_return(reason))
    return alter(request, state=RequestState.RETURNED.value, decided_at=clock.now(), returned_because=reason.strip())


def _locked(request_id: int, version: int) -> AdhocRequest:
    request = AdhocRequest.objects.select_for_update(of=("self",), no_key=True).select_related("subject").get(pk=request_id)
    refuse(why_not_decide(request.state) or rules.why_not_same(seen=version, now=request.version))
    return request
