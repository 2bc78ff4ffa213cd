"""Reading second factors: since when somebody has one, whether they must, how many recovery codes are left."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Combinable

from registries.people.factors import rules
from registries.people.factors.models import Factor, RecoveryCode
from registries.people.models import User

FEW = 3
"""With so few recovery codes left the page says: renew them."""


def told_since() -> Combinable:
    """Since when the person of the row has a second factor; every page inside asks (``backend.TOLD``)."""
    return Subquery(Factor.objects.filter(user=OuterRef("pk")).values("enrolled_at"))


def since(user: User) -> dt.datetime | None:
    """Since when this person has a second factor; None without one."""
    known: Any = user  # and no look into __dict__: a request's person is a proxy
    if not hasattr(known, "factor_since"):
        known.factor_since = Factor.objects.filter(user=user).values_list("enrolled_at", flat=True).first()
    found: dt.datetime | None = known.factor_since
    return found


def forget(user: User) -> None:
    """What was known of the person's second factor has just changed."""
    if hasattr(user, "factor_since"):
        del user.factor_since


def must_have(user: User) -> bool:
    """Whether this person may not work without one (``REQUIRE_SECOND_FACTOR``)."""
    return bool(settings.REQUIRE_SECOND_FACTOR) and rules.wants(user.role_codes)


def factor_of(user: User) -> Factor | None:
    """The row, with one or without."""
    return Factor.objects.filter(user=user).first()


def recovery_left(user: User) -> int:
    """How many recovery codes still work."""
    return RecoveryCode.objects.filter(factor__user=user, used_at=None).count()
