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
from publicity.opendata.fields import Field, Value, in_json, moment_text
from publicity.opendata.openapi import document
from publicity.opendata.serving import NOTHING, Refusal, as_json, open_to_all
from registries.ledger.sentences import say
from registries.people.access import PUBLIC, access

BY_NAME = {dataset.name: dataset for dataset in API}
NO_ROW = say("There is no row of this key to go on from.")
BETWEEN = "~"


def told(fields: tuple[Field, ...] | Dataset, row: Row) -> dict[str, Any]:
    """A row as JSON, by the names of its columns."""
    names = fields.names if isinstance(fields, Dataset) else [field.name for field in fields]
    return dict(zip(names, map(in_json, row), strict=True))


@access(PUBLIC)
@open_to_all
def rows(request: HttpRequest, dataset: str) -> HttpResponse:
    """A page of a dataset: the licence, how many rows fit in all, the page's size, the link to the next page, and the rows."""
    table = BY_NAME.get(dataset)
    if table is None:
        raise Refusal(404, NOTHING)
    asked = read(table.parameters, dict(request.GET.lists()))
    size, after = asked.pop("size", SIZE), asked.pop("after", "")
    page = results.page(asked, after, size) if table is RESULTS else _page(table, asked, after, size)
    if page is None:
        raise Refusal(404, NO_ROW)
    here = f"{settings.PUBLIC_URL}/api/v1/{table.name}"
    following = f"{here}?{urlencode({**asked, 'size': size, 'after': page.after})}" if page.after else None
    body = {
        "dataset": table.name,
        "licence": settings.OPENDATA_LICENCE_URL,
        "total": page.total,
        "size": size,
        "next": following,
        "rows": [told(table, row) for row in page.rows],
    }
    response = as_json(body)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


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
@open_to_all
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
    return as_json(told(RESULTS, row) | {"licence": settings.OPENDATA_LICENCE_URL, "versions": [told(VERSION, one) for one in versions]})


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

