"""What of disclosures says how the server does: what is due and not out, what failed (loaded with the app)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from publicity.disclosures import queries
from registries.ledger.sentences import say
from registries.operations.probing import item
from registries.operations.rules import Light, Reading


@item("disclosures", _("Disclosures"), "disclosures")
def disclosures(now: dt.datetime) -> Reading:
    """Nothing past its day, nothing that the worker failed at."""
    due, failing, late = queries.due_now(now).count(), queries.failing().count(), queries.overdue(now.date()).count()
    figures = {"disclosures_due": float(due), "disclosures_failing": float(failing), "disclosures_overdue": float(late)}
    if late:
        todo = say("See first that the worker works; what failed is listed for the supervisor under “Disclosures”.")
        return Reading(Light.RED, say("%(count)s results are past their day and not public.", count=late), todo, None, figures)
    if failing:
        todo = say("Tell the supervisor: each failure is listed with its reason. The worker tries again every ten minutes.")
        return Reading(Light.AMBER, say("%(count)s results could not be published yet.", count=failing), todo, None, figures)
    return Reading(Light.GREEN, say("No result is past its day; %(count)s go out next.", count=due), None, None, figures)
