"""Reading accounts and units: the two actors without a person, whose units somebody keeps, lists for the office pages."""

from django.db.models import Q, QuerySet

from registries.people.models import Unit, User
from registries.people.roles import Role

SYSTEM_USERNAME = "system"
PUBLIC_USERNAME = "public"
ACTORS = (SYSTEM_USERNAME, PUBLIC_USERNAME)


def system_user() -> User:
    """The actor of the timers and the worker."""
    return User.objects.get(username=SYSTEM_USERNAME)


def public_user() -> User:
    """The actor of visitors without an account."""
    return User.objects.get(username=PUBLIC_USERNAME)


def own_units(user: User) -> set[int] | None:
    """The units whose rows this person keeps: their own and those under it; None means every unit.

    Reviewers, supervisors and auditors read all units; a clerk of the bureau itself keeps all of them. Somebody
    without a unit keeps none. Read once per object.
    """
    if not user.role_codes.isdisjoint((Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR)):
        return None
    if user.unit is None:
        return set()
    if user.unit.kind == Unit.Kind.BUREAU:
        return None
    kept: set[int] | None = user.__dict__.get("_own_units")
    if kept is None:
        kept = set(Unit.objects.filter(Q(pk=user.unit.pk) | Q(parent=user.unit)).values_list("pk", flat=True))
        user.__dict__["_own_units"] = kept
    return set(kept)


def keeps(user: User, unit_id: int) -> bool:
    """Whether this person keeps the rows of that unit."""
    units = own_units(user)
    return units is None or unit_id in units


def people() -> QuerySet[User]:
    """The accounts of persons, with unit and roles."""
    return User.objects.exclude(username__in=ACTORS).select_related("unit").prefetch_related("groups")


def has_system_administrator() -> bool:
    """Whether the office was founded: an account with the role of system administrator exists."""
    return User.objects.filter(groups__name=Role.SYSTEM_ADMIN).exists()


def units_in_use() -> QuerySet[Unit]:
    """The units one may choose in a form."""
    return Unit.objects.filter(active=True)
