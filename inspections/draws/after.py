"""After the draw (draw protocol 1, §6): ``history.txt`` from its rows, and who visits whom now, from the files alone."""

from collections.abc import Mapping

from django.db.models import QuerySet

from inspections.draws import files as forms_of_files
from inspections.draws.files import HistoryLine
from inspections.draws.history import Standing
from inspections.draws.models import Draw
from inspections.draws.protocol import digest, keys_of
from inspections.draws.queries import file_bodies
from inspections.draws.replaced import HistoryRow, history_of

HISTORY = "history.txt"


def rows_of(draw: Draw) -> QuerySet[HistoryRow]:
    """The lines of a draw's history in order, with everybody they name."""
    people = ("winner__entry", "subject_out__entry", "subject_in__entry", "inspector_out", "inspector_in")
    return history_of(draw).select_related(*people)


def lines_of(draw: Draw) -> list[HistoryLine]:
    """The same as the file has them."""
    return [row.line for row in rows_of(draw)]


def history_file(draw: Draw) -> bytes | None:
    """``history.txt`` as of now; None while nobody was replaced."""
    lines = lines_of(draw)
    return forms_of_files.write_history(lines) if lines else None


def whole_bundle(draw: Draw) -> dict[str, bytes]:
    """The files of the bundle that exist, by name, the history among them."""
    history = history_file(draw)
    return file_bodies(draw) | ({HISTORY: history} if history else {})


def why_files_astray(draw: Draw, bodies: Mapping[str, bytes]) -> str:
    """The first of the files that is not the one the order or the result has the hash of; empty when all are."""
    order = forms_of_files.read_order(bodies["order.txt"])
    promised = {
        "order.txt": draw.order_hash,
        "roster.txt": order.roster,
        "inspectors.txt": order.inspectors,
        "recusals.txt": order.recusals,
        "result.txt": draw.result_hash,
    }
    return next((name for name, hashed in promised.items() if digest(bodies[name]) != hashed), "")


def standing_of(draw: Draw, bodies: Mapping[str, bytes]) -> Standing:
    """Who visits whom now: from the files of a drawn draw and its lines so far (§6)."""
    order = forms_of_files.read_order(bodies["order.txt"])
    reveal = forms_of_files.read_reveal(bodies["reveal.txt"])
    standing = Standing(
        forms_of_files.read_result(bodies["result.txt"]),
        forms_of_files.read_roster(bodies["roster.txt"]),
        forms_of_files.read_inspectors(bodies["inspectors.txt"]),
        forms_of_files.read_recusals(bodies["recusals.txt"]),
        keys_of(order, reveal.secret, reveal.values).teams,
    )
    standing.follow(lines_of(draw))
    return standing
