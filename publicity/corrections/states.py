"""What is said against a result and where it stands; where a proposed change of a result stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What somebody sends about a result. A statement is the inspected's own view, to stand beside the result."""

    ERROR = "error", _("error report")
    OBJECTION = "objection", _("objection")
    STATEMENT = "statement", _("statement of the inspected")


class Stage(TextChoices):
    """Where it stands. ``proposed``: its handler has proposed a change, which a supervisor decides."""

    RECEIVED = "received", _("received")
    TAKEN = "taken", _("being examined")
    PROPOSED = "proposed", _("waits for approval")
    UPHELD = "upheld", _("the result stands")
    CORRECTED = "corrected", _("the result was corrected")
    WITHDRAWN = "withdrawn", _("the result was withdrawn")
    SHOWN = "shown", _("shown beside the result")
    DECLINED = "declined", _("not shown")


OPEN: tuple[str, ...] = (Stage.RECEIVED, Stage.TAKEN, Stage.PROPOSED)
ANSWERED: tuple[str, ...] = (Stage.UPHELD, Stage.CORRECTED, Stage.WITHDRAWN)
"""Decided with a numbered answer."""


class What(TextChoices):
    """What is proposed: another version of the copied columns, or that the result goes."""

    CORRECTION = "correction", _("correction")
    WITHDRAWAL = "withdrawal", _("withdrawal")


class ProposalState(TextChoices):
    """Decided once, by another than who proposed it."""

    SUBMITTED = "submitted", _("waiting for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("not approved")
