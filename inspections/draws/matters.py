"""Which matters of an order its own team inspects, and which are a partner's. Reads only."""

from collections.abc import Sequence

from django.db.models import Prefetch, prefetch_related_objects

from inspections.draws.models import Draw
from inspections.draws.states import Mode
from registries.matters.models import MatterRevision

JOINT = Prefetch("joint_matters", MatterRevision.objects.select_related("matter", "unit").order_by("matter__code"))
"""The joint matters as everything here reads them; several draws at once are read before by their owner."""


def sides_of(draw: Draw) -> dict[int, list[MatterRevision]]:
    """Unit → the matters that its team inspects, by code: first the order's own unit, the lead matter first, then its partners.

    A partner is a unit that is responsible for a joint matter of a draw of subjects and neither carries it out nor leads it.
    """
    home = {draw.unit_id, draw.matter.unit_id}
    sides = {draw.unit_id: [draw.matter]}
    prefetch_related_objects([draw], JOINT)
    for revision in draw.joint_matters.all():
        own = draw.mode != Mode.LOT or revision.unit_id in home
        sides.setdefault(draw.unit_id if own else revision.unit_id, []).append(revision)
    return sides


def own_revisions(draw: Draw) -> list[MatterRevision]:
    """The matters that the order's own team inspects, the lead first: all but those of its partners."""
    return sides_of(draw)[draw.unit_id]


def partner_revisions(draw: Draw) -> list[MatterRevision]:
    """The joint matters of other units: each such unit draws a team of its own over the same winners."""
    return [revision for unit, revisions in sides_of(draw).items() if unit != draw.unit_id for revision in revisions]


def needs_of(revisions: Sequence[MatterRevision]) -> tuple[str, ...]:
    """What inspectors need for these matters: codes of fields and specialties, sorted."""
    wanted = MatterRevision.requirements.through.objects.filter(matterrevision__in=revisions)
    return tuple(sorted(set(wanted.values_list("code__code", flat=True))))
