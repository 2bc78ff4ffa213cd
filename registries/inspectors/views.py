"""Office pages of the inspector registry: who may inspect and who may not, one inspector, the account."""

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from registries import clock
from registries.inspectors import commands, queries
from registries.inspectors.forms import InspectorFilterForm
from registries.inspectors.models import Inspector
from registries.ledger.telling import history_told
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.masking import masked_id, masked_phone


@access("registries.view_inspectors")
@require_GET
def inspector_list(request: HttpRequest) -> HttpResponse:
    """The registry; every row says whether the person may inspect today, and if not, why."""
    form = InspectorFilterForm(request.GET)
    listing = page_of(request, _matching(queries.inspectors(), form))
    today = clock.today()
    rows = [(row, queries.why_not_in_words(row, today)) for row in listing["page"]]
    return render(request, "office/inspectors/inspector_list.html", {**listing, "form": form, "rows": rows})


def _matching(rows: QuerySet[Inspector], form: InspectorFilterForm) -> QuerySet[Inspector]:
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(number__icontains=wanted["q"]))
    return rows.filter(**{name: wanted[name] for name in ("unit", "status") if wanted[name]})


@access("registries.view_inspectors")
@require_GET
def inspector(request: HttpRequest, number: str) -> HttpResponse:
    """One inspector: facts, certificates, declared conflicts."""
    user = signed_in(request)
    row = get_object_or_404(queries.inspectors(), number=number)
    today = clock.today()
    context = {
        "inspector": row,
        "why_not": queries.why_not_in_words(row, today),
        "phone": masked_phone(row.phone),
        "id_number": masked_id(row.id_number),
        "certificates": [(c, c.valid_from <= today <= c.valid_until) for c in row.certificates.all()],
        "recusals": row.recusals.select_related("subject"),
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/inspectors/inspector.html", context)


@access("registries.view_accounts")
@require_GET
def link_list(request: HttpRequest) -> HttpResponse:
    """Inspectors with and without an account, for the system administrator; no personal data."""
    form = InspectorFilterForm(request.GET)
    rows = _matching(Inspector.objects.select_related("unit", "user"), form).order_by(F("user").asc(nulls_first=True), "number")
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
