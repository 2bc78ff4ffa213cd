"""What a case asks for, as pure rules: days left, stages, the team, what a record lacks, the fingerprint."""

import datetime as dt

import pytest

from inspections.cases import rules
from inspections.cases.rules import Draft, Line, Member
from inspections.cases.states import MOVES, CaseState, why_not
from registries.ledger.sentences import say

TODAY = dt.date(2026, 11, 23)
ABLE = [Member("甲"), Member("乙")]


@pytest.mark.parametrize(
    ("days", "urgency", "text"),
    [
        (-3, "late", "%(days)s days overdue"),
        (-1, "late", "One day overdue"),
        (0, "soon", "Due today"),
        (1, "soon", "One day left"),
        (3, "soon", "%(days)s days left"),
        (4, "", "%(days)s days left"),
    ],
)
def test_days_left_are_told_in_words_and_colour(days: int, urgency: str, text: str) -> None:
    colour, words = rules.countdown(TODAY + dt.timedelta(days=days), TODAY)
    assert (colour, words.text) == (urgency, text)
    assert words.values.get("days", abs(days)) == abs(days)


def test_every_state_has_its_stage() -> None:
    stage = rules.stage
    assert stage("assigned", submitted=False, returned=False, published=False) == "untouched"
    assert stage("on-site", submitted=False, returned=False, published=False) == "begun"
    assert stage("on-site", submitted=False, returned=True, published=False) == "returned"
    assert stage("on-site", submitted=True, returned=True, published=False) == "to-sign"
    assert stage("recorded", submitted=True, returned=False, published=False) == "in-review"
    assert stage("reviewed", submitted=True, returned=False, published=False) == "to-publish"
    assert stage("closed", submitted=True, returned=False, published=False) == "to-publish"
    assert stage("reviewed", submitted=True, returned=False, published=True) == "published"


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", CaseState.values)
def test_a_move_is_refused_with_a_sentence_outside_its_states(move: str, state: str) -> None:
    assert (why_not(state, move) is None) == (state in MOVES[move][0])


def test_a_visit_needs_two_able_inspectors_and_a_subject_in_scope() -> None:
    assert rules.why_not_visit(ABLE, excluded=False) is None
    assert rules.why_not_visit(ABLE, excluded=True) is not None
    assert rules.why_not_visit(ABLE[:1], excluded=False) is not None
    assert rules.why_not_visit([], excluded=False) is not None
    expired = Member("丙", why_not=say("expired"))
    assert rules.why_not_visit([*ABLE, expired], excluded=False) is not None
    assert rules.why_not_visit([*ABLE, Member("丁", recused=True)], excluded=False) is not None


def lacks(draft: Draft, group: str, drawn_on: dt.date | None = dt.date(2026, 11, 20)) -> set[str]:
    """The fields a draft over the items 1 and 2 still lacks."""
    return {gap.field for gap in rules.gaps(draft, items=[1, 2], group=group, drawn_on=drawn_on, today=TODAY)}


WHOLE = Draft(TODAY, 1, "", None, "经理王某", {1: Line("yes"), 2: Line("gap")})


def test_a_complete_record_lacks_nothing() -> None:
    assert lacks(WHOLE, "clean") == set()
    assert rules.why_not_submit([]) is None


def test_an_empty_record_lacks_everything_it_asks_for() -> None:
    assert lacks(Draft(), "") == {"inspected_on", "answer_1", "answer_2", "result"}


def test_no_and_not_checked_ask_for_a_remark() -> None:
    draft = Draft(TODAY, 1, "问题", 2, "王某", {1: Line("no"), 2: Line("not-checked")})
    assert lacks(draft, "problem") == {"remark_1", "remark_2"}
    said = Draft(TODAY, 1, "问题", 2, "王某", {1: Line("no", "未登记"), 2: Line("not-checked", "停电")})
    assert lacks(said, "problem") == set()


def test_a_problem_asks_for_findings_and_what_follows() -> None:
    assert lacks(WHOLE, "problem") == {"findings", "disposal"}


def test_a_clean_result_contradicts_an_answer_no() -> None:
    draft = Draft(TODAY, 1, "", None, "王某", {1: Line("no", "未登记"), 2: Line("yes")})
    assert lacks(draft, "clean") == {"result"}


@pytest.mark.parametrize("group", ["not-inspectable", "refused"])
def test_where_nothing_could_be_inspected_the_checklist_may_stay_empty(group: str) -> None:
    assert lacks(Draft(TODAY, 1), group) == {"findings"}
    assert lacks(Draft(TODAY, 1, "门锁,邻居称已搬走"), group) == set()


@pytest.mark.parametrize(
    ("day", "fits"), [("2026-11-19", False), ("2026-11-20", True), ("2026-11-23", True), ("2026-11-24", False)]
)
def test_the_day_lies_between_the_draw_and_today(day: str, fits: bool) -> None:
    draft = Draft(dt.date.fromisoformat(day), 1, "", None, "王某", WHOLE.answers)
    assert lacks(draft, "clean") == (set() if fits else {"inspected_on"})


def test_a_draft_is_kept_without_blanks_and_empty_lines() -> None:
    kept = Draft(None, None, " 问题 ", None, "", {1: Line("", "  "), 2: Line("", " 门锁 ")}).kept()
    assert kept == Draft(None, None, "问题", None, "", {2: Line("", "门锁")})


def test_the_fingerprint_depends_on_the_content_alone() -> None:
    one = rules.fingerprint({"a": 1, "b": "问题"})
    assert one == rules.fingerprint({"b": "问题", "a": 1})
    assert one != rules.fingerprint({"a": 1, "b": "问题 "})
    assert len(one) == 64


def test_all_of_the_team_and_at_least_two_have_signed() -> None:
    assert rules.team_signed([1, 2], [2, 1])
    assert not rules.team_signed([1, 2], [1])
    assert not rules.team_signed([1], [1])
    assert rules.team_signed([1, 2], [1, 2, 3])
