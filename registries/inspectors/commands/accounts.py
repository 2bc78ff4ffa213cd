"""The writer of the inspector registry's accounts (the registry itself is imported)."""

from registries.inspectors import rules
from registries.inspectors.models import Inspector
from registries.ledger.change import Change, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.roles import Role


@command("registries.link_inspector")
def link_inspector(*, actor: User, inspector_id: int, user_id: int | None) -> Change:
    """Join an account to an inspector, or part them (``user_id`` None).

    Refuses an account without the role of inspector, one that is joined to another inspector, and the own account.
    """
    inspector = Inspector.objects.select_for_update(no_key=True).get(pk=inspector_id)
    if user_id is None:
        if inspector.user_id is None:
            refuse_now(say("No account is joined to this inspector."))
        return alter(inspector, user=None)
    user = User.objects.get(pk=user_id)
    refuse(
        rules.why_not_link(
            own=user.pk == actor.pk,
            has_role=Role.INSPECTOR in user.role_codes,
            taken=Inspector.objects.filter(user=user).exclude(pk=inspector.pk).exists(),
            same=inspector.user_id == user.pk,
        )
    )
    return alter(inspector, user=user)
