"""Office pages for the matter list: matters with their revisions, revising one, editions."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Model, Q, QuerySet
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.ledger.telling import history_told
from registries.matters import commands, queries, rules, states
from registries.matters.forms import BasisFormSet, EditionForm, ItemFormSet, MatterFilterForm, RevisionForm
from registries.matters.models import Edition, Matter, MatterRevision
from registries.matters.rules import Difference
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.queries import keeps


@access("registries.view_matters")
@require_GET
def matter_list(request: HttpRequest) -> HttpResponse:
    """Every matter this person may read, in its newest revision."""
    user = signed_in(request)
    form = MatterFilterForm(request.GET)
    rows = _matching(queries.visible_revisions(user), form)
    edition = queries.current_edition()
    listed = set(edition.revisions.values_list("pk", flat=True)) if edition else set()
    listing = page_of(request, rows.select_related("matter", "unit").prefetch_related("bases"))
    context = {
        "form": form,
        "rows": [(row, row.pk in listed, queries.lapsed_bases(row, clock.today())) for row in listing["page"]],
        "edition": edition,
        "may_revise": user.has_perm("registries.revise_matter"),
    }
    return render(request, "office/matters/matter_list.html", {**listing, **context})


def _matching(rows: QuerySet[MatterRevision], form: MatterFilterForm) -> QuerySet[MatterRevision]:
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        words = wanted["q"]
        rows = rows.filter(Q(matter__code__icontains=words) | Q(name__icontains=words) | Q(content__icontains=words))
    if wanted["unit"]:
        rows = rows.filter(unit=wanted["unit"])
    if wanted["regulation"]:
        rows = rows.filter(regulation=wanted["regulation"])
    return rows


class Step(NamedTuple):
    """A revision with what it changed against the one before."""

    revision: MatterRevision
    changes: list[Difference]
    listed: bool


def _steps(revisions: list[MatterRevision], listed: Iterable[int]) -> list[Step]:
    """The revisions, newest first, each with its difference to the next older one."""
    contents = [queries.content_of(revision) for revision in revisions]
    pairs = zip(contents, [*contents[1:], {}], strict=True)
    labels = queries.labels()
    return [
        Step(
            revision,
            [d._replace(field=labels[d.field]) for d in rules.differences(old, new)] if old else [],
            revision.pk in listed,
        )
        for revision, (new, old) in zip(revisions, pairs, strict=True)
    ]


@access("registries.view_matters")
@require_GET
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: all of its newest revision, and how it came to it."""
    user = signed_in(request)
    visible = get_object_or_404(queries.visible_revisions(user).select_related("matter"), matter__code=code)
    row, newest_number = visible.matter, visible.number
    all_revisions = list(
        queries.with_content(row.revisions.filter(number__lte=newest_number)).select_related("created_by").order_by("-number")
    )
    newest = all_revisions[0]
    edition = queries.current_edition()
    listed = set(edition.revisions.values_list("pk", flat=True)) if edition else set()
    today = clock.today()
    labels = queries.labels()
    context = {
        "matter": row,
        "revision": newest,
        "facts": [(labels[name], text) for name, text in queries.content_of(newest).items() if name in queries.SHOWN],
        "bases": [(basis, rules.is_lapsed(basis.in_force_until, today)) for basis in newest.bases.all()],
        "why_not_draw": queries.why_not_draw_on(newest, today) if newest.bases.all() else None,
        "listed": newest.pk in listed,
        "edition": edition,
        "steps": _steps(all_revisions, listed),
        "may_revise": user.has_perm("registries.revise_matter") and keeps(user, newest.unit_id),
        "history": history_told(row, *all_revisions) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/matters/matter.html", context)


def _sent(formset: "BaseFormSet[Any]") -> list[Any]:
    """The contents of the rows that were filled in and not struck out, in their order."""
    forms = formset.ordered_forms if formset.can_order else formset.forms
    gone = formset.deleted_forms
    return [form.content() for form in forms if form not in gone and form.is_filled()]


@access("registries.revise_matter")
@require_http_methods(["GET", "POST"])
def matter_revise(request: HttpRequest, code: str = "") -> HttpResponse:
    """Write a new revision of a matter, or (without a code) the first one of a new matter."""
    row = get_object_or_404(Matter, code=code) if code else None
    newest = queries.with_content(row.revisions.order_by("-number")).first() if row else None
    form = RevisionForm(
        request.POST or None,
        instance=newest,
        code=code,
        initial={"active": row.active} if row else {"unit": signed_in(request).unit},
    )
    bases = BasisFormSet(request.POST or None, prefix="bases", initial=_values(newest.bases.all()) if newest else [])
    items = ItemFormSet(request.POST or None, prefix="items", initial=_values(newest.items.all()) if newest else [])
    if request.method == "POST" and all((form.is_valid(), bases.is_valid(), items.is_valid())):
        change = act(
            request,
            commands.revise_matter,
            done=_("The revision was saved. It is in force once an edition with it is published."),
            form=form,
            code=form.cleaned_data["code"],
            seen=_number(request, newest),
            content=form.content(),
            bases=_sent(bases),
            items=_sent(items),
            active=form.cleaned_data["active"],
        )
        if change is not None:
            return redirect("matter", code=form.cleaned_data["code"])
    context = {"matter": row, "form": form, "bases": bases, "items": items, "seen": _number(request, newest)}
    return render(request, "office/matters/matter_revise.html", context)


def _values(rows: Iterable[Model]) -> list[dict[str, Any]]:
    """The columns of rows that are read already."""
    return [{field.name: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


def _number(request: HttpRequest, newest: MatterRevision | None) -> int:
    """The revision the clerk worked from: as the form sent says, or the newest on first sight."""
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isdecimal() else (newest.number if newest else 0)


# --- editions ---------------------------------------------------------------------------------------------------------


@access("registries.view_matters")
@require_GET
def edition_list(request: HttpRequest) -> HttpResponse:
    """The editions of the list, the one in preparation first."""
    user = signed_in(request)
    rows = queries.visible_editions(user).annotate(size=Count("revisions"))
    context = {"may_prepare": user.has_perm("registries.prepare_edition"), "news": queries.news()}
    return render(request, "office/matters/edition_list.html", {**page_of(request, rows), **context})


@access("registries.view_matters")
@require_GET
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """One edition: where it stands, what is new in it, the whole list."""
    user = signed_in(request)
    row = get_object_or_404(queries.visible_editions(user), pk=pk)
    before = queries.edition_before(row)
    context = {
        "edition": row,
        "before": before,
        "changes": queries.edition_changes(row, before),
        "revisions": row.revisions.select_related("matter", "unit").order_by("matter__code"),
        "may_submit": user.has_perm("registries.submit_edition") and states.why_not(row.state, "submit") is None,
        "may_decide": user.has_perm("registries.approve_edition") and states.why_not(row.state, "approve") is None,
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/matters/edition.html", context)


@access("registries.prepare_edition")
@require_http_methods(["GET", "POST"])
def edition_new(request: HttpRequest) -> HttpResponse:
    """Gather an edition from the newest revisions; one in preparation is gathered anew."""
    opened = Edition.objects.filter(state=states.EditionState.PREPARING).first()
    form = EditionForm(request.POST or None, **({"initial": {"title": opened.title, "note": opened.note}} if opened else {}))
    if request.method == "POST" and form.is_valid():
        done = _("The edition was gathered from the newest revisions. Look at what is new, then submit it.")
        change = act(request, commands.prepare_edition, done=done, form=form, **form.cleaned_data)
        if change is not None:
            return redirect("edition", pk=change.obj.pk)
    return render(request, "office/matters/edition_new.html", {"form": form, "opened": opened, "news": queries.news()})


@access("registries.view_matters")
@require_POST
def edition_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand an edition to a supervisor."""
    row = get_object_or_404(Edition, pk=pk)
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() else row.version
    done = _("Submitted. A supervisor who had no hand in it approves it.")
    act(request, commands.submit_edition, done=done, edition_id=pk, version=version)
    return redirect("edition", pk=pk)
