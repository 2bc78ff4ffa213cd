"""The states of an edition and its moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditionState(models.TextChoices):
    """Preparing until submitted; published is for ever."""

    PREPARING = "preparing", _("preparing")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")


MOVES: dict[str, tuple[str, str]] = {
    "submit": ("preparing", "submitted"),
    "return": ("submitted", "preparing"),
    "approve": ("submitted", "published"),
}
"""Move → (from, to)."""
