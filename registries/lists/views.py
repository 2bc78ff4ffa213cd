"""Keeping searches and columns of any list; and what a list's page needs to offer both, as ``finding`` in its context."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registries.ledger.change import Refused
from registries.lists import commands, queries
from registries.lists.listing import LISTINGS, ListColumn, Listing
from registries.lists.models import SavedSearch
from registries.pages import act, signed_in
from registries.people.access import access
from registries.spreadsheets.writing import Page, Writable, write_csv, write_workbook
from registries.watermark import mark

FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
NOT_FILTERS = ("page", "export")


def query_of(request: HttpRequest) -> str:
    """The filters of the address: what was filled in, without page and export."""
    kept = request.GET.copy()
    for name in list(kept):
        kept.setlist(name, [value for value in kept.getlist(name) if value])
        if name in NOT_FILTERS or not kept.getlist(name):
            kept.pop(name)
    return kept.urlencode()


def finding(request: HttpRequest, listing: Listing) -> dict[str, Any]:
    """What ``office/lists/_finding.html`` shows: kept searches, columns to choose, exports."""
    user = signed_in(request)
    (columns, saved), query = queries.kept(user, listing), query_of(request)
    codes = {column.code for column in columns}
    return {
        "list": listing,
        "at": reverse(listing.url),
        "query": query,
        "columns": columns,
        "choices": [(column, column.code in codes) for column in listing.columns],
        "saved": [(one, one.query == query) for one in saved],
        "may_export": user.has_perm("registries.export_list"),
    }


def _listing(code: str) -> Listing:
    if code not in LISTINGS:
        raise Http404
    return LISTINGS[code]


def _back(request: HttpRequest, listing: Listing) -> HttpResponse:
    query = request.POST.get("query", "")
    return redirect(f"{reverse(listing.url)}{'?' + query if query else ''}")


@access("registries.save_search")
@require_POST
def list_save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the filters under a name."""
    listing, name, query = _listing(code), request.POST.get("name", "")[:40].strip(), request.POST.get("query", "")
    act(request, commands.save_search, done=_("The search is kept."), list_code=code, name=name, query=query)
    return _back(request, listing)


@access("registries.forget_search")
@require_POST
def list_forget(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Drop a kept search."""
    listing = _listing(code)
    get_object_or_404(SavedSearch, pk=pk, user=signed_in(request))
    act(request, commands.forget_search, done=_("The search is dropped."), search_id=pk)
    return _back(request, listing)


@access("registries.choose_columns")
@require_POST
def list_columns(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the columns."""
    listing = _listing(code)
    act(request, commands.choose_columns, done=_("The columns are remembered."), list_code=code, columns=request.POST.getlist("column"))
    return _back(request, listing)


def exported(
    request: HttpRequest, listing: Listing, first: ListColumn, rows: Iterable[Any], columns: Sequence[ListColumn]
) -> HttpResponse:
    """What is seen, as a file: all rows that fit the filters, with the chosen columns. The ledger keeps that it was taken."""
    form, query = request.GET.get("export", ""), query_of(request)
    if form not in FORMS or not signed_in(request).has_perm("registries.export_list"):
        raise Http404
    all_columns = [first, *columns]
    headings = [str(column.label) for column in all_columns]
    cells: list[list[Writable]] = [[column.value(row) for column in all_columns] for row in rows]
    title = str(listing.title)
    marked = mark(signed_in(request))
    name = marked.named(title, form)
    content = write_csv(headings, cells) if form == "csv" else write_workbook([Page(title, headings, cells)], marked.line)
    try:
        commands.export_list(
            actor=signed_in(request), list_code=listing.code, query=query, file_name=name, rows=len(cells), content=content
        )
    except Refused as refused:
        raise Http404 from refused
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=FORMS[form], headers={"Content-Disposition": disposition})
