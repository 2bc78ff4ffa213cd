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

    Reviewers, supervisors and auditors read all units; a clerk of the bureau itself keeps all of them, and so does the
    system, for whoever imports at the console. Somebody without a unit keeps none.
    """
    if not user.role_codes.isdisjoint((Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM)):
        return None
    if user.unit_id is None:
        return set()
    read: dict[int, frozenset[int]] | None = getattr(user, "_kept_units", None)  # with whoever is signed in
    kept = user.__dict__.setdefault("_kept_units", {}) if read is None else read  # a page asks several times
    if user.unit_id not in kept:
        units = {unit.pk: unit for unit in Unit.objects.filter(Q(pk=user.unit_id) | Q(parent=user.unit_id))}
        user.unit = units[user.unit_id]  # the page prints it: read once
        kept[user.unit_id] = frozenset(units)
    if user.unit is None or user.unit.kind == Unit.Kind.BUREAU:
        return None
    return set(kept[user.unit_id])


def keeps_unit(user: User, unit: Unit) -> bool:
    """The same of a unit at hand: asks the database nothing but the person's own unit."""
    if not user.role_codes.isdisjoint((Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR)):
        return True
    if user.unit is None:
        return False
    return user.unit.kind == Unit.Kind.BUREAU or user.unit.pk in (unit.pk, unit.parent_id)


def of_own_units(user: User, to: str = "unit") -> Q:
    """The rows of the units that this person keeps, as a condition; ``to`` leads from the row to its unit."""
    if not user.role_codes.isdisjoint((Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR)):
        return Q()
    if user.unit is None:
        return Q(pk__in=[])
    return Q() if user.unit.kind == Unit.Kind.BUREAU else Q(**{to: user.unit.pk}) | Q(**{f"{to}__parent": user.unit.pk})


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
