"""Who a session belongs to, loaded with what every page asks about that person, in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models.expressions import Combinable

from registries.people.models import User

TOLD: dict[str, Combinable] = {}
"""Attribute of the signed-in person → how the database tells it. Higher rooms add theirs when the app is ready."""


class Accounts(ModelBackend):
    """Accounts by username and password."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, with the attributes in ``TOLD``; None when the account is gone or closed."""
        user = User.objects.annotate(**TOLD).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
