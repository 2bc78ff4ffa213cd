"""What of draws says how the server does: orders whose moment has come and that nobody has drawn (loaded with the app)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from inspections.draws import queries
from registries.ledger.sentences import say
from registries.operations.probing import item
from registries.operations.rules import Light, Reading

WAITING = dt.timedelta(minutes=10)
"""A draw of a million entries takes less."""


@item("draws", _("Draws"), "draws")
def draws(now: dt.datetime) -> Reading:
    """Every draw is drawn soon after its moment, or after the last value was typed."""
    late = queries.due_draws(now - WAITING).exclude(sources__settled_at__gt=now - WAITING).count()
    figures = {"draws_late": float(late)}
    if late:
        todo = say("See that the worker works. If it does, the desk of a supervisor says which draw lacks its secret.")
        return Reading(Light.RED, say("%(count)s draws have been due for ten minutes and more.", count=late), todo, None, figures)
    return Reading(Light.GREEN, say("No draw is late."), None, None, figures)
