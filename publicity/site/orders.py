"""What the public reads of draws: every committed order, the files that are open, the openings, the result with blinded codes.

Which file is open when is decided in ``rules.py``; the files are the very bytes that were kept, and everything that
follows from them is read from them. The secret and the names of inspectors are never loaded.
"""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from inspections.cases.awaiting import cases_of
from inspections.cases.visits import are_over, with_visits
from inspections.draws import shelf
from inspections.draws.after import HISTORY, history_file, rows_of
from inspections.draws.chances import inclusion_chances
from inspections.draws.files import Opening, Order, Result, read_order, read_result, read_reveal, write_openings
from inspections.draws.models import Draw, DrawCertificate, DrawnEntry, RosterAudit, RosterEntry, SeedSource
from inspections.draws.protocol import Keys, digest, keys_from, seed
from inspections.draws.queries import public_draws, stratum_labels
from inspections.draws.replaced import Replacements, counts_of, ever_drawn
from inspections.draws.states import DrawState, Reason
from inspections.draws.wording import scope_in_words
from publicity.disclosures.masking import why_not_publish
from publicity.disclosures.models import Disclosure
from publicity.site import rules
from publicity.site.bundle import Packed
from publicity.site.rules import Opens
from registries.subjects.models import Subject, SubjectCategory

OPENINGS = "openings.txt"
HIDDEN = ("void_reason", "returned_because", "preview")
"""Columns of an order that no public page has any use for; the preview names entries."""
KEPT = 600
"""Seconds that the slips of a committed roster, which never change, are kept once they were counted."""


def orders() -> QuerySet[Draw]:
    """Every order ever committed, newest first, with its sources at hand."""
    return public_draws().defer(*HIDDEN).prefetch_related("sources")


def next_orders(now: dt.datetime) -> QuerySet[Draw]:
    """Open orders that are not overdue, the next first."""
    return orders().filter(state=DrawState.COMMITTED, planned__gte=now - rules.OVERDUE_AFTER).order_by("planned")


def in_state(state: str, now: dt.datetime) -> QuerySet[Draw]:
    """Orders that are ``open``, ``overdue``, ``drawn`` or ``voided``; all of them for any other word."""
    late = Q(planned__lt=now - rules.OVERDUE_AFTER)
    conditions = {
        "open": Q(state=DrawState.COMMITTED) & ~late,
        "overdue": Q(state=DrawState.COMMITTED) & late,
        "drawn": Q(state=DrawState.DRAWN),
        "voided": Q(state=DrawState.VOIDED),
    }
    return orders().filter(conditions.get(state, Q()))


def state_counts(now: dt.datetime) -> dict[str, int]:
    """How many orders there are in all, and how many open, overdue, drawn and voided."""
    late = Q(state=DrawState.COMMITTED, planned__lt=now - rules.OVERDUE_AFTER)
    counted: dict[str, int] = Draw.objects.filter(state__in=rules.PUBLIC_STATES).aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(state=DrawState.COMMITTED) & ~late),
        overdue=Count("pk", filter=late),
        drawn=Count("pk", filter=Q(state=DrawState.DRAWN)),
        voided=Count("pk", filter=Q(state=DrawState.VOIDED)),
    )
    return counted


def sizes_of(draw: Draw) -> dict[str, int]:
    """Entries per stratum, as counted at the submission."""
    return {stratum: int(size) for stratum, size in sorted(draw.scope_counts.get("entries", {}).items())}


def scope_of(draw: Draw) -> list[tuple[str, dict[str, Any]]]:
    """In scope by the registry − left out per reason = entries, of each stratum (§1); empty for orders from before it was kept."""
    scope: dict[str, Any] = draw.scope_counts.get("strata", {})
    return scope_in_words(scope, stratum_labels(scope, draw.merged_strata))


# --- one order, and what of it is open -------------------------------------------------------------------------------


def order(number: str) -> Draw | None:
    """The committed order of this number with what decides about its files, or None: unknown and uncommitted are the same."""
    return (
        with_visits(orders())
        .filter(number=number)
        .select_related("replaces", "staffs", "plan_item__plan")
        .defer(*HIDDEN, *(f"{other}__{column}" for other in ("replaces", "staffs") for column in HIDDEN))
        .annotate(
            certified_at=Subquery(issued().values("issued_at")),
            certificate_hash=Subquery(issued().values("sha256")),
        )
        .first()
    )


def issued() -> QuerySet[DrawCertificate]:
    """The certificate of the result that stands, for a query of draws."""
    return DrawCertificate.objects.filter(draw=OuterRef("pk"), correction=OuterRef("corrections"))


def visits_are_over(draw: Any) -> bool:
    """Whether every visit of an order of :func:`order` is over; of a voided one that had a result, those of its successor."""
    if draw.state == DrawState.VOIDED and draw.drawn_at is not None:
        return any(visits_are_over(one) for one in with_visits(Draw.objects.filter(replaces=draw).defer(*HIDDEN)))
    return are_over(draw)


def opens(draw: Any, name: str) -> Opens:
    """When a file of an order of :func:`order` is public."""
    return rules.opens(
        name,
        state=draw.state,
        has_result=draw.drawn_at is not None,
        cells_hide_roster=draw.cells_hide_roster,
        visits_over=visits_are_over(draw),
    )


class PublicFile(NamedTuple):
    """A file of the bundle as the page lists it: when it is open, and, where it stands, its hash and size in bytes."""

    name: str
    opens: Opens
    sha256: str
    size: int

    @property
    def is_open(self) -> bool:
        """Whether anybody may fetch it now."""
        return self.opens == "now" and bool(self.sha256)


def files_of(draw: Any) -> list[PublicFile]:
    """The files of an order: open ones with hash and size, closed ones with when they open; none that will never be."""
    kept = {name: (sha256, size) for name, sha256, size in _kept(draw)}
    if history := history_file(draw):  # written anew from its rows; final once the visits are over
        kept[HISTORY] = digest(history), len(history)
    listed = []
    for name in rules.FILES:
        when = opens(draw, name)
        if when == "never" or (name not in kept and (when == "now" or name == "history.txt")):
            continue
        sha256, size = kept.get(name, ("", 0)) if when == "now" else ("", 0)
        listed.append(PublicFile(name, when, sha256, size))
    return listed


def _kept(draw: Draw) -> Iterable[tuple[str, str, int]]:
    return shelf.kept(draw).values_list("name", "sha256", "size")


def open_bodies(draw: Any, names: Iterable[str] = rules.FILES) -> dict[str, bytes]:
    """Those of the named files that are open and stand, as the very bytes that were kept."""
    wanted = [name for name in names if opens(draw, name) == "now"]
    history = history_file(draw) if HISTORY in wanted else None
    return shelf.bodies(draw, wanted) | ({HISTORY: history} if history else {})


def open_files(draw: Any) -> list[Packed]:
    """The files of an order that are open and stand, each to be read piece by piece."""
    found = [
        Packed(file.name, file.size, file.sha256, functools.partial(shelf.stream, draw, file.name))
        for file in shelf.kept(draw)
        if opens(draw, file.name) == "now"
    ]
    history = history_file(draw) if opens(draw, HISTORY) == "now" else None
    return [*found, *([_written(HISTORY, history)] if history else [])]


def _written(name: str, data: bytes) -> Packed:
    return Packed(name, len(data), digest(data), lambda: iter([data]))


class Opened(NamedTuple):
    """A code that is opened: what proves it, and the address of its disclosed result ("" where there is none)."""

    opening: Opening
    public_id: str


def opened(draw: Any) -> list[Opened]:
    """The subjects of an order of :func:`order` that are opened: disclosed by name; and, once the visits are over, whoever
    was ever drawn — visited, replaced, or drawn by an order that was voided (§6).

    An opening never says more than a result would: no natural person, nobody of a category published as counts only, and no
    name with a number of a person in it. Those are told by their number, :func:`unnamed`.
    """
    if draw.drawn_at is None:
        return []
    rows = Disclosure.objects.filter(
        named=True, case__in=cases_of(draw), case__draw__drawn_at__isnull=False, subject_code=F("case__drawn__entry__public_id")
    ).values_list(*(f"case__drawn__entry__{column}" for column in ("code", "public_id", "name", "nonce")), "public_id")
    found = {row[0]: row for row in rows}
    if draw.drawn_at is not None and visits_are_over(draw):
        ever = _nameable(ever_drawn(draw)).values_list(*(f"entry__{column}" for column in ("code", "public_id", "name", "nonce")))
        found = {row[0]: (*row, "") for row in ever} | found
    return [
        Opened(Opening(code, "subject", key, name, nonce), public_id)
        for code, key, name, nonce, public_id in found.values()
        if why_not_publish(name) is None
    ]


def unnamed(draw: Any, opened: Iterable[Opened]) -> int | None:
    """How many of those ever drawn stay closed for good (natural persons, counts-only categories); None before the end."""
    if draw.drawn_at is None or not visits_are_over(draw):
        return None
    closed = ever_drawn(draw).exclude(entry__code__in=[one.opening.code for one in opened])
    return closed.order_by().values("entry").distinct().count()  # a struck result may have drawn the same


def _nameable(drawn: QuerySet[DrawnEntry]) -> QuerySet[DrawnEntry]:
    closed = SubjectCategory.objects.filter(publicity=SubjectCategory.Publicity.COUNTS, subjects=OuterRef("entry__subject"))
    own = Q(case__drawn__entry=OuterRef("entry"))
    staffed = Q(case__draw=OuterRef("draw__staffs"), case__drawn__entry__code=OuterRef("entry__code"))
    quiet = Disclosure.objects.filter(own | staffed).exclude(subject_code=OuterRef("entry__public_id"))
    return drawn.exclude(entry__subject__kind=Subject.Kind.PERSON).exclude(Exists(closed)).exclude(Exists(quiet))


def openings(draw: Draw) -> bytes | None:
    """``openings.txt`` as of now; None while nothing is opened."""
    rows = [one.opening for one in opened(draw)]
    return write_openings(rows) if rows else None


def bundle(draw: Any) -> list[Packed]:
    """All that is open of an order, openings included."""
    proofs = openings(draw)
    return [*open_files(draw), *([_written(OPENINGS, proofs)] if proofs else [])]


def certificate(draw: Draw) -> DrawCertificate | None:
    """The certificate of the result that a drawn order stands at, if it was issued."""
    return DrawCertificate.objects.filter(draw=draw, draw__drawn_at__isnull=False, correction=draw.corrections).first()


# --- the draw page ---------------------------------------------------------------------------------------------------


class Stratum(NamedTuple):
    """A stratum of the order: name for people, entries, quota, reserves listed, and (slips, entries, chance) where public."""

    code: str
    label: str
    size: int
    quota: int
    idle: bool
    chances: list[tuple[int, int, float]]


class Row(NamedTuple):
    """A line of the result: blinded; ``subject`` and ``public_id`` of the disclosed result once it opens the code."""

    stratum: str
    rank: int
    winner: bool
    code: str
    slip: int
    ticket: str
    team: int
    subject: str
    public_id: str


class Shaken(NamedTuple):
    """What came out of the sources: the secret, the seed, the keys (all follow from ``reveal.txt`` and the order)."""

    secret: str
    seed: str
    keys: Keys


class Outcome(NamedTuple):
    """A result as the page shows it."""

    rows: list[Row]
    winners: int
    reserves: int
    unstaffed: int
    shaken: Shaken


def read(bodies: Mapping[str, bytes]) -> tuple[Order, Result | None]:
    """The order, and the result where it is among the open files."""
    return read_order(bodies["order.txt"]), read_result(bodies["result.txt"]) if "result.txt" in bodies else None


class Step(NamedTuple):
    """A line of what came after the draw: who went and who came as codes, with the names that are opened."""

    number: int
    kind: Any
    position: int | None
    reason: Any
    out: str
    into: str
    out_name: str
    into_name: str


class After(NamedTuple):
    """What came after a draw: in counts at once, line by line when the visits are over (§6)."""

    counts: Replacements
    subjects: list[tuple[str, int]]
    inspectors: list[tuple[str, int]]
    steps: list[Step]


def after_of(draw: Any, opened: Iterable[Opened]) -> After | None:
    """The replacements of a drawn order; None where nobody was replaced."""
    counts = counts_of(draw)
    if not counts.subjects_out and not counts.inspectors_out:
        return None
    names = {one.opening.code: one.opening.name for one in opened}
    steps = []
    for row in rows_of(draw) if visits_are_over(draw) else ():
        line = row.line
        into = line.into or ""
        named = (line.out, into, names.get(line.out, ""), names.get(into, ""))
        steps.append(Step(line.number, row.get_kind_display(), line.position, row.get_reason_display(), *named))
    return After(counts, _reasons(counts.subjects), _reasons(counts.inspectors), steps)


def _reasons(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(str(Reason(reason).label), number) for reason, number in counted.items()]


def strata_of(draw: Any, order: Order) -> list[Stratum]:
    """The strata of an order; with the chances of each slip count once the roster is open (§4)."""
    sizes = sizes_of(draw)
    labels = stratum_labels(order.quotas, draw.merged_strata)
    idle = rules.idle_strata(order.mode, order.quotas, sizes)
    slips: dict[str, dict[int, int]] = {}
    if opens(draw, "roster.txt") == "now" and order.mode == "lot":
        rows = RosterEntry.objects.filter(draw=draw).order_by().values_list("stratum", "slips").annotate(Count("pk"))
        for stratum, count, entries in cache.get_or_set(f"slips/{draw.order_hash}", lambda: list(rows), KEPT) or ():
            slips.setdefault(stratum, {})[count] = entries
    return [
        Stratum(
            stratum,
            labels[stratum],
            sizes.get(stratum, 0),
            quota,
            stratum in idle,
            [
                (count, slips[stratum][count], chance)
                for count, chance in inclusion_chances(slips.get(stratum, {}), quota).items()
            ],
        )
        for stratum, quota in order.quotas.items()
    ]


def outcome(
    order: Order, result: Result, bodies: Mapping[str, bytes], labels: Mapping[str, str], opened: Iterable[Opened]
) -> Outcome:
    """The result line by line. A name stands beside a code only where a disclosed result opened it."""
    names = {one.opening.code: (one.opening.name, one.public_id) for one in opened}
    places = {team.winner: len(team.inspectors) for team in result.teams}
    rows = [
        Row(
            labels.get(line.stratum, line.stratum),
            line.rank,
            line.winner,
            line.code,
            line.slip,
            line.ticket,
            places.get(line.code, 0),
            *names.get(line.code, ("", "")),
        )
        for line in result.drawn
    ]
    reveal = read_reveal(bodies["reveal.txt"])
    shaken = seed(digest(bodies["order.txt"]), reveal.values, reveal.secret)
    return Outcome(
        rows,
        sum(row.winner for row in rows),
        sum(not row.winner for row in rows),
        sum(not team.inspectors for team in result.teams),
        Shaken(reveal.secret, shaken, keys_from(shaken)),
    )


def sources_of(draw: Draw) -> list[SeedSource]:
    """The announced sources in order; a value stands there only once two people agreed on it."""
    return list(draw.sources.all())


def audit_of(draw: Draw) -> RosterAudit | None:
    """What the auditor found who opened the roster before the first source."""
    return RosterAudit.objects.filter(draw=draw).defer("findings").first()


def audit_is_awaited(draw: Draw, now: dt.datetime) -> bool:
    """Whether the auditor can still check: the order is open and no source is known."""
    return draw.state == DrawState.COMMITTED and all(now < source.moment for source in draw.sources.all())


def moments_of(draw: Any, audit: RosterAudit | None) -> list[dt.datetime | None]:
    """When something happened to an order of :func:`order`; None for what did not."""
    return [draw.committed_at, draw.drawn_at, draw.voided_at, draw.certified_at, audit.audited_at if audit else None]


def successors_of(draw: Draw) -> list[str]:
    """The numbers of the orders that replace this one."""
    return [str(number) for number in orders().filter(replaces=draw).order_by("committed_at").values_list("number", flat=True)]


def results_of(draw: Draw) -> int:
    """How many results of visits to those drawn are disclosed; of visits that began under a struck result none."""
    standing = cases_of(draw).filter(drawn__correction=F("draw__corrections"))
    return Disclosure.objects.filter(case__in=standing).count()
