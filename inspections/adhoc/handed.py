"""From a task that names its subjects to their inspections: one request each, which a supervisor decides; then a team by lot."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from inspections.adhoc.commands import ask_adhoc
from inspections.adhoc.states import Ground
from inspections.plans.models import PlanItem
from inspections.plans.queries import asked_for, handed_subjects, items_in_force
from registries.ledger.change import Refused
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.pages import signed_in
from registries.people.access import access
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects.models import Subject

AT_ONCE = 100
"""So many are asked for by one press; who has more presses again."""
TOLD = 5
"""So many refusals are told by name."""


@access("inspections.ask_adhoc")
@require_POST
def ask_for_all(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Ask for the inspection of every named subject that nobody has asked for yet, one command each. What is refused is said by name."""
    user = signed_in(request)
    item = get_object_or_404(items_in_force().exclude(source=PlanItem.Source.ROUTINE), pk=item_pk, plan=pk)
    waiting = handed_subjects(item).exclude(subject__in=asked_for(item))[:AT_ONCE]
    matters = _matters(item, user)
    asked, refused = 0, []
    for row in waiting:
        try:
            ask_adhoc(actor=user, subject_id=row.subject_id, **_terms(item, row.handed_id, matters, row.subject))
            asked += 1
        except Refused as why:
            refused.append(f"{row.subject.name}: {why.sentence}")
    if asked:
        done = ngettext("Asked for %(n)d inspection. A supervisor decides.", "Asked for %(n)d inspections. A supervisor decides.", asked)
        messages.success(request, done % {"n": asked})
    for text in refused[:TOLD]:
        messages.error(request, text)
    if len(refused) > TOLD:
        messages.error(request, _("%(n)d more were refused.") % {"n": len(refused) - TOLD})
    return redirect("plan-task", pk=pk, item_pk=item_pk)


def _matters(item: PlanItem, user: User) -> list[MatterRevision]:
    """The item's matters as published, the lead first; joint ones of units that this person keeps."""
    wanted = [item.matter_id, *(matter.pk for matter in item.joint_matters.all())]
    rows = {row.matter_id: row for row in published_revisions().filter(matter_id__in=wanted).prefetch_related("categories")}
    return [rows[pk] for pk in wanted if pk in rows and (pk == item.matter_id or keeps(user, rows[pk].unit_id))]


def _terms(item: PlanItem, handed_id: int, matters: list[MatterRevision], subject: Subject) -> dict[str, Any]:
    kinds = set(subject.categories.values_list("pk", flat=True))
    fitting = [row.pk for row in matters[1:] if kinds.intersection(category.pk for category in row.categories.all())]
    return {
        "ground": Ground.UPPER_LEVEL.value,
        "document_number": item.document_number or item.plan.number,
        "explanation": _("Named by list %(list)d of task %(code)s.") % {"list": handed_id, "code": item.code},
        "matter_ids": [row.pk for row in matters[:1]] + fitting,
        "plan_item_id": item.pk,
    }
