"""Factor and RecoveryCode: what a person has beside the password."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.fields import SealedTextField


class Factor(models.Model):
    """The authenticator of one person. Without ``enrolled_at`` there is none at present: it was cleared or turned off.

    ``last_step`` is the step of 30 seconds whose code was taken last, so that each works once; ``wrong`` counts the wrong
    codes since the last right one.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("account"))
    secret = SealedTextField(_("key of the authenticator"), blank=True)
    enrolled_at = models.DateTimeField(_("set up"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("cleared by an administrator"), null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    wrong = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)

    PROTECTED: ClassVar = ("user", "secret", "enrolled_at", "cleared_at", "last_step", "wrong", "locked_until")
    UNTOLD: ClassVar = ("secret", "last_step")

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """One of ten codes on paper. ``mark`` is its first group, by which it is found; of the rest only a hash is kept."""

    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="recovery", verbose_name=_("second factor"))
    mark = models.CharField(_("first group"), max_length=4)
    hashed = models.CharField(max_length=128)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    PROTECTED: ClassVar = ("factor", "mark", "hashed", "used_at")

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar = [models.UniqueConstraint(fields=["factor", "mark"], name="recovery_mark_once")]

    def __str__(self) -> str:
        return self.mark
