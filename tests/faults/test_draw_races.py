"""Two at the same moment, twenty times the same message: always exactly one order, one result. And what would be without the locks.

The long counts (200 approvals) run with ``--full``; the controls, in which the locks are lifted, show that the race is real.
"""

import datetime as dt
import functools
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from inspections.draws import commands, queries, roster, shelf, tasks
from inspections.draws.commands import preparing
from inspections.draws.models import Draw, DrawFile, DrawSecret
from inspections.draws.protocol import digest
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState
from inspections.draws.verify import verify_bundle
from registries import clock
from registries.attempts import trying
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import break_in_chain
from registries.people.roles import Role
from registries.subjects import commands as subjects
from registries.subjects.models import Subject
from tests import factories, public_draws, tampering

pytestmark = pytest.mark.django_db(transaction=True)

QUICK, LONG = 10, 200
Told = Callable[[str, object], None]
counts = pytest.mark.parametrize("rounds", [QUICK, pytest.param(LONG, marks=pytest.mark.full)])


def together(*acts: Callable[[], Any]) -> list[str]:
    """Run all of them at once; how each ended: ``done``, ``refused``, or the name of what the database threw."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        start.wait()
        try:
            act()
        except Refused:
            return "refused"
        except DatabaseError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class Office:
    """A brigade that can bring one small draw after the other to its approval, each on a plan item of its own."""

    def __init__(self) -> None:
        self.category = factories.category()
        self.revision = factories.matter(categories=[self.category])
        self.clerk = factories.user(Role.CLERK, unit=self.revision.unit)
        self.supervisors = [factories.user(Role.SUPERVISOR) for _ in range(2)]
        self.plan = factories.plan(self.revision.unit)
        for _ in range(4):
            factories.subject(categories=[self.category], unit=self.revision.unit, risk_grade="B")
        for _ in range(3):
            factories.inspector(unit=self.revision.unit)

    def prepared(self) -> Draw:
        item = factories.plan_item(self.revision, plan=self.plan)
        draw = commands.prepare_draw(actor=self.clerk, plan_item_id=item.pk).obj
        assert isinstance(draw, Draw)
        first = clock.now() + dt.timedelta(hours=1)
        commands.change_draw(
            actor=self.clerk, draw_id=draw.pk, version=draw.version, category_ids=[self.category.pk], town_ids=[], grades="ABCD",
            stratify="none", slip_rule="equal", quotas={}, reserves=1, team_size=2, inspector_unit_ids=[draw.unit_id],
            planned=first, sources=[Announced("demo", "1", first)],
        )  # fmt: skip
        draw.refresh_from_db()
        return draw

    def submitted(self) -> Draw:
        draw = self.prepared()
        commands.submit_draw(actor=self.clerk, draw_id=draw.pk, version=draw.version)
        draw.refresh_from_db()
        return draw

    def approvals(self, draw: Draw) -> list[Callable[[], Any]]:
        """Both supervisors approve what they saw."""
        approve = functools.partial(commands.approve_draw, draw_id=draw.pk, version=draw.version)
        return [functools.partial(approve, actor=who) for who in self.supervisors]


def commitments(draw: Draw) -> int:
    return LedgerPayload.objects.filter(verb="draws.commit", object_id=str(draw.pk)).count()


def slowly(patch: pytest.MonkeyPatch, module: Any, name: str, seconds: float = 0.03) -> None:
    """Widen the race: let time pass between the check and the writing."""
    honest = getattr(module, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = honest(*args, **kwargs)
        time.sleep(seconds)
        return found

    patch.setattr(module, name, slow)


@pytest.mark.proves("R9")
@counts
def test_two_supervisors_who_approve_at_once_make_one_commitment(monkeypatch: pytest.MonkeyPatch, rounds: int, record_property: Told) -> None:
    office = Office()
    slowly(monkeypatch, queries, "stored_digest")
    for _ in range(rounds):
        draw = office.submitted()
        assert sorted(together(*office.approvals(draw))) == ["done", "refused"]
        draw.refresh_from_db()
        assert (draw.state, commitments(draw)) == (DrawState.COMMITTED, 1)
        assert draw.files.count() == 4
    numbers = [str(number) for number in Draw.objects.order_by("pk").values_list("number", flat=True)]
    assert [int(number.partition("-")[2]) for number in numbers] == list(range(1, rounds + 1))
    record_property("figure", f"{rounds} of {rounds} approvals at once made one commitment")
    assert break_in_chain() is None


def unkept(draw: Draw, name: str, pieces: Iterable[bytes]) -> DrawFile:
    """A file that is written nowhere: the database's own "once" is not to help the control."""
    body = b"".join(pieces)
    return DrawFile(draw=draw, name=name, sha256=digest(body), size=len(body))


@pytest.mark.proves("R9")
@pytest.mark.engine("postgresql")
@pytest.mark.parametrize("rounds", [QUICK, pytest.param(100, marks=pytest.mark.full)])
def test_without_the_locks_both_would_commit(monkeypatch: pytest.MonkeyPatch, rounds: int, record_property: Told) -> None:
    """The control: no row lock, nobody at the tables. If this ever counts one commitment, the test above proves nothing."""
    office, twice = Office(), 0
    draws = [office.submitted() for _ in range(rounds)]
    tampering.lift_triggers()
    slowly(monkeypatch, queries, "stored_digest")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_args, **_kwargs: self)
    monkeypatch.setattr(shelf, "keep", unkept)
    monkeypatch.setattr(DrawSecret.objects, "create", lambda **columns: DrawSecret(**columns))
    for draw in draws:
        together(*office.approvals(draw))
        twice += commitments(draw) == 2
    record_property("figure", f"control without the locks: {twice} of {rounds} committed twice")
    assert twice >= rounds * 0.9


@pytest.mark.proves("R9")
@pytest.mark.engine("postgresql")
def test_without_the_locks_the_database_itself_still_refuses_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    slowly(monkeypatch, queries, "stored_digest")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_args, **_kwargs: self)
    for _ in range(QUICK):
        draw = office.submitted()
        ended = together(*office.approvals(draw))
        assert ended.count("done") == 1
        assert commitments(draw) == 1


@pytest.mark.proves("R9")
@counts
def test_approving_against_returning_ends_in_one_of_the_two(monkeypatch: pytest.MonkeyPatch, rounds: int, record_property: Told) -> None:
    office = Office()
    slowly(monkeypatch, queries, "stored_digest", 0.01)
    first, second = office.supervisors
    for _ in range(rounds):
        draw = office.submitted()
        ended = together(
            functools.partial(commands.approve_draw, actor=first, draw_id=draw.pk, version=draw.version),
            functools.partial(commands.return_draw, actor=second, draw_id=draw.pk, version=draw.version, reason="名单有误"),
        )
        assert sorted(ended) == ["done", "refused"]
        draw.refresh_from_db()
        approved = ended[0] == "done"
        assert draw.state == (DrawState.COMMITTED if approved else DrawState.PREPARING)
        assert (commitments(draw), draw.files.count(), bool(draw.number)) == ((1, 4, True) if approved else (0, 0, False))
    record_property("figure", f"approving against returning: one of the two in {rounds} of {rounds}")


def due() -> Draw:
    """A committed draw with all its values in, in the future where it is due."""
    draw = public_draws.committed()
    public_draws.typed(draw)
    return draw


@pytest.mark.proves("R8")
@pytest.mark.parametrize("times", [20, pytest.param(50, marks=pytest.mark.full)])
def test_one_message_delivered_many_times_in_parallel_draws_once(times: int, record_property: Told) -> None:
    draw = due()
    assert draw.planned is not None
    with public_draws.at(draw.planned + dt.timedelta(seconds=1)):
        ended = together(*[lambda: tasks.run_draw(draw.pk)] * times)
    record_property("figure", f"{times} messages at once, 1 result")
    assert set(ended) <= {"done", "refused"}
    draw.refresh_from_db()
    assert draw.state == DrawState.DRAWN
    assert LedgerPayload.objects.filter(verb="draws.result").count() == 1
    assert DrawFile.objects.filter(draw=draw, name="result.txt").count() == 1
    assert verify_bundle(queries.file_bodies(draw)).matches


@pytest.mark.proves("R8")
@pytest.mark.engine("postgresql")
def test_without_the_lock_several_messages_would_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: more than one of them gets as far as writing a result; only the unique constraint stops it."""
    draw = due()
    assert draw.planned is not None
    monkeypatch.setattr(trying, "_alone", lambda *_: nullcontext(True))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_args, **_kwargs: self)
    with public_draws.at(draw.planned + dt.timedelta(seconds=1)):
        ended = together(*[lambda: tasks.run_draw(draw.pk)] * 20)
    assert ended.count("IntegrityError") > 1
    assert LedgerPayload.objects.filter(verb="draws.result").count() == 1


@pytest.mark.proves("R9")
@pytest.mark.engine("postgresql")
def test_a_registry_edited_while_submitting_and_approving_bends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that falls between reading and freezing makes the submission say so; afterwards changes do not matter."""
    office = Office()
    subject = Subject.objects.filter(categories=office.category).order_by("pk")[0]
    honest = roster.build

    def rename(name: str) -> None:
        subject.refresh_from_db()
        entry = factories.entry_of(subject, name=name)
        subjects.change_subject(actor=office.clerk, subject_id=subject.pk, version=subject.version, entry=entry, reason="更正")

    def interrupted(*args: Any) -> Any:
        built = honest(*args)
        assert together(lambda: rename("改名一")) == ["done"]
        return built

    draw = office.prepared()
    with monkeypatch.context() as patch:
        patch.setattr(preparing, "roster_of", interrupted)
        with pytest.raises(Refused, match="changed while the roster was built"):
            commands.submit_draw(actor=office.clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    commands.submit_draw(actor=office.clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    approve = office.approvals(draw)[0]
    assert together(approve, lambda: rename("改名二")) == ["done", "done"]
    assert draw.roster.get(subject=subject).name == "改名一"
