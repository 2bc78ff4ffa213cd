"""Office pages for plans: the list, one plan with its items, the forms of both."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inspections.plans import commands, queries, states
from inspections.plans.forms import ItemForm, PlanFilterForm, PlanForm
from inspections.plans.models import Plan, PlanItem
from registries.ledger.telling import history_told
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.queries import keeps


@access("inspections.view_plans")
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """Published plans, and those in preparation of the own units."""
    user = signed_in(request)
    form = PlanFilterForm(request.GET)
    plans = queries.visible_plans(user).annotate(size=Count("items")).order_by("-year", "-pk")
    if form.is_valid():
        wanted = form.cleaned_data
        plans = plans.filter(**{name: wanted[name] for name in ("year", "state") if wanted[name]})
    context = {"form": form, "may_prepare": user.has_perm("inspections.prepare_plan")}
    return render(request, "office/plans/plan_list.html", {**page_of(request, plans), **context})


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
    """One plan: where it stands, what comes next, its items and its history."""
    user = signed_in(request)
    row = get_object_or_404(queries.visible_plans(user), pk=pk)
    kept = keeps(user, row.unit_id)
    context = {
        "plan": row,
        "lines": queries.lines(row),
        "may_change": kept and user.has_perm("inspections.change_plan") and states.why_not(row.state, "change") is None,
        "may_decide": user.has_perm("inspections.approve_plan") and states.why_not(row.state, "approve") is None,
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/plans/plan.html", context)


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
    """Hand a plan to a supervisor."""
    row = _kept_plan(request, pk)
    done = _("Submitted. A supervisor who had no hand in it approves it.")
    act(request, commands.submit_plan, done=done, plan_id=pk, version=_version(request, row))
    return redirect("plan", pk=pk)
