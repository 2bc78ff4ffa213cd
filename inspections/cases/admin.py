"""Cases, records and reviews in the Django admin: for reading; and the page where a supervisor decides on a replacement."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.cases import queries, replacing, states
from inspections.cases.forms import AcceptReplacementForm, RefuseReplacementForm, StandInForm
from inspections.cases.models import Case, Record, Replacement, Review
from inspections.cases.states import Asked
from inspections.draws.replaced import reserves_left
from inspections.draws.states import Replaced
from registries import clock, overtaken
from registries.ledger.change import Refused
from registries.overtaken import Seen
from registries.pages import act, signed_in
from registries.people.approvals import ReadingAdmin
from registries.people.factors import proof


@admin.register(Case)
class CaseAdmin(ReadingAdmin):
    """Every case, the newest first."""

    view_right = "inspections.view_cases"
    list_display = ("number", "kind", "subject", "unit", "state", "opened_at", "ended_on", "reviewed_at", "released_at")
    list_filter = ("state", "kind", "unit")
    list_select_related = ("subject", "unit")
    search_fields = ("number",)
    exclude = ("drawn", "version")


@admin.register(Record)
class RecordAdmin(ReadingAdmin):
    """Every round of every record."""

    view_right = "inspections.view_cases"
    list_display = ("case", "round", "inspected_on", "result", "submitted_at", "signed_at")
    list_filter = ("result",)
    list_select_related = ("case", "result")
    search_fields = ("case__number",)
    exclude = ("version",)


@admin.register(Review)
class ReviewAdmin(ReadingAdmin):
    """Every decision of a reviewer."""

    view_right = "inspections.view_cases"
    list_display = ("case", "record", "reviewer", "decision", "reviewed_at")
    list_filter = ("decision",)
    list_select_related = ("case", "record", "reviewer")
    search_fields = ("case__number",)


@admin.register(Replacement)
class ReplacementAdmin(ReadingAdmin):
    """Requests for a replacement; one that waits is decided on a page of its own. Who would step in is not shown before."""

    view_right = "inspections.view_cases"
    list_display = ("case", "kind", "reason", "asked_by", "asked_at", "state", "decide")
    list_filter = ("state", "kind", "reason")
    list_select_related = ("case", "asked_by")
    fields = (
        "case", "kind", "assignment", "reason", "explanation", "evidence", "file_name", "file_sha256", "evidence_digest", "state",
        "asked_by", "asked_at", "decided_by", "decided_at", "refused_because",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("approval"))
    def decide(self, asked: Replacement) -> str:
        """The way to the decision, where one waits."""
        if asked.state != Asked.WAITING:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("admin:inspections_replacement_decide", args=[asked.pk]), _("Decide"))

    def get_urls(self) -> list[URLPattern]:
        """The decision has an address of its own, outside Django's change form."""
        own = path("<int:pk>/decide/", self.admin_site.admin_view(self.decision), name="inspections_replacement_decide")
        return [own, *super().get_urls()]

    def decision(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who asked for what and why, the evidence, what follows; accept or refuse."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        rows = Replacement.objects.select_related("case__subject", "case__draw", "case__drawn__entry", "case__unit", "asked_by", "decided_by")
        asked = get_object_or_404(rows.defer("file"), pk=pk)
        refusing = "refuse" in request.POST
        initial = {"version": asked.version}
        accept = _accept_form(asked, request.POST if "accept" in request.POST else None, initial)
        refuse = RefuseReplacementForm(request.POST if refusing else None, initial=initial)
        proof.ask(accept, "password", signed_in(request))
        if self._accepted(request, asked, accept) or self._refused(request, asked, refuse):
            return redirect("admin:inspections_replacement_changelist")
        sent = refuse if refusing else accept
        if overtaken.is_overtaken(sent):
            asked = get_object_or_404(rows.defer("file"), pk=pk)
            overtaken.renewed(sent, asked.version)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide on a replacement"),
            "opts": self.opts,
            "asked": asked,
            "accept": accept,
            "refuse": refuse,
            "form": sent,
            "typed": overtaken.typed(sent),
            "may_decide": request.user.has_perm("inspections.replace_drawn"),
            **_facts(asked),
        }
        return TemplateResponse(request, "admin/replacements/decide.html", context, status=overtaken.status_of(sent))

    def _accepted(self, request: HttpRequest, asked: Replacement, form: AcceptReplacementForm) -> bool:
        if not form.is_valid():
            return False
        if not proof.given(request, form, "password"):
            return False
        version = form.cleaned_data["version"]
        key: dict[str, Any] = {"replacement_id": asked.pk, "version": version, "shown": Seen(asked, version)}
        if isinstance(form, StandInForm):
            change = act(request, replacing.name_stand_in, form=form, **key, inspector_id=form.cleaned_data["inspector"])
        else:
            change = act(request, replacing.replace_drawn, form=form, **key)
        if change is None:
            return False
        messages.success(request, _("Replaced. The lines are in the ledger, and the cases follow them."))
        return True

    def _refused(self, request: HttpRequest, asked: Replacement, form: RefuseReplacementForm) -> bool:
        done = _("Refused. Whoever asked sees the reason.")
        return form.is_valid() and bool(
            act(
                request,
                replacing.refuse_replacement,
                form=form,
                done=done,
                shown=Seen(asked, form.cleaned_data["version"]),
                replacement_id=asked.pk,
                **form.cleaned_data,
            )
        )


def _accept_form(asked: Replacement, data: Any, initial: dict[str, Any]) -> AcceptReplacementForm:
    """Who steps in follows from the drawn order; where the team was named, the supervisor names another."""
    if asked.case.drawn_id is not None:
        return AcceptReplacementForm(data, initial=initial)
    return StandInForm(data, initial=initial, offered=queries.stand_ins(asked.case, clock.today()))


def _facts(asked: Replacement) -> dict[str, Any]:
    """What a supervisor needs to know: whether the visit has begun, who is on the team, how many reserves are left."""
    case = asked.case
    begun = states.why_not(case.state, "call_off" if asked.kind == Replaced.SUBJECT else "change_team")
    left = reserves_left(case.draw, case.drawn.entry.stratum) if case.draw and case.drawn else 0
    return {
        "case": case,
        "team": queries.team(case),
        "begun": Refused(begun).sentence if begun else "",
        "reserves": left,
        "of_subject": asked.kind == Replaced.SUBJECT,
        "person": asked.assignment.inspector if asked.assignment else None,
    }
