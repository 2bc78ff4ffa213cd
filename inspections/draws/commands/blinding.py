"""Blinding a roster at its commitment (draw protocol 1, §1): nonces and codes into its rows, its rows into the three files.

Row by row, whatever the size of the roster: nothing here holds more than `BATCH` of them. Part of approving; never called alone.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from inspections.draws import files, queries, shelf
from inspections.draws.models import Draw, DrawFile, RosterEntry, RosterRecusal
from inspections.draws.protocol import blinding_code
from inspections.draws.states import Mode

BATCH = 5000

SET_CODES = {
    "postgresql": "UPDATE {table} AS t SET nonce = v.nonce, code = v.code "
    "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(id, nonce, code) WHERE t.id = v.id",
    "sqlite": "UPDATE {table} SET nonce = %s, code = %s WHERE id = %s",
}


def blind(draw: Draw) -> None:
    """Give every entry and inspector of a draw a fresh nonce and the code that follows.

    The entries of an order in mode ``teams:`` keep theirs: everybody must find them in the draw that it staffs.
    """
    if draw.mode != Mode.TEAMS:
        _blind_rows("subject", draw.roster.all())
    _blind_rows("inspector", draw.inspectors.all())


def _blind_rows(kind: str, rows: QuerySet[Any]) -> None:
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "public_id", "name")[:BATCH]):
        blinded = []
        for pk, public_id, name in some:
            nonce = secrets.token_hex(16)
            blinded.append((pk, nonce, blinding_code(kind, public_id, name, nonce)))
        _set_codes(rows.model._meta.db_table, blinded)
        last = some[-1][0]


def _set_codes(table: str, blinded: list[tuple[int, str, str]]) -> None:
    """What ``bulk_update`` would do, in a hundredth of its time."""
    statement = SET_CODES[connection.vendor].format(table=connection.ops.quote_name(table))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(statement, [list(column) for column in zip(*blinded, strict=True)])
        else:
            cursor.executemany(statement, [(nonce, code, pk) for pk, nonce, code in blinded])


def keep_files(draw: Draw) -> tuple[DrawFile, ...]:
    """Write the three blinded files. Raises ``BadForm`` for whatever a verifier would refuse."""
    people = [
        files.InspectorLine(code, lead, now, most, _tags(tags))
        for code, lead, now, most, tags in draw.inspectors.values_list("code", "may_lead", "open_cases", "most_open_cases", "tags")
    ]
    pairs = RosterRecusal.objects.filter(entry__draw=draw).values_list("entry__code", "inspector__code")
    recusals = [files.RecusalLine(subject, inspector) for subject, inspector in pairs]
    recused = RosterEntry.objects.filter(draw=draw, recusals__isnull=False).values_list("code", "stratum")
    files.check_recusals(recusals, [files.RosterLine(code, stratum, 1) for code, stratum in recused], people)
    return (
        shelf.keep(draw, "roster.txt", files.roster_pieces(_roster(draw))),
        *shelf.keep_all(draw, {"inspectors.txt": files.write_inspectors(people), "recusals.txt": files.write_recusals(recusals)}),
    )


def _roster(draw: Draw) -> Iterator[files.RosterLine]:
    """The rows of the roster file, sorted by the bytes of the code: the database sorts, also what is larger than its memory."""
    rows = draw.roster.order_by(queries.by_bytes("code")).values_list("code", "stratum", "slips", "tags")
    for code, stratum, slips, tags in rows.iterator(chunk_size=BATCH):
        yield files.RosterLine(code, stratum, slips, _tags(tags))


def _tags(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))
