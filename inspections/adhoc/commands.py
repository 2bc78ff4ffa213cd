"""The writers of ad-hoc requests: ask, approve, refuse."""

from collections.abc import Sequence

from inspections.adhoc import rules
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.queries import open_request
from inspections.adhoc.states import Ground, RequestState, why_not_decide
from inspections.plans.models import HandedSubject, PlanItem
from registries import clock
from registries.codes.serials import next_number
from registries.ledger.change import Change, Refused, alter, created, refuse, refuse_now
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
    plan_item_id: int | None = None,
) -> Change:
    """Ask for one subject to be inspected outside the plan, on these matters (the first leads).

    ``plan_item_id``: the task from above that names this subject on a list; such cases are counted with the task, apart from lots.

    A subject excluded by law cannot be inspected by any route: the attempt is kept as a request that is ``barred`` at once.
    """
    subject = Subject.objects.select_for_update().filter(pk=subject_id).first()
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
        )
    )
    if (waiting := open_request(subject, matters)) is not None:
        refuse_now(say("Request %(number)s asks for this already: one visit, one team.", number=str(waiting)))
    if plan_item_id is not None and not _named(plan_item_id, subject):
        refuse_now(say("No list of this task names the subject."))
    for revision in matters:
        refuse(why_not_draw_on(revision, clock.today()))
    barred = why_not_inspect(subject.pk, clock.today())
    request = AdhocRequest(
        subject=subject,
        unit=matters[0].unit,
        matter=matters[0],
        plan_item_id=plan_item_id,
        ground=Ground(ground).value,
        document_number=document_number.strip(),
        explanation=explanation.strip(),
        state=RequestState.BARRED.value if barred else RequestState.SUBMITTED.value,
        asked_by=actor,
        asked_at=clock.now(),
    )
    change = created(request, note=Refused(barred).reason if barred else "")
    request.joint_matters.set(matters[1:])
    return change


def _named(plan_item_id: int, subject: Subject) -> bool:
    """Whether a list of this task, in whatever version of its plan, names the subject."""
    code = PlanItem.objects.filter(pk=plan_item_id).values("code")
    return HandedSubject.objects.filter(handed__item__code__in=code, subject=subject).exists()


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
    refuse(why_not_inspect(request.subject_id, clock.today()))
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
    request = AdhocRequest.objects.select_for_update().get(pk=request_id)
    refuse(why_not_decide(request.state) or rules.why_not_same(seen=version, now=request.version))
    return request
