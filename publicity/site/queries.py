"""What the public reads of results, the matter list, plans and the ledger: frozen copies and published rows, nothing else.

Draws stand in ``orders.py``. Nothing here takes a person: there is one public, and everybody sees the same.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, When
from django.db.models.functions import TruncDate

from inspections.draws.models import Draw
from inspections.draws.queries import PUBLIC_STATES
from inspections.draws.states import Correction
from inspections.plans.models import Plan
from inspections.plans.states import PlanState
from publicity.disclosures.models import Disclosure
from publicity.disclosures.queries import holds_by_unit, overdue_by_unit
from publicity.site import marks
from registries import clock
from registries.ledger.models import Checkpoint, LedgerEntry, LedgerPayload
from registries.matters.models import Edition, EditionPaper, MatterRevision
from registries.matters.queries import SubItem, current_edition, tree, with_content
from registries.matters.states import EditionState

# --- results ---------------------------------------------------------------------------------------------------------


def choices_of(column: str, label: str = "") -> list[tuple[str, str]]:
    """What the results on line hold in a column, to choose from: (value, label), sorted by label."""
    pairs = Disclosure.objects.filter(removed_at=None).order_by().exclude(**{column: ""}).values_list(column, label or column).distinct()
    return sorted(pairs, key=lambda pair: pair[1])


def published_matters() -> list[tuple[str, str]]:
    """(code, name) of every matter that ever stood in a published edition, by code; the newest published name."""
    rows = MatterRevision.objects.filter(editions__state=EditionState.PUBLISHED).order_by("editions__number")
    return sorted(dict(rows.values_list("matter__code", "name")).items())


def last_disclosed() -> dt.datetime | None:
    """When the newest result was disclosed."""
    newest: dt.datetime | None = Disclosure.objects.aggregate(at=Max("published_at"))["at"]
    return newest


class Punctuality(NamedTuple):
    """How many results a unit disclosed or owes past their day, and how many were out on or before the day they were due.

    ``overdue``: those it owes. ``held``, ``held_ever``: results that a supervisor holds back now, and ever did; counted, never named.
    """

    unit: str
    total: int
    on_time: int
    overdue: int = 0
    held: int = 0
    held_ever: int = 0

    @property
    def disclosed(self) -> int:
        """How many are out."""
        return self.total - self.overdue

    @property
    def late(self) -> int:
        """Those that came after the day they were due."""
        return self.disclosed - self.on_time

    @property
    def percent(self) -> str:
        """The share in percent, rounded down: 100 only when all were on time."""
        tenths = self.on_time * 1000 // self.total if self.total else 0
        return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths / 10:.1f}"


def punctuality() -> list[Punctuality]:
    """Per unit, by name. The day of publication is the calendar day in Beijing; what is not out by its day counts as not on time,
    what was taken down still counts. What is out is kept while results stay."""
    today = clock.today()
    late, holds = overdue_by_unit(today), holds_by_unit(today)
    done = {unit: (total, on_time) for unit, total, on_time in marks.kept("punctuality", _disclosed_by_unit)}
    found = []
    for unit in sorted({*done, *late, *holds}):
        total, on_time = done.get(unit, (0, 0))
        owed = late.get(unit, 0)
        found.append(Punctuality(unit, total + owed, on_time, owed, *holds.get(unit, (0, 0))))
    return found


def _disclosed_by_unit() -> list[tuple[str, int, int]]:
    day = TruncDate("published_at", tzinfo=clock.BEIJING)
    rows = (
        Disclosure.objects.order_by("unit_name")
        .annotate(published_on=day)
        .values_list("unit_name")
        .annotate(total=Count("pk"), on_time=Count("pk", filter=Q(published_on__lte=F("due_on"))))
    )
    return list(rows)


def overall(units: list[Punctuality]) -> Punctuality:
    """All units together."""
    totals = (sum(column) for column in zip(*(unit[1:] for unit in units), strict=True))
    return Punctuality("", *totals) if units else Punctuality("", 0, 0)


# --- the matter list -------------------------------------------------------------------------------------------------


def editions() -> QuerySet[Edition]:
    """Published editions, newest first, with the number of their matters as ``size``; ``on_paper`` says whether the PDF is made."""
    published = Edition.objects.filter(state=EditionState.PUBLISHED)
    paper = EditionPaper.objects.filter(edition=OuterRef("pk"))
    return published.annotate(size=Count("revisions"), on_paper=Exists(paper)).order_by("-number")


def edition_in_force() -> Edition | None:
    """The edition in force, with ``size``."""
    return editions().first()


class UnitMatters(NamedTuple):
    """The matters that one unit answers for; ``first`` is the running number of the first of them in the list."""

    unit: str
    revisions: list[MatterRevision]
    first: int

    @property
    def tree(self) -> list[SubItem]:
        """The matters with their sub-items under them."""
        return tree(self.revisions)


def matters_by_unit(edition: Edition) -> list[UnitMatters]:
    """The whole list, by unit, then by code."""
    by_unit: defaultdict[str, list[MatterRevision]] = defaultdict(list)
    for revision in with_content(edition.revisions.all()).order_by("unit__code", "matter__code"):
        by_unit[revision.unit.name].append(revision)
    groups: list[UnitMatters] = []
    for unit, revisions in by_unit.items():
        groups.append(UnitMatters(unit, revisions, 1 + sum(len(group.revisions) for group in groups)))
    return groups


class PublishedMatter(NamedTuple):
    """A matter as published: a revision of it, the editions it stood in (newest first), and whether it is in force.

    ``newest`` is the number of its last published revision, where that is another one than shown.
    """

    revision: MatterRevision
    editions: Sequence[Edition]
    in_force: bool
    newest: int | None = None


def published_matter(code: str, number: int | None = None) -> PublishedMatter | None:
    """The matter under this code as last published, or its revision ``number``; None when no published edition ever had it."""
    held = Edition.objects.filter(state=EditionState.PUBLISHED, revisions__matter__code=code)
    stood = list(held.annotate(held=F("revisions__number")).order_by("-number"))
    if not stood:
        return None
    newest: int = stood[0].held
    held_by = next((edition for edition in stood if number in (None, edition.held)), None)
    if held_by is None:
        return None
    revision = with_content(held_by.revisions.all()).get(matter__code=code)
    current = current_edition()
    in_force = current is not None and current.pk == stood[0].pk
    return PublishedMatter(revision, stood, in_force, newest if held_by.held != newest else None)


# --- the ledger ------------------------------------------------------------------------------------------------------


class PublicFact(NamedTuple):
    """An entry about a draw whose payload is public: place in the chain, what it says, and the very text that was hashed."""

    entry: LedgerEntry
    action: str
    said: dict[str, Any]
    body: str

    @property
    def moment(self) -> dt.datetime:
        """When the entry was written."""
        return dt.datetime.fromisoformat(self.entry.time)

    @property
    def draw(self) -> str:
        """The number of the draw."""
        return str(self.said.get("draw", ""))

    @property
    def correction(self) -> str:
        """Why a settled value was corrected; nothing for other facts."""
        reason = str(self.said.get("reason", ""))
        return str(Correction(reason).label) if self.action == "draws.source" and reason in Correction.values else ""

    @property
    def value(self) -> str:
        """The one thing this kind of entry adds: the order's or the result's hash, a value, the kind of void, a line."""
        key = {"draws.commit": "order", "draws.source": "value", "draws.result": "result", "draws.void": "kind"}
        return str(self.said.get(key.get(self.action, "line"), ""))


def public_payloads() -> QuerySet[LedgerPayload]:
    """The payloads that are public for ever, newest first, with their entries."""
    return LedgerPayload.objects.filter(public=True).select_related("entry").order_by("-entry_id")


def fact_of(payload: LedgerPayload) -> PublicFact:
    """A public payload, read."""
    return PublicFact(payload.entry, payload.entry.action, json.loads(payload.body), payload.body)


def facts_on(draw: Draw) -> list[PublicFact]:
    """The public facts about a committed draw: commitment, values, result, void, replacements; oldest first.

    Found by the draw's number in the text that was hashed, whatever row a fact was written with.
    """
    named = json.dumps({"draw": draw.number}, separators=(",", ":"))[1:-1]
    return [fact_of(payload) for payload in public_payloads().filter(body__contains=named).order_by("entry_id")]


def entries() -> QuerySet[LedgerEntry]:
    """Every entry, newest first: hashes and general actions."""
    return LedgerEntry.objects.order_by("-seq")


def checkpoints() -> QuerySet[Checkpoint]:
    """Every checkpoint, newest first."""
    return Checkpoint.objects.select_related("entry").order_by("-entry_id")


def checkpoint(seq: int) -> Checkpoint | None:
    """The checkpoint at this entry, if there is one."""
    return Checkpoint.objects.filter(entry__seq=seq).first()  # a number beyond the column's is no error of that one


def exported(upto: int) -> Iterator[bytes]:
    """The ledger up to an entry, one JSON object a line, payloads only where public: what ``verify_draw.py --ledger`` reads.

    Other payloads do not even leave the database.
    """
    body = Case(When(payload__public=True, then=F("payload__body")), output_field=CharField())
    columns = ("seq", "time", "action", "previous", "payload_hash", "entry_hash", "public_body")
    rows = LedgerEntry.objects.filter(seq__lte=upto).order_by("seq").annotate(public_body=body).values_list(*columns)
    for *plain, payload in rows.iterator(chunk_size=2000):
        line = dict(zip(columns, plain, strict=False))
        if payload is not None:
            line["payload"] = payload
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# --- the day of the newest row ---------------------------------------------------------------------------------------


def last_published() -> dt.datetime | None:
    """When anything was published last: a result, an edition, a plan, or an order committed, drawn or voided."""
    moments = [
        last_disclosed(),
        Edition.objects.filter(state=EditionState.PUBLISHED).aggregate(at=Max("published_at"))["at"],
        Plan.objects.filter(state=PlanState.PUBLISHED).aggregate(at=Max("published_at"))["at"],
        *Draw.objects.filter(state__in=PUBLIC_STATES)
        .aggregate(
            Max("committed_at"), Max("drawn_at"), Max("voided_at"), struck=Max("strikes__decided_at", filter=Q(strikes__state="struck"))
        )
        .values(),
    ]
    return max((moment for moment in moments if moment is not None), default=None)
