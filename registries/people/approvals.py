"""The base of every admin page: reading only; what is approved goes through an address and a command of its own.

Django's own change form, delete view and list editing wrap themselves in a transaction, so a durable command cannot
run inside them; here they are closed altogether.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # generic for the type checker only
    Base = admin.ModelAdmin


class ReadingAdmin(Base):
    """A model that may be read in the admin by those whose role has ``view_right``. Nothing is written from here."""

    view_right: ClassVar[str]
    actions = None
    list_per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Reading is a right of its own."""
        return request.user.has_perm(self.view_right)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown on the front page to those who may read it."""
        return request.user.has_perm(self.view_right)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows come from commands."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: rows change by commands."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False
