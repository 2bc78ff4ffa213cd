"""Draws in the Django admin: reading, and the page where a supervisor approves (which commits) or returns."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.draws import commands, queries
from inspections.draws.approving import facts_for_approval
from inspections.draws.forms import ApproveForm, ReturnForm, VoidForm
from inspections.draws.models import Draw
from inspections.draws.states import DrawState
from registries import overtaken
from registries.overtaken import Seen
from registries.pages import act, signed_in
from registries.people.approvals import ReadingAdmin
from registries.people.factors import proof


@admin.register(Draw)
class DrawAdmin(ReadingAdmin):
    """What waits for approval first; everything else for reading. No names: figures only."""

    view_right = "inspections.view_draws"
    list_display = ("__str__", "mode", "matter", "unit", "state", "submitted_at", "decide")
    list_filter = ("state", "unit")
    list_select_related = ("matter__matter", "unit", "plan_item")
    fields = (
        "number", "plan_item", "request", "matter", "unit", "mode", "staffs", "state", "wanted", "reserves", "team_size", "planned", "prepared_by",
        "submitted_at", "approved_by", "committed_at", "drawn_at", "roster_digest", "order_hash", "commitment", "result_hash",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("quotas"))
    def wanted(self, draw: Draw) -> str:
        """How many of each stratum."""
        return "，".join(f"{stratum} {quota}" for stratum, quota in draw.quotas.items())

    @admin.display(description=gettext_lazy("approval"))
    def decide(self, draw: Draw) -> str:
        """The way to the decision, where one waits."""
        if draw.state not in (DrawState.SUBMITTED, DrawState.COMMITTED):
            return ""
        return format_html('<a href="/admin/inspections/draw/{}/decide/">{}</a>', draw.pk, _("Decide") if draw.state == DrawState.SUBMITTED else _("Look or void"))

    def get_urls(self) -> list[URLPattern]:
        """The decision has an address of its own, outside Django's change form."""
        own = path("<int:pk>/decide/", self.admin_site.admin_view(self.decision), name="inspections_draw_decide")
        return [own, *super().get_urls()]

    def decision(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is approved, every warning, the difference to the last draw; approve or return."""
        rows = queries.visible_draws(signed_in(request)).select_related("prepared_by", "approved_by", "plan_item__plan", "staffs", "replaces")
        draw = get_object_or_404(rows, pk=pk)
        returning = "return" in request.POST
        initial = {"version": draw.version}
        approve = ApproveForm(request.POST if "approve" in request.POST else None, initial=initial)
        back = ReturnForm(request.POST if returning else None, initial=initial)
        void = VoidForm(request.POST if "void" in request.POST else None, initial=initial)
        proof.ask(approve, "password", signed_in(request))
        proof.ask(void, "void_password", signed_in(request))
        if self._approved(request, draw, approve) or self._returned(request, draw, back) or self._voided(request, draw, void):
            return redirect("admin:inspections_draw_changelist")
        sent = back if returning else void if void.is_bound else approve
        if overtaken.is_overtaken(sent):
            draw = get_object_or_404(rows, pk=pk)
            overtaken.renewed(sent, draw.version)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Approve a draw"),
            "draw": draw,
            "approve": approve,
            "back": back,
            "void": void,
            "form": sent,
            "typed": _typed(draw, sent),
            "may_decide": signed_in(request).has_perm("inspections.approve_draw"),
            **facts_for_approval(draw),
        }
        return TemplateResponse(request, "admin/draws/decide.html", context, status=overtaken.status_of(approve, back, void))

    def _approved(self, request: HttpRequest, draw: Draw, form: ApproveForm) -> bool:
        if not form.is_valid():
            return False
        if not proof.given(request, form, "password"):
            return False
        change = act(
            request,
            commands.approve_draw,
            form=form,
            shown=Seen(draw, form.cleaned_data["version"]),
            draw_id=draw.pk,
            version=form.cleaned_data["version"],
            accept_stale=form.cleaned_data["accept_stale"],
        )
        if change is None:
            return False
        messages.success(
            request, _("Committed as draw %(number)s. Its hashes are public now.") % {"number": str(change.obj)}
        )
        return True

    def _returned(self, request: HttpRequest, draw: Draw, form: ReturnForm) -> bool:
        done = _("Returned to its clerk.")
        return form.is_valid() and bool(
            act(request, commands.return_draw, done=done, form=form, shown=Seen(draw, form.cleaned_data["version"]), draw_id=draw.pk, **form.cleaned_data)
        )

    def _voided(self, request: HttpRequest, draw: Draw, form: VoidForm) -> bool:
        if not form.is_valid():
            return False
        data = form.cleaned_data
        if not proof.given(request, form, "void_password"):
            return False
        done = _("Voided. It stays public and is counted.")
        return bool(
            act(
                request,
                commands.void_draw,
                done=done,
                form=form,
                shown=Seen(draw, data["version"]),
                draw_id=draw.pk,
                version=data["version"],
                kind=data["kind"],
                reason=data["void_reason"],
            )
        )


def _typed(draw: Draw, sent: forms.Form) -> list[tuple[str, str]]:
    """What was typed into a form that the draw, as it stands now, does not have any more."""
    offered = {DrawState.SUBMITTED: (ApproveForm, ReturnForm), DrawState.COMMITTED: (VoidForm,)}.get(DrawState(draw.state), ())
    return [] if isinstance(sent, offered) else overtaken.typed(sent)
