"""Office pages for the matter list: matters with their revisions, revising one, editions."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.forms import BaseFormSet, model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.ledger.change import Refused
from registries.ledger.telling import history_told
from registries.matters import commands, papers, queries, rules, states
from registries.matters.forms import LISTS, EditionForm, MatterFilterForm, ReasonForm, RevisionForm, vocabulary, without_verdict
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
    rows = matching(queries.visible_revisions(user), form)
    edition = queries.current_edition()
    listed = set(edition.revisions.values_list("pk", flat=True)) if edition else set()
    listing = page_of(request, queries.listed(rows))
    today = clock.today()
    context = {
        "form": form,
        "rows": [
            (sub.revision, sub.span, sub.revision.pk in listed, *_lapses(sub.revision, today))
            for sub in queries.tree(listing["page"].object_list)
        ],
        "edition": edition,
        "may_revise": user.has_perm("registries.revise_matter"),
    }
    return render(request, "office/matters/matter_list.html", {**listing, **context})


def _lapses(revision: MatterRevision, today: dt.date) -> tuple[bool, dt.date | None]:
    """Whether a basis lapsed, and the first day on which one still in force will, if that is soon."""
    ends = [basis.in_force_until for basis in revision.bases.all()]
    soon = [day for day in ends if day is not None and rules.lapses_soon(day, today)]
    return any(rules.is_lapsed(day, today) for day in ends), min(soon, default=None)


def matching(rows: QuerySet[MatterRevision], form: MatterFilterForm) -> QuerySet[MatterRevision]:
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        words = wanted["q"]
        rows = rows.filter(
            Q(matter__code__icontains=words) | Q(name__icontains=words) | Q(sub_item__icontains=words) | Q(content__icontains=words)
        )
    if wanted["method"]:
        rows = queries.by_method(rows, wanted["method"])
    if wanted["needs"]:
        rows = rows.filter(requirements__isnull=wanted["needs"] == "no").distinct()
    if wanted["standing"]:
        rows = queries.in_standing(rows, wanted["standing"], clock.today())
    if wanted["setter"]:
        rows = rows.filter(created_by__name__icontains=wanted["setter"])
    days = {"created_at__date__gte": wanted["since"], "created_at__date__lte": wanted["until"]}
    plain = {name: wanted[name] for name in ("unit", "regulation")}
    return rows.filter(**{name: value for name, value in {**plain, **days}.items() if value})


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
    all_revisions = list(queries.readable_revisions(user, code).select_related("created_by"))
    if not all_revisions:
        raise Http404
    newest = all_revisions[0]
    row = newest.matter
    listed = queries.listed_keys()
    kept = keeps(user, newest.unit_id)
    today = clock.today()
    labels = queries.labels()
    context = {
        "matter": row,
        "revision": newest,
        "facts": [(labels[name], text) for name, text in queries.content_of(newest).items() if text and name in queries.SHOWN],
        "bases": [
            (basis, rules.is_lapsed(basis.in_force_until, today), rules.lapses_soon(basis.in_force_until, today))
            for basis in newest.bases.all()
        ],
        "why_not_draw": Refused(why_not).sentence if (why_not := queries.why_not_draw_on(newest, today)) else "",
        "lapses": _lapses(newest, today)[1],
        "listed": newest.pk in listed,
        "steps": _steps(all_revisions, listed),
        "may_revise": user.has_perm("registries.revise_matter") and kept,
        "may_retire": user.has_perm("registries.retire_matter") and kept,
        "history": history_told(row, *all_revisions) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/matters/matter.html", context)


@access("registries.retire_matter")
@require_http_methods(["GET", "POST"])
def matter_retire(request: HttpRequest, code: str) -> HttpResponse:
    """Take a matter out of use, or into it again, with a reason."""
    user = signed_in(request)
    row = get_object_or_404(Matter, code=code)
    newest = get_object_or_404(queries.visible_revisions(user), matter=row)
    if request.method == "GET" and not keeps(user, newest.unit_id):
        return redirect("matter", code=code)
    command, done = (
        (commands.retire_matter, _("The matter is retired."))
        if row.active
        else (commands.restore_matter, _("The matter is in use again."))
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        change = act(request, command, done=done, form=form, matter_id=row.pk, **form.cleaned_data)
        if change is not None:
            return redirect("matter", code=code)
    return render(request, "office/matters/matter_retire.html", {"matter": row, "revision": newest, "form": form})


def _sent(formset: "BaseFormSet[Any]") -> list[Any]:
    """The contents of the rows that were filled in and not struck out, in their order."""
    forms = formset.ordered_forms if formset.can_order else formset.forms
    gone = formset.deleted_forms
    return [form.content() for form in forms if form not in gone and form.is_filled()]


@access("registries.revise_matter")
@require_http_methods(["GET", "POST"])
def matter_revise(request: HttpRequest, code: str = "") -> HttpResponse:
    """Write a new revision of a matter, or (without a code) the first one of a new matter.

    The buttons “one more row” and “read the numbers from the words” show the form again, with nothing lost or saved.
    """
    newest = queries.with_content(MatterRevision.objects.filter(matter__code=code)).order_by("-number").first() if code else None
    if code and newest is None:
        raise Http404
    if request.method == "GET" and newest is not None and not keeps(signed_in(request), newest.unit_id):
        return redirect("matter", code=code)
    row = newest.matter if newest is not None else None
    sent = _with_a_row_more(request.POST) if request.method == "POST" else None
    form = RevisionForm(sent, instance=newest, code=code, initial={} if row else {"unit": signed_in(request).unit})
    kinds = {"outcomes": {"vocabulary": vocabulary(form.codes)}}
    lists = {name: made(sent, prefix=name, initial=_rows(newest, name), form_kwargs=kinds.get(name)) for name, _title, made in LISTS}
    proposal: list[str] | None = None
    if sent is not None and ("add" in sent or "propose" in sent):
        proposal = form.propose() if "propose" in sent else None
        for one in (form, *(row for rows in lists.values() for row in rows.forms)):
            without_verdict(one)
    elif sent is not None and all([form.is_valid(), *(rows.is_valid() for rows in lists.values())]):
        told: dict[str, Any] = {name: _sent(rows) for name, rows in lists.items()}
        change = act(
            request,
            commands.revise_matter,
            done=_("The revision was saved. It is in force once an edition with it is published."),
            form=form,
            code=form.cleaned_data["code"],
            seen=_number(request, newest),
            content=form.content(),
            **told,
        )
        if change is not None:
            return redirect("matter", code=form.cleaned_data["code"])
    context = {
        "matter": row,
        "form": form,
        "lists": [(name, title, lists[name]) for name, title, _made in LISTS],
        "proposal": proposal,
        "added": sent.get("add", "") if sent is not None else "",
        "seen": _number(request, newest),
    }
    return render(request, "office/matters/matter_revise.html", context)


def _rows(newest: MatterRevision | None, name: str) -> list[dict[str, Any]]:
    """The rows of one list of a revision, as a form set takes them."""
    return [model_to_dict(row) for row in getattr(newest, name).all()] if newest is not None else []


def _with_a_row_more(sent: QueryDict) -> QueryDict:
    """What was sent, with one more row in the list whose button was pressed."""
    data = sent.copy()
    total = f"{data.get('add', '')}-TOTAL_FORMS"
    rows = str(data.get(total, ""))
    if rows.isdecimal():
        data[total] = str(int(rows) + 1)
    return data


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
    row, before = queries.edition_and_before(queries.visible_editions(user), pk)
    if row is None:
        raise Http404
    listed = queries.listed_in(row, before)
    context = {
        "edition": row,
        "before": before,
        "changes": queries.changes_among(listed, row, before),
        "revisions": [revision for key, revision in listed if key == row.pk],
        "may_submit": user.has_perm("registries.submit_edition") and states.why_not(row.state, "submit") is None,
        "may_decide": user.has_perm("registries.approve_edition") and states.why_not(row.state, "approve") is None,
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/matters/edition.html", context)


@access("registries.view_matters")
@require_GET
def edition_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a workbook in the official layout."""
    row = get_object_or_404(queries.visible_editions(signed_in(request)), pk=pk)
    return papers.download(papers.workbook_of(row), papers.file_name(row, "xlsx"))


@access("registries.view_matters")
@require_GET
def edition_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The published list as PDF; it is made soon after the publication."""
    row = get_object_or_404(queries.visible_editions(signed_in(request)).exclude(paper=None), pk=pk)
    return papers.download(bytes(row.paper.pdf), papers.file_name(row, "pdf"))


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
