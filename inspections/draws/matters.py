"""Which matters of an order its own team inspects, and which are a partner's. Reads only."""

from collections.abc import Sequence

from inspections.draws.models import Draw
from inspections.draws.states import Mode
from registries.matters.models import MatterRevision


def own_revisions(draw: Draw) -> list[MatterRevision]:
    """The matters that the order's own team inspects, the lead first: all but those of its partners."""
    home = {draw.unit_id, draw.matter.unit_id}
    joint = list(draw.joint_matters.select_related("matter").order_by("matter__code"))
    return [draw.matter, *(one for one in joint if draw.mode != Mode.LOT or one.unit_id in home)]


def partner_revisions(draw: Draw) -> list[MatterRevision]:
    """The joint matters of other units, by code: each such unit draws a team of its own over the same winners."""
    own = {revision.pk for revision in own_revisions(draw)}
    return [one for one in draw.joint_matters.select_related("matter", "unit").order_by("matter__code") if one.pk not in own]


def needs_of(revisions: Sequence[MatterRevision]) -> tuple[str, ...]:
    """What inspectors need for these matters: codes of fields and specialties, sorted."""
    return tuple(sorted({code for revision in revisions for code in revision.requirements.values_list("code", flat=True)}))
