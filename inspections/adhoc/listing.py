"""The writer of a request for a whole list: who a task from above names is asked for by one request, which one decision approves."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.queries import open_requests
from inspections.adhoc.states import Ground, RequestState
from inspections.plans.models import HandedSubject, PlanItem
from inspections.plans.queries import asked_for, handed_subjects, items_in_force
from registries import clock
from registries.ledger.change import Change, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions, why_not_draw_on
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects.models import Subject
from registries.subjects.queries import excluded_on


@command("inspections.ask_handed")
def ask_handed(*, actor: User, item_id: int) -> Change:
    """Ask for the inspection of every subject that the lists of a task name and nobody has asked for yet: one request.

    Left out are merged entries, those the lead matter does not concern, and those whose inspection is asked for already. An attempt
    on a subject excluded by law is kept as a request of its own, ``barred``.
    """
    item = items_in_force().select_for_update(of=("self",), no_key=True).exclude(source=PlanItem.Source.ROUTINE).filter(pk=item_id).first()
    if item is None or not keeps(actor, item.unit_id):
        refuse_now(say("This item is another unit's."))
    matters = _matters(item, actor)
    if not matters:
        refuse_now(say("Only matters of the published edition of the matter list can be inspected."))
    for revision in matters:
        refuse(why_not_draw_on(revision, clock.today()))
    rows = list(handed_subjects(item).exclude(subject__in=asked_for(item)))
    subjects = list(Subject.objects.select_for_update(no_key=True).filter(pk__in=[row.subject_id for row in rows]).order_by("pk"))
    out = excluded_on(clock.today())
    barred = [_request(actor, item, matters[:1], rows, one) for one in subjects if one.pk in out]
    fitting = _fitting([one for one in subjects if one.pk not in out], matters[0])
    if not fitting and not barred:
        refuse_now(say("Nobody on the lists of this task is left to ask for."))
    if not fitting:
        return Change(barred[0], {}, {"subject": barred[0].subject_id, "state": RequestState.BARRED.value}, also=tuple(barred[1:]))
    joint = [one for one in matters[1:] if len(_concerned(fitting, one)) == len(fitting)]
    request = _request(actor, item, [matters[0], *joint], rows)
    request.subjects.set(fitting)
    said = {name: getattr(request, name) for name in ("ground", "document_number", "file_sha256", "explanation", "state")}
    left = len(subjects) - len(fitting) - len(barred)
    return Change(request, {}, {"subjects": [one.pk for one in fitting], "left_out": left, **said}, also=tuple(barred))


def _matters(item: PlanItem, user: User) -> list[MatterRevision]:
    """The item's matters as published, the lead first; joint ones of units that this person keeps."""
    wanted = [item.matter_id, *(matter.pk for matter in item.joint_matters.all())]
    rows = {row.matter_id: row for row in published_revisions().filter(matter_id__in=wanted).select_related("unit")}
    if item.matter_id not in rows or not keeps(user, rows[item.matter_id].unit_id):
        return []
    return [rows[pk] for pk in wanted if pk in rows and keeps(user, rows[pk].unit_id)]


def _concerned(subjects: Sequence[Subject], revision: MatterRevision) -> set[int]:
    """Those of these with a category of the matter."""
    kinds = revision.categories.values("pk")
    return set(Subject.objects.filter(pk__in=[one.pk for one in subjects], categories__in=kinds).values_list("pk", flat=True))


def _fitting(subjects: Sequence[Subject], lead: MatterRevision) -> list[Subject]:
    concerned = _concerned(subjects, lead)
    return [one for one in subjects if one.merged_into_id is None and one.pk in concerned and not open_requests(one, [lead]).exists()]


def _request(actor: User, item: PlanItem, matters: Sequence[MatterRevision], rows: Sequence[HandedSubject], barred: Subject | None = None) -> AdhocRequest:
    """The row: for the whole list, or for a subject that is excluded by law. The newest list is its document."""
    handed = max(rows, key=lambda row: row.handed_id).handed
    made = AdhocRequest(
        subject=barred,
        unit=matters[0].unit,
        matter=matters[0],
        plan_item=item,
        ground=Ground.UPPER_LEVEL.value,
        document_number=item.document_number or item.plan.number,
        explanation=_("Named by list %(list)d of task %(code)s.") % {"list": handed.pk, "code": item.code},
        file_sha256=handed.sha256,
        state=RequestState.BARRED.value if barred else RequestState.SUBMITTED.value,
        asked_by=actor,
        asked_at=clock.now(),
    )
    made.save(force_insert=True)
    made.joint_matters.set(matters[1:])
    return made
