"""What the page of a case says of its published result: objections, changes, and the ways to correct or withdraw it."""

from typing import Any

from inspections.cases.parts import Part, part
from inspections.cases.queries import Viewer
from publicity.corrections import queries
from publicity.corrections.comparing import changes
from publicity.disclosures.models import Disclosure


@part
def published_result(case: Any, looks: Viewer) -> Part | None:
    """Once there is a result at its address."""
    if not looks.may("view_cases"):
        return None
    result: Disclosure | None = getattr(case, "disclosure", None)
    if result is None:
        return None
    proposals = list(queries.proposals_of(result)) if case.has_proposals else []
    waiting = any(one.state == "submitted" for one in proposals)
    may_propose = result.removed_at is None and not waiting and looks.keeps(case.unit_id) and looks.user.has_perm("publicity.propose_correction")
    context = {
        "result": result,
        "proposals": [(one, changes(one.was, one.values)) for one in proposals],
        "objections": list(queries.visible_objections(looks.user).filter(disclosure=result)) if case.has_objections else [],
        "may_propose": may_propose,
        "followed": may_propose and queries.followed_since(looks.user).filter(pk=result.pk).exists(),
    }
    return Part("office/corrections/_part.html", context, None, proposals)
