"""Who is in the box and who is not, as submitted; the inspectors, the conflicts; and what the auditor found of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.draws.models.order import Draw
from registries.inspectors.models import Inspector
from registries.subjects.models import Subject


class RosterEntry(models.Model):
    """待抽名单 as submitted: name and key as they will be published, and, from the commitment on, nonce and code."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="roster")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="roster_entries")
    public_id = models.CharField(max_length=32)
    name = models.CharField(_("name"), max_length=120)
    stratum = models.CharField(_("stratum"), max_length=32)
    slips = models.PositiveSmallIntegerField(_("slips"))
    slips_why = models.JSONField(_("why so many slips"), default=dict)
    tags = models.CharField(_("needs"), max_length=300)
    nonce = models.CharField(max_length=32, blank=True)
    code = models.CharField(_("code"), max_length=32, blank=True, db_index=True)

    class Meta:
        verbose_name = _("roster entry")
        verbose_name_plural = _("roster")
        ordering = ("draw", "stratum", "public_id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "subject"], name="subject_once_per_roster"),
            models.UniqueConstraint(fields=["draw", "public_id"], name="public_id_once_per_roster"),
            models.UniqueConstraint(fields=["draw", "code"], condition=~Q(code=""), name="code_once_per_roster"),
        ]

    def __str__(self) -> str:
        return self.name


class RosterOmission(models.Model):
    """A subject in the matter's scope that was left out of the roster, and the reason."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="omissions")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=32)
    stratum = models.CharField(_("stratum"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("omission")
        verbose_name_plural = _("omissions")
        ordering = ("draw", "reason", "subject")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "subject"], name="omission_once_per_draw")
        ]

    def __str__(self) -> str:
        return self.reason


class RosterInspector(models.Model):
    """An inspector as submitted, and from the commitment on blinded."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="inspectors")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    may_lead = models.BooleanField()
    open_cases = models.PositiveIntegerField()
    most_open_cases = models.PositiveIntegerField()
    tags = models.CharField(max_length=600)
    nonce = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=32, blank=True, db_index=True)

    class Meta:
        verbose_name = _("inspector in the draw")
        verbose_name_plural = _("inspectors in the draw")
        ordering = ("draw", "public_id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "inspector"], name="inspector_once_per_draw")
        ]

    def __str__(self) -> str:
        return self.name


class RosterRecusal(models.Model):
    """A conflict as it stood at submission."""

    entry = models.ForeignKey(RosterEntry, on_delete=models.CASCADE, related_name="recusals")
    inspector = models.ForeignKey(RosterInspector, on_delete=models.CASCADE, related_name="recusals")

    class Meta:
        verbose_name = _("recusal in the draw")
        verbose_name_plural = _("recusals in the draw")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "inspector"], name="roster_recusal_once")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.inspector_id}"


class RosterAudit(models.Model):
    """What the auditor found who opened every entry of the committed roster before the first source (§1). Append-only.

    ``counts`` are the entries per kind of finding, as :class:`inspections.draws.audit.Audit` names them; ``findings`` the
    sentences as ``[msgid, values]``, without names.
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="audit")
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audited_at = models.DateTimeField(_("checked"))
    agrees = models.BooleanField(_("agrees with the registry"))
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    PROTECTED: ClassVar = ("draw", "auditor", "audited_at", "agrees", "counts", "findings")

    class Meta:
        verbose_name = _("check of the roster")
        verbose_name_plural = _("checks of rosters")

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.agrees}"
