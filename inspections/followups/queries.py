"""Reading follow-ups: of a case, open ones by their day, what each waits for. Nothing here writes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from inspections.cases.models import Case, Record
from inspections.cases.queries import Viewer, accepted_record, office_cases
from inspections.cases.standings import WHOLE
from inspections.cases.states import CaseState, Decision
from inspections.followups import rules
from inspections.followups.models import FollowUp, Recheck
from inspections.followups.rules import PROBLEM, Line
from inspections.followups.states import State
from registries.inspectors.models import Inspector
from registries.inspectors.queries import deciding, why_not_on
from registries.ledger.sentences import Sentence

REVIEWED = (CaseState.REVIEWED, CaseState.CLOSED)


def with_rechecks(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Each with names, and of its newest re-check ``recheck_number``, ``recheck_state`` and the accepted ``recheck_group``."""
    newest = Recheck.objects.filter(followup=OuterRef("pk")).order_by("-pk")
    found = Record.objects.filter(case=OuterRef("recheck_case"), review__decision=Decision.ACCEPT).order_by("-round")
    return rows.select_related("case__subject", "case__unit", "ordered_by", "decided_by", "letter__number").annotate(
        recheck_case=Subquery(newest.values("case")[:1]),
        recheck_number=Subquery(newest.values("case__number")[:1]),
        recheck_state=Subquery(newest.values("case__state")[:1]),
        recheck_group=Subquery(found.values("result__group")[:1]),
    )


def visible_followups(looks: Viewer) -> QuerySet[FollowUp]:
    """The follow-ups of the cases this person follows in the office."""
    return with_rechecks(FollowUp.objects.filter(case__in=office_cases(looks).values("pk")))


def open_followups(looks: Viewer) -> QuerySet[FollowUp]:
    """Those not settled, the earliest due first."""
    return visible_followups(looks).filter(state=State.OPEN).order_by("due_on", "pk")


def of_case(case: Case) -> list[Any]:
    """Every follow-up of a case in the order of their making."""
    return list(with_rechecks(case.followups.all()).order_by("pk"))


def lines_of(case: Case) -> list[Line]:
    """The same as the rules take them."""
    return [Line(*pair) for pair in case.followups.order_by("pk").values_list("kind", "state")]


def group_of(case: Case) -> str:
    """The group of the accepted result; empty before there is one."""
    record = accepted_record(case)
    return record.result.group if record is not None and record.result is not None else ""


def recheck_of(case: Case) -> Recheck | None:
    """The re-check that this case is, if it is one."""
    return Recheck.objects.filter(case=case).select_related("followup__case").first()


def why_not_close(case: Any, *, rows: Iterable[FollowUp], group: str, checked: Recheck | None) -> Sentence | None:
    """Why this case cannot be closed (yet), from what was read of it: its follow-ups in order, the group of its accepted result
    (empty for a re-check), and the re-check that it is."""
    read = getattr(case, "shown_form", False)  # a case of ``with_progress`` has it at hand
    disclosed = Case.objects.filter(pk=case.pk, disclosure__form=WHOLE).exists() if read is False else read == WHOLE
    unsettled = checked is not None and checked.followup.state == State.OPEN
    return rules.why_not_close(
        state=case.state,
        disclosed=disclosed,
        group=group,
        lines=[Line(one.kind, one.state) for one in rows],
        rechecks=checked.followup.case.number if checked is not None and unsettled else "",
    )


def under_way(followup: Any) -> str:
    """The number of a re-check of ``with_rechecks`` that is neither reviewed nor called off, or nothing."""
    going_on = followup.recheck_state is not None and followup.recheck_state not in (*REVIEWED, CaseState.CALLED_OFF)
    return followup.recheck_number if going_on else ""


def is_checked(followup: Any) -> bool:
    """Whether its newest re-check is reviewed."""
    return followup.recheck_state in REVIEWED


def colleagues(followup: FollowUp, day: dt.date) -> list[tuple[Inspector, bool]]:
    """Whom a re-check may be given: (inspector, was on the visit), those of the visit first; only who may inspect on ``day``."""
    team = list(followup.case.assignments.filter(ended_at=None).order_by("position").values_list("inspector", flat=True))
    rows = Inspector.objects.filter(Q(unit=followup.case.unit_id) | Q(pk__in=team)).prefetch_related(*deciding()).order_by("name")
    able = [one for one in rows if why_not_on(one, day) is None]
    return sorted(((one, one.pk in team) for one in able), key=lambda pair: (not pair[1], pair[0].name))


def unfollowed(looks: Viewer) -> QuerySet[Case]:
    """Reviewed cases with a problem for which nothing was ordered or waived, re-checks aside, the oldest first."""
    found = Record.objects.filter(case=OuterRef("pk"), review__decision=Decision.ACCEPT, result__group__in=PROBLEM)
    settled = FollowUp.objects.filter(case=OuterRef("pk"), state__in=[State.OPEN, State.DONE])
    cases = office_cases(looks).filter(Exists(found), state=CaseState.REVIEWED, recheck=None)
    return cases.exclude(Exists(settled)).select_related("subject").order_by("ended_on", "pk")


def to_close(looks: Viewer) -> QuerySet[Case]:
    """Disclosed cases of the units this person keeps that nothing keeps from being closed, as far as one query can tell."""
    open_ones = FollowUp.objects.filter(case=OuterRef("pk"), state=State.OPEN)
    done = FollowUp.objects.filter(case=OuterRef("pk"), state=State.DONE)
    found = Record.objects.filter(case=OuterRef("pk"), review__decision=Decision.ACCEPT, result__group__in=PROBLEM)
    settled = Q(recheck__followup__isnull=False) & ~Q(recheck__followup__state=State.OPEN)
    cases = office_cases(looks).filter(state=CaseState.REVIEWED, disclosure__form=WHOLE).exclude(Exists(open_ones))
    cases = cases.annotate(followed=Exists(done), problem=Exists(found))
    clear = Q(recheck=None) & (Q(problem=False) | Q(followed=True))
    return cases.filter(clear | settled).select_related("subject").order_by("ended_on", "pk")
