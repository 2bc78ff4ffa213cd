"""What must always hold of follow-ups: nothing is closed over them, and no problem is closed without one."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from inspections.cases.models import Case, Record
from inspections.cases.states import CaseState, Decision
from inspections.followups.models import FollowUp
from inspections.followups.rules import PROBLEM
from inspections.followups.states import State
from registries.ledger.findings import Finding, invariant
from registries.ledger.sentences import Sentence, say


@invariant("followups")
def followups() -> Iterator[Sentence | Finding]:
    """Closed cases with an open follow-up; closed cases with a problem that nothing followed and nobody waived."""
    closed = Case.objects.filter(state=CaseState.CLOSED)
    left = FollowUp.objects.filter(case=OuterRef("pk"), state=State.OPEN)
    for number in closed.filter(Exists(left)).values_list("number", flat=True):
        yield say("Case %(number)s is closed, but a follow-up is open.", number=number)
    problem = Record.objects.filter(case=OuterRef("pk"), review__decision=Decision.ACCEPT, result__group__in=PROBLEM)
    done = FollowUp.objects.filter(case=OuterRef("pk"), state=State.DONE)
    bare = closed.filter(Exists(problem), recheck=None).exclude(Exists(done))
    for number in bare.values_list("number", flat=True):
        yield say("Case %(number)s is closed, but nothing followed from its problem, and nobody waived it.", number=number)
