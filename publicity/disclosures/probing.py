"""What of disclosures says how the server does: what is due and not out, what failed (loaded with the app)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from publicity.disclosures import queries
from publicity.disclosures.rules import SIGNED
from registries.ledger.sentences import say
from registries.operations.probing import item
from registries.operations.rules import Light, Reading


@item("disclosures", _("Disclosures"), "disclosures")
def disclosures(now: dt.datetime) -> Reading:
    """Nothing past its day, nothing that the worker failed at. What people owe or keep back is no failure of the server."""
    due, failing = queries.due_now(now).count(), queries.failing().count()
    late = queries.overdue(now.date())
    free = late.exclude(pk__in=queries.holds_in_force(now.date()).values("case"))
    stuck, unsigned = free.filter(state__in=SIGNED).count(), free.exclude(state__in=SIGNED).count()
    figures = {"disclosures_due": float(due), "disclosures_failing": float(failing), "disclosures_overdue": float(late.count())}
    if stuck:
        todo = say("See first that the worker works; why it failed stands on the supervisor's page “Results that could not be published”.")
        return Reading(Light.RED, say("%(count)s results are past their day and not public.", count=stuck), todo, None, figures)
    if failing:
        todo = say("Tell the supervisor: each failure is listed with its reason. The worker tries again every ten minutes.")
        return Reading(Light.AMBER, say("%(count)s results could not be published yet.", count=failing), todo, None, figures)
    if unsigned:
        todo = say("The server does its part: the records wait for the officers' signatures. Tell the supervisor and the unit.")
        return Reading(Light.AMBER, say("Past their day because the record is not signed: %(count)s.", count=unsigned), todo, None, figures)
    return Reading(Light.GREEN, say("No result is past its day, but for those held back; %(count)s go out next.", count=due), None, None, figures)
