"""The states of a plan and its moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    """A plan is prepared, submitted, then approved by another, which publishes it."""

    PREPARING = "preparing", _("preparing")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")


MOVES: dict[str, tuple[str, str]] = {
    "change": ("preparing", "preparing"),
    "submit": ("preparing", "submitted"),
    "return": ("submitted", "preparing"),
    "approve": ("submitted", "published"),
}
"""Move → (from, to)."""
