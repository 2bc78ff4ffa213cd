"""Inspectors with and without an account, for the system administrator."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from registries.inspectors import commands, queries
from registries.inspectors.forms import InspectorFilterForm
from registries.inspectors.models import Inspector
from registries.inspectors.views.registry import matching
from registries.pages import act, page_of, signed_in
from registries.people.access import access


@access("registries.view_accounts")
@require_GET
def link_list(request: HttpRequest) -> HttpResponse:
    """Inspectors with and without an account, for the system administrator; no personal data."""
    form = InspectorFilterForm(request.GET)
    rows = matching(Inspector.objects.select_related("unit", "user"), form).order_by(F("user").asc(nulls_first=True), "number")
    may_link = signed_in(request).has_perm("registries.link_inspector")
    accounts = list(queries.accounts_to_join()) if may_link else None
    context = {"form": form, "accounts": accounts, **page_of(request, rows)}
    return render(request, "office/inspectors/link_list.html", context)


@access("registries.view_accounts")
@require_POST
def link(request: HttpRequest, number: str) -> HttpResponse:
    """Join an account to an inspector, or part them."""
    row = get_object_or_404(Inspector, number=number)
    chosen = request.POST.get("user", "")
    done = _("The account was joined to the inspector.") if chosen else _("The account was parted from the inspector.")
    act(request, commands.link_inspector, done=done, inspector_id=row.pk, user_id=int(chosen) if chosen.isdecimal() else None)
    return redirect("inspector-accounts")
