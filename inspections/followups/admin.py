"""Follow-ups in the Django admin: for reading; and the page where a supervisor decides on a criminal transfer."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.cases.queries import accepted_record, team
from inspections.followups import sending
from inspections.followups.models import FollowUp
from inspections.followups.states import Kind, State
from registries.ledger.change import Change
from registries.people.approvals import DecidingAdmin
from registries.people.models import User


@admin.register(FollowUp)
class FollowUpAdmin(DecidingAdmin):
    """Every follow-up; a suspected crime that waits is decided on a page of its own."""

    view_right = "inspections.view_cases"
    decide_right = "inspections.approve_transfer"
    decide_template = "admin/followups/decide.html"
    decide_title = gettext_lazy("Decide on a criminal transfer")
    sent_back = gettext_lazy("Decided: no transfer. The reason stands in the file.")
    reason_label = gettext_lazy("Why it is not transferred")
    list_display = ("case", "kind", "state", "due_on", "ordered_by", "settled_at", "decide")
    list_filter = ("kind", "state", "case__unit")
    list_select_related = ("case", "ordered_by")
    search_fields = ("case__number",)
    exclude = ("version",)

    @admin.display(description=gettext_lazy("approval"))
    def decide(self, obj: Any) -> str:
        """The way to the decision, where one waits."""
        if obj.kind != Kind.CRIME or obj.state != State.OPEN or obj.decided_at is not None:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("admin:inspections_followup_decide", args=[obj.pk]), _("Decide"))

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The case, its team, what was found as far as it is reviewed, and whether the decision still waits."""
        waits = obj.kind == Kind.CRIME and obj.state == State.OPEN and obj.decided_at is None
        return {"case": obj.case, "team": team(obj.case), "record": accepted_record(obj.case), "waits": waits}

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Transfer it."""
        return sending.approve_transfer(actor=actor, followup_id=pk, version=version)

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Decide against it, with a reason."""
        return sending.refuse_transfer(actor=actor, followup_id=pk, version=version, reason=reason)

    def approved(self, obj: Any) -> str:
        """Until when it must be sent."""
        return _("Decided. It must be sent within 24 hours; it stands on the desk of the unit.")
