"""How much of a result is shown, why another version of it is, and why it is shown no more."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Form(TextChoices):
    """How much of the case the copy holds (product.md §7): everything that is public, coded columns only, or the bare visit."""

    WHOLE = "whole", _("whole")
    CODED = "coded", _("findings await review")
    VISIT = "visit", _("result awaits review")


class Because(TextChoices):
    """Why there is a version of a disclosure."""

    FIRST = "first", _("first published")
    REVIEWED = "reviewed", _("reviewed since")
    FOLLOWED = "followed", _("followed up since")
    OBJECTION = "objection", _("corrected after an objection")
    ERROR = "error", _("corrected by the bureau")


class HoldState(TextChoices):
    """Where a hold stands; one that was granted ends by its last day or when it is lifted."""

    SUBMITTED = "submitted", _("waiting for a supervisor")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


class Removed(TextChoices):
    """Why a result is shown no more."""

    WITHDRAWN = "withdrawn", _("withdrawn")
    TERM = "term", _("its term on line is over")
