"""User and Unit. Roles are Django groups whose rights stand in ``roles.py``, in code, where nobody can click them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.people import roles


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

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    PROTECTED: ClassVar = ("username", "name", "unit", "is_active", "is_superuser", "groups")

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
    def role_codes(self) -> frozenset[str]:
        """The roles this account holds, read once per object."""
        cached: frozenset[str] | None = self.__dict__.get("_role_codes")
        if cached is None:
            cached = frozenset(self.groups.values_list("name", flat=True))
            self.__dict__["_role_codes"] = cached
        return cached

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether one of the account's roles has this right (``roles.py``). Disabled accounts have none."""
        return self.is_active and not self.role_codes.isdisjoint(roles.who_may(perm))

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """All of them."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """The admin's front page asks this; every one who may enter may look."""
        return self.is_staff
