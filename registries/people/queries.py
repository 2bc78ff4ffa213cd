"""Reading accounts and units: the two actors without a person, whose units somebody keeps, lists for the office pages."""

import datetime as dt
import json
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from registries import clock
from registries.ledger.models import LedgerPayload
from registries.ledger.record import SIGN_IN, SIGN_IN_FAILED, SIGN_IN_LOCKED
from registries.people.models import Alarm, BreakGlass, PasswordReset, Session, Unit, User
from registries.people.roles import Role
from registries.people.rules import UNUSED_AFTER

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


def unused(now: dt.datetime) -> Q:
    """Accounts that nobody has signed in with for 90 days, as a condition; closed ones do not count."""
    since = now - UNUSED_AFTER
    return Q(is_active=True) & (Q(last_login__lt=since) | Q(last_login=None, created_at__lt=since))


def open_resets() -> QuerySet[PasswordReset]:
    """New passwords asked for that were neither set nor refused."""
    return PasswordReset.objects.filter(used_at=None, dropped_at=None).select_related("user").order_by("asked_at")


def resets_to_confirm(user: User) -> QuerySet[PasswordReset]:
    """Those that this administrator may confirm: of accounts of another kind than the own, asked for by somebody else.

    Security administrators confirm; auditors only for security administrators.
    """
    rows = open_resets().filter(confirmed_at=None).exclude(Q(user=user) | Q(asked_by=user))
    guards_own = Q(user__groups__name=Role.SECURITY_ADMIN)
    return rows.filter(guards_own) if Role.AUDITOR in user.role_codes else rows.exclude(guards_own)


def open_alarms() -> QuerySet[Alarm]:
    """Alarms nobody has noted yet."""
    return Alarm.objects.filter(noted_at=None)


def alarms() -> QuerySet[Alarm]:
    """All alarms, those nobody has noted first, then the latest."""
    return Alarm.objects.select_related("noted_by").order_by(F("noted_at").desc(nulls_first=True), "-raised_at")


def open_glass() -> QuerySet[BreakGlass]:
    """Break-glass accounts that were not closed."""
    return BreakGlass.objects.filter(closed_at=None).select_related("user")


def sessions_of(user: User, now: dt.datetime) -> QuerySet[Session]:
    """The person's sessions that are alive, the latest first."""
    return Session.objects.filter(user=user, ended_because="", expire_date__gt=now).order_by("-seen_at")


class Before(NamedTuple):
    """The sign-in before this one, and how often somebody has failed since."""

    at: dt.datetime | None
    address: str
    failed: int


def before(user: User, seq: int | None = None) -> Before:
    """What the ledger says of the last sign-in before the entry ``seq`` (None: of the last one), and of failures after it."""
    mine = LedgerPayload.objects.filter(object_kind=User._meta.label_lower, object_id=str(user.pk))
    if seq is not None:
        mine = mine.filter(entry_id__lt=seq)
    last = mine.filter(verb=SIGN_IN).select_related("entry").order_by("-entry_id").first()
    failed = mine.filter(verb__in=(SIGN_IN_FAILED, SIGN_IN_LOCKED), entry_id__gt=last.entry_id if last else 0).count()
    if last is None:
        return Before(None, "", failed)
    return Before(dt.datetime.fromisoformat(last.entry.time), str(json.loads(last.body).get("from", "")), failed)


def before_present(user: User, session_key: str | None) -> Before:
    """The same as it was when the present session began: what its person is shown on the own page."""
    began = Session.objects.filter(pk=session_key, user=user).values_list("began_at", flat=True).first()
    if began is None:
        return before(user)
    mine = LedgerPayload.objects.filter(object_kind=User._meta.label_lower, object_id=str(user.pk), verb=SIGN_IN)
    this = mine.filter(entry__time__gte=began.astimezone(clock.BEIJING).isoformat(timespec="microseconds")).order_by("entry_id").first()
    return before(user, this.entry_id if this else None)


def has_system_administrator() -> bool:
    """Whether the office was founded: an account with the role of system administrator exists."""
    return User.objects.filter(groups__name=Role.SYSTEM_ADMIN).exists()


def units_in_use() -> QuerySet[Unit]:
    """The units one may choose in a form."""
    return Unit.objects.filter(active=True)
