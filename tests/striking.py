"""A result drawn from a wrong value: reported by two people, struck by a supervisor; and the offline verifier."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

from inspections.cases import commands as case_commands
from inspections.cases import striking
from inspections.cases.models import Case
from inspections.draws import commands
from inspections.draws import tasks as draw_tasks
from inspections.draws.commands.sources import File
from inspections.draws.models import Draw, SeedSource
from inspections.draws.struck import Strike
from registries import clock
from registries.ledger.change import Change
from registries.people.models import User
from registries.people.roles import Role
from tests import factories, public_draws
from tests.verify_script import SCRIPT

RIGHT = public_draws.BALLS.replace("79", "80")
DICE = public_draws.DICE[::-1]
MINUTES = File("见证笔录.pdf", b"%PDF-1.4 the minutes")


def drawn(**asked: Any) -> Draw:
    """A drawn draw with its cases, by now in the past."""
    with public_draws.at(clock.now() - dt.timedelta(hours=3)):
        draw = public_draws.drawn(**asked)
        case_commands.open_cases(actor=factories.system(), draw_id=draw.pk)
        draw_tasks.issue_certificate(draw.pk)
    return draw


def source_of(draw: Draw, kind: str = "public") -> SeedSource:
    return draw.sources.get(kind=kind)


def report(draw: Draw, who: User | None = None, *, kind: str = "public", **asked: Any) -> Change:
    """One person types the right value."""
    said = {"value": RIGHT, "evidence": "公告截图", "reason": "mistyped", **asked}
    return commands.report_wrong_value(actor=who or factories.user(Role.REVIEWER), source_id=source_of(draw, kind).pk, **said)


def reported(draw: Draw, **asked: Any) -> Strike:
    """Two people agree."""
    for _ in range(2):
        report(draw, **asked)
    return Strike.objects.get(draw=draw, state="waiting")


def strike(draw: Draw, supervisor: User | None = None, **asked: Any) -> Draw:
    """Report and strike."""
    found = reported(draw, **asked)
    striking.strike_result(actor=supervisor or factories.user(Role.SUPERVISOR), strike_id=found.pk, version=found.version)
    return Draw.objects.get(pk=draw.pk)


def begin(case: Case) -> None:
    person = factories.team_of(case)[0].user
    assert person is not None
    case_commands.begin_visit(actor=person, case_id=case.pk, no_notice="突击检查")


def script(*arguments: Path | str) -> tuple[int, str]:
    """The offline verifier: exit code and what it says."""
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout
