"""The auditor's check of a committed roster (draw protocol 1, §1): reading it by name, recording what was found."""

from typing import Any

from inspections.draws import rules
from inspections.draws.audit import Audit
from inspections.draws.commands.rows import locked_draw
from inspections.draws.models import Draw, RosterAudit
from registries import clock
from registries.ledger.change import Change, created, refuse
from registries.ledger.commands import command
from registries.people.models import User


@command("inspections.open_roster")
def open_roster(*, actor: User, draw_id: int, page: int = 1) -> Change:
    """Say that the names of a committed roster are read now. Nothing changes; that they were read is the entry."""
    draw = _auditable(actor, draw_id)
    return Change(draw, {}, {"read": page}, "the committed roster, by name")


@command("inspections.audit_roster")
def audit_roster(*, actor: User, draw_id: int, audit: Audit) -> Change:
    """Record what :func:`inspections.draws.audit.audit` found, once, before the first source can be known."""
    draw = _auditable(actor, draw_id)
    found: dict[str, Any] = {"counts": audit.counts, "findings": [[what.text, what.values] for what in audit.findings]}
    return created(RosterAudit(draw=draw, auditor=actor, audited_at=clock.now(), agrees=audit.agrees, **found))


def _auditable(actor: User, draw_id: int) -> Draw:
    draw = locked_draw(draw_id, actor, "audit")
    first = draw.sources.order_by("position").values_list("moment", flat=True)[0]
    audited = RosterAudit.objects.filter(draw=draw).exists()
    refuse(rules.why_not_audit(first_source=first, audited=audited, now=clock.now()))
    return draw
