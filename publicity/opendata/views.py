"""The pages of open data, the files themselves, and the machine-readable lists of them. Anybody's, read only."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from publicity.opendata import catalogue, queries
from publicity.opendata.asking import MOST, SIZE
from publicity.opendata.datasets import API, DATASETS
from publicity.opendata.models import SnapshotFile
from publicity.opendata.serving import NOTHING, Refusal, as_json, open_to_all
from publicity.opendata.writing import FORMS, TYPES, digest_header
from publicity.site.serving import MINUTE, published, streamed
from registries.ledger.sentences import say
from registries.people.access import PUBLIC, access

NAMES = frozenset(f"{dataset}.{form}" for dataset in DATASETS for form in FORMS)


@access(PUBLIC)
@published(MINUTE)
def index(request: HttpRequest) -> HttpResponse:
    """What there is: every dataset with its files, rows, sizes, hashes and day; the licence; older files."""
    snapshot = queries.newest()
    files = list(queries.files_of(snapshot))
    tables = [(table, [file for file in files if file.dataset == table.name]) for table in DATASETS.values()]
    months = [(one.made_at, *queries.month_of(one.made_at)) for one in queries.older()]
    context = {
        "tables": tables,
        "snapshot": snapshot,
        "months": months,
        "updated": snapshot.made_at if snapshot else None,
        "site": settings.PUBLIC_URL,
        "licence": settings.OPENDATA_LICENCE,
        "licence_url": settings.OPENDATA_LICENCE_URL,
    }
    return render(request, "public/opendata/index.html", context)


@access(PUBLIC)
@published(MINUTE)
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every column of every dataset: key, Chinese heading, kind, meaning, source, codes."""
    return render(request, "public/opendata/dictionary.html", {"tables": DATASETS.values()})


@access(PUBLIC)
@published(MINUTE)
def interface(request: HttpRequest) -> HttpResponse:
    """How the API and the feeds are used, for people."""
    context = {"tables": API, "site": settings.PUBLIC_URL, "most": settings.PUBLIC_REQUESTS_PER_MINUTE, "size": SIZE, "largest": MOST}
    return render(request, "public/opendata/interface.html", context)


@access(PUBLIC)
@published(MINUTE)
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The files of the last snapshot of a month that is over."""
    snapshot = next((one for one in queries.older() if queries.month_of(one.made_at) == (year, month)), None)
    if snapshot is None:
        raise Http404
    files = list(queries.files_of(snapshot))
    tables = [(table, [file for file in files if file.dataset == table.name]) for table in DATASETS.values()]
    context: dict[str, Any] = {"tables": tables, "snapshot": snapshot, "year": year, "month": f"{month:02}", "updated": snapshot.made_at}
    return render(request, "public/opendata/month.html", context)


# --- the files -------------------------------------------------------------------------------------------------------


@access(PUBLIC)
@open_to_all
def newest_file(request: HttpRequest, file: str) -> StreamingHttpResponse:
    """A file as it is now."""
    if file not in NAMES:
        raise Refusal(404, NOTHING)
    found = queries.file(file)
    if found is None:
        raise Refusal(503, say("The files are being made. They are here within a minute."))
    return _sent(found, found.name)


@access(PUBLIC)
@open_to_all
def older_file(request: HttpRequest, year: int, month: int, file: str) -> StreamingHttpResponse:
    """A file as it was at the end of a month; 410 once a result in it has been taken down."""
    found = queries.file_of_month(year, month, file) if file in NAMES else None
    if found is None:
        raise Refusal(404, NOTHING)
    if found.closed_at is not None:
        raise Refusal(410, say("A result in this file has been taken down since, and the file with it. Its hash stays."), sha256=found.sha256, sm3=found.sm3)
    return _sent(found, f"{found.dataset}-{year}-{month:02}.{found.form}")


def _sent(file: SnapshotFile, name: str) -> StreamingHttpResponse:
    response = streamed(queries.pieces(file.sha256), file.sha256, TYPES[file.form], file.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Repr-Digest"] = digest_header(file.sha256)
    return response


@access(PUBLIC)
@open_to_all
def sums(request: HttpRequest, name: str) -> HttpResponse:
    """The hashes as ``sha256sum --check`` reads them; SM3 in the same lines."""
    files = queries.files_of(queries.newest())
    lines = "".join(f"{file.sha256 if name == 'SHA256SUMS' else file.sm3}  {file.name}\n" for file in files)
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


@access(PUBLIC)
@open_to_all
def manifest(request: HttpRequest) -> HttpResponse:
    """All files with their hashes, and the names of their columns."""
    return as_json(catalogue.manifest())


@access(PUBLIC)
@open_to_all
def catalog(request: HttpRequest) -> HttpResponse:
    """The catalogue as DCAT-AP."""
    return as_json(catalogue.dcat(), "application/ld+json")
