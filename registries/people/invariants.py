"""What must hold of accounts whatever wrote them: no superuser, no roles together that exclude each other, no break-glass account past its time."""

import datetime as dt
from collections.abc import Iterator

from registries import clock
from registries.ledger.findings import invariant
from registries.ledger.sentences import Sentence, say
from registries.people import queries
from registries.people.models import User
from registries.people.roles import EXCLUSIVE

GRACE = dt.timedelta(minutes=10)
"""So long the timer may take to close an account; it opens nothing any more at the very minute."""


@invariant("accounts")
def accounts() -> Iterator[Sentence]:
    """Three queries."""
    for user in User.objects.filter(is_superuser=True):
        yield say("The account %(account)s is a superuser. There must be none.", account=user.username)
    for glass in queries.open_glass().filter(until__lt=clock.now() - GRACE):
        yield say("The break-glass account %(account)s was not closed when its time was over.", account=glass.user.username)
    for user in User.objects.prefetch_related("groups"):
        held = {group.name for group in user.groups.all()}
        for one, other in EXCLUSIVE:
            if {one.value, other.value} <= held:
                yield say("The account %(account)s holds roles that exclude each other.", account=user.username)
                break
