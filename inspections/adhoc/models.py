"""AdhocRequest: who is to be inspected outside the plan, why, on which document, on which matters."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.adhoc.states import Ground, RequestState
from inspections.plans.models import PlanItem
from registries.imports.sealed import SealedBytesField
from registries.matters.models import MatterRevision
from registries.people.models import Unit
from registries.subjects.models import Subject


class AdhocRequest(models.Model):
    """个案检查: one ground, one document; one subject, or the ``subjects`` that the lists of a task from above name. The document's
    file is kept sealed; a request on a list has the list's digest instead. ``code`` is given with the approval, without gaps in the year.

    An attempt on a subject that is excluded by law is kept as well (``barred``): it must be recorded whatever else happens
    in the same minute, so it is a row of its own and not a refusal that is only counted.
    """

    code = models.CharField(_("number"), max_length=32, null=True, blank=True, unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject"))
    subjects = models.ManyToManyField(Subject, blank=True, related_name="+", verbose_name=_("subjects of the list"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    matter = models.ForeignKey(MatterRevision, on_delete=models.PROTECT, related_name="+", verbose_name=_("lead matter"))
    joint_matters = models.ManyToManyField(MatterRevision, blank=True, related_name="+", verbose_name=_("further matters"))
    plan_item = models.ForeignKey(
        PlanItem, on_delete=models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("task that names the subject")
    )
    ground = models.CharField(_("ground"), max_length=16, choices=Ground.choices)
    document_number = models.CharField(_("document number"), max_length=60)
    file_name = models.CharField(_("file of the document"), max_length=200, blank=True)
    file = SealedBytesField(editable=False, default=b"")
    file_sha256 = models.CharField(max_length=64, blank=True)
    explanation = models.TextField(_("explanation"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.SUBMITTED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    returned_because = models.TextField(_("refused because"), blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "code", "subject", "unit", "matter", "joint_matters", "plan_item", "ground", "document_number", "file_sha256", "explanation", "state", "asked_by",
        "approved_by", "decided_at", "subjects",
    )  # fmt: skip

    class Meta:
        verbose_name = _("ad-hoc request")
        verbose_name_plural = _("ad-hoc requests")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")), name="request_approved_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False, decided_at__isnull=False, code__isnull=False),
                name="approved_request_is_numbered",
            ),
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="request_ground_of_the_list"),
            models.CheckConstraint(condition=~Q(document_number=""), name="request_names_its_document"),
            models.CheckConstraint(condition=Q(subject__isnull=False) | Q(plan_item__isnull=False), name="request_is_about_somebody"),
        ]

    def __str__(self) -> str:
        return self.code or f"#{self.pk}"

    @property
    def whom(self) -> str:
        """The subject by name, or how many a task names."""
        if self.subject is not None:
            return self.subject.name
        code = self.plan_item.code if self.plan_item is not None else ""
        return gettext("%(n)s subjects named by task %(code)s") % {"n": self.subjects.count(), "code": code}

    @property
    def reference(self) -> str:
        """What an ad-hoc order names as its plan (draw protocol 1, §2). A request is never changed, so its revision is 1."""
        return f"{self.code}@1"
