"""One draw of the demo, walked from its preparation to the public result, by the commands of its people and the real worker.

What the worker does (drawing, certificate, cases, publication) is only waited for. Each step looks at what is there, so a
walk that was interrupted goes on.
"""

from __future__ import annotations

import datetime as dt
import io
import secrets
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from config.demo.office import Say, open_officer, person
from inspections.cases import commands as case_commands
from inspections.cases import queries as case_queries
from inspections.cases import shares as case_shares
from inspections.cases import visiting
from inspections.cases.announcing import Handed
from inspections.cases.models import Case
from inspections.cases.rules import Draft, Line
from inspections.cases.states import Answer, CaseState, Decision
from inspections.draws import commands, queries
from inspections.draws.models import Draw
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState, SlipRule, Stratify, VoidKind
from inspections.papers import commands as paper_commands
from inspections.papers import queries as paper_queries
from inspections.plans.models import PlanItem
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.people.models import User

MATTER = "ZA01"
LEAD_SECONDS = 6
DICE_SECONDS = 5
"""Dice are typed before the public source is known; so long a busy machine may take for it."""
PATIENCE_SECONDS = 120
PROBLEM_EVERY = 4
SCRAWL = "[[120,210,180,120,240,290,300,130,360,280,430,160,520,250,640,190,760,230,880,170]]"
"""A signature drawn by nobody, for the demo's visits."""


class WalkFailed(Exception):
    """A step did not happen in time, or the published bundle does not verify."""


def walk(url: str, data: Path, say: Say) -> Draw:
    """Walk the demo's draw to its end and check what the public gets at ``url``."""
    draws = Draw.objects.filter(plan_item__matter__code=MATTER).exclude(state=DrawState.VOIDED)
    draw = draws.order_by("pk").first() or _prepare()
    if draw.state in (DrawState.PREPARING, DrawState.SUBMITTED):
        _commit(draw)
        say(f"Draw {draw.number} is committed: {url}/draws/{draw.number}/")
    if draw.state == DrawState.COMMITTED and _missed_dice(draw):
        draw = _succeed(draw)
        say(f"The dice came too late; the order is voided and draw {draw.number} takes its place.")
    if draw.state == DrawState.COMMITTED:
        start = _enter_values(draw)
        _wait("the worker draws", lambda: _state(draw) == DrawState.DRAWN)
        _wait("the certificate is issued", lambda: draw.certificates.exists())
        say(f"Drawn by the worker and certified, {time.monotonic() - start:.1f} seconds after the last source value.")
    winners = draw.drawn.filter(kind="W").count()
    _wait("a case is opened for every winner", lambda: draw.cases.count() == winners)
    for number, case in enumerate(draw.cases.order_by("pk"), 1):
        _inspect(data, case, problem=number % PROBLEM_EVERY == 0)
    say(f"{winners} subjects visited, recorded by two inspectors each and reviewed.")
    for case in draw.cases.filter(released_at=None):
        case_commands.release_case(actor=person("clerk-za"), case_id=case.pk)
    disclosed = Disclosure.objects.filter(case__draw=draw)
    _wait("the worker publishes every result", lambda: disclosed.count() == winners)
    say(f"{winners} results are public: {url}/results/")
    _check(url, draw)
    say(f"The published bundle verifies: {url}/draws/{draw.number}/verify/")
    return draw


def _prepare() -> Draw:
    item = PlanItem.objects.get(matter__code=MATTER, plan__state="published")
    made = commands.prepare_draw(actor=person("clerk-za"), plan_item_id=item.pk).obj
    return Draw.objects.get(pk=made.pk)


def _missed_dice(draw: Draw) -> bool:
    """Whether an interrupted walk comes back when the dice are no longer taken."""
    dice = draw.sources.get(position=1)
    closes = queries.closes_at(dice)
    return not dice.value and closes is not None and clock.now() >= closes


def _succeed(draw: Draw) -> Draw:
    """Void the order whose dice failed, and bring the one that replaces it as far, with the same roster."""
    supervisor, clerk = person("supervisor"), person("clerk-za")
    commands.void_draw(actor=supervisor, draw_id=draw.pk, version=draw.version, kind=VoidKind.SOURCE_FAILED.value, reason="演示中断")
    made = commands.prepare_successor(actor=clerk, draw_id=draw.pk).obj
    successor = Draw.objects.get(pk=made.pk)
    _commit(successor)
    return successor


def _commit(draw: Draw) -> None:
    """Announce sources a few seconds ahead, submit, approve. A submission left from an interrupted walk is returned first."""
    supervisor, clerk = person("supervisor"), person("clerk-za")
    if draw.state == DrawState.SUBMITTED:
        commands.return_draw(actor=supervisor, draw_id=draw.pk, version=draw.version, reason="来源时刻已过，请重新公布")
        draw.refresh_from_db()
    gap = dt.timedelta(seconds=max(DICE_SECONDS, settings.DRAW_SOURCE_GAP))
    first = clock.now().replace(microsecond=0) + dt.timedelta(seconds=LEAD_SECONDS)
    sources = [Announced("dice", "法制大队会议室（演示）", first), Announced("demo", f"{first:%Y%m%d}001", first + gap)]
    if draw.keeps_roster:
        commands.announce_sources(actor=clerk, draw_id=draw.pk, version=draw.version, planned=first + gap, sources=sources)
    else:
        _choose(draw, clerk, first + gap, sources)
    draw.refresh_from_db()
    commands.submit_draw(actor=clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    commands.approve_draw(actor=supervisor, draw_id=draw.pk, version=draw.version, accept_stale=True)
    draw.refresh_from_db()


def _choose(draw: Draw, clerk: User, planned: dt.datetime, sources: list[Announced]) -> None:
    """What the clerk chooses: everybody in, strata and slips by grade."""
    commands.change_draw(
        actor=clerk,
        draw_id=draw.pk,
        version=draw.version,
        category_ids=[c.pk for c in draw.matter.categories.all()],
        town_ids=[],
        grades="ABCD",
        stratify=Stratify.GRADE.value,
        slip_rule=SlipRule.GRADE.value,
        quotas={},
        reserves=5,
        team_size=draw.matter.team_size,
        inspector_unit_ids=[draw.unit_id],
        planned=planned,
        sources=sources,
    )


def _enter_values(draw: Draw) -> float:
    """Two clerks type each value once it is known; returns when the last one was settled."""
    chance = secrets.SystemRandom()
    for source in draw.sources.filter(value=""):
        time.sleep(max(0.0, (source.moment - clock.now()).total_seconds() + 0.1))
        value = (
            "".join(str(chance.randrange(10)) for _ in range(20))
            if source.game == "dice"
            else ",".join(f"{ball:02d}" for ball in sorted(chance.sample(range(1, 81), 20)))
        )
        typed = source.entries.order_by("-pk").first()
        for clerk in ("clerk-za", "clerk-za2"):
            commands.enter_source_value(
                actor=person(clerk),
                source_id=source.pk,
                value=typed.value if typed else value,
                evidence="演示开奖公告",
            )
    return time.monotonic()


def _state(draw: Draw) -> str:
    draw.refresh_from_db()
    return draw.state


def _inspect(data: Path, case: Case, *, problem: bool) -> None:
    """The visit of one case: begun, recorded, confirmed by the whole team, reviewed."""
    team = [place.inspector for place in case_queries.team(case)]
    officers = [open_officer(data, inspector) for inspector in team]
    if case.state == CaseState.ASSIGNED:
        _announce(case, officers[0])
        case.refresh_from_db()
    if case.state == CaseState.ON_SITE:
        record = case.records.latest("round")
        if record.submitted_at is None:
            draft = _findings(case, problem=problem)
            case_commands.save_record(actor=officers[0], case_id=case.pk, version=record.version, draft=draft)
            record.refresh_from_db()
            case_commands.submit_record(actor=officers[0], case_id=case.pk, version=record.version)
        shown = case_shares.fingerprint_for(record, None)
        if not record.acknowledgements.exists():
            visiting.acknowledge_record(
                actor=officers[0], case_id=case.pk, content_hash=shown, kind="drawn", name="现场负责人（演示）", drawn=SCRAWL
            )
        for inspector, officer in zip(team, officers, strict=True):
            if not record.signatures.filter(inspector=inspector).exists():
                read = case_shares.fingerprint_for(record, case_shares.part_of_officer(case, officer))
                case_commands.sign_record(actor=officer, case_id=case.pk, content_hash=read)
        case.refresh_from_db()
    if case.state == CaseState.RECORDED:
        case_commands.review_case(
            actor=person("reviewer"), case_id=case.pk, version=case.version, decision=Decision.ACCEPT.value
        )


def _announce(case: Case, officer: User) -> None:
    """The notice, made by the clerk and handed over at the door, as the visit begins."""
    if paper_queries.notice_of(case) is None:
        today = clock.today()
        paper_commands.make_notice(actor=person("clerk-za"), case_id=case.pk, first_day=today, last_day=today)
    handed = Handed("received", "现场负责人（演示）")
    case_commands.begin_visit(actor=officer, case_id=case.pk, handed=handed)


def _findings(case: Case, *, problem: bool) -> Draft:
    """What the team found: most in order; where there is a problem, the first item is answered no, with a remark."""
    items = case_queries.items_of(case)
    answers = {item.pk: Line(Answer.YES.value) for item in items}
    if problem:
        answers[items[0].pk] = Line(Answer.NO.value, "登记簿有漏项，已当场要求补登（演示）")
    return Draft(
        inspected_on=clock.today(),
        result_id=Code.objects.get(table=CodeTable.RESULT, code="problem-corrected" if problem else "clean").pk,
        findings="住宿登记有漏项，已责令当场改正（演示）。" if problem else "",
        disposal_id=Code.objects.get(table=CodeTable.DISPOSAL, code="ordered" if problem else "none").pk,
        present="现场负责人（演示）",
        answers=answers,
    )


def _check(url: str, draw: Draw) -> None:
    """Fetch the bundle as a citizen would, and let the offline verifier compute it again."""
    with urllib.request.urlopen(f"{url}/draws/{draw.number}/bundle.zip", timeout=30) as answer:
        bundle = answer.read()
    names = zipfile.ZipFile(io.BytesIO(bundle)).namelist()
    script = settings.BASE_DIR / "static" / "verify" / "verify_draw.py"
    path = settings.DATA_DIR / f"bundle-{draw.number}.zip"
    path.write_bytes(bundle)
    done = subprocess.run([sys.executable, str(script), str(path)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise WalkFailed(f"The published bundle ({', '.join(sorted(names))}) does not verify: {done.stdout}{done.stderr}")


def _wait(what: str, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise WalkFailed(f"Waited {PATIENCE_SECONDS} seconds in vain until {what}.")
        time.sleep(0.1)
