"""Who may hold which role, and who may change which account. Pure."""

from collections.abc import Iterable

from registries.ledger.sentences import Sentence, say
from registries.people.roles import Role, excluded_by

PERSONAL: tuple[Role, ...] = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC))
"""The roles a person may hold; the other two belong to the timers and to visitors."""


def why_not_grant(
    *, role: str, held: Iterable[str], own: bool, enabled: bool, title: str, titles: dict[str, str]
) -> Sentence | None:
    """Why this account may not be given ``role``. ``titles`` names roles for people."""
    held = set(held)
    if own:
        return say("Nobody grants a role to themselves. Ask the other security administrator.")
    if role not in {r.value for r in PERSONAL}:
        return say("This role belongs to no person.")
    if not enabled:
        return say("This account is disabled. It is enabled before it gets a role.")
    if role in held:
        return say("This account holds the role %(role)s already.", role=title)
    clash = sorted({r.value for r in excluded_by(Role(role))} & held)
    if clash:
        return say(
            "The roles %(role)s and %(other)s exclude each other. Revoke the other one first, or choose another account.",
            role=title,
            other=titles[clash[0]],
        )
    return None


def why_not_revoke(*, role: str, held: Iterable[str], own: bool, title: str) -> Sentence | None:
    """Why ``role`` may not be taken from this account."""
    if own:
        return say("Nobody revokes a role of their own. Ask the other security administrator.")
    if role not in set(held):
        return say("This account does not hold the role %(role)s.", role=title)
    return None


def why_not_change_account(*, own: bool, personal: bool) -> Sentence | None:
    """Why an administrator may not disable, enable or reset this account."""
    if not personal:
        return say("The actors of the timers and of visitors are no accounts of persons.")
    if own:
        return say("Nobody does this to their own account. Ask another system administrator.")
    return None


def why_not_found(*, founded: bool, roles: Iterable[str]) -> Sentence | None:
    """The office is founded once, with its three administrators, each another account."""
    if founded:
        return say("The office was founded already: there is a system administrator.")
    if set(roles) != {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}:
        return say("The office is founded with a system administrator, a security administrator and an auditor.")
    return None
