"""``@command``: the one shape of every change (see ``docs/architecture.md``)."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from django.db import transaction

from registries.ledger import record
from registries.ledger.bell import bell
from registries.ledger.change import Change, Refused
from registries.ledger.context import Unconfirmed, withheld
from registries.ledger.sentences import say

if TYPE_CHECKING:
    from registries.people.models import User

P = ParamSpec("P")

COMMANDS: dict[str, Callable[..., Change]] = {}
"""Every command by its name, which is also the permission it needs. The access tests loop over it."""


def command(name: str) -> Callable[[Callable[P, Change]], Callable[P, Change]]:
    """Make a keyword-only function ``(*, actor, …) -> Change`` the command ``name``.

    Checks the actor's permission of the same name, opens a durable transaction, runs the body and writes the returned
    :class:`Change` to the ledger inside it. A request without a fresh confirmation does not run what weighs
    (:class:`Unconfirmed`). On :class:`Refused` everything is rolled back and the refusal is recorded.
    """

    def wrap(body: Callable[P, Change]) -> Callable[P, Change]:
        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> Change:
            actor = cast("User", kwargs["actor"])
            try:
                if not actor.has_perm(name):
                    raise Refused(
                        say("Your role does not allow this. Ask a colleague whose role does, or an administrator.")
                    )
                if name in withheld.get():
                    raise Unconfirmed(name)
                with transaction.atomic(durable=True):
                    change = body(*args, **kwargs)
                    record.record_change(name, actor.pk, change)
            except Refused as refused:
                record.record_refusal(name, actor.pk, refused.reason, cast("dict[str, Any]", kwargs))
                raise
            return change

        COMMANDS[name] = run
        return run

    return wrap


def wake(task: str, **ids: int) -> None:
    """Ring the worker after commit. Only a doorbell: a sweep finds the same work if the bell is lost."""

    transaction.on_commit(lambda: bell.ring(task, ids))
