"""One false step at every place of a case's life: by who may and by who had a hand in it, with and without what it asks for.

The machine of ``test_case_life.py`` wanders; this walks a few whole lives and leaves the path once at each place, every way it can be
left. What was not refused is looked at as the machine looks at it, then undone.
"""

import copy
import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from inspections.followups.models import FollowUp
from inspections.followups.states import Kind
from registries.people.models import User
from tests import factories as make
from tests.property.test_case_life import BAD, GOOD, Life

pytestmark = [pytest.mark.django_db, pytest.mark.usually("sqlite3")]

WORDED = ((True, ""), (False, "有漏项"), (True, "有漏项"))
"""How a step is tried: rightly or not, without and with words."""
ONCE, TWICE = ((True, ""),), ((True, ""), (False, ""))
PLAIN = dict.fromkeys(("begin", "take_back"), ONCE) | dict.fromkeys(("submit", "acknowledge", "sign", "recheck", "close", "publish"), TWICE)
"""Steps that are given no words."""
REASONED = dict.fromkeys(("review", "check", "decide", "settle"), (*WORDED, (False, "")))
"""Steps that say why when they say no."""


class Path(Life):
    """A life walked by hand, left once at every place."""

    def start(self, asks: bool) -> None:
        """A drawn case with its people."""
        self.open(asks=asks, start="")
        lead, other = self.people[:2]
        deciding, keeping = (self.reviewer, other), (self.clerk,)
        self.tempted: dict[str, tuple[User, ...]] = {
            "begin": (lead,), "save": (other,), "submit": (lead,), "take_back": (lead,), "acknowledge": (lead,), "sign": (lead, other),
            "review": deciding, "check": (self.reviewer, self.checker, other), "publish": keeping, "order": deciding, "waive": deciding,
            "flag": keeping, "decide": (self.supervisor, self.checker), "recheck": keeping, "settle": (self.clerk, *deciding), "close": keeping,
        }  # fmt: skip

    def ways(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Every step by who has the right, and by who has it but had a hand in the case."""
        for step, people in self.tempted.items():
            for who, (right, word) in itertools.product(people, (PLAIN | REASONED).get(step, WORDED)):
                yield f"{step} by {who} ({right}, {word})", functools.partial(self.meddled, getattr(self, step), who, right, word)

    def leave_the_path(self) -> None:
        """Try all of them, each from here; undo what was not refused."""
        for told, way in self.ways():
            pks, typed = list(self.pks), copy.copy(self.typed)
            self.changed = False
            before = transaction.savepoint()
            try:
                way()
                self.it_holds()
            except Exception as error:
                error.add_note(told)
                raise
            transaction.savepoint_rollback(before)
            self.pks, self.typed = pks, typed

    def walk(self, *steps: Callable[[], Any]) -> None:
        """Take the steps, leaving the path before each and after the last."""
        for step in steps:
            self.leave_the_path()
            assert step() is not False
            self.it_holds()
        self.leave_the_path()

    def visit(self, result: str) -> list[Callable[[], Any]]:
        """The steps of one visit from the door to the acceptance."""
        lead, other = self.people[:2]
        return [
            lambda: self.begin(lead),
            lambda: self.save(lead, True, "有漏项", result),
            lambda: self.submit(lead),
            lambda: self.acknowledge(lead),
            lambda: self.sign(lead),
            lambda: self.sign(other),
        ]

    def quickly(self, result: str) -> None:
        """The same without leaving the path."""
        for step in self.visit(result):
            assert step()
        assert self.review(self.reviewer, True, "")


@pytest.fixture
def path() -> Path:
    """Two matters, one of which asks for a check before disclosure."""
    unit = make.unit()
    matters = {asks: make.matter(secrecy_check=asks, unit=unit, items=2) for asks in (False, True)}
    Path.draws = {asks: make.drawn_draw(matter, winners=2, reserves=0) for asks, matter in matters.items()}
    return Path()


def test_no_false_step_on_the_way_to_the_review_and_back(path: Path) -> None:
    path.start(asks=False)
    lead = path.people[0]
    path.walk(
        path.visit(GOOD)[0],
        lambda: path.save(lead, True, "只有备注"),
        *path.visit(BAD)[1:],
        lambda: path.review(path.reviewer, False, "请补充"),
    )


def test_no_false_step_where_nobody_was_met(path: Path) -> None:
    path.start(asks=False)
    lead = path.people[0]
    assert path.begin(lead)
    assert path.save(lead, True, "大门锁闭，电话无人接听", "unreachable")
    assert path.submit(lead)
    path.walk(lambda: path.sign(lead))


def test_no_false_step_from_the_review_to_the_closed_case(path: Path) -> None:
    path.start(asks=True)
    path.quickly(BAD)
    path.walk(
        lambda: path.check(path.checker, True, "") and path.publish(path.clerk, True),
        lambda: path.order(path.reviewer, True, "1号", "penalty") and path.flag(path.checker, True, "线索"),
        lambda: path.settle(path.clerk, True, "2号"),
        lambda: path.decide(path.supervisor, True, ""),
        lambda: path.settle(path.clerk, True, "3号"),
        lambda: path.close(path.clerk),
    )


def test_no_false_step_around_a_failed_recheck(path: Path) -> None:
    path.start(asks=False)
    path.quickly(BAD)
    assert path.publish(path.clerk, True)
    assert path.order(path.reviewer, True, "1号")
    assert path.recheck(path.clerk)
    path.quickly(BAD)
    path.walk(
        lambda: path.publish(path.clerk, True),
        lambda: path.settle(path.reviewer, False, "未整改"),
        lambda: path.order(path.reviewer, True, "2号", "transfer"),
    )
    assert FollowUp.objects.filter(kind=Kind.RECTIFICATION, state="failed").exists()
