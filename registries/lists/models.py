"""SavedSearch and ChosenColumns: what a person keeps for one list."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedSearch(models.Model):
    """The filters of a list under a name, as they stand in the address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    list_code = models.CharField(_("list"), max_length=16)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(_("filters"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ("list_code", "name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "list_code", "name"], name="saved_search_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ChosenColumns(models.Model):
    """The columns a person wants to see in a list: their codes joined by commas."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    list_code = models.CharField(_("list"), max_length=16)
    columns = models.CharField(_("columns"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("chosen columns")
        verbose_name_plural = _("chosen columns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "list_code"], name="columns_once_per_list"),
        ]

    def __str__(self) -> str:
        return f"{self.list_code}: {self.columns}"
