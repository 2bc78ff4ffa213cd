"""What the hall's screen shows of an order: its steps, its sources, and the course of a result that is already fixed.

Only what ``rules.py`` calls public at that state: the order from the commitment on, values once two people agreed, blinded
codes from ``result.txt``, the number of slips where the roster is open, teams as numbers alone.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext

from inspections.draws.files import Drawn, Order, Result
from inspections.draws.models import Draw, RosterEntry, SeedSource
from inspections.draws.queries import progress, public_draws
from inspections.draws.states import DrawState, Stratify
from inspections.draws.struck import Strike, strikes_of
from publicity.site import orders, rules, wording
from publicity.site.timeline import Course, course
from registries import clock

LINES_SHOWN = 600
"""Lines of a result on the screen at most, spread over its strata; the rest is counted and stands on the page of the draw."""
AHEAD = 9
"""How many numbers that nobody has committed yet already have a waiting screen."""
NUMBER = re.compile(r"(20[0-9]{2})-([0-9]{3,6})")


class Mark(NamedTuple):
    """What tells one state of an order from the next: asked at every poll, so that nothing else has to be."""

    pk: int
    order_hash: str
    seen: str


class Scene(NamedTuple):
    """What stands on the stage from ``begins`` to ``ends`` (None: open); ``what`` it is about."""

    kind: str
    begins: dt.datetime | None
    ends: dt.datetime | None
    what: Any = None

    def shown(self, now: dt.datetime) -> bool:
        """Whether it stands on the stage at this moment."""
        return (self.begins is None or self.begins <= now) and (self.ends is None or now < self.ends)


class Line(NamedTuple):
    """A line of the result as it comes out."""

    rank: int
    winner: bool
    code: str
    at: dt.datetime


class Part(NamedTuple):
    """A stratum on the stage: its lines, at most so many, and how many more there are."""

    label: str
    stratum: orders.Stratum
    begins: dt.datetime
    ends: dt.datetime
    lines: list[Line]
    more: int

    def latest(self, now: dt.datetime) -> Line | None:
        """The line that came out last."""
        return next((line for line in reversed(self.lines) if line.at <= now), None)


class Outcome(NamedTuple):
    """A result on the screen; ``over`` is when everything stands. ``waiting``: winners without a team yet."""

    drawn_at: dt.datetime
    seed: str
    parts: list[Part]
    winners: int
    reserves: int
    staffed: int
    waiting: int
    course: Course

    def moment(self, seconds: float) -> dt.datetime:
        """So many seconds after the draw."""
        return self.drawn_at + dt.timedelta(seconds=seconds)

    @property
    def over(self) -> dt.datetime:
        """When everything stands."""
        return self.moment(self.course.over)


class Screen(NamedTuple):
    """Everything the screen shows of one order in one state. ``slips`` is None while their number is not public; ``hashed``
    are the shards of a large roster that are done, and all of them."""

    draw: Any
    mark: Mark
    standing: wording.Standing
    order: Order
    strata: list[orders.Stratum]
    labels: list[tuple[str, orders.Stratum]]
    sources: list[SeedSource]
    entries: int
    slips: int | None
    hashed: tuple[int, int]
    outcome: Outcome | None
    successors: list[str]
    strikes: list[Strike]

    @property
    def quota(self) -> int:
        """How many are drawn."""
        return sum(stratum.quota for stratum in self.strata)

    @property
    def final(self) -> bool:
        """Whether nothing on the screen can change any more."""
        return self.standing.word == "voided" or (self.outcome is not None and bool(self.draw.certificate_hash))


def mark(number: str) -> Mark | None:
    """The mark of the committed order of this number, or None. One query, two while it waits for its worker."""
    settled = Count("sources", filter=~Q(sources__value=""), distinct=True)
    successor = public_draws().filter(replaces=OuterRef("pk")).values("number")[:1]
    row = (
        public_draws()
        .order_by()
        .filter(number=number)
        .annotate(settled=settled, certified=Subquery(orders.issued().values("sha256")), successor=Subquery(successor))
        .values_list("pk", "order_hash", "state", "version", "planned", "settled", "certified", "successor")
        .first()
    )
    if row is None:
        return None
    late = rules.is_overdue(row[2], row[4], clock.now())
    hashed = progress(Draw(pk=row[0])) if row[2] == DrawState.COMMITTED else None
    return Mark(row[0], row[1], hashlib.sha256(repr((*row, late, hashed)).encode()).hexdigest()[:16])


def is_expected(number: str) -> bool:
    """Whether this is one of the next numbers of this year: not committed yet, and nothing else can be said of it."""
    found = NUMBER.fullmatch(number)
    year = str(clock.today().year)
    if found is None or found[1] != year:
        return False
    given = Draw.objects.filter(number__startswith=f"{year}-").count()
    return given < int(found[2]) <= given + AHEAD and number == f"{year}-{int(found[2]):03d}"


def screen(number: str, seen: Mark) -> Screen | None:
    """The screen of a committed order."""
    draw = orders.order(number)
    if draw is None:
        return None
    bodies = orders.open_bodies(draw, ("order.txt", "reveal.txt", "result.txt"))
    order, result = orders.read(bodies)
    strata = orders.strata_of(draw, order)
    sizes = orders.sizes_of(draw)
    standing = wording.standing(draw, clock.now())
    return Screen(
        draw=draw,
        mark=seen,
        standing=standing,
        order=order,
        strata=strata,
        labels=[(label_of(draw, stratum), stratum) for stratum in strata],
        sources=orders.sources_of(draw),
        entries=sum(sizes.values()),
        slips=_slips(draw),
        hashed=progress(draw),
        outcome=_outcome(draw, order, result, bodies, strata) if result else None,
        successors=orders.successors_of(draw) if standing.word == "voided" else [],
        strikes=list(strikes_of(draw)) if draw.corrections else [],
    )


def label_of(draw: Any, stratum: orders.Stratum) -> str:
    """A stratum's name that is understood when read aloud."""
    how = draw.staffs.stratify if draw.staffs is not None else draw.stratify  # an order for teams keeps the strata of the draw
    if how == Stratify.GRADE:
        return gettext("risk grade %(grade)s") % {"grade": stratum.label}
    return gettext("all subjects") if how == Stratify.NONE else stratum.label


def _slips(draw: Any) -> int | None:
    if orders.opens(draw, "roster.txt") != "now":
        return None
    total: int | None = RosterEntry.objects.filter(draw=draw).aggregate(slips=Sum("slips"))["slips"]
    return total


def _outcome(
    draw: Any, order: Order, result: Result, bodies: Mapping[str, bytes], strata: Sequence[orders.Stratum]
) -> Outcome:
    told = orders.outcome(order, Result((), result.teams), bodies, {}, ())
    shown = {stratum.code: stratum for stratum in strata}
    by_stratum: dict[str, list[Drawn]] = {}
    for line in result.drawn:
        by_stratum.setdefault(line.stratum, []).append(line)
    most = max(5, LINES_SHOWN // max(1, len(by_stratum)))
    kept = {stratum: lines[:most] for stratum, lines in by_stratum.items()}
    plan = course([len(lines) for lines in kept.values()])
    made = Outcome(
        drawn_at=draw.drawn_at,
        seed=told.shaken.seed,
        parts=[],
        winners=sum(line.winner for line in result.drawn),
        reserves=sum(not line.winner for line in result.drawn),
        staffed=len(result.teams) - told.unstaffed,
        waiting=told.unstaffed,
        course=plan,
    )
    for act, (stratum, lines) in zip(plan.acts, kept.items(), strict=True):
        listed = [Line(line.rank, line.winner, line.code, made.moment(act.at(n))) for n, line in enumerate(lines)]
        more = len(by_stratum[stratum]) - len(lines)
        made.parts.append(Part(label_of(draw, shown[stratum]), shown[stratum], made.moment(act.begins), made.moment(act.ends), listed, more))
    return made


# --- what stands on the stage, and when -------------------------------------------------------------------------------


def scenes(on: Screen) -> list[Scene]:
    """The scenes of this state, in order; at any moment exactly one of them is shown."""
    if on.standing.word in ("voided", "overdue"):
        return [Scene(on.standing.word, None, None)]
    if on.outcome is not None:
        return _result_scenes(on, on.outcome)
    waited = next((source for source in on.sources if not source.value), None)
    if waited is not None:
        return [Scene("awaits", None, waited.moment, waited), Scene("typing", waited.moment, None, waited)]
    return [Scene("ready", None, on.draw.planned), Scene("drawing", on.draw.planned, None)]


def _result_scenes(on: Screen, outcome: Outcome) -> list[Scene]:
    counting, order = outcome.moment(outcome.course.counting), outcome.moment(outcome.course.order)
    teams = outcome.moment(outcome.course.teams)
    return [
        Scene("shaken", None, counting),
        Scene("counting", counting, order),
        *(Scene("part", part.begins, part.ends, part) for part in outcome.parts),
        Scene("teams", teams, outcome.over),
        Scene("over", outcome.over, None),
    ]


class Step(NamedTuple):
    """A step of the ceremony: current from ``begins`` to ``ends``, done after; None: not known yet."""

    word: str
    begins: dt.datetime | None
    ends: dt.datetime | None

    def standing(self, now: dt.datetime) -> str:
        """``done``, ``current``, or nothing yet."""
        if self.ends is not None and self.ends <= now:
            return "done"
        return "current" if self.begins is not None and self.begins <= now else ""


def steps(on: Screen | None) -> list[Step]:
    """The six steps, as far as their moments are known."""
    if on is None or on.standing.word == "voided":
        first = Step("commit", None, on.draw.committed_at) if on else Step("commit", clock.now(), None)
        return [first, *(Step(word, None, None) for word in STEPS[1:])]
    draw, outcome = on.draw, on.outcome
    if outcome is None:
        known = all(source.value for source in on.sources)
        settled = max((source.settled_at for source in on.sources if source.settled_at), default=None) if known else None
        counting = max(settled, draw.planned) if settled else None
        moments = [draw.committed_at, settled, None, None, None]
        begins = [None, draw.committed_at, counting, None, None, None]
        return [Step(word, a, b) for word, a, b in zip(STEPS, begins, [*moments, None], strict=True)]
    plan = outcome.course
    ends = [draw.committed_at, draw.drawn_at, *map(outcome.moment, (plan.order, plan.teams, plan.over))]
    last = max(outcome.over, draw.certified_at) if draw.certified_at else None
    return [Step(word, a, b) for word, a, b in zip(STEPS, [None, *ends], [*ends, last], strict=True)]


STEPS = ("commit", "sources", "slips", "order", "teams", "certificate")


def as_json(on: Screen) -> dict[str, Any]:
    """The state of the screen for programs: what is public at that state, and nothing else."""
    told: dict[str, Any] = {
        "draw": on.order.draw,
        "standing": on.standing.word,
        "seen": on.mark.seen,
        "final": on.final,
        "committed_at": on.draw.committed_at,
        "order": on.draw.order_hash,
        "commitment": on.draw.commitment,
        "planned": on.draw.planned,
        "mode": on.order.mode,
        "team": on.order.team,
        "entries": on.entries,
        "slips": on.slips,
        "hashed": on.hashed,
        "strata": [{"stratum": s.code, "label": s.label, "entries": s.size, "quota": s.quota} for s in on.strata],
        "sources": [
            {"kind": s.kind, "what": s.what, "moment": s.moment, "form": s.form, "value": s.value or None} for s in on.sources
        ],
    }
    if on.draw.state == DrawState.VOIDED:
        told |= {"voided_at": on.draw.voided_at, "void_kind": on.draw.void_kind, "successors": on.successors}
    if on.outcome is not None:
        told |= _outcome_json(on, on.outcome)
    return told


def _outcome_json(on: Screen, outcome: Outcome) -> dict[str, Any]:
    return {
        "drawn_at": outcome.drawn_at,
        "over": outcome.over,
        "seed": outcome.seed,
        "result": on.draw.result_hash,
        "struck": [strike.result_hash for strike in on.strikes],
        "certificate": on.draw.certificate_hash,
        "winners": outcome.winners,
        "reserves": outcome.reserves,
        "teams": {"drawn": outcome.staffed, "waiting": outcome.waiting},
        "lines": [
            {"stratum": part.stratum.code, "rank": line.rank, "winner": line.winner, "code": line.code, "at": line.at}
            for part in outcome.parts
            for line in part.lines
        ],
    }
