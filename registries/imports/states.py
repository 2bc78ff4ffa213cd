"""The states of an import and its moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    """From the upload to the commit; ``checking`` is the worker's."""

    UPLOADED = "uploaded", _("columns to be confirmed")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("ready to be taken over")
    COMMITTED = "committed", pgettext_lazy("state of an import", "taken over")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("could not be read")
    UNDONE = "undone", _("undone")
    EXPIRED = "expired", _("expired")


MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "map": (("uploaded", "checked"), "checking"),
    "check": (("checking",), "checked"),
    "fail": (("checking",), "failed"),
    "commit": (("checked",), "committed"),
    "cancel": (("uploaded", "checking", "checked"), "cancelled"),
    "undo": (("committed",), "undone"),
    "expire": (("uploaded", "checked", "failed"), "expired"),
}
"""Move → (allowed from, to)."""


class RowClass(models.TextChoices):
    """What committing the row would do."""

    ADDED = "added", _("will be added")
    CHANGED = "changed", _("will be changed")
    SAME = "same", _("left alone")
    REFUSED = "refused", pgettext_lazy("row of an import", "refused")
