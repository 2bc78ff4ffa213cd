"""Who may inspect, pure: a valid certificate, an active status, the required fields, no declared conflict (product.md §3)."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

ON_DUTY = "active"


class Validity(NamedTuple):
    """From when until when a certificate is valid, both days included."""

    valid_from: dt.date
    valid_until: dt.date


def why_not_eligible(
    *,
    status: str,
    certificates: Iterable[Validity],
    day: dt.date,
    tags: Iterable[str] = (),
    required: Iterable[str] = (),
    recused: bool = False,
) -> Sentence | None:
    """Why somebody may not inspect on ``day``; None when they may. ``required`` are codes that ``tags`` must hold."""
    validities = list(certificates)
    if status == "left":
        return say("has left the service")
    if status != ON_DUTY:
        return say("is suspended")
    if not validities:
        return say("has no certificate on record")
    if not any(v.valid_from <= day <= v.valid_until for v in validities):
        last = max(v.valid_until for v in validities)
        if last < day:
            return say("the certificate ended on %(day)s", day=last.isoformat())
        return say("the certificate is not valid yet")
    missing = sorted(set(required) - set(tags))
    if missing:
        return say("lacks what the matter requires: %(codes)s", codes=", ".join(missing))
    if recused:
        return say("has declared a conflict with this subject")
    return None


def why_not_link(*, own: bool, has_role: bool, taken: bool, same: bool) -> Sentence | None:
    """Why an account may not be joined to an inspector."""
    if own:
        return say("Nobody does this to their own account. Ask another system administrator.")
    if not has_role:
        return say("This account has not the role of inspector. The security administrator grants it first.")
    if taken:
        return say("This account is joined to another inspector already.")
    if same:
        return say("This account is joined to this inspector already.")
    return None
