"""Office pages for plans: the list, one plan with its items, the forms of both."""

import hashlib
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inspections.plans import commands, papers, progress, queries, states
from inspections.plans.forms import AmendForm, DropForm, ItemForm, PlanFileForm, PlanFilterForm, PlanForm, ReviewForm
from inspections.plans.models import Plan, PlanItem
from inspections.plans.states import PlanState
from registries import overtaken
from registries.exports.commands import complete_export, export_registry
from registries.ledger.telling import history_told
from registries.matters.papers import download
from registries.overtaken import Seen
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.models import User
from registries.people.queries import keeps
from registries.watermark import mark


@access("inspections.view_plans")
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """Published plans, and those in preparation of the own units."""
    user = signed_in(request)
    form = PlanFilterForm(request.GET)
    replaced = Count("amendments", filter=Q(amendments__state=PlanState.PUBLISHED), distinct=True)
    plans: QuerySet[Plan] = queries.visible_plans(user).annotate(size=Count("items", distinct=True), replaced=replaced).order_by("-year", "-pk")
    if form.is_valid():
        plans = queries.plans_fitting(plans, form.cleaned_data)
    listed = page_of(request, plans)
    context = {
        **listed,
        "form": form,
        "may_prepare": user.has_perm("inspections.prepare_plan"),
        "rows": progress.of_plans(list(listed["page"])),
        "joint": queries.of_several(plans).count(),
    }
    return render(request, "office/plans/plan_list.html", context)


@access("inspections.prepare_plan")
@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("The plan is begun. Add its items.")
        change = act(request, commands.prepare_plan, done=done, form=form, **form.cleaned_data)
        if change is not None:
            return redirect("plan", pk=change.obj.pk)
    return render(request, "office/plans/plan_new.html", {"form": form})


@access("inspections.view_plans")
@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: where it stands, what comes next, its items and how far they have come, its versions and its history."""
    return page_of_plan(request, pk)


def page_of_plan(request: HttpRequest, pk: int, **forms: Any) -> HttpResponse:
    """The page of a plan; ``forms`` that were refused keep what was typed."""
    user = signed_in(request)
    row = get_object_or_404(queries.visible_plans(user), pk=pk)
    lines = queries.lines(row)
    versions = queries.versions(row)
    visible = [one for one in versions if one.state == PlanState.PUBLISHED or keeps(user, one.unit_id)]
    newest = max((one.pk for one in versions if one.state == PlanState.PUBLISHED), default=None)
    context: dict[str, Any] = {
        "plan": row,
        "lines": lines,
        "versions": visible,
        "in_force": newest == row.pk,
        "changes": queries.changes(row),
        **_may(user, row, versions),
        "review": ReviewForm(),
        "sent": next((one for one in (forms.get("review"), forms.get("drop")) if one is not None), None),
        "typed": overtaken.typed(forms.get("review")) + overtaken.typed(forms.get("drop")),
        "amend": AmendForm(),
        "drop": DropForm(),
        "attach": PlanFileForm(),
        "files": queries.files_of(row),
        **forms,
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    if row.state == PlanState.PUBLISHED:
        context |= _progress(lines)
    return render(request, "office/plans/plan.html", context, status=409 if overtaken.is_overtaken(context["sent"]) else 422 if forms else 200)


def _may(user: User, row: Plan, versions: list[Plan]) -> dict[str, bool]:
    """What this person may do with the plan now."""
    kept = keeps(user, row.unit_id)

    def may(right: str, move: str) -> bool:
        return user.has_perm(f"inspections.{right}") and states.why_not(row.state, move) is None

    return {
        "may_change": kept and may("change_plan", "change"),
        "may_review": may("review_plan", "review"),
        "may_decide": may("approve_plan", "approve"),
        "may_amend": kept and may("amend_plan", "amend") and versions[-1].pk == row.pk,
        "may_drop": kept and row.replaces_id is not None and may("drop_amendment", "drop"),
        "may_attach": kept and may("attach_plan_file", "attach"),
        "may_plan": user.has_perm("inspections.view_planning"),
        "may_export": user.has_perm("registries.export_registry"),
    }


def _progress(lines: list[queries.Line]) -> dict[str, Any]:
    found = progress.progress_of([line.item for line in lines])
    return {"progress": [(line, found[line.item.pk]) for line in lines], "total": progress.total(found.values())}


def _kept_plan(request: HttpRequest, pk: int) -> Plan:
    return get_object_or_404(queries.visible_plans(signed_in(request)), pk=pk)


@access("inspections.change_plan")
@require_http_methods(["GET", "POST"])
def item_form(request: HttpRequest, pk: int, item_pk: int | None = None) -> HttpResponse:
    """Add an item to a plan, or change one."""
    row = _kept_plan(request, pk)
    item = get_object_or_404(PlanItem, pk=item_pk, plan=row) if item_pk is not None else None
    form = ItemForm(request.POST or None, user=signed_in(request), item=item)
    if request.method == "POST" and form.is_valid():
        change = act(
            request,
            commands.change_plan,
            done=_("The item was saved."),
            form=form,
            plan_id=pk,
            version=_version(request, row),
            item_id=item_pk,
            item=form.values(),
        )
        if change is not None:
            return redirect("plan-item-new", pk=pk) if "another" in request.POST else redirect("plan", pk=pk)
    context: dict[str, Any] = {"plan": row, "item": item, "form": form, "version": _version(request, row)}
    return render(request, "office/plans/item_form.html", context)


def _version(request: HttpRequest, row: Plan) -> int:
    """The version of the plan the person saw: from the form sent, or the present one on first sight."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() else row.version


@access("inspections.view_plans")
@require_POST
def item_remove(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take an item out of a plan in preparation."""
    row = _kept_plan(request, pk)
    get_object_or_404(PlanItem, pk=item_pk, plan=row)
    version = _version(request, row)
    act(request, commands.change_plan, done=_("The item was removed."), plan_id=pk, version=version, item_id=item_pk)
    return redirect("plan", pk=pk)


@access("inspections.view_plans")
@require_POST
def plan_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a plan to the legal review."""
    row = _kept_plan(request, pk)
    done = _("Submitted. After the legal review a supervisor who had no hand in it approves it.")
    version = _version(request, row)
    act(request, commands.submit_plan, done=done, shown=Seen(row, version), plan_id=pk, version=version)
    return redirect("plan", pk=pk)


@access("inspections.review_plan")
@require_POST
def plan_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a plan in the legal review, or give it back with the reason; what was typed stays when it is refused."""
    row = _kept_plan(request, pk)
    remark = request.POST.get("remark", "")
    version, form = _version(request, row), ReviewForm({"remark": remark})
    given: dict[str, Any] = {"form": form, "shown": Seen(row, version), "plan_id": pk, "version": version}
    if "return" in request.POST:
        change = act(request, commands.return_plan, done=_("Returned to its clerk."), reason=remark, **given)
    else:
        done = _("Passed. A supervisor who had no hand in it approves the plan.")
        change = act(request, commands.review_plan, done=done, remark=remark, **given)
    return page_of_plan(request, row.pk, review=form) if change is None else redirect("plan", pk=pk)


@access("inspections.amend_plan")
@require_POST
def plan_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an amendment of a published plan."""
    row = _kept_plan(request, pk)
    done = _("The amendment is begun with all items of the plan. Change them; the plan in force stays until it is published.")
    change = act(request, commands.amend_plan, done=done, plan_id=row.pk, reason=request.POST.get("reason", ""))
    return redirect("plan", pk=change.obj.pk) if change is not None else page_of_plan(request, row.pk, amend=AmendForm(request.POST))


@access("registries.export_registry")
@require_GET
def plan_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a workbook in the columns that higher platforms take; that it was taken stands in the ledger."""
    row = get_object_or_404(queries.visible_plans(signed_in(request)), pk=pk)
    marked = mark(signed_in(request))
    body, rows = papers.workbook_of(row, marked.line)
    name = marked.named(papers.file_name(row).removesuffix(".xlsx"), "xlsx")
    export_registry(actor=signed_in(request), kind="plan", file_name=name, query=row.number or row.title, rows=rows, persons=False)
    complete_export(actor=signed_in(request), file_name=name, sha256=hashlib.sha256(body).hexdigest())
    return download(body, name)
