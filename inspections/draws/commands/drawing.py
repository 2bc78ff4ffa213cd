"""The draw by the worker, and its certificate. What makes a result is pure: ``protocol.py``, ``teams.py``."""

from collections.abc import Sequence
from dataclasses import replace

from inspections.draws import files as forms_of_files
from inspections.draws import queries, rules, shelf
from inspections.draws.commands.rows import BATCH, locked_draw, take_time
from inspections.draws.computing import NotKept, result_of
from inspections.draws.files import Result
from inspections.draws.models import (
    Draw,
    DrawCertificate,
    DrawFile,
    DrawnEntry,
    TeamPlace,
)
from inspections.draws.protocol import digest
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
    take_time()
    values = [source.value for source in draw.sources.all()]
    now = clock.now()
    assert draw.planned is not None  # noqa: S101  (an order always has it)
    refuse(rules.why_not_run(values=values, planned=draw.planned, now=now))
    hashed, files = compute_and_keep(draw, values)
    wake("inspections.issue_certificate", draw_id=draw.pk)
    wake("inspections.open_cases", draw_id=draw.pk)
    fact = Fact(
        "draws.result",
        {
            "draw": draw.number,
            "plan": draw.plan.reference,
            "order": draw.order_hash,
            "result": hashed,
        },
    )
    change = alter(draw, facts=(fact,), state=DrawState.DRAWN.value, drawn_at=now, result_hash=hashed)
    return replace(change, also=files)


def compute_and_keep(draw: Draw, values: Sequence[str]) -> tuple[str, tuple[DrawFile, ...]]:
    """Draw from these values and keep files and rows, as the result number ``draw.corrections``; its hash, and the files."""
    secret = _secret(draw)
    try:
        result = result_of(draw, secret, values)
    except NotKept:
        refuse_now(say("The stored files no longer agree with the committed hashes. Call the auditor."))
    outcome = forms_of_files.write_result(result)
    reveal = forms_of_files.write_reveal(forms_of_files.Reveal(secret, tuple(values)))
    files = shelf.keep_all(draw, {"result.txt": outcome, "reveal.txt": reveal})
    _keep_result(draw, result)
    return digest(outcome), files


def _secret(draw: Draw) -> str:
    """The secret of the order; refused where this server can no longer read it."""
    secret = queries.secret_of(draw)
    if secret is None:
        refuse_now(
            say(
                "The secret of this order cannot be read: its key is missing here. Have the key file put back, or have the "
                "auditor's sealed copy opened and the secret entered."
            )
        )
    return secret


def _keep_result(draw: Draw, result: Result) -> None:
    """The result as rows, for the pages and the cases."""
    person_of = dict(draw.inspectors.values_list("code", "pk"))
    team_of = {team.winner: team.inspectors for team in result.teams}
    for at in range(0, len(result.drawn), BATCH):
        some = result.drawn[at : at + BATCH]
        entry_of = dict(draw.roster.filter(code__in=[row.code for row in some]).values_list("code", "pk"))
        drawn = DrawnEntry.objects.bulk_create(
            DrawnEntry(
                draw=draw,
                entry_id=entry_of[row.code],
                correction=draw.corrections,
                rank=row.rank,
                kind=DrawnEntry.Kind.WINNER if row.winner else DrawnEntry.Kind.RESERVE,
                slip=row.slip,
                ticket=row.ticket,
            )
            for row in some
        )
        TeamPlace.objects.bulk_create(
            TeamPlace(drawn=made, position=position, inspector_id=person_of[code])
            for made, row in zip(drawn, some, strict=True)
            for position, code in enumerate(team_of.get(row.code, ()), 1)
        )


@command("inspections.issue_certificate")
def issue_certificate(*, actor: User, draw_id: int, pdf: bytes, correction: int = 0) -> Change:
    """Keep the certificate the worker made of a result, the ``correction`` the draw was at; there is one and it never changes."""
    draw = Draw.objects.select_for_update(no_key=True).get(pk=draw_id)
    if draw.state != DrawState.DRAWN:
        refuse_now(say("A certificate is issued for a drawn draw only."))
    if draw.corrections != correction:
        refuse_now(say("The result of this draw was struck meanwhile; the certificate is made of the one that stands."))
    if DrawCertificate.objects.filter(draw=draw, correction=correction).exists():
        refuse_now(say("The certificate of this draw was issued already."))
    certificate = DrawCertificate(draw=draw, correction=correction, pdf=pdf, sha256=digest(pdf), issued_at=clock.now())
    certificate.save()
    return Change(certificate, {}, {"draw": draw.number, "sha256": certificate.sha256})
