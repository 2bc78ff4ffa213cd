"""Objection (with its decision), Proposal (a change of a result that waits for its approval) and Statement (what stands beside a result)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from inspections.papers.models import DocumentNumber
from publicity.corrections.states import ANSWERED, Kind, ProposalState, Stage, What
from publicity.disclosures.models import Disclosure
from publicity.disclosures.states import Because
from registries.fields import TOKEN, SealedTextField, SearchableTextField
from registries.imports.sealed import SealedBytesField


class Objection(models.Model):
    """异议、纠错、陈述意见: what somebody without an account sent about a result, and how it was decided.

    Text, name, contact and file are encrypted. ``token_digest`` finds its secret address, which is kept nowhere. ``source`` is the sender's
    address under a key of the day: it counts, and tells nobody who it was. ``by_calendar``: ``due_on`` is counted without holidays.
    """

    number = models.CharField(_("number"), max_length=24, unique=True)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="objections", verbose_name=_("disclosure"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=Stage.choices, default=Stage.RECEIVED)
    text = SealedTextField(_("text"))
    text_sha256 = models.CharField(max_length=64, editable=False)
    name = SealedTextField(_("name"), blank=True)
    contact = SearchableTextField(_("contact"), blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    claims_inspected = models.BooleanField(_("says to be the inspected"), default=False)
    file = SealedBytesField(editable=False, default=b"")
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    source = models.CharField(max_length=64, editable=False, db_index=True)
    received_at = models.DateTimeField(_("received"))
    due_on = models.DateField(_("due"))
    by_calendar = models.BooleanField(default=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handled by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    findings = models.TextField(_("what was examined"), blank=True)
    answer = models.TextField(_("decision"), blank=True)
    document = models.OneToOneField(
        DocumentNumber, on_delete=models.PROTECT, null=True, blank=True, related_name="objection", verbose_name=_("document number")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "number", "disclosure", "kind", "state", "text_sha256", "file_sha256", "claims_inspected", "received_at", "due_on", "by_calendar",
        "handler", "findings", "answer", "document", "decided_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"], name="objection_state_due"),
            models.Index(Substr("contact", 1, TOKEN), name="objection_contact"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state=Stage.RECEIVED) | Q(handler__isnull=False), name="objection_has_its_handler"),
            models.CheckConstraint(
                condition=Q(state__in=[Stage.RECEIVED, Stage.TAKEN, Stage.PROPOSED], decided_at__isnull=True)
                | Q(~Q(state__in=[Stage.RECEIVED, Stage.TAKEN, Stage.PROPOSED]), decided_at__isnull=False),
                name="decided_objection_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED) | Q(Q(document__isnull=False), ~Q(findings=""), ~Q(answer="")),
                name="answered_objection_is_numbered",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.STATEMENT, state__in=[Stage.RECEIVED, Stage.SHOWN, Stage.DECLINED])
                | Q(~Q(kind=Kind.STATEMENT), ~Q(state__in=[Stage.SHOWN, Stage.DECLINED])),
                name="statement_is_shown_or_not",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Proposal(models.Model):
    """A change of a result that waits for another person's approval: new values of copied columns, or that the result goes.

    ``values`` holds the columns that change, ``was`` what stood there, ``base`` the version they were read from. ``record_wrong``: the
    signed record of the case itself errs and stays as it is. ``event_on`` and ``due_on`` belong to a withdrawal.
    """

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("disclosure"))
    what = models.CharField(_("what"), max_length=12, choices=What.choices)
    because = models.CharField(_("because"), max_length=12, choices=Because.choices)
    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("objection")
    )
    base = models.PositiveSmallIntegerField(_("of version"))
    values = models.JSONField(default=dict, editable=False)
    was = models.JSONField(default=dict, editable=False)
    explanation = models.CharField(_("explanation"), max_length=500)
    record_wrong = models.BooleanField(_("the record itself is wrong"), default=False)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    event_on = models.DateField(_("day of the event"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    by_calendar = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.SUBMITTED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    asked_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    returned_because = models.CharField(_("returned because"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "disclosure", "what", "because", "objection", "base", "values", "was", "explanation", "record_wrong", "basis", "event_on", "due_on",
        "state", "asked_by", "decided_by", "decided_at", "returned_because",
    )  # fmt: skip

    class Meta:
        verbose_name = _("change of a result")
        verbose_name_plural = _("changes of results")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["disclosure"], condition=Q(state=ProposalState.SUBMITTED), name="one_change_waits_per_result"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="change_decided_by_another"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.SUBMITTED, decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(state=ProposalState.SUBMITTED), decided_by__isnull=False, decided_at__isnull=False),
                name="decided_change_says_who",
            ),
            models.CheckConstraint(condition=~Q(state=ProposalState.RETURNED) | ~Q(returned_because=""), name="returned_change_says_why"),
            models.CheckConstraint(
                condition=Q(Q(what=What.CORRECTION, event_on__isnull=True), ~Q(values={}))
                | Q(Q(what=What.WITHDRAWAL, event_on__isnull=False, due_on__isnull=False, values={}), ~Q(basis="")),
                name="change_has_its_columns",
            ),
            models.CheckConstraint(condition=~Q(explanation=""), name="change_says_why"),
            models.CheckConstraint(
                condition=Q(because=Because.OBJECTION, objection__isnull=False)
                | Q(because__in=[Because.ERROR, Because.FOLLOWED], objection__isnull=True),
                name="change_names_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.disclosure.public_id[:8]}"

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        return str(self.get_what_display())


class Statement(models.Model):
    """陈述意见: the inspected's own view as it stands beside the result, numbers of persons starred out. Append-only."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="statements", verbose_name=_("disclosure"))
    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="statement", verbose_name=_("objection"))
    text = models.TextField(_("text"))
    shown_at = models.DateTimeField(_("shown"))

    PROTECTED: ClassVar = ("disclosure", "objection", "text", "shown_at")

    class Meta:
        verbose_name = _("statement of the inspected")
        verbose_name_plural = _("statements of the inspected")
        ordering = ("shown_at", "id")
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(text=""), name="statement_says_something")]

    def __str__(self) -> str:
        return str(self.disclosure)
