"""Office pages of the ledger: what happened, in words, and whether the chain holds, for auditors and supervisors; the history of one object."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from registries.ledger import queries
from registries.ledger.forms import LedgerFilterForm
from registries.ledger.histories import KINDS
from registries.ledger.models import LedgerPayload
from registries.ledger.telling import kind_name, tell, told_of
from registries.pages import page_of, signed_in
from registries.people.access import access
from registries.people.queries import open_glass


@access("registries.view_ledger")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """The entries, newest first, filtered by person, deed, object and day."""
    rows = queries.payloads()
    kinds = sorted(set(rows.order_by().exclude(object_kind="").values_list("object_kind", flat=True).distinct()))
    form = LedgerFilterForm(request.GET, kinds=[(kind, kind_name(kind)) for kind in kinds])
    listing = page_of(request, _matching(rows, form.cleaned_data) if form.is_valid() else rows)
    told = [(one, kind_name(one.object_kind)) for one in tell(list(listing["page"]))]
    context = {"form": form, "rows": told, "checkpoint": queries.latest_checkpoint(), "glass": open_glass()}
    return render(request, "office/ledger/ledger.html", {**listing, **context})


def _matching(rows: QuerySet[LedgerPayload], wanted: dict[str, Any]) -> QuerySet[LedgerPayload]:
    if wanted["who"]:
        rows = rows.filter(Q(actor__name__icontains=wanted["who"]) | Q(actor__username__icontains=wanted["who"]))
    if wanted["outcome"] == "public":
        rows = rows.filter(public=True)
    elif wanted["outcome"]:
        rows = rows.filter(entry__action__endswith=f".{wanted['outcome']}", public=False)
    columns = {"what": "verb", "kind": "object_kind", "number": "object_id"}
    rows = rows.filter(**{column: wanted[name] for name, column in columns.items() if wanted[name]})
    if wanted["first"]:
        rows = rows.filter(entry__time__gte=wanted["first"].isoformat())
    if wanted["last"]:
        rows = rows.filter(entry__time__lt=(wanted["last"] + dt.timedelta(days=1)).isoformat())
    return rows


@access("registries.view_ledger")
@require_GET
def ledger_verify(request: HttpRequest) -> HttpResponse:
    """Recompute every hash of the chain and say whether it holds."""
    context = {"found": queries.verification(), "checkpoint": queries.latest_checkpoint()}
    return render(request, "office/ledger/verify.html", context)


@access("registries.use_office")
@require_GET
def object_history(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """All that happened to one object and its parts, in words; for whoever may not know of it there is no such page."""
    user, kind = signed_in(request), KINDS.get(label)
    if kind is None or not user.has_perm(kind.right):
        raise Http404
    row = get_object_or_404(kind.rows(user), pk=pk)
    if kind.own:
        return redirect(kind.page(row))
    itself = str(row)
    told = [one._replace(fields=[field for field in one.fields if field.after != itself]) for one in told_of(kind.concerned(row))]
    context = {"object": row, "kind": kind.name, "address": kind.page(row), "history": told}
    return render(request, "office/history.html", context)
