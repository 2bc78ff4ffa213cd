"""Which documents carry a number, how a notice is handed over, and where the printing of many stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """A kind of document with numbers of its own; each unit counts each kind from 1 every year."""

    NOTICE = "notice", _("inspection notice")
    RECTIFICATION = "rectification", _("rectification order")
    EXTENSION = "extension", _("extension of a rectification")
    TRANSFER = "transfer", _("transfer letter")
    CRIMINAL = "criminal", _("criminal transfer letter")
    OBJECTION = "objection", _("answer to an objection")


WORDS: dict[str, str] = {
    Kind.NOTICE: "检通字",
    Kind.RECTIFICATION: "责改字",
    Kind.EXTENSION: "责改延字",
    Kind.TRANSFER: "移字",
    Kind.CRIMINAL: "刑移字",
    Kind.OBJECTION: "异答字",
}
"""The word of the kind in a document number (domain.md §7)."""


class Service(models.TextChoices):
    """How a notice was handed over (送达)."""

    RECEIVED = "received", _("received and signed for")
    REFUSED = "refused", _("signature refused, left behind with a witness")


class Sheet(models.TextChoices):
    """A document of a case that is printed, alone or for all cases of a draw."""

    NOTICE = "notice", _("Inspection notice")
    RECORD = "record", _("Record of the inspection")
    RESULT = "result", _("Result form")
    INDEX = "index", _("Index of the case file")
    LETTERS = "letters", _("Orders and letters")


class BundleState(models.TextChoices):
    """Where the printing of many documents stands."""

    WAITING = "waiting", _("waiting for the worker")
    PRINTING = "printing", _("being printed")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


OPEN = (BundleState.WAITING, BundleState.PRINTING)
