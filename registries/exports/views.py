"""Taking a list as a file: sent while it is read, however long it is."""

import hashlib
from collections.abc import Generator, Iterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from registries.exports import commands
from registries.exports.sources import SOURCES, Asked, BadFilter
from registries.ledger.change import Refused
from registries.pages import signed_in
from registries.people.access import access
from registries.people.models import User
from registries.spreadsheets.streaming import stream_csv, stream_workbook
from registries.watermark import mark

FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@access("registries.export_registry")
@require_GET
def export(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """All rows of a list that fit the filters in the address, as a workbook or (its first sheet) as CSV."""
    user = signed_in(request)
    source = SOURCES.get(kind)
    if source is None or form not in FORMS or not user.has_perm(source.right):
        raise Http404
    filters, marked = request.GET.copy(), mark(user)
    name = marked.named(str(source.kind.label), form)
    asked = Asked(user, filters, persons=bool(filters.pop("persons", None)))
    try:
        rows, sheets = source.sheets(asked)
        query = filters.urlencode()
        commands.export_registry(actor=user, kind=kind, file_name=name, query=query, rows=rows, persons=asked.persons)
    except BadFilter as bad:
        raise Http404 from bad
    except Refused as refused:
        return HttpResponse(refused.sentence, status=403, content_type="text/plain; charset=utf-8")
    content = stream_workbook(sheets, marked.line) if form == "xlsx" else stream_csv(sheets[0].headings, sheets[0].rows)
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return StreamingHttpResponse(told_of(content, user, name), content_type=FORMS[form], headers={"Content-Disposition": disposition})


def told_of(content: Iterator[bytes], user: User, name: str) -> Generator[bytes, None, None]:
    """The pieces; when all of them were taken, the ledger is told the hash of the whole."""
    whole = hashlib.sha256()
    for piece in content:
        whole.update(piece)
        yield piece
    commands.complete_export(actor=user, file_name=name, sha256=whole.hexdigest())
