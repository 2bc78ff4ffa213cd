"""Message, Digest, Wishes and CalendarAddress: what a person was told, that the morning's mail left, how they want to be told, where their calendar is read."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registries.fields import SealedTextField
from registries.ledger.change import translated
from registries.ledger.sentences import sentence_of


class Message(models.Model):
    """One thing a person was told. It names numbers of cases and orders, never a subject or a person.

    ``title`` and ``text`` are sentences (msgid and values), so that each reader has them in the language of the page.
    ``key`` says what it is about; a thing that waits is told once while it waits. ``closed_at``: it waits no more, read or not.
    """

    class Kind(models.TextChoices):
        WAITING = "waiting", _("to do")
        DEADLINE = "deadline", _("deadline")
        RETURNED = "returned", _("returned")
        DECIDED = "decided", _("decided")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=64)
    title = models.JSONField(_("title"))
    text = models.JSONField(_("text"))
    url = models.CharField(max_length=200)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    posted_at = models.DateTimeField(_("posted"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    closed_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-posted_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=Q(read_at__isnull=True, closed_at__isnull=True), name="message_unread"),
            models.Index(fields=["user", "-posted_at", "-id"], name="message_of_user"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], condition=Q(closed_at__isnull=True), name="message_once_while_open"),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return translated(sentence_of(self.title))

    @property
    def words(self) -> str:
        """The text in the reader's language."""
        return translated(sentence_of(self.text))


class Wishes(models.Model):
    """How a person wants to be told; without a row by mail, in Chinese."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    morning_mail = models.BooleanField(_("morning mail"), default=True)
    language = models.CharField(_("language of mail and calendar"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)

    class Meta:
        verbose_name = _("wishes for messages")
        verbose_name_plural = _("wishes for messages")

    def __str__(self) -> str:
        return str(self.user_id)


class Digest(models.Model):
    """That the morning's mail of a day is on its way to a person, and whether it left: one a day, whatever starts it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    taken_at = models.DateTimeField(_("taken up"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("morning mail")
        verbose_name_plural = _("morning mails")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.day}"


class CalendarAddress(models.Model):
    """The secret part of the address where a person's calendar is read; found by its digest, shown to its owner alone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    secret = SealedTextField()
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")

    def __str__(self) -> str:
        return str(self.user_id)
