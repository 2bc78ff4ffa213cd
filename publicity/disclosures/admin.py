"""Disclosures in the Django admin: for reading; and the pages where a supervisor decides on a hold and lifts one."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publicity.disclosures import holding, queries
from publicity.disclosures.forms import LiftForm
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Hold
from publicity.disclosures.states import HoldState
from registries import clock
from registries.ledger.change import Change
from registries.pages import act
from registries.people.approvals import DecidingAdmin, ReadingAdmin
from registries.people.models import User


@admin.register(Disclosure)
class DisclosureAdmin(ReadingAdmin):
    """Everything that was disclosed, the newest first."""

    view_right = "inspections.view_cases"
    list_display = ("public_id", "case", "named", "subject_name", "result_label", "inspected_on", "due_on", "published_at")
    list_filter = ("named", "result_group", "unit_name")
    list_select_related = ("case",)
    search_fields = ("case__number", "subject_name")


@admin.register(Hold)
class HoldAdmin(DecidingAdmin):
    """Every hold, the newest first; one that waits is decided, one in force is lifted, each on a page of its own."""

    view_right = "publicity.view_duties"
    decide_right = "publicity.grant_hold"
    decide_template = "admin/holds/decide.html"
    decide_title = gettext_lazy("Decide on a hold")
    sent_back = gettext_lazy("Refused. Whoever asked sees the reason.")
    reason_label = gettext_lazy("Reason for the refusal")
    list_display = ("case", "basis", "until", "state", "asked_by", "asked_at", "decided_by", "decide", "lift")
    list_filter = ("state",)
    list_select_related = ("case", "asked_by", "decided_by")
    search_fields = ("case__number",)
    fields = (
        "case", "basis", "reason", "until", "state", "asked_by", "asked_at", "decided_by", "decided_at", "refused_because", "lifted_by",
        "lifted_at", "lifted_because",
    )  # fmt: skip

    def facts(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The case, and the holds that it had before."""
        return {"case": obj.case, "before": [one for one in queries.holds_of(obj.case) if one.pk != obj.pk], "lift": self.lift(obj)}

    def approve(self, *, actor: User, pk: int, version: int) -> Change:
        """Grant."""
        return holding.grant_hold(actor=actor, hold_id=pk, version=version)

    def send_back(self, *, actor: User, pk: int, version: int, reason: str) -> Change:
        """Refuse with a reason."""
        return holding.refuse_hold(actor=actor, hold_id=pk, version=version, reason=reason)

    def approved(self, obj: Any) -> str:
        """Until when."""
        return _("Granted. The result is held back until %(day)s and goes out by itself afterwards.") % {"day": obj.until.isoformat()}

    @admin.display(description=gettext_lazy("lift"))
    def lift(self, hold: Hold) -> str:
        """The way to end a hold in force before its day."""
        in_force = hold.state == HoldState.GRANTED and hold.lifted_at is None and hold.until >= clock.today()
        return format_html('<a href="{}">{}</a>', reverse("admin:publicity_hold_lift", args=[hold.pk]), _("Lift")) if in_force else ""

    def get_urls(self) -> list[URLPattern]:
        """Lifting has an address of its own too."""
        return [path("<int:pk>/lift/", self.admin_site.admin_view(self.lifting), name="publicity_hold_lift"), *super().get_urls()]

    def lifting(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say why, and the hold is over."""
        hold = get_object_or_404(self.get_queryset(request), pk=pk)
        if not request.user.has_perm("publicity.lift_hold") or not self.lift(hold):
            return redirect("admin:publicity_hold_changelist")
        form = LiftForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and act(request, holding.lift_hold, form=form, hold_id=pk, **form.cleaned_data):
            messages.success(request, _("Lifted. What is due goes out at once."))
            return redirect("admin:publicity_hold_changelist")
        context = {**self.admin_site.each_context(request), "title": _("Lift a hold"), "opts": self.opts, "row": hold, "form": form}
        return TemplateResponse(request, "admin/holds/lift.html", context)
