"""The auditor's check (draw protocol 1, §1): a committed roster against the registry as it was when it was submitted.

What blinding hides is a subject left out, doubled or invented. The registry "as it was" is proved by the ledger: a row whose
digest has not changed since the submission is the row of then; one that was changed since is turned back by the ``before``
of its entries and must then have the digest of then. Reads only.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Model, Q

from inspections.draws import agreeing, queries, roster
from inspections.draws.grammar import as_words
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.states import DrawState, Mode, Reported
from registries import clock
from registries.ledger.digests import digest_of_values, values_of
from registries.ledger.models import LedgerPayload
from registries.ledger.protected import read_rows, rows_astray
from registries.ledger.queries import history_of
from registries.ledger.sentences import Sentence, say
from registries.ledger.verifying import Newest
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, SubjectCategory, Violation
from registries.subjects.naming import published_name
from registries.subjects.queries import whose
from registries.subjects.rules import OF_MANY

AT_ONCE = 500
REGISTRY: tuple[type[Model], ...] = (Subject, Exclusion, Complaint, Violation, Permit)
KINDS = ("missing", "twice", "invented", "altered", "files", "registry")
"""What makes a roster disagree. ``changed`` and ``unproved`` do not: changed since, by entries of the ledger."""


class Place(NamedTuple):
    """Where a subject of the scope stands: in the roster with these words, or left out for a reason."""

    public_id: str = ""
    name: str = ""
    stratum: str = ""
    slips: int = 0
    tags: str = ""
    reason: str = ""


class Found(NamedTuple):
    """One finding: its kind, the subject it is about (0 for none), and the sentence, without a name."""

    kind: str
    subject_id: int
    what: Sentence


class Audit(NamedTuple):
    """What opening every entry found."""

    entries: int
    omissions: int
    found: tuple[Found, ...]

    @property
    def agrees(self) -> bool:
        """None is missing and none stands twice, nobody is invented or altered."""
        return not any(one.kind in KINDS for one in self.found)

    @property
    def counts(self) -> dict[str, int]:
        """How many entries and omissions were opened, and findings by kind."""
        kinds = Counter(one.kind for one in self.found)
        listed = {kind: kinds[kind] for kind in (*KINDS, "changed", "unproved")}
        return {"entries": self.entries, "omissions": self.omissions, **listed}

    @property
    def findings(self) -> list[Sentence]:
        """The sentences, at most 200, those that disagree first."""
        ordered = sorted(self.found, key=lambda one: one.kind not in KINDS)
        return [one.what for one in ordered[:200]]


def audit(draw: Draw) -> Audit:
    """Open every entry of a committed draw. Streams the ledger once; a few seconds for a county."""
    bodies = queries.file_bodies(draw)
    kept = committed_places(draw)
    found = [Found("files", 0, what) for what in (*agreeing.files_astray(draw, bodies), *agreeing.rosters_astray(draw, bodies))]
    if queries.stored_digest(draw) != draw.roster_digest:
        found.append(Found("files", 0, say("The roster is not the one that was submitted.")))
    found += _twice(draw, kept)
    origin = _origin(draw)
    if origin != draw and committed_places(origin) != kept:
        found.append(Found("altered", 0, say("The roster is not that of order %(number)s, which it replaces.", number=str(origin))))
    if origin.mode == Mode.LOT:
        found += _against_registry(origin, kept)
    entries = sum(not place.reason for place in kept.values())
    return Audit(entries, len(kept) - entries, tuple(found))


def committed_places(draw: Draw) -> dict[int, Place]:
    """Subject → where the rows of the submission put it."""
    rows = draw.roster.values_list("subject_id", "public_id", "name", "stratum", "slips", "tags")
    inside = {row[0]: Place(*row[1:]) for row in rows}
    return inside | {pk: Place(reason=reason) for pk, reason in draw.omissions.values_list("subject_id", "reason")}


def _origin(draw: Draw) -> Draw:
    """The order for which this roster was submitted: its own, or the one it was taken over from."""
    while draw.keeps_roster and draw.replaces is not None:
        draw = draw.replaces
    return draw


def _twice(draw: Draw, kept: Mapping[int, Place]) -> Iterator[Found]:
    """Nobody stands twice, by key or as entry and omission; the published counts are those of the rows."""
    ids = Counter(place.public_id for place in kept.values() if not place.reason)
    both = set(draw.roster.values_list("subject_id", flat=True)) & set(draw.omissions.values_list("subject_id", flat=True))
    yield from (Found("twice", 0, say("One key stands %(count)s times in the roster.", count=n)) for n in ids.values() if n > 1)
    yield from (Found("twice", pk, say("Subject %(subject)s is in the roster and left out.", subject=pk)) for pk in sorted(both))
    strata = Counter(place.stratum for place in kept.values() if not place.reason)
    left_out = Counter(place.reason for place in kept.values() if place.reason)
    told = draw.scope_counts
    kept_scope = queries.scope_kept(draw)
    counts = (told.get("in_scope"), told.get("entries"), told.get("left_out"))
    if counts != (len(kept), dict(strata), dict(left_out)) or told.get("strata", kept_scope) != kept_scope:
        yield Found("altered", 0, say("The published counts are not those of the roster."))


# --- against the registry ---------------------------------------------------------------------------------------------


def _against_registry(draw: Draw, kept: Mapping[int, Place]) -> Iterator[Found]:
    submitted = _submission(draw)
    if submitted is None or draw.submitted_at is None:
        yield Found("files", 0, say("No entry of the ledger says that this roster was submitted."))
        return
    newest = Newest()
    newest.read_on(submitted)
    then = {pk: one.digest for pk, one in newest.rows.get(Subject._meta.label_lower, {}).items() if one.digest}
    newest.read_on()
    yield from (Found("registry", 0, what) for what in rows_astray(newest, lambda _row: False, REGISTRY))
    touched = _touched(newest, submitted)
    now = _places_now(draw, draw.submitted_at.astimezone(clock.BEIJING).date())
    drawn = _drawn_since(draw, draw.submitted_at)
    for pk in sorted(kept.keys() | now.keys()):
        if kept.get(pk) != now.get(pk) and pk not in touched and pk not in drawn:
            yield _difference(pk, kept.get(pk), now.get(pk))
    yield from _changed_since(draw, kept, then, touched)


def _submission(draw: Draw) -> int | None:
    """The number of the entry that froze this roster: the last submission."""
    rows = LedgerPayload.objects.filter(
        verb="inspections.submit_draw", object_kind=Draw._meta.label_lower, object_id=str(draw.pk), entry__action="draw.change"
    )
    return rows.order_by("-entry_id").values_list("entry_id", flat=True).first()


def _places_now(draw: Draw, day: dt.date) -> dict[int, Place]:
    """Where the registries as they stand would put every subject, judged on the day of the submission."""
    built = roster.build(draw, day)
    inside = {
        e.subject_id: Place(e.public_id, e.name, e.stratum, e.slips, ",".join(e.tags) or "-") for e in built.entries
    }
    return inside | {pk: Place(reason=reason) for pk, reason, _stratum in built.omissions}


def _touched(newest: Newest, since: int) -> dict[int, int]:
    """Subject → the last entry after ``since`` that wrote it, an exclusion, a complaint, a violation or a permit of it."""
    found: dict[int, int] = {}
    for model in REGISTRY:
        recent = {pk: kept.seq for pk, kept in newest.rows.get(model._meta.label_lower, {}).items() if kept.seq > since}
        if model is Subject or not recent:
            found |= recent
            continue
        for pk, subject_id in model._base_manager.annotate(whose=whose()).values_list("pk", "whose").iterator():
            if pk in recent:
                found[subject_id] = max(found.get(subject_id, 0), recent[pk])
    return found


def _drawn_since(draw: Draw, moment: dt.datetime) -> set[int]:
    """Subjects that another lot has drawn since, or that were replaced or stepped in since: they would stand otherwise today."""
    drawn = Q(kind=DrawnEntry.Kind.WINNER, draw__drawn_at__gt=moment)
    moved = Q(left_by__decided_at__gt=moment) | Q(came_by__decided_at__gt=moment)
    struck = Q(draw__strikes__state=Reported.STRUCK, draw__strikes__decided_at__gt=moment)
    rows = DrawnEntry.with_struck.filter(drawn | moved | struck, draw__mode=Mode.LOT, draw__state=DrawState.DRAWN)
    return set(rows.exclude(draw=draw).annotate(whose=whose("entry__subject")).values_list("whose", flat=True))


def _difference(pk: int, kept: Place | None, now: Place | None) -> Found:
    if kept is None:
        what = say("Subject %(subject)s is in scope and stands neither in the roster nor among those left out.", subject=pk)
        return Found("missing", pk, what)
    if now is None:
        return Found("invented", pk, say("Subject %(subject)s stands in the roster and is not in scope.", subject=pk))
    if kept.reason and not now.reason:
        return Found("missing", pk, say("Subject %(subject)s was left out without the reason that is given.", subject=pk))
    if now.reason and not kept.reason:
        return Found("invented", pk, say("Subject %(subject)s stands in the roster although it had to be left out.", subject=pk))
    return Found("altered", pk, say("Subject %(subject)s stands in the roster otherwise than in the registry.", subject=pk))


def _changed_since(
    draw: Draw, kept: Mapping[int, Place], then: Mapping[int, str], touched: Mapping[int, int]
) -> Iterator[Found]:
    """Subjects written since the submission, turned back to what they were, and that held against the roster."""
    scope = set(draw.matter.categories.values_list("pk", flat=True))
    names = {category.name: category.pk for category in SubjectCategory.objects.all()}
    submitted = _submission(draw) or 0
    pks = sorted(touched)
    for at in range(0, len(pks), AT_ONCE):
        for row in read_rows(Subject, pk__in=pks[at : at + AT_ONCE]):
            place, digest = kept.get(row.pk), then.get(row.pk)
            was = _as_it_was(row, names, submitted) if digest else {}
            if not digest and place is None:
                continue  # new since, and not in the roster: as it must be
            if not digest:
                what = say("Subject %(subject)s came into the registry after the submission.", subject=row.pk)
                yield Found("invented", row.pk, what)
            elif digest_of_values(Subject, was) != digest:
                yield Found("unproved", row.pk, _unproved(row.pk, touched[row.pk]))
            elif place is not None or scope.intersection(was["categories"]):
                yield _turned_back(row.pk, place, was, in_scope=bool(scope.intersection(was["categories"])), seq=touched[row.pk])


def _unproved(pk: int, seq: int) -> Sentence:
    return say(
        "Subject %(subject)s was changed since by entry %(seq)s; what it was does not follow from the ledger.", subject=pk, seq=seq
    )


def _turned_back(pk: int, place: Place | None, was: Mapping[str, Any], *, in_scope: bool, seq: int) -> Found:
    """A subject changed since whose columns of then are proved."""
    if place is None or not in_scope:
        what = say("Subject %(subject)s, changed since, stood otherwise at the submission.", subject=pk)
        return Found("missing" if place is None else "invented", pk, what)
    if not _named_so(place, was):
        what = say("Subject %(subject)s, changed since, had another name or key at the submission.", subject=pk)
        return Found("altered", pk, what)
    return Found("changed", pk, say("Subject %(subject)s was changed since the submission by entry %(seq)s.", subject=pk, seq=seq))


def _as_it_was(row: Any, categories: Mapping[str, int], since: int) -> dict[str, Any]:
    """The protected columns of a subject before the entries after ``since``, turned back one by one."""
    values = values_of(row)
    entries = history_of({Subject._meta.label_lower: [row.pk]}, among=OF_MANY).filter(entry_id__gt=since, entry__action="subject.change")
    for body in entries.order_by("-entry_id").values_list("body", flat=True):
        before = json.loads(body).get("before", {})
        for name, value in before.get("each", {}).get(str(row.pk), before).items():
            column = name.removesuffix("_id")
            if column == "categories":
                values[column] = sorted(categories.get(one, 0) for one in value)
            elif column in values:
                values[column] = value
    return values


def _named_so(place: Place, was: Mapping[str, Any]) -> bool:
    """Whether an entry has the key and the published name of then; of those left out only the reason is kept."""
    named = (was["uscc"] or was["key"], as_words(published_name(was["kind"], was["name"])))
    return bool(place.reason) or (place.public_id, place.name) == named
