"""User and Unit, and what sign-in keeps: sessions, tries, past passwords, resets asked for, break-glass accounts, alarms.

Roles are Django groups whose rights stand in ``roles.py``, in code, where nobody can click them.
"""

import hashlib
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registries import clock
from registries.ledger.change import translated
from registries.ledger.sentences import sentence_of
from registries.people import roles
from registries.people.titles import TITLES


class Unit(models.Model):
    """A bureau, brigade, station or partner department."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("bureau")
        BRIGADE = "brigade", _("brigade")
        STATION = "station", _("police station")
        PARTNER = "partner", _("partner department")

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("belongs to"))
    document_word = models.CharField(_("document word"), max_length=8, blank=True)
    phone = models.CharField(_("supervision phone"), max_length=32, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    PROTECTED: ClassVar = ("code", "name", "short_name", "kind", "parent", "document_word", "phone", "active")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds users; new ones are made by the commands of this room."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in is by account name."""
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person's account, or one of the two actors without a person: ``system`` (timers) and ``public`` (visitors)."""

    username = models.CharField(
        _("account"), max_length=40, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("unit"))
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("enabled"), default=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    created_at = models.DateTimeField(_("created"))
    password_set_at = models.DateTimeField(_("password chosen"), null=True, blank=True)
    open_until = models.DateTimeField(_("open until"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    PROTECTED: ClassVar = ("username", "name", "unit", "is_active", "is_superuser", "groups", "open_until")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("username",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="no_superuser"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        """May enter the Django admin."""
        return self.has_perm("registries.enter_admin")

    @property
    def is_open(self) -> bool:
        """Neither disabled nor, for a break-glass account, past its time."""
        return self.is_active and (self.open_until is None or clock.now() < self.open_until)

    @property
    def role_codes(self) -> frozenset[str]:
        """The roles this account holds, read once per object."""
        cached: frozenset[str] | None = self.__dict__.get("_role_codes")
        if cached is None:
            cached = frozenset(self.groups.values_list("name", flat=True))
            self.__dict__["_role_codes"] = cached
        return cached

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether one of the account's roles has this right (``roles.py``). Disabled accounts have none.

        A new account chooses its own password before it has a role: roles that decide are not granted earlier.
        """
        first_password = perm == "registries.set_own_password" and self.must_change_password
        return self.is_open and (first_password or not self.role_codes.isdisjoint(roles.who_may(perm)))

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """All of them."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """The admin's front page asks this; every one who may enter may look."""
        return self.is_staff


class Session(AbstractBaseSession):
    """One sign-in on one device, as the session engine (``sessions.py``) keeps it; the row goes when the person signs out.

    ``ended_because``: ended from elsewhere, and why (a word of ``rules.ENDED``); the empty row stays for a day, so that this can be told.
    ``renew``: the person's roles have changed, so the next request gets a new key.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))
    address = models.CharField(_("address"), max_length=64, blank=True)
    device = models.CharField(_("device"), max_length=80, blank=True)
    renew = models.BooleanField(default=False)
    ended_because = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.began_at}"

    @property
    def mark(self) -> str:
        """What a page may call the session by: its key is a secret of the one browser that has it."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]


class SignInTries(models.Model):
    """Tries to sign in to one account name from one address. Names stand here as keyed digests: people type passwords there by mistake.

    ``account`` empty: all tries from that address together. Rows are removed a day after their last try.
    """

    account = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("tries to sign in")
        verbose_name_plural = _("tries to sign in")
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "address"], name="tries_once_a_place")]

    def __str__(self) -> str:
        return f"{self.address}: {self.failures}"


class PastPassword(models.Model):
    """The hash of a password somebody chose, so that it is not chosen again too soon. Only the last five are kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("past password")
        verbose_name_plural = _("past passwords")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.set_at}"


class PasswordReset(models.Model):
    """Two people for a new password of somebody who decides: the system administrator asks, another administrator confirms."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="resets", verbose_name=_("account"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    dropped_at = models.DateTimeField(_("turned down"), null=True)

    PROTECTED: ClassVar = ("user", "asked_by", "asked_at", "confirmed_by", "confirmed_at", "used_at", "dropped_at")

    class Meta:
        verbose_name = _("new password asked for")
        verbose_name_plural = _("new passwords asked for")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(used_at=None, dropped_at=None), name="one_reset_at_a_time"),
            models.CheckConstraint(condition=~Q(confirmed_by=models.F("asked_by")) & ~Q(confirmed_by=models.F("user")), name="reset_by_two"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(confirmed_at__isnull=False), name="reset_confirmed_first"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class BreakGlass(models.Model):
    """An administrator's account opened at the server's console for some hours, because nobody else could act; it closes by itself."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, TITLES[role]) for role in roles.Role])
    reason = models.CharField(_("reason"), max_length=500)
    opened_at = models.DateTimeField(_("account opened"))
    until = models.DateTimeField(_("open until"))
    closed_at = models.DateTimeField(_("account closed"), null=True)

    PROTECTED: ClassVar = ("user", "role", "reason", "opened_at", "until", "closed_at")

    class Meta:
        verbose_name = _("break-glass account")
        verbose_name_plural = _("break-glass accounts")

    def __str__(self) -> str:
        return str(self.user)


class Alarm(models.Model):
    """Something about sign-in that auditors and security administrators must see; it rings on their desks until one of them has noted it."""

    class Kind(models.TextChoices):
        TRIES = "tries", _("many failed sign-ins")
        GLASS = "glass", _("break-glass")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    sentence = models.JSONField(_("what happened"))
    raised_at = models.DateTimeField(_("raised"))
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("noted by"))
    noted_at = models.DateTimeField(_("noted"), null=True)
    finding = models.CharField(_("what was found or done"), max_length=500, blank=True)

    UNTOLD: ClassVar = ("sentence",)
    PROTECTED: ClassVar = ("kind", "sentence", "raised_at", "noted_by", "noted_at", "finding")

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ("-raised_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(noted_by=None, noted_at=None) | Q(noted_by__isnull=False, noted_at__isnull=False), name="alarm_noted_whole")
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What happened, in the reader's language."""
        return translated(sentence_of(self.sentence))
