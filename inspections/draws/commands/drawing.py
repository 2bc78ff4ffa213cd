"""The draw by the worker, and its certificate. What makes a result is pure: ``protocol.py``, ``teams.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inspections.draws import files as forms_of_files
from inspections.draws import queries, rules
from inspections.draws.commands.rows import BATCH, keep_files, locked_draw
from inspections.draws.files import Result
from inspections.draws.models import (
    Draw,
    DrawCertificate,
    DrawnEntry,
    TeamPlace,
)
from inspections.draws.protocol import commitment, digest
from inspections.draws.protocol import draw as draw_lots
from inspections.draws.states import DrawState
from registries import clock
from registries.ledger.change import Change, Fact, alter, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import say
from registries.people.models import User


@command("inspections.run_draw")
def run_draw(*, actor: User, draw_id: int) -> Change:
    """Draw: from the committed files, the secret and the values alone. The same whenever, wherever and however often."""
    draw = locked_draw(draw_id, actor, "run")
    values = [source.value for source in draw.sources.all()]
    now = clock.now()
    assert draw.planned is not None  # noqa: S101  (an order always has it)
    refuse(rules.why_not_run(values=values, planned=draw.planned, now=now))
    bodies = queries.file_bodies(draw)
    result = _drawn_from(draw, bodies, values)
    outcome = forms_of_files.write_result(result)
    reveal = forms_of_files.write_reveal(forms_of_files.Reveal(draw.secret, tuple(values)))
    files = keep_files(draw, {"result.txt": outcome, "reveal.txt": reveal})
    _keep_result(draw, result)
    wake("inspections.issue_certificate", draw_id=draw.pk)
    wake("inspections.open_cases", draw_id=draw.pk)
    fact = Fact(
        "draws.result",
        {
            "draw": draw.number,
            "plan": draw.plan_item.reference,
            "order": draw.order_hash,
            "result": digest(outcome),
        },
    )
    change = alter(draw, facts=(fact,), state=DrawState.DRAWN.value, drawn_at=now, result_hash=digest(outcome))
    return replace(change, also=files)


def _drawn_from(draw: Draw, bodies: Mapping[str, bytes], values: Sequence[str]) -> Result:
    """The result, after making sure that the files and the secret are those that were committed to."""
    order = forms_of_files.read_order(bodies["order.txt"])
    hashes = {name: digest(bodies[f"{name}.txt"]) for name in ("roster", "inspectors", "recusals")}
    kept = (
        digest(bodies["order.txt"]) == draw.order_hash
        and hashes == {"roster": order.roster, "inspectors": order.inspectors, "recusals": order.recusals}
        and commitment(order.draw, draw.secret) == order.secret
    )
    if not kept:
        refuse_now(say("The stored files no longer agree with the committed hashes. Call the auditor."))
    forms_of_files.check_values(order, values)
    return draw_lots(
        order,
        forms_of_files.read_roster(bodies["roster.txt"]),
        forms_of_files.read_inspectors(bodies["inspectors.txt"]),
        forms_of_files.read_recusals(bodies["recusals.txt"]),
        draw.secret,
        values,
    )


def _keep_result(draw: Draw, result: Result) -> None:
    """The result as rows, for the pages and the cases."""
    entry_of = dict(draw.roster.values_list("code", "pk"))
    person_of = dict(draw.inspectors.values_list("code", "pk"))
    drawn = DrawnEntry.objects.bulk_create(
        [
            DrawnEntry(
                draw=draw,
                entry_id=entry_of[row.code],
                rank=row.rank,
                kind=DrawnEntry.Kind.WINNER if row.winner else DrawnEntry.Kind.RESERVE,
                slip=row.slip,
                ticket=row.ticket,
            )
            for row in result.drawn
        ],
        batch_size=BATCH,
    )
    drawn_of = {row.entry_id: row for row in drawn}
    TeamPlace.objects.bulk_create(
        [
            TeamPlace(drawn=drawn_of[entry_of[team.winner]], position=position, inspector_id=person_of[code])
            for team in result.teams
            for position, code in enumerate(team.inspectors, 1)
        ],
        batch_size=BATCH,
    )


@command("inspections.issue_certificate")
def issue_certificate(*, actor: User, draw_id: int, pdf: bytes) -> Change:
    """Keep the certificate the worker made for a drawn draw; there is one and it never changes."""
    draw = Draw.objects.select_for_update().get(pk=draw_id)
    if draw.state != DrawState.DRAWN:
        refuse_now(say("A certificate is issued for a drawn draw only."))
    if DrawCertificate.objects.filter(draw=draw).exists():
        refuse_now(say("The certificate of this draw was issued already."))
    certificate = DrawCertificate(draw=draw, pdf=pdf, sha256=digest(pdf), issued_at=clock.now())
    certificate.save()
    return Change(certificate, {}, {"draw": draw.number, "sha256": certificate.sha256})
