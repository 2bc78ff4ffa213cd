"""Ad-hoc requests in the Django admin: reading, and the page where a supervisor approves or refuses one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.adhoc import commands
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import COUNTING
from registries.ledger.change import Change
from registries.people.approvals import DecidingAdmin
from registries.people.models import User


@admin.register(AdhocRequest)
class AdhocRequestAdmin(DecidingAdmin):
    """What waits first; attempts on excluded subjects are listed as such."""

    view_right = "inspections.view_adhoc"
    decide_right = "inspections.approve_adhoc"
    decide_template = "admin/adhoc/decide.html"
    decide_title = gettext_lazy("Decide on an ad-hoc inspection")
    sent_back = gettext_lazy("Refused. Whoever asked sees the reason.")
    list_display = ("__str__", "ground", "document_number", "unit", "state", "asked_by", "asked_at", "decide")
    list_filter = ("state", "ground", "unit")
    list_select_related = ("unit", "asked_by")
    fields = (
        "code", "subject", "unit", "matter", "ground", "document_number", "explanation", "state", "asked_by", "asked_at",
        "approved_by", "decided_at", "returned_because",
    )  # fmt: skip

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The matters, the lead first, and whether the visit counts towards the cap."""
        named = obj.subjects.select_related("unit").order_by("key") if obj.subject is None else ()
        return {"counts": obj.ground in COUNTING, "matters": [obj.matter, *obj.joint_matters.select_related("matter")], "named": named}

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Approve and number."""
        return commands.approve_adhoc(actor=actor, request_id=pk, version=version)

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Refuse with a reason."""
        return commands.return_adhoc(actor=actor, request_id=pk, version=version, reason=reason)

    def approved(self, obj: Any) -> str:
        """The number it got."""
        return _("Approved as %(number)s. Its team is drawn by an order of its own.") % {"number": obj.code}
