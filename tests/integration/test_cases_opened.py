"""Cases of the winners of a draw: one each, once, with team and matters, whatever message was lost."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings

from inspections.cases import awaiting, commands, opening
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.cases.tasks import open_cases, sweep_cases
from inspections.draws.models import Draw
from registries import clock
from registries.ledger.models import LedgerPayload
from tests import factories as make
from tests.recorded import last_entry, refused

pytestmark = pytest.mark.django_db


def test_every_winner_gets_one_case_with_its_matters_and_its_team() -> None:
    unit = make.unit()
    joint, partners = make.matter(unit=unit), make.matter()
    draw = make.drawn_draw(make.matter(unit=unit), winners=3, reserves=2, joint=[joint, partners])
    commands.open_cases(actor=make.system(), draw_id=draw.pk)
    cases = list(Case.objects.filter(draw=draw).order_by("number"))
    assert len(cases) == 3
    assert {case.drawn.kind for case in cases if case.drawn} == {"W"}
    for case in cases:
        assert case.drawn is not None
        assert case.subject == case.drawn.entry.subject
        assert case.state == CaseState.ASSIGNED
        assert [one.revision for one in case.matters.order_by("position")] == [draw.matter, joint]
        drawn_team = [place.inspector.inspector for place in case.drawn.team.order_by("position")]
        assert make.team_of(case) == drawn_team
    assert last_entry()["after"]["cases"] == [case.number for case in cases]


def test_case_numbers_have_no_gaps_over_draws() -> None:
    year = clock.now().year
    for winners in (2, 1, 3):
        commands.open_cases(actor=make.system(), draw_id=make.drawn_draw(winners=winners).pk)
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"AJ-{settings.DIVISION_CODE}-{year}-{n:04d}" for n in range(1, 7)]


def test_opening_twice_opens_nothing_more() -> None:
    draw = make.drawn_draw(winners=2)
    for _twice in range(2):
        open_cases(draw.pk)
        sweep_cases()
    assert Case.objects.filter(draw=draw).count() == 2
    assert LedgerPayload.objects.filter(verb="inspections.open_cases").count() == 1
    assert "already" in refused(lambda: commands.open_cases(actor=make.system(), draw_id=draw.pk))


def test_a_winner_without_a_team_still_gets_its_case() -> None:
    draw = make.drawn_draw(winners=2, teams=[[make.inspector(), make.inspector()], []])
    open_cases(draw.pk)
    assert sorted(len(make.team_of(case)) for case in Case.objects.filter(draw=draw)) == [0, 2]


def test_the_sweep_opens_what_a_lost_message_left_and_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = make.drawn_draw(), make.drawn_draw()
    real = opening.open_cases_for

    def fails(draw: Draw, now: dt.datetime) -> Any:
        if draw.pk == broken.pk:
            raise RuntimeError
        return real(draw, now)

    monkeypatch.setattr(opening, "open_cases_for", fails)
    sweep_cases()
    assert not Case.objects.filter(draw=broken).exists()
    assert Case.objects.filter(draw=fine).count() == 2
    monkeypatch.undo()
    sweep_cases()
    assert Case.objects.filter(draw=broken).count() == 2


def test_a_draw_that_is_not_drawn_opens_nothing() -> None:
    draw = make.draw()
    refused(lambda: commands.open_cases(actor=make.system(), draw_id=draw.pk))
    assert not awaiting.draws_awaiting_cases().exists()
