"""Reports of a wrong value in the Django admin: for reading; and the page where a supervisor strikes the result or refuses."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.cases import striking
from inspections.cases.forms import RefuseReplacementForm, StrikeForm
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.draws.models import Draw, DrawnEntry, SeedSource, SourceEntry
from inspections.draws.queries import visible_draws
from inspections.draws.replaced import counts_of
from inspections.draws.states import Reported
from inspections.draws.struck import Strike
from registries import overtaken
from registries.overtaken import Seen
from registries.pages import act, signed_in
from registries.people.approvals import ReadingAdmin
from registries.people.factors import proof


@admin.register(Strike)
class StrikeAdmin(ReadingAdmin):
    """Reports of a wrong value; one that waits is decided on a page of its own. Figures, no names of subjects."""

    view_right = "inspections.view_draws"
    list_display = ("draw", "source", "reason", "reported_at", "state", "decide")
    list_filter = ("state", "reason")
    list_select_related = ("draw", "source")
    fields = (
        "draw", "source", "wrong", "right", "reason", "reported_at", "state", "decided_by", "decided_at", "refused_because",
        "correction", "result_hash",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("approval"))
    def decide(self, report: Strike) -> str:
        """The way to the decision, where one waits."""
        if report.state != Reported.WAITING:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("admin:inspections_strike_decide", args=[report.pk]), _("Decide"))

    def get_urls(self) -> list[URLPattern]:
        """The decision has an address of its own, outside Django's change form."""
        own = path("<int:pk>/decide/", self.admin_site.admin_view(self.decision), name="inspections_strike_decide")
        return [own, *super().get_urls()]

    def decision(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The announcement beside both values, who typed what with which evidence, what is at stake; strike or refuse."""
        rows = Strike.objects.filter(draw__in=visible_draws(signed_in(request)))
        report = get_object_or_404(rows.select_related("draw__matter__matter", "draw__unit", "source", "entry", "decided_by"), pk=pk)
        refusing = "refuse" in request.POST
        initial = {"version": report.version}
        strike = StrikeForm(request.POST if "strike" in request.POST else None, initial=initial)
        refuse = RefuseReplacementForm(request.POST if refusing else None, initial=initial)
        proof.ask(strike, "password", signed_in(request))
        if self._struck(request, report, strike) or self._refused(request, report, refuse):
            return redirect("admin:inspections_strike_changelist")
        sent = refuse if refusing else strike
        if overtaken.is_overtaken(sent):
            report.refresh_from_db()
            overtaken.renewed(sent, report.version)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide on a wrong value"),
            "opts": self.opts,
            "report": report,
            "draw": report.draw,
            "source": report.source,
            "strike": strike,
            "refuse": refuse,
            "form": sent,
            "typed": overtaken.typed(sent),
            "may_decide": signed_in(request).has_perm("inspections.strike_result"),
            **_facts(report),
        }
        return TemplateResponse(request, "admin/draws/strike.html", context, status=overtaken.status_of(sent))

    def _struck(self, request: HttpRequest, report: Strike, form: StrikeForm) -> bool:
        if not form.is_valid():
            return False
        if not proof.given(request, form, "password"):
            return False
        version = form.cleaned_data["version"]
        if act(request, striking.strike_result, form=form, shown=Seen(report, version), strike_id=report.pk, version=version) is None:
            return False
        messages.success(request, _("Struck and computed again. Both results are public, and the cases follow the right one."))
        return True

    def _refused(self, request: HttpRequest, report: Strike, form: RefuseReplacementForm) -> bool:
        done = _("Refused: the result stands. Who typed it sees the reason.")
        return form.is_valid() and bool(
            act(
                request,
                striking.refuse_strike,
                form=form,
                done=done,
                shown=Seen(report, form.cleaned_data["version"]),
                strike_id=report.pk,
                **form.cleaned_data,
            )
        )


def _facts(report: Strike) -> dict[str, Any]:
    """What a supervisor needs to know: both rounds with their evidence, what was drawn and replaced, how far the visits are."""
    draw, source = report.draw, report.source
    return {
        "settled": _typed(source, report.entry.correction - 1, report.entry),
        "reported": _typed(source, report.entry.correction, report.entry),
        "witness": source.kind == SeedSource.Kind.WITNESS,
        "drawn": DrawnEntry.objects.filter(draw=draw).aggregate(
            winners=Count("pk", filter=Q(kind=DrawnEntry.Kind.WINNER)), reserves=Count("pk", filter=Q(kind=DrawnEntry.Kind.RESERVE))
        ),
        "replaced": counts_of(draw),
        "visits": _visits(draw),
    }


def _typed(source: SeedSource, correction: int, upto: SourceEntry) -> list[SourceEntry]:
    """What was typed in one round, as far as the report knows, with evidence; files without their bytes."""
    rows = source.entries.filter(correction=correction, pk__lte=upto.pk).select_related("entered_by", "file")
    return list(rows.defer("file__body").order_by("pk"))


def _visits(draw: Draw) -> dict[str, int]:
    """Cases of the draw: not begun, begun, ended, called off."""
    off, untouched = Q(state=CaseState.CALLED_OFF), Q(state=CaseState.ASSIGNED)
    counted: dict[str, int] = Case.objects.filter(draw=draw).aggregate(
        untouched=Count("pk", filter=untouched),
        begun=Count("pk", filter=~off & ~untouched & Q(ended_on=None)),
        ended=Count("pk", filter=Q(ended_on__isnull=False)),
        off=Count("pk", filter=off),
    )
    return counted
