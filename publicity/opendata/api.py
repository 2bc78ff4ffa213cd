"""The JSON API: flat rows, every limit stated, no key, no header of its own. The document that describes it stands in ``openapi.py``."""

from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from publicity.opendata import results
from publicity.opendata.asking import SIZE, read
from publicity.opendata.datasets import API, RESULTS, Dataset, Row
from publicity.opendata.dictionary import VERSION
from publicity.opendata.fields import Value, in_json, moment_text, object_writer
from publicity.opendata.openapi import document
from publicity.opendata.serving import NOTHING, Refusal, as_json, as_one, as_text, open_to_all, open_while_stands
from publicity.site import marks
from registries.ledger.sentences import say
from registries.people.access import PUBLIC, access

BY_NAME = {dataset.name: dataset for dataset in API}
NO_ROW = say("There is no row of this key to go on from.")
BETWEEN = "~"
_VERSION_IN_JSON = object_writer(VERSION)


@access(PUBLIC)
@open_while_stands(marks.results)
def result_rows(request: HttpRequest) -> HttpResponse:
    """A page of the results: they stand until one of them changes."""
    return _rows(RESULTS, request)


@access(PUBLIC)
@open_to_all
def rows(request: HttpRequest, dataset: str) -> HttpResponse:
    """A page of another dataset."""
    table = BY_NAME.get(dataset)
    if table is None:
        raise Refusal(404, NOTHING)
    return _rows(table, request)


def _rows(table: Dataset, request: HttpRequest) -> HttpResponse:
    """The licence, how many rows fit in all, the page's size, the link to the next page, and the rows."""
    asked = read(table.parameters, dict(request.GET.lists()))
    size, after = asked.pop("size", SIZE), asked.pop("after", "")
    text, following = _text(table, asked, after, size)
    response = as_text(text)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _text(table: Dataset, asked: Mapping[str, Any], after: str, size: int) -> tuple[str, str]:
    """A page as JSON, and the address of the next one."""
    page = results.page(asked, after, size) if table is RESULTS else _page(table, asked, after, size)
    if page is None:
        raise Refusal(404, NO_ROW)
    here = f"{settings.PUBLIC_URL}/api/v1/{table.name}"
    following = f"{here}?{urlencode({**asked, 'size': size, 'after': page.after})}" if page.after else ""
    head = {"dataset": table.name, "licence": settings.OPENDATA_LICENCE_URL, "total": page.total, "size": size, "next": following or None}
    return f'{as_one(head)[:-1]},"rows":[{",".join(map(table.in_json, page.rows))}]}}', following


def key_of(table: Dataset, row: Row) -> str:
    """What names a row, as ``after`` takes it."""
    return BETWEEN.join(_spelled(row[table.at(name)]) for name in table.key)


def _spelled(value: Value) -> str:
    return str(in_json(value))


def _page(table: Dataset, asked: Mapping[str, Any], after: str, size: int) -> results.Page | None:
    """The page of a short table: read whole, narrowed, and cut behind the row ``after``."""
    found = [row for row in table.rows() if all(row[table.at(name)] == value for name, value in asked.items())]
    start = 0
    if after:
        start = next((at for at, row in enumerate(found, start=1) if key_of(table, row) == after), 0)
        if not start:
            return None
    read_rows = list(islice(found, start, start + size))
    more = start + size < len(found)
    return results.Page(read_rows, len(found), key_of(table, read_rows[-1]) if more else "")


@access(PUBLIC)
@open_while_stands(marks.results)
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    """One result with all its versions; 410 with a notice once it was taken down."""
    read((), dict(request.GET.lists()))
    found = results.one(public_id)
    if found is None:
        raise Refusal(404, NOTHING)
    if isinstance(found, results.Gone):
        raise Refusal(
            410,
            say("This result was public and has been taken down."),
            id=public_id,
            because=found.because,
            basis=found.basis,
            explanation=found.explanation,
            removed_at=moment_text(found.removed_at),
        )
    row, versions = found
    licence = as_one({"licence": settings.OPENDATA_LICENCE_URL})
    return as_text(f'{RESULTS.in_json(row)[:-1]},{licence[1:-1]},"versions":[{",".join(map(_VERSION_IN_JSON, versions))}]}}')


@access(PUBLIC)
@open_to_all
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API, OpenAPI 3.1."""
    return as_json(document())


@access(PUBLIC)
@open_to_all
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Every other address of the API."""
    raise Refusal(404, NOTHING)

