"""Two at the same moment after a draw: the lines come one by one, and a visit that begins is not replaced under its team."""

from collections.abc import Callable

import pytest

from inspections.cases import commands, replacing
from inspections.cases.models import Case, Replacement
from inspections.cases.states import CaseState
from inspections.draws import after
from inspections.draws.models import Draw
from inspections.draws.replaced import HistoryRow
from inspections.draws.verify import verify_bundle
from registries.ledger.change import Change
from registries.ledger.queries import break_in_chain
from registries.people.models import User
from registries.people.roles import Role
from tests import factories, public_draws
from tests.asking import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draw() -> Draw:
    """Three winners with their cases."""
    made = public_draws.drawn(entries=12, quota=3)
    commands.open_cases(actor=factories.system(), draw_id=made.pk)
    return made


def asked(case: Case) -> Replacement:
    """A clerk's request that the subject of this case be replaced."""
    clerk = factories.user(Role.CLERK, unit=case.unit)
    made = replacing.ask_replacement(
        actor=clerk, case_id=case.pk, kind="subject", reason="gone", explanation="已拆除", evidence="照片1"
    ).obj
    assert isinstance(made, Replacement)
    return made


def accepting(one: Replacement, supervisor: User) -> Callable[[], Change]:
    return lambda: replacing.replace_drawn(actor=supervisor, replacement_id=one.pk, version=one.version)


def test_replacements_of_one_draw_accepted_at_once_make_a_history_that_verifies(draw: Draw) -> None:
    supervisors = [factories.user(Role.SUPERVISOR) for _ in range(3)]
    requests = [asked(case) for case in draw.cases.order_by("pk")]
    assert together(*(accepting(one, who) for one, who in zip(requests, supervisors, strict=True))) == ["", "", ""]
    assert list(HistoryRow.objects.filter(kind="subject").order_by("number").values_list("subject_in__rank", flat=True)) == [4, 5, None]
    numbers = list(HistoryRow.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert verify_bundle(after.whole_bundle(draw)).matches
    assert break_in_chain() is None


def test_one_request_accepted_by_two_supervisors_at_once_counts_once(draw: Draw) -> None:
    one = asked(draw.cases.order_by("pk")[0])
    outcomes = together(*(accepting(one, factories.user(Role.SUPERVISOR)) for _ in range(2)))
    assert sorted(outcomes) == ["", "This replacement was decided already."]
    assert HistoryRow.objects.filter(kind="subject").count() == 1


def test_a_visit_begins_or_is_called_off_never_both(draw: Draw) -> None:
    case = draw.cases.order_by("pk")[0]
    one = asked(case)
    person = factories.team_of(case)[0].user
    assert person is not None
    begin: Callable[[], Change] = lambda: commands.begin_visit(actor=person, case_id=case.pk, no_notice="突击检查")  # noqa: E731
    outcomes = together(accepting(one, factories.user(Role.SUPERVISOR)), begin)
    assert sum(outcome == "" for outcome in outcomes) == 1
    case.refresh_from_db()
    assert (case.state == CaseState.CALLED_OFF) == (outcomes[0] == "") == HistoryRow.objects.exists()
