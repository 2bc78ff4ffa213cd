"""From a task that names its subjects to their inspections: one request for the list, which a supervisor decides; then teams by lot."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from inspections.adhoc.listing import ask_handed
from inspections.plans.models import PlanItem
from inspections.plans.queries import items_in_force
from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.queries import of_own_units


@access("inspections.ask_adhoc")
@require_POST
def ask_for_all(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Ask for the inspection of everybody named whom nobody has asked for yet: one request, one decision, one order."""
    tasks = items_in_force().filter(of_own_units(signed_in(request))).exclude(source=PlanItem.Source.ROUTINE)
    item = get_object_or_404(tasks, pk=item_pk, plan=pk)
    change = act(request, ask_handed, item_id=item.pk)
    if change is not None:
        asked, left = len(change.after.get("subjects", ())), change.after.get("left_out", 0)
        if asked:
            done = ngettext("Asked for %(n)d inspection. A supervisor decides.", "Asked for %(n)d inspections. A supervisor decides.", asked)
            messages.success(request, done % {"n": asked})
        barred = len(change.also) if asked else len(change.also) + 1
        if barred:
            messages.error(request, _("%(n)d are lawfully out of scope; the attempt is recorded.") % {"n": barred})
        if left:
            messages.error(
                request, _("%(n)d were left out: asked for already, merged, or not concerned by the matter.") % {"n": left}
            )
    return redirect("plan-task", pk=pk, item_pk=item_pk)
