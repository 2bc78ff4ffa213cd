"""The matter list in the Django admin: reading, and the page where a supervisor approves or returns an edition."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registries import clock
from registries.ledger.change import Change
from registries.matters import commands, queries
from registries.matters.models import Edition, MatterRevision
from registries.people.approvals import DecidingAdmin, ReadingAdmin
from registries.people.models import User


@admin.register(MatterRevision)
class MatterRevisionAdmin(ReadingAdmin):
    """Revisions of matters."""

    view_right = "registries.view_matters"
    list_display = ("matter", "number", "name", "unit", "kind", "regulation", "created_at", "created_by")
    list_filter = ("unit", "regulation", "kind")
    list_select_related = ("matter", "unit", "created_by")
    search_fields = ("matter__code", "name")


@admin.register(Edition)
class EditionAdmin(DecidingAdmin):
    """Editions of the matter list."""

    view_right = "registries.view_matters"
    decide_right = "registries.approve_edition"
    decide_template = "admin/editions/decide.html"
    decide_title = gettext_lazy("Decide on an edition of the matter list")
    list_display = ("title", "number", "state", "preparer", "published_at", "decide")
    list_filter = ("state",)
    list_select_related = ("prepared_by",)
    readonly_fields = ("preparer", "approver")
    fields = (
        "title",
        "number",
        "state",
        "note",
        "preparer",
        "prepared_at",
        "approver",
        "published_at",
        "returned_because",
    )

    @admin.display(description=gettext_lazy("Prepared by"), ordering="prepared_by")
    def preparer(self, obj: Edition) -> User:
        """Who put it together."""
        return obj.prepared_by

    @admin.display(description=gettext_lazy("Approved by"), ordering="approved_by")
    def approver(self, obj: Edition) -> User | None:
        """Who approved it, if anybody has."""
        return obj.approved_by

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What is new against the edition in force, and every basis that has lapsed."""
        before = queries.edition_before(obj)
        revisions = obj.revisions.select_related("matter").prefetch_related("bases").order_by("matter__code")
        today = clock.today()
        lapsed = [(r.matter.code, r.name, basis) for r in revisions for basis in queries.lapsed_bases(r, today)]
        return {
            "before": before,
            "changes": queries.edition_changes(obj, before),
            "size": len(revisions),
            "lapsed": lapsed,
        }

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Approve, number, publish."""
        return commands.approve_edition(actor=actor, edition_id=pk, version=version)

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Return with a reason."""
        return commands.return_edition(actor=actor, edition_id=pk, version=version, reason=reason)

    def approved(self, obj: Any) -> str:
        """The number it got."""
        return _("Published as edition %(number)s.") % {"number": obj.number}
