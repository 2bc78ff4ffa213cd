"""Pages for groups of inspectors, training sessions and assistants."""

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registries import clock
from registries.inspectors import commands, queries
from registries.inspectors.forms import AssistantForm, GroupForm, InspectorFilterForm, TrainingForm
from registries.inspectors.models import Assistant, Inspector, InspectorGroup, Training
from registries.inspectors.views.filling import filled
from registries.inspectors.views.registry import matching
from registries.pages import page_of, signed_in
from registries.people.access import access
from registries.people.masking import masked_phone
from registries.people.queries import own_units

GET_POST = ["GET", "POST"]
FIRST_YEAR = 2015
"""国办发〔2015〕58号: there was no double random before."""


@access("registries.view_inspectors")
@require_GET
def group_list(request: HttpRequest) -> HttpResponse:
    """The groups; of each member whether they may inspect today."""
    today = clock.today()
    rows = InspectorGroup.objects.select_related("unit", "leader").prefetch_related("assistants").order_by("-active", "name")
    listing = page_of(request, rows)
    members = {row.pk: row for row in queries.inspectors().prefetch_related("experts").filter(groups__in=list(listing["page"])).distinct()}
    able = {row.pk: queries.why_not_in_words(row, today) for row in members.values()}
    through = InspectorGroup.members.through.objects.filter(inspectorgroup__in=list(listing["page"]))
    of_group: dict[int, list[tuple[Inspector, str]]] = {}
    for link in through.select_related("inspector").order_by("inspector__number"):
        of_group.setdefault(link.inspectorgroup_id, []).append((members[link.inspector_id], able[link.inspector_id]))
    context = {
        "rows": [(row, of_group.get(row.pk, [])) for row in listing["page"]],
        "may_save": signed_in(request).has_perm("registries.save_group"),
        "kept": _kept(request),
    }
    return render(request, "office/inspectors/group_list.html", {**listing, **context})


def _kept(request: HttpRequest) -> set[int] | None:
    """The units whose rows this person keeps; None for all."""
    return own_units(signed_in(request))


@access("registries.save_group")
@require_http_methods(GET_POST)
def group(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new group, or the change of one."""
    row = get_object_or_404(InspectorGroup, pk=pk) if pk is not None else None
    return filled(
        request,
        GroupForm(request.POST or None, instance=row, user=signed_in(request)),
        commands.save_group,
        title=_("Change group %(name)s") % {"name": row.name} if row else _("New group"),
        lead=_("Whoever prepares a draw may take its inspectors from groups."),
        done=_("The group was saved."),
        back=reverse("group-list"),
        trail=((_("Groups"), reverse("group-list")),),
        group_id=pk,
        version=row.version if row else 0,
        unit=row.unit_id if row else None,
    )


@access("registries.view_inspectors")
@require_GET
def training_list(request: HttpRequest) -> HttpResponse:
    """The sessions of a year, and who attended none."""
    today = clock.today()
    sent = request.GET.get("year", "")
    year = int(sent) if sent.isdecimal() and FIRST_YEAR <= int(sent) <= today.year else today.year
    form = InspectorFilterForm(request.GET)
    sessions = Training.objects.filter(held_on__year=year).select_related("unit")
    missing = queries.without_training(matching(Inspector.objects.select_related("unit"), form), year)
    context = {
        **page_of(request, missing),
        "sessions": sessions.annotate(people=Count("attended")),
        "totals": sessions.aggregate(number=Count("pk"), hours=Sum("hours")),
        "on_duty": Inspector.objects.filter(status=Inspector.Status.ACTIVE).count(),
        "form": form,
        "year": year,
        "years": range(today.year, max(FIRST_YEAR, today.year - 5) - 1, -1),
        "may_save": signed_in(request).has_perm("registries.save_training"),
        "kept": _kept(request),
    }
    return render(request, "office/inspectors/training_list.html", context)


@access("registries.save_training")
@require_http_methods(GET_POST)
def training(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new session with its attendance, or the correction of one."""
    row = get_object_or_404(Training, pk=pk) if pk is not None else None
    return filled(
        request,
        TrainingForm(request.POST or None, instance=row, user=signed_in(request)),
        commands.save_training,
        title=_("Change the session “%(topic)s”") % {"topic": row.topic} if row else _("New training session"),
        done=_("The session was saved."),
        back=reverse("training-list"),
        trail=((_("Training"), reverse("training-list")),),
        training_id=pk,
        version=row.version if row else 0,
        unit=row.unit_id if row else None,
    )


@access("registries.view_inspectors")
@require_GET
def assistant_list(request: HttpRequest) -> HttpResponse:
    """The assistants (辅警): named on cases, never counted."""
    form = InspectorFilterForm(request.GET)
    del form.fields["status"]
    rows = Assistant.objects.select_related("unit").order_by("-active", "number")
    if form.is_valid():
        wanted = form.cleaned_data
        if wanted["q"]:
            rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(number__icontains=wanted["q"]))
        if wanted["unit"]:
            rows = rows.filter(unit=wanted["unit"])
    listing = page_of(request, rows)
    context = {
        "rows": [(row, masked_phone(row.phone)) for row in listing["page"]],
        "form": form,
        "may_save": signed_in(request).has_perm("registries.save_assistant"),
        "kept": _kept(request),
    }
    return render(request, "office/inspectors/assistant_list.html", {**listing, **context})


@access("registries.save_assistant")
@require_http_methods(GET_POST)
def assistant(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new assistant, or the change of an entry."""
    row = get_object_or_404(Assistant, pk=pk) if pk is not None else None
    return filled(
        request,
        AssistantForm(request.POST or None, instance=row, user=signed_in(request)),
        commands.save_assistant,
        title=_("Change the entry of %(name)s") % {"name": row.name} if row else _("New assistant"),
        lead=_("An assistant may be named on a case and never counts towards the two inspectors."),
        done=_("The entry was saved."),
        back=reverse("assistant-list"),
        trail=((_("Assistants"), reverse("assistant-list")),),
        assistant_id=pk,
        version=row.version if row else 0,
        unit=row.unit_id if row else None,
    )
