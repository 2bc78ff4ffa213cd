"""The secret outside the server: the auditor takes the sealed copy out; when the server has lost its own, it is entered again.

Neither can bend anything: the order holds the commitment, and one secret alone fits it (draw protocol 1, §2, §3).
"""

from inspections.draws import queries, rules
from inspections.draws.commands.rows import locked_draw
from inspections.draws.models import DrawSecret
from inspections.draws.protocol import commitment
from registries import clock
from registries.ledger.change import Change, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import say
from registries.people.models import User


@command("inspections.read_sealed_copy")
def read_sealed_copy(*, actor: User, draw_id: int) -> Change:
    """Take the sealed copy of an open order's secret. Nothing changes; that it was taken is the entry, and bars from entering values."""
    draw = locked_draw(draw_id, actor, "read_sealed_copy")
    if not queries.sealed_copy_of(draw):
        refuse_now(say("No copy was sealed for this order: no auditor's key was set when it was committed."))
    return Change(draw, {}, {"read": "sealed copy"}, "the auditor's sealed copy of the secret")


@command("inspections.give_secret")
def give_secret(*, actor: User, draw_id: int, secret: str) -> Change:
    """Enter the secret of a due order that the server can no longer read, from the auditor's copy; the worker then draws."""
    draw = locked_draw(draw_id, actor, "give_secret")
    assert draw.planned is not None  # noqa: S101  (an order always has it)
    secret = secret.strip()
    refuse(
        rules.why_not_give_secret(
            values=[source.value for source in draw.sources.all()],
            planned=draw.planned,
            now=clock.now(),
            readable=queries.secret_of(draw) is not None,
            fits=commitment(str(draw.number), secret) == draw.commitment,
        )
    )
    kept = DrawSecret.objects.defer("secret").get(draw=draw)
    kept.secret = secret
    kept.save(update_fields=["secret"])
    wake("inspections.run_draw", draw_id=draw.pk)
    return Change(draw, {}, {"secret": "entered again"}, "from the auditor's sealed copy", also=(kept,))
