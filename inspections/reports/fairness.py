"""How lawfully the period went, in rates: orders, replacements, teams, reviews, caps; and what followed from the visits. Reads only."""

import datetime as dt
from collections import Counter
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inspections.adhoc.states import COUNTING
from inspections.cases.models import Assignment, CaseMatter, Review
from inspections.cases.states import NO_VISIT, CaseState, Decision
from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR, VISITS_PER_YEAR
from inspections.draws.caps import COUNTED
from inspections.draws.models import Draw, DrawnEntry, TeamPlace
from inspections.draws.replaced import HistoryRow
from inspections.draws.states import DrawState, Mode, Reason, Replaced
from inspections.followups.models import FollowUp, Recheck
from inspections.followups.states import Kind, State
from inspections.reports.figures import Scope, visits
from inspections.reports.rules import Period, share
from registries import clock
from registries.matters.models import MatterRevision
from registries.subjects.queries import signals, whose

REVIEWED = (CaseState.REVIEWED.value, CaseState.CLOSED.value)


class Rate(NamedTuple):
    """A figure: so many of so many, and what they are in words; without a whole a plain number. ``alarm``: it should be 0."""

    name: Any
    part: int
    whole: int | None
    text: Any
    alarm: bool = False

    @property
    def share(self) -> float | None:
        """In percent; None of nothing, and of a plain number."""
        return share(self.part, self.whole) if self.whole is not None else None

    @property
    def words(self) -> str:
        """The two numbers in words."""
        return str(self.text) % {"part": self.part, "whole": self.whole}


def begins(day: dt.date) -> dt.datetime:
    """The first moment of a day: compared with as it stands, a column of moments needs no reckoning row by row."""
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.BEIJING)


def count_all(**rows: QuerySet[Any]) -> Counter[str]:
    """How many rows each of these has, counted in one query."""
    first, *more = [row.order_by().values_list(Value(name)).annotate(counted=Count("pk")) for name, row in rows.items()]
    return Counter(dict(first.union(*more, all=True)))


def rows(scope: Scope) -> dict[str, QuerySet[Any]]:
    """What is counted for a scope: orders by the day of their commitment, results by that of the draw, replacements and reviews by that of the decision."""
    first, last = begins(scope.period.first), begins(scope.period.last + dt.timedelta(1))

    def within(moment: str) -> Q:
        return Q(**{f"{moment}__gte": first, f"{moment}__lt": last})

    orders = Draw.objects.filter(scope.of(), within("committed_at"))
    drawn = Draw.objects.filter(scope.of(), within("drawn_at"), state=DrawState.DRAWN)
    won = DrawnEntry.objects.filter(correction=F("draw__corrections"), kind=DrawnEntry.Kind.WINNER)
    left = HistoryRow.objects.filter(scope.of("draw__unit_id"), within("decided_at"), correction=F("draw__corrections"))
    reviews = Review.objects.filter(scope.of("case__unit_id"), within("reviewed_at"))
    return {
        "orders": orders,
        "voided": orders.filter(state=DrawState.VOIDED),
        "subjects": won.filter(draw__in=drawn.filter(mode=Mode.LOT)),
        "subjects left": left.filter(kind=Replaced.SUBJECT),
        "places": TeamPlace.objects.filter(drawn__in=won.filter(draw__in=drawn)),
        "people left": left.filter(kind=Replaced.INSPECTOR),
        "recused": left.filter(kind=Replaced.INSPECTOR, reason=Reason.RECUSED),
        "reviews": reviews,
        "returned": reviews.filter(decision=Decision.RETURN),
        "alone": _alone(scope),
    }


def fairness(scope: Scope, found: Counter[str]) -> list[Rate]:
    """The rates of what was counted (:func:`rows`), and the caps. Three queries."""
    over_year, over_matter = _above_caps(scope)
    return [
        Rate(_("Void rate"), found["voided"], found["orders"], _("%(part)s of %(whole)s orders")),
        Rate(_("Subjects replaced"), found["subjects left"], found["subjects"], _("%(part)s on %(whole)s drawn")),
        Rate(_("Inspectors replaced"), found["people left"], found["places"], _("%(part)s on %(whole)s places on teams")),
        Rate(_("Recused"), found["recused"], None, _("inspectors replaced because of a conflict")),
        Rate(_("Fewer than two inspectors"), found["alone"], None, _("visits that ended with fewer than two on the team"), alarm=True),
        Rate(_("Returned in review"), found["returned"], found["reviews"], _("%(part)s of %(whole)s reviews")),
        Rate(_("Above the yearly cap"), over_year, None, _("subjects visited more often in the year than their own cap allows"), alarm=True),
        Rate(_("Above the cap of a matter"), over_matter, None, _("subjects visited more often on a matter than it allows"), alarm=True),
    ]


def _alone(scope: Scope) -> QuerySet[Any]:
    """Visits that ended with fewer than two people on the team: the rules allow none."""
    there = Assignment.objects.filter(case=OuterRef("pk"), ended_at=None)
    return visits(scope).exclude(Exists(there.filter(position=1)), Exists(there.filter(position=2)))


def _above_caps(scope: Scope) -> tuple[int, int]:
    """Subjects that were visited more often than they may be: over all matters in the calendar year, and on one matter.

    Counted is what draws count, over all brigades, each subject against its own cap: a signal raises it by one. Of a scope of
    units, subjects that one of these visited. Four queries at most.
    """
    year = Scope(Period(scope.period.year), None)
    counted = visits(year).filter(COUNTED).order_by().annotate(whose=whose())
    if scope.units is not None:
        counted = counted.filter(subject__in=visits(year._replace(units=scope.units)).order_by().values("subject"))
    often = counted.values_list("whose", Value("year")).annotate(times=Count("pk"), most=Value(VISITS_PER_YEAR)).filter(times__gt=VISITS_PER_YEAR)
    suspects = list(often.union(_often_on_a_matter(scope), all=True))
    raised = signals({pk for pk, *_rest in suspects}, min(scope.period.last, clock.today())) if suspects else {}
    above = {(of, pk) for pk, of, times, most in suspects if times > most + any(raised[pk])}
    return sum(of == "year" for of, _pk in above), sum(of == "matter" for of, _pk in above)


def _often_on_a_matter(scope: Scope) -> QuerySet[Any]:
    """(subject, ``matter``, how often it was visited on a matter in its time, how often it may be) where it was too often.

    The matter list says how often, and over how many calendar years, this one included; without a number it is once a year.
    Where times are counted by the validity of a permit, within the calendar year.
    """
    last, own = scope.period.year, Q(revision__most_times__isnull=False, revision__period=MatterRevision.Period.YEARS)
    in_time = Q(case__ended_on__year=last)
    for years in sorted(set(MatterRevision.objects.filter(most_times__isnull=False, period_years__gt=1).values_list("period_years", flat=True))):
        in_time |= own & Q(revision__period_years=years, case__ended_on__range=(dt.date(last - years + 1, 1, 1), dt.date(last, 12, 31)))
    lots = Q(case__draw__mode=Mode.LOT) | Q(case__draw__mode=Mode.ADHOC, case__draw__request__ground__in=COUNTING)
    rows = CaseMatter.objects.filter(in_time, lots).exclude(case__state__in=NO_VISIT).order_by()
    if scope.units is not None:
        rows = rows.filter(case__subject__in=visits(Scope(Period(last), scope.units)).order_by().values("subject"))
    most = Max(Coalesce("revision__most_times", Value(VISITS_PER_MATTER_AND_YEAR)))
    counted = rows.annotate(whose=whose("case__subject")).values("whose", "revision__matter").annotate(times=Count("pk"), most=most)
    return counted.filter(times__gt=F("most")).values_list("whose", Value("matter"), "times", "most")


# --- what followed ------------------------------------------------------------------------------------------------------


def following(scope: Scope) -> dict[str, QuerySet[Any]]:
    """The follow-ups of the visits of a scope as they stand today, to be counted."""
    mine = FollowUp.objects.filter(scope.of("case__unit_id"), case__ended_on__range=(scope.period.first, scope.period.last))
    over = Recheck.objects.filter(followup=OuterRef("pk"), case__state__in=REVIEWED)
    orders = mine.filter(kind=Kind.RECTIFICATION)
    found = {f"{kind} {state}": mine.filter(kind=kind, state=state) for kind in Kind.values for state in State.values}
    return {**found, "checked": orders.filter(Exists(over)), "late": orders.filter(state=State.OPEN, due_on__lt=clock.today())}


def followed(found: Counter[str]) -> list[Rate]:
    """The rates of what was counted (:func:`following`)."""

    def done(kind: Kind) -> tuple[int, int]:
        return found[f"{kind} {State.DONE}"], sum(found[f"{kind} {state}"] for state in State.values)

    put_right, orders = done(Kind.RECTIFICATION)
    failed = found[f"{Kind.RECTIFICATION} {State.FAILED}"]
    return [
        Rate(_("Rectifications completed"), put_right, orders, _("%(part)s of %(whole)s ordered")),
        Rate(_("Rectifications overdue"), found["late"], None, _("still open after their day"), alarm=True),
        Rate(_("Re-check rate"), found["checked"], orders, _("%(part)s of %(whole)s rectifications re-checked")),
        Rate(_("Not put right"), failed, put_right + failed, _("%(part)s of %(whole)s concluded")),
        Rate(_("Penalties decided"), *done(Kind.PENALTY), _("%(part)s of %(whole)s penalty cases")),
        Rate(_("Transfers received"), *done(Kind.TRANSFER), _("%(part)s of %(whole)s transfers to other authorities")),
        Rate(_("Criminal transfers sent"), *done(Kind.CRIME), _("%(part)s of %(whole)s suspected crimes")),
        Rate(_("Waived"), done(Kind.WAIVER)[1], None, _("results with a problem from which nothing follows, with a reason")),
    ]
