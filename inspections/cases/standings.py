"""Where cases stand: their stage, what their next steps are told from, how long their disclosure still has. Nothing here writes."""

import datetime as dt
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from inspections.cases import rules
from inspections.cases.evidence import Photo
from inspections.cases.models import Assignment, Case, CaseMatter, Record, Replacement, Review, Signature
from inspections.cases.queries import LEADING
from inspections.cases.secrecy import uncleared_of
from inspections.cases.states import CaseState, Decision, Stage
from registries.ledger.sentences import Sentence
from registries.people.models import User


def with_progress(cases: QuerySet[Case], user: User) -> QuerySet[Case]:
    """Each case of :func:`for_steps` with all its names; ``duty`` and ``disclosure`` are at hand."""
    return for_steps(cases, user).select_related("subject__town", "unit", "draw__unit", "draw__matter__matter", "joined_to", "disclosure", "duty")


def for_steps(cases: QuerySet[Case], user: User) -> QuerySet[Case]:
    """Each case with what its standing and the next step of ``user`` are told from.

    ``last_round``, ``submitted_at``, ``named_on`` (the day) of its last record, ``published_at`` and ``shown_form`` of its disclosure, ``staffed`` (on the
    side of the unit that leads), ``on_team`` (now), ``on_lead`` (now, on that side), ``was_on_team`` (ever), ``has_signed`` (the last record),
    ``accepted_group`` (of its accepted result), ``accepted_by`` (a key), ``check_asked`` (before disclosure, by a matter), ``uncleared`` (none has cleared it yet) ``replacement_asked`` (ever), ``has_joined``,
    ``has_photos`` (withdrawn ones too), ``has_papers`` (numbers of ours, void ones too), ``notice_served`` (one that is not void),
    ``has_clearances`` (its text was looked through), ``has_proposals`` (to change its result), ``has_objections`` (against it), ``has_holds`` (ever asked for), ``held_until`` (the last day of a hold granted and not lifted) and ``penalised`` (a penalty was decided).
    """
    last = Record.objects.filter(case=OuterRef("pk")).order_by("-round")
    mine = Assignment.objects.filter(case=OuterRef("pk"), inspector__user=user)
    signed = Signature.objects.filter(record__case=OuterRef("pk"), record__round=OuterRef("last_round"), signed_by=user)
    granted = Case.objects.filter(pk=OuterRef("pk"), holds__state="granted", holds__lifted_at=None)
    return cases.annotate(
        last_round=Subquery(last.values("round")[:1]),
        submitted_at=Subquery(last.values("submitted_at")[:1]),
        named_on=Subquery(last.values("inspected_on")[:1]),
        published_at=F("disclosure__published_at"),
        shown_form=F("disclosure__form"),
        staffed=Exists(Assignment.objects.filter(case=OuterRef("pk"), ended_at=None).filter(LEADING)),
        on_team=Exists(mine.filter(ended_at=None)),
        on_lead=Exists(mine.filter(ended_at=None).filter(LEADING)),
        was_on_team=Exists(mine),
        has_signed=Exists(signed),
        uncleared=Exists(uncleared_of(Case.objects.filter(pk=OuterRef("pk")))),
        accepted_group=Subquery(last.filter(review__decision=Decision.ACCEPT).values("result__group")[:1]),
        check_asked=Exists(CaseMatter.objects.filter(case=OuterRef("pk"), revision__secrecy_check=True)),
        has_clearances=Exists(Case.objects.filter(pk=OuterRef("pk"), clearances__isnull=False)),
        has_proposals=Exists(Case.objects.filter(pk=OuterRef("pk"), disclosure__proposals__isnull=False)),
        has_objections=Exists(Case.objects.filter(pk=OuterRef("pk"), disclosure__objections__isnull=False)),
        has_holds=Exists(Case.objects.filter(pk=OuterRef("pk"), holds__isnull=False)),
        held_until=Subquery(granted.order_by("-holds__until").values("holds__until")[:1]),
        penalised=Exists(Case.objects.filter(pk=OuterRef("pk"), followups__kind="penalty", followups__decision_on__isnull=False)),
        accepted_by=Subquery(Review.objects.filter(case=OuterRef("pk"), decision=Decision.ACCEPT).order_by("-pk").values("reviewer")[:1]),
        has_joined=Exists(Case.objects.filter(joined_to=OuterRef("pk"))),
        has_photos=Exists(Photo.objects.filter(case=OuterRef("pk"))),
        has_papers=Exists(Case.objects.filter(pk=OuterRef("pk"), document_numbers__isnull=False)),
        notice_served=Exists(Case.objects.filter(pk=OuterRef("pk"), notices__number__voided_at=None, notices__served_at__isnull=False)),
        replacement_asked=Exists(Replacement.objects.filter(case=OuterRef("pk"))),
    )


def in_stage(cases: QuerySet[Case], stage: str) -> QuerySet[Case]:
    """Those of ``with_progress`` in one stage of the work queue."""
    on_site, unpublished = Q(state=CaseState.ON_SITE), ~Q(disclosure__form=WHOLE)
    conditions = {
        Stage.UNTOUCHED: Q(state=CaseState.ASSIGNED),
        Stage.BEGUN: on_site & Q(submitted_at=None) & Q(last_round=1),
        Stage.RETURNED: on_site & Q(submitted_at=None) & Q(last_round__gt=1),
        Stage.TO_SIGN: on_site & Q(submitted_at__isnull=False),
        Stage.IN_REVIEW: Q(state=CaseState.RECORDED),
        Stage.TO_PUBLISH: Q(state__in=[CaseState.REVIEWED, CaseState.CLOSED]) & unpublished,
        Stage.PUBLISHED: Q(disclosure__form=WHOLE),
        Stage.CALLED_OFF: Q(state=CaseState.CALLED_OFF),
        Stage.JOINED: Q(state=CaseState.JOINED),
    }
    return cases.filter(conditions[Stage(stage)])


def last_day_in_time(today: dt.date) -> dt.date:
    """A visit that ended before this day and is not disclosed is overdue on ``today``."""
    return today - dt.timedelta(days=settings.DISCLOSURE_DAYS)


def late(last: dt.date) -> Q:
    """Cases that owe a result whose visit ended before this day; one that nobody signed counts by the day that its record names."""
    named = Record.objects.filter(case=OuterRef("pk"), inspected_on__lt=last)
    ended = Q(ended_on__lt=last) | Q(Exists(named), state=CaseState.ON_SITE, ended_on=None)
    return Q(disclosure__isnull=True, joined_to=None) & ~Q(state=CaseState.CALLED_OFF) & ended


def overdue(cases: QuerySet[Case], today: dt.date) -> QuerySet[Case]:
    """Those whose result should have been disclosed by now."""
    return cases.filter(late(last_day_in_time(today)))


def by_urgency(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The earliest due first, then those not visited yet by age; disclosed ones after them, those called off or joined last."""
    return cases.order_by(
        F("joined_to").asc(nulls_first=True),
        F("called_off_at").desc(nulls_first=True), F("disclosure__published_at").desc(nulls_first=True), F("ended_on").asc(nulls_last=True), "opened_at", "pk"
    )


WHOLE = "whole"
"""The form (publicity/disclosures/states.py) of a result that is public as a whole: until then its case is not done."""


class Standing(NamedTuple):
    """Where a case of ``with_progress`` stands: its stage, the day its disclosure is due and how long that is still."""

    stage: str
    label: str
    tone: str
    due_on: dt.date | None
    urgency: str
    countdown: Sentence | None

    @property
    def overdue(self) -> bool:
        """Whether the day has passed."""
        return self.urgency == "late"


TONES = {
    Stage.UNTOUCHED: "neutral",
    Stage.BEGUN: "info",
    Stage.RETURNED: "bad",
    Stage.TO_SIGN: "wait",
    Stage.IN_REVIEW: "wait",
    Stage.TO_PUBLISH: "wait",
    Stage.PUBLISHED: "good",
    Stage.CALLED_OFF: "neutral",
    Stage.JOINED: "neutral",
}


def due_on(case: Any) -> dt.date | None:
    """The last day of the promise: 20 calendar days from the day after the inspection ended; None before it ended.

    Of ``with_progress`` a record that nobody signed yet counts by the day that it names.
    """
    ended_on = case.ended_on or (getattr(case, "named_on", None) if case.state == CaseState.ON_SITE else None)
    return rules.promised_by(ended_on, settings.DISCLOSURE_DAYS) if ended_on else None


def standing(case: Any, today: dt.date) -> Standing:
    """Where a case of ``with_progress`` stands today."""
    stage = rules.stage(
        case.state,
        submitted=case.submitted_at is not None,
        returned=(case.last_round or 0) > 1,
        published=case.shown_form == WHOLE,
    )
    due = due_on(case)
    urgency, words = rules.countdown(due, today) if due and case.published_at is None else ("", None)
    return Standing(stage, str(Stage(stage).label), TONES[Stage(stage)], due, urgency, words)
