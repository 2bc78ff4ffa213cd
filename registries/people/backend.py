"""Who a session belongs to, loaded with what every page asks about that person, in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Combinable

from registries.gathered import Gathered
from registries.people.models import Unit, User

TOLD: dict[str, Combinable] = {}
"""Attribute of the signed-in person → how the database tells it. Higher rooms add theirs when the app is ready."""


class Accounts(ModelBackend):
    """Accounts by username and password."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Neither disabled nor past the time of a break-glass account."""
        return bool(user.is_open)

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, with the attributes in ``TOLD``; None when the account is gone or closed."""
        held: Any = User.groups.through.objects.filter(user=OuterRef("pk")).order_by().values("user")
        under: Any = Unit.objects.filter(parent=OuterRef("unit")).order_by().values("parent")
        gathered = {
            "roles_held": Subquery(held.annotate(held=Gathered("group__name")).values("held")),
            "units_under": Subquery(under.annotate(under=Gathered("pk")).values("under")),
        }
        user = User.objects.select_related("unit").annotate(**gathered, **TOLD).filter(pk=user_id).first()
        if user is not None:
            told = user.__dict__  # where ``role_codes`` and ``own_units`` look before they ask
            told["_role_codes"] = frozenset(told.pop("roles_held") or [])
            told["_kept_units"] = {user.unit_id: frozenset([user.unit_id, *(told.pop("units_under") or [])])}
        return user if user is not None and self.user_can_authenticate(user) else None
