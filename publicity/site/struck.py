"""Struck results of a draw as the public reads them: why, what they had drawn, and every file of them, for ever.

A result is struck where a value it was drawn from was wrong (draw protocol 1, §3). Its files follow from the wrong value, and
whoever checks them finds them to match; which value is right stands beside them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Count
from django.http import Http404, HttpRequest, StreamingHttpResponse

from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.draws import shelf
from inspections.draws.after import HISTORY, history_file
from inspections.draws.models import Draw, DrawCertificate, DrawFile, DrawnEntry, SeedSource, SourceEvidence
from inspections.draws.protocol import digest
from inspections.draws.replaced import HistoryRow
from inspections.draws.struck import Strike, as_it_stood, certificate_name, strikes_of, struck_results
from publicity.site import orders
from publicity.site.bundle import mark, zipped
from publicity.site.serving import MINUTE, published, streamed
from registries.people.access import PUBLIC, access

TEXT = "text/plain; charset=utf-8"


class Told(NamedTuple):
    """A struck result on the page of its draw: the strike, its files, and in numbers what it had drawn and what became of it.

    ``begun``: visits that had begun under it and are in nobody's place now; ``minutes``: hash of the evidence of a corrected value
    before witnesses.
    """

    strike: Strike
    files: list[DrawFile]
    history: bool
    certified: bool
    winners: int
    replaced: int
    begun: int
    minutes: str

    @property
    def witness(self) -> bool:
        """Whether the wrong value was one before witnesses, which nobody can look up."""
        return self.strike.source.kind == SeedSource.Kind.WITNESS


def told(draw: Any) -> list[Told]:
    """Every struck result of an order of :func:`publicity.site.orders.order`; no query where none was struck."""
    results = struck_results(draw)
    if not results:
        return []
    rows = DrawnEntry.with_struck.filter(draw=draw, kind=DrawnEntry.Kind.WINNER).order_by().values_list("correction")
    winners = dict(rows.annotate(Count("pk")))
    lines = dict(HistoryRow.objects.filter(draw=draw).order_by().values_list("correction").annotate(Count("pk")))
    going = Case.objects.filter(draw=draw).exclude(state=CaseState.CALLED_OFF)
    begun = dict(going.order_by().values_list("drawn__correction").annotate(Count("pk")))
    entries = [one.strike.entry_id for one in results]
    minutes = dict(SourceEvidence.objects.filter(entry__in=entries).values_list("entry", "sha256"))
    over = orders.visits_are_over(draw)
    return [
        Told(
            strike=one.strike,
            files=one.files,
            history=over and one.draw.corrections in lines,
            certified=one.certificate is not None,
            winners=winners.get(one.draw.corrections, 0),
            replaced=lines.get(one.draw.corrections, 0),
            begun=begun.get(one.draw.corrections, 0),
            minutes=minutes.get(one.strike.entry_id, ""),
        )
        for one in results
    ]


@access(PUBLIC)
@published(MINUTE)
def draw_struck(request: HttpRequest, number: str, strike: int, name: str) -> StreamingHttpResponse:
    """A file of a struck result, its certificate, or all that is public of it in one zip."""
    draw = orders.order(number)
    found = strikes_of(draw).filter(correction=strike).first() if draw is not None and draw.corrections else None
    serve = SERVED.get(name)
    if draw is None or found is None or serve is None:
        raise Http404
    return serve(as_it_stood(draw, found), name)


def _file(was: Draw, name: str) -> StreamingHttpResponse:
    row = shelf.kept(was).filter(name=name).first()
    if row is None:
        raise Http404
    return streamed(shelf.stream(was, name), row.sha256, TEXT, row.size)


def _history(was: Draw, name: str) -> StreamingHttpResponse:
    body = history_file(was) if orders.opens(was, HISTORY) == "now" else None
    return _whole(body, TEXT)


def _certificate(was: Draw, name: str) -> StreamingHttpResponse:
    issued = DrawCertificate.objects.filter(draw=was, correction=was.corrections).first()
    response = _whole(bytes(issued.pdf) if issued else None, "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{certificate_name(was, struck=True)}"'
    return response


def _bundle(was: Draw, name: str) -> StreamingHttpResponse:
    folder = f"draw-{was.number}-struck-{was.corrections + 1}"
    files = orders.bundle(was)
    response = streamed(zipped(files, folder), mark(files, folder), "application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{folder}.zip"'
    return response


def _whole(body: bytes | None, content_type: str) -> StreamingHttpResponse:
    if body is None:
        raise Http404
    return streamed(iter((body,)), digest(body), content_type, len(body))


SERVED: dict[str, Callable[[Draw, str], StreamingHttpResponse]] = {
    "reveal.txt": _file,
    "result.txt": _file,
    HISTORY: _history,
    "certificate.pdf": _certificate,
    "bundle.zip": _bundle,
}
