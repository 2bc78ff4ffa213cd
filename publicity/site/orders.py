"""What the public reads of draws: every committed order, the files that are open, the openings, the result with blinded codes.

Which file is open when is decided in ``rules.py``; the files are the very bytes that were kept, and everything that
follows from them is read from them. The secret and the names of inspectors are never loaded.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length

from inspections.cases.models import Case
from inspections.draws.chances import inclusion_chances
from inspections.draws.files import Opening, Order, Result, read_order, read_result, read_reveal, write_openings
from inspections.draws.models import Draw, DrawCertificate, DrawFile, DrawnEntry, RosterAudit, RosterEntry, SeedSource
from inspections.draws.protocol import Keys, digest, keys_from, seed
from inspections.draws.queries import public_draws, stratum_labels
from inspections.draws.states import DrawState
from inspections.draws.wording import scope_in_words
from publicity.disclosures.masking import why_not_publish
from publicity.disclosures.models import Disclosure
from publicity.site import rules
from publicity.site.rules import Opens

OPENINGS = "openings.txt"
HIDDEN = ("secret", "auditor_copy", "void_reason", "returned_because")
"""Columns of an order that no public page has any use for."""


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


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.filter(draw=OuterRef("pk")).order_by().values("draw").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def order(number: str) -> Draw | None:
    """The committed order of this number with what decides about its files, or None: unknown and uncommitted are the same."""
    return (
        orders()
        .filter(number=number)
        .select_related("replaces", "plan_item__plan")
        .defer(*HIDDEN, *(f"replaces__{column}" for column in HIDDEN))
        .annotate(
            winners=_count_of(DrawnEntry.objects.filter(kind=DrawnEntry.Kind.WINNER)),
            all_cases=_count_of(Case.objects.filter(drawn__isnull=False)),
            unended=_count_of(Case.objects.filter(drawn__isnull=False, ended_on=None)),
            certified_at=F("certificate__issued_at"),
            certificate_hash=F("certificate__sha256"),
        )
        .first()
    )


def visits_are_over(draw: Any) -> bool:
    """Whether every visit of an order of :func:`order` is over."""
    return rules.visits_over(winners=draw.winners, cases=draw.all_cases, unended=draw.unended)


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
    listed = []
    for name in rules.FILES:
        when = opens(draw, name)
        if when == "never" or (name not in kept and (when == "now" or name == "history.txt")):
            continue
        sha256, size = kept.get(name, ("", 0)) if when == "now" else ("", 0)
        listed.append(PublicFile(name, when, sha256, size))
    return listed


def _kept(draw: Draw) -> Iterable[tuple[str, str, int]]:
    return DrawFile.objects.filter(draw=draw).annotate(size=Length("body")).values_list("name", "sha256", "size")


def open_bodies(draw: Any, names: Iterable[str] = rules.FILES) -> dict[str, bytes]:
    """Those of the named files that are open and stand, as the very bytes that were kept."""
    wanted = [name for name in names if opens(draw, name) == "now"]
    rows = DrawFile.objects.filter(draw=draw, name__in=wanted).values_list("name", "body")
    return {name: bytes(body) for name, body in rows}


class Opened(NamedTuple):
    """A code that a disclosed result opens: what proves it, and the result's address."""

    opening: Opening
    public_id: str


def opened(draw: Draw) -> list[Opened]:
    """The subjects of a drawn order whose result is disclosed by name.

    An opening never says more than the result: nobody whose code the result keeps to itself (natural persons), and no
    name with a number of a person in it.
    """
    rows = Disclosure.objects.filter(
        named=True, case__draw=draw, case__draw__drawn_at__isnull=False, subject_code=F("case__drawn__entry__public_id")
    ).values_list(*(f"case__drawn__entry__{column}" for column in ("code", "public_id", "name", "nonce")), "public_id")
    return [
        Opened(Opening(code, "subject", key, name, nonce), public_id)
        for code, key, name, nonce, public_id in rows
        if why_not_publish(name) is None
    ]


def openings(draw: Draw) -> bytes | None:
    """``openings.txt`` as of now; None while nothing is opened."""
    rows = [one.opening for one in opened(draw)]
    return write_openings(rows) if rows else None


def bundle(draw: Any) -> dict[str, bytes]:
    """All that is open of an order, openings included, by file name."""
    proofs = openings(draw)
    return open_bodies(draw) | ({OPENINGS: proofs} if proofs else {})


def certificate(draw: Draw) -> DrawCertificate | None:
    """The certificate of a drawn order, if it was issued."""
    return DrawCertificate.objects.filter(draw=draw, draw__drawn_at__isnull=False).first()


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


def strata_of(draw: Any, order: Order) -> list[Stratum]:
    """The strata of an order; with the chances of each slip count once the roster is open (§4)."""
    sizes = sizes_of(draw)
    labels = stratum_labels(order.quotas, draw.merged_strata)
    idle = rules.idle_strata(order.mode, order.quotas, sizes)
    slips: dict[str, dict[int, int]] = {}
    if opens(draw, "roster.txt") == "now" and order.mode == "lot":
        counted = RosterEntry.objects.filter(draw=draw).order_by().values_list("stratum", "slips").annotate(Count("pk"))
        for stratum, count, entries in counted:
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
    """How many results of this draw are disclosed."""
    return Disclosure.objects.filter(case__draw=draw).count()
