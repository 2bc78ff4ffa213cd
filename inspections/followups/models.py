"""FollowUp with its Extension and Recheck rows."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case
from inspections.followups.states import Kind, State
from inspections.papers.models import Letter


class FollowUp(models.Model):
    """后续处置: what follows from a visit. Ordered by a reviewer, carried out and recorded by the unit, settled once.

    ``letter`` is the order or letter of ours that stands for it; ``number`` (a penalty case), ``receipt_number`` and ``decision_number`` are
    those of other bodies and of the case system, and are typed. ``due_on`` is the day of the present step. Columns of other kinds stay empty. A waiver says in ``what`` why nothing
    follows, and is settled as it is made.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="followups", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    what = models.TextField(_("what and why"))
    number = models.CharField(_("document number"), max_length=60, blank=True)
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="followup", verbose_name=_("order or letter")
    )
    addressee = models.CharField(_("goes to"), max_length=120, blank=True)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    due_on = models.DateField(_("due"))
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("ordered by"))
    ordered_at = models.DateTimeField(_("ordered"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("transfer decided by")
    )
    decided_at = models.DateTimeField(_("transfer decided"), null=True, blank=True)
    send_by = models.DateTimeField(_("to be sent by"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_number = models.CharField(_("number of the letter"), max_length=60, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    receipt_number = models.CharField(_("receipt"), max_length=60, blank=True)
    decision_number = models.CharField(_("number of the decision"), max_length=60, blank=True)
    decision_on = models.DateField(_("day of the decision"), null=True, blank=True)
    decision = models.CharField(_("penalty"), max_length=300, blank=True)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True)
    disclose_by = models.DateField(_("penalty to be disclosed by"), null=True, blank=True)
    remark = models.TextField(_("how it was settled"), blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "case", "kind", "state", "what", "number", "letter", "addressee", "filed_on", "due_on", "ordered_by", "ordered_at", "decided_by",
        "decided_at", "send_by", "sent_at", "sent_number", "received_on", "receipt_number", "decision_number", "decision_on", "decision",
        "amount", "disclose_by", "remark", "settled_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ("case", "id")
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="followup_state_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | Q(~Q(state="open"), settled_at__isnull=False),
                name="settled_followup_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(kind="penalty", state="done") | Q(~Q(decision_number=""), Q(decision_on__isnull=False)),
                name="penalty_is_done_with_its_decision",
            ),
            models.CheckConstraint(
                condition=~Q(kind="transfer", state="done") | Q(sent_at__isnull=False, received_on__isnull=False),
                name="transfer_is_done_with_its_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(kind="crime", state="done") | Q(decided_by__isnull=False, sent_at__isnull=False),
                name="criminal_transfer_is_decided_and_sent",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("ordered_by")), name="criminal_transfer_decided_by_another"
            ),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(remark=""), name="dropped_transfer_says_why"),
            models.CheckConstraint(condition=~Q(state="failed") | Q(kind="rectification"), name="only_a_rectification_fails"),
            models.CheckConstraint(condition=~Q(what=""), name="followup_says_what_and_why"),
            models.UniqueConstraint(fields=["case"], condition=Q(kind="crime", state="open"), name="one_open_criminal_transfer"),
            models.UniqueConstraint(fields=["case"], condition=Q(kind="waiver"), name="one_waiver_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_kind_display()}"

    @property
    def is_void(self) -> bool:
        """Whether the number of its order or letter was voided; ``letter`` with its number at hand."""
        return self.letter is not None and self.letter.number.voided_at is not None

    @property
    def is_issued(self) -> bool:
        """Whether an order or letter of it stands; one from the time when numbers were typed counts too."""
        return not self.is_void and (self.letter is not None or bool(self.number or self.sent_number))

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        return self.get_kind_display()


class Extension(models.Model):
    """延期: a rectification's day moved back, with the reason. Append-only."""

    followup = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("follow-up"))
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="extension", verbose_name=_("order or letter")
    )
    was_due_on = models.DateField(_("was due"))
    due_on = models.DateField(_("due"))
    reason = models.CharField(_("reason"), max_length=500)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))

    PROTECTED: ClassVar = ("followup", "letter", "was_due_on", "due_on", "reason", "decided_by", "decided_at")

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ("followup", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(due_on__gt=F("was_due_on")), name="extension_moves_the_day_back"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.followup}: {self.due_on}"


class Recheck(models.Model):
    """复查: the directed visit that shows whether a rectification was done: a case of its own, not counted to any cap. Append-only."""

    followup = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="rechecks", verbose_name=_("follow-up"))
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recheck", verbose_name=_("case"))
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("ordered by"))
    ordered_at = models.DateTimeField(_("ordered"))

    PROTECTED: ClassVar = ("followup", "case", "ordered_by", "ordered_at")

    class Meta:
        verbose_name = _("re-check")
        verbose_name_plural = _("re-checks")
        ordering = ("followup", "id")

    def __str__(self) -> str:
        return str(self.case)
