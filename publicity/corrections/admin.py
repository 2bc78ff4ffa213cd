"""Changes of results in the Django admin: where a supervisor approves or returns one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publicity.corrections import proposing
from publicity.corrections.comparing import changes
from publicity.corrections.models import Proposal
from registries.ledger.change import Change
from registries.people.approvals import DecidingAdmin
from registries.people.models import User


@admin.register(Proposal)
class ProposalAdmin(DecidingAdmin):
    """What waits first."""

    view_right = "publicity.view_objections"
    decide_right = "publicity.approve_proposal"
    decide_template = "admin/proposals/decide.html"
    decide_title = gettext_lazy("Decide on a change of a result")
    sent_back = gettext_lazy("Returned. The result stays as it is; whoever proposed it sees the reason.")
    list_display = ("__str__", "what", "because", "state", "event_on", "due_on", "asked_by", "asked_at", "decide")
    list_filter = ("state", "what", "because")
    list_select_related = ("disclosure", "asked_by")
    fields = (
        "what", "because", "explanation", "record_wrong", "basis", "event_on", "due_on", "state", "asked_by", "asked_at", "decided_by",
        "decided_at", "returned_because",
    )  # fmt: skip

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Before and after, column by column, and the objection behind it."""
        return {
            "result": obj.disclosure,
            "case": obj.disclosure.case,
            "changes": changes(obj.was, obj.values),
            "moved": obj.disclosure.version != obj.base,
            "record_stands": proposing.RECORD_STANDS,
        }

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Make the change."""
        return proposing.approve_proposal(actor=actor, proposal_id=pk, version=version)

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Return it with the reason."""
        return proposing.return_proposal(actor=actor, proposal_id=pk, version=version, reason=reason)

    def approved(self, obj: Any) -> str:
        """What stands at the address now."""
        if obj.what == "withdrawal":
            return _("The result is withdrawn; a notice with the reason stands at its address.")
        return _("Version %(number)s of the result is public; the one before it stays readable.") % {"number": obj.base + 1}
