"""What is owed before it is public: the three dates of a case, what holds a result back, and the decision of a penalty."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case
from inspections.followups.models import FollowUp
from publicity.disclosures.models import new_public_id
from publicity.disclosures.states import HoldState
from registries import clock


class Duty(models.Model):
    """公示期限: by when the result of a case is public. Noted when the visit has ended; an old date is never counted again in silence.

    ``due_on`` is the promise, the other two are empty while the holiday table lacks a year; ``calendar`` names the editions of the
    table that they were counted by. ``attempts``, ``failed_at`` and ``failure`` (msgid and values) tell why the worker could not publish.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="duty", verbose_name=_("case"))
    ended_on = models.DateField(_("inspection ended on"))
    due_on = models.DateField(_("due on"))
    rolled_on = models.DateField(_("due on, rolled to a working day"), null=True, blank=True)
    working_on = models.DateField(_("due on by working days"), null=True, blank=True)
    calendar = models.CharField(_("counted by the holiday table"), max_length=60, blank=True)
    noted_at = models.DateTimeField(_("noted"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failed_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    failure = models.JSONField(_("why it failed"), default=list, blank=True)

    PROTECTED: ClassVar = ("case", "ended_on", "due_on", "rolled_on", "working_on", "calendar")

    class Meta:
        verbose_name = _("term of disclosure")
        verbose_name_plural = _("terms of disclosure")
        ordering = ("due_on", "id")
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="duty_due"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="duty_failed"),
        ]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(due_on__gt=F("ended_on")), name="duty_is_due_after_the_visit")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_on}"

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        return f"{self.due_on}"


class Hold(models.Model):
    """暂缓公示: asked for by the unit's clerk, decided by a supervisor, with its legal basis and its last day. It ends by itself."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds", verbose_name=_("case"))
    basis = models.CharField(_("legal basis"), max_length=200)
    reason = models.CharField(_("reason"), max_length=500)
    until = models.DateField(_("last day"))
    state = models.CharField(_("state"), max_length=10, choices=HoldState.choices, default=HoldState.SUBMITTED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    refused_because = models.CharField(_("refused because"), max_length=500, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_because = models.CharField(_("lifted because"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "case", "basis", "reason", "until", "state", "asked_by", "asked_at", "decided_by", "decided_at", "refused_because", "lifted_by",
        "lifted_at", "lifted_because",
    )  # fmt: skip

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="hold_state_until")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(basis="") & ~Q(reason=""), name="hold_has_basis_and_reason"),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(state="submitted"), Q(decided_by__isnull=False, decided_at__isnull=False), ~Q(decided_by=F("asked_by"))),
                name="hold_decided_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refused_because=""), name="refused_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_because="")
                | Q(Q(state="granted", lifted_at__isnull=False, lifted_by__isnull=False), ~Q(lifted_because="")),
                name="lifted_hold_says_why",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(state="submitted"), name="one_waiting_hold_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.until}"

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        return f"{self.basis} · {self.until}"


class PenaltyDisclosure(models.Model):
    """行政处罚决定公示: the frozen copy of one decision, public within seven working days of it (domain.md §8).

    ``named`` is False where a category of the subject is published as counts only: then the day, the unit and the amount stand there
    and nothing else. ``due_on`` is empty where the holiday table lacked the year. ``removed_at``: shown no more, for the reason given;
    ``annulled_by`` names the document that annulled it, ``remove_by`` is the third working day after that one's day.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    followup = models.OneToOneField(FollowUp, on_delete=models.PROTECT, related_name="penalty_disclosure", verbose_name=_("follow-up"))
    named = models.BooleanField(_("named"))
    subject_name = models.CharField(_("subject"), max_length=120, blank=True)
    subject_code = models.CharField(_("code"), max_length=32, blank=True)
    category_name = models.CharField(_("category"), max_length=60, blank=True)
    unit_name = models.CharField(_("unit"), max_length=80)
    number = models.CharField(_("number of the decision"), max_length=60, blank=True)
    decided_on = models.DateField(_("day of the decision"))
    penalty = models.CharField(_("penalty"), max_length=300, blank=True)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"))
    shown_until = models.DateField(_("shown until"))
    removed_at = models.DateTimeField(_("taken down"), null=True, blank=True)
    removed_because = models.CharField(_("taken down because"), max_length=500, blank=True)
    removed_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    annulled_by = models.CharField(_("number of the annulling document"), max_length=60, blank=True)
    annulled_on = models.DateField(_("day of the annulling document"), null=True, blank=True)
    remove_by = models.DateField(_("to be taken down by"), null=True, blank=True)

    PROTECTED: ClassVar = (
        "public_id", "followup", "named", "subject_name", "subject_code", "category_name", "unit_name", "number", "decided_on", "penalty",
        "amount", "due_on", "published_at", "shown_until", "removed_at", "removed_because", "removed_basis", "annulled_by", "annulled_on",
        "remove_by",
    )  # fmt: skip

    class Meta:
        verbose_name = _("disclosed penalty")
        verbose_name_plural = _("disclosed penalties")
        ordering = ("-published_at", "-id")
        indexes: ClassVar = [models.Index(fields=["-published_at", "-id"], name="penalty_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(named=True) | Q(subject_name="", subject_code="", number="", penalty=""),
                name="penalty_by_counts_names_nobody",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_because="") | Q(Q(removed_at__isnull=False), ~Q(removed_because="")),
                name="removed_penalty_says_why",
            ),
            models.CheckConstraint(
                condition=Q(removed_basis="", annulled_by="", annulled_on__isnull=True, remove_by__isnull=True)
                | Q(
                    Q(removed_at__isnull=False, annulled_on__isnull=False, remove_by__isnull=False), ~Q(removed_basis=""), ~Q(annulled_by="")
                ),
                name="annulled_penalty_names_its_document",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def on_time(self) -> bool | None:
        """Whether it was public by its day; None where the day is unknown."""
        return None if self.due_on is None else self.published_at.astimezone(clock.BEIJING).date() <= self.due_on
