"""Plans in the Django admin: reading, and the page where a supervisor approves or returns one."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.plans import commands, queries
from inspections.plans.models import Plan
from registries.ledger.change import Change
from registries.people.approvals import DecidingAdmin
from registries.people.models import User


@admin.register(Plan)
class PlanAdmin(DecidingAdmin):
    """Plans by year."""

    view_right = "inspections.view_plans"
    decide_right = "inspections.approve_plan"
    decide_template = "admin/plans/decide.html"
    decide_title = gettext_lazy("Decide on a plan")
    list_display = ("title", "year", "unit", "state", "number", "prepared_by", "decide")
    list_filter = ("state", "year", "unit")
    list_select_related = ("unit", "prepared_by")
    fields = (
        "title",
        "year",
        "unit",
        "state",
        "number",
        "prepared_by",
        "prepared_at",
        "reviewed_by",
        "reviewed_at",
        "review_remark",
        "replaces",
        "amended_because",
        "approved_by",
        "published_at",
        "returned_because",
    )

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The items of the plan, and what an amendment changes."""
        return {"lines": queries.lines(obj), "changes": queries.changes(obj)}

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Approve, number, publish."""
        return commands.approve_plan(actor=actor, plan_id=pk, version=version)

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Return with a reason."""
        return commands.return_plan(actor=actor, plan_id=pk, version=version, reason=reason)

    def approved(self, obj: Any) -> str:
        """The number it got."""
        return _("Published as %(number)s.") % {"number": obj.number}
