"""Changes of the registries in the 30 days before a submission that touched its roster: figures, who, when and why; never a name.

Told from the ledger: entries about one subject, inspector or recusal, and imports with the rows they wrote. What people wrote
as their reason is shown without the names, keys and numbers of the registries.
"""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, Q, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.draws.models import Draw
from registries.imports.models import ImportRow
from registries.imports.states import RowClass
from registries.inspectors.models import Certificate, Inspector, Recusal
from registries.ledger.models import LedgerPayload
from registries.subjects.models import Complaint, Exclusion, Subject, Violation
from registries.subjects.rules import OF_MANY

WINDOW = dt.timedelta(days=30)
SUBJECT, INSPECTOR, REVISION = "registries.subject", "registries.inspector", "registries.matterrevision"
ABOUT_SUBJECTS = {"registries.exclusion": Exclusion, "registries.complaint": Complaint, "registries.violation": Violation}
KINDS = (SUBJECT, INSPECTOR, REVISION, *ABOUT_SUBJECTS, "registries.certificate", "registries.recusal")
IMPORTED = "registries.commit_import"

WHAT: dict[str, Promise] = {
    "added": _("subjects added"),
    "merged": _("subjects merged"),
    "status": _("status changed"),
    "grade": _("risk grade changed"),
    "scope": _("category, township or unit changed"),
    "name": _("name or code changed"),
    "verified": _("confirmed as it stood"),
    "other": _("other particulars changed"),
    "exclusion": _("excluded, or an exclusion changed"),
    "complaint": _("complaints recorded"),
    "violation": _("violations recorded"),
    "inspector-added": _("inspectors added"),
    "inspector": _("inspectors changed"),
    "certificate": _("certificates of inspectors recorded"),
    "recusal": _("recusals declared"),
    "matter": _("the matter revised"),
}
"""What happened, in the order of the page."""

FIELDS = (
    ("status", ("status",)),
    ("grade", ("risk_grade",)),
    ("scope", ("categories", "town", "town_id", "unit", "unit_id")),
    ("name", ("name", "uscc", "key")),
)
"""The weightiest column that a change of a subject wrote says what it was."""

PREPARING = (
    "inspections.prepare_draw", "inspections.prepare_staffing", "inspections.prepare_adhoc", "inspections.change_draw",
    "inspections.change_staffing", "inspections.submit_draw", "inspections.announce_sources",
)  # fmt: skip
"""What a hand in the preparation of an order was."""

NUMBERS = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{15,18}(?![0-9A-Za-z])|\d{7,}")
"""Credit codes, identity numbers and phones, whoever they belong to."""


class Group(NamedTuple):
    """Changes of one kind by one person for one reason: how many concerned the roster and how many those left out of it."""

    what: str
    label: str
    inside: int
    outside: int
    who: str
    first: dt.datetime
    last: dt.datetime
    why: str
    prepared: bool


class Recent(NamedTuple):
    """Everything of the window. ``later``: changes after the submission, which do not touch the roster any more."""

    since: dt.datetime
    groups: list[Group]
    totals: list[tuple[str, int, int]]
    later: int

    @property
    def prepared(self) -> int:
        """How many changes came from somebody who prepared this draw."""
        return sum(group.inside + group.outside for group in self.groups if group.prepared)


class Touch(NamedTuple):
    """One row that one entry of the ledger wrote: (``table``, ``pk``) of a subject or inspector, and what happened to it."""

    what: str
    table: str
    pk: int
    entry: LedgerPayload
    why: str


def recent_changes(draw: Draw, places: Mapping[str, tuple[set[int], set[int]]], now: dt.datetime) -> Recent:
    """The changes before ``draw`` was submitted (until now, where it is not). ``places``: table → rows in the draw, and
    rows left out of it. One query, and one each for imports, for what is recorded about somebody, and for reasons."""
    until = draw.submitted_at or now
    since = until - WINDOW
    entries = _entries(draw, since)
    hands = {entry.actor_id for entry in entries if entry.object_kind == draw._meta.label_lower} | {draw.prepared_by_id}
    changes = [entry for entry in entries if entry.object_kind != draw._meta.label_lower]
    touches = _touches(draw, changes)
    concerned = [one for one in touches if any(one.pk in side for side in places[one.table])]
    before = [one for one in concerned if _moment(one.entry) <= until]
    groups = _grouped(before, places, hands)
    totals: Counter[tuple[str, bool]] = Counter()
    for group in groups:
        totals[group.what, True] += group.inside
        totals[group.what, False] += group.outside
    listed = [(str(label), totals[what, True], totals[what, False]) for what, label in WHAT.items()]
    return Recent(since, groups, [row for row in listed if row[1] or row[2]], len(concerned) - len(before))


def _entries(draw: Draw, since: dt.datetime) -> list[LedgerPayload]:
    """The entries that changed the registries since then, and those that changed this draw."""
    registry = Q(entry__time__gte=since.isoformat(), entry__action__endswith=".change") & (
        Q(object_kind__in=KINDS) | Q(verb=IMPORTED)
    )
    own = Q(
        object_kind=draw._meta.label_lower,
        object_id=str(draw.pk),
        verb__in=PREPARING,
    )
    return list(LedgerPayload.objects.filter(registry | own).select_related("entry", "actor").order_by("entry_id"))


def _moment(entry: LedgerPayload) -> dt.datetime:
    return dt.datetime.fromisoformat(entry.entry.time)


# --- from entries to rows ---------------------------------------------------------------------------------------------


def _touches(draw: Draw, entries: Sequence[LedgerPayload]) -> list[Touch]:
    """Every subject and inspector that these entries wrote, directly or through what is recorded about them."""
    bodies = [(entry, json.loads(entry.body)) for entry in entries]
    changed = _changed_by_imports([entry for entry, _body in bodies if entry.verb == IMPORTED])
    raw: list[tuple[str, int, str, LedgerPayload, str]] = []
    for entry, body in bodies:
        if entry.verb == IMPORTED:
            raw += _imported(entry, body, changed)
        elif entry.verb in OF_MANY and "each" in body.get("before", {}):
            each, why = body["before"]["each"], str(body.get("note", ""))
            raw += [(SUBJECT, int(pk), _weightiest(columns), entry, why) for pk, columns in each.items()]
        elif entry.object_kind != REVISION or entry.object_id == str(draw.matter_id):
            what = _what(entry.object_kind, entry.verb, body)
            raw.append((entry.object_kind, int(entry.object_id), what, entry, str(body.get("note", ""))))
    owners = _owners([(table, pk) for table, pk, *_rest in raw])
    clean = _without_names(bodies, {why for *_rest, why in raw})
    found = []
    for table, pk, what, entry, why in raw:
        for owner_table, owner in owners.get((table, pk), [(table, pk)] if table in (SUBJECT, INSPECTOR, REVISION) else []):
            found.append(Touch(what, owner_table, owner, entry, clean[why]))
    return found


def _what(table: str, verb: str, body: Mapping[str, Any]) -> str:
    """What a direct change of one row was."""
    after, before = body.get("after", {}), body.get("before", {})
    if table == SUBJECT:
        if "merge" in verb:
            return "merged"
        return "added" if not before and "key" in after else _weightiest(set(after) | set(before))
    if table == INSPECTOR:
        return "inspector-added" if not before and "number" in after else "inspector"
    return "matter" if table == REVISION else table.rpartition(".")[2]


def _weightiest(columns: Iterable[str]) -> str:
    wrote = set(columns) - {"version"}
    for what, names in FIELDS:
        if wrote.intersection(names):
            return what
    return "verified" if wrote <= {"verified_on"} else "other"


def _changed_by_imports(entries: Sequence[LedgerPayload]) -> dict[tuple[str, str], set[str]]:
    """(import, key of a subject) → columns that the import changed; those it added are not here."""
    if not entries:
        return {}
    rows = ImportRow.objects.filter(
        batch_id__in=[int(entry.object_id) for entry in entries], sheet="subjects", row_class=RowClass.CHANGED
    )
    return {(str(batch), key): set(values["set"]) for batch, key, values in rows.values_list("batch_id", "identity", "values")}


def _imported(
    entry: LedgerPayload, body: Mapping[str, Any], changed: Mapping[tuple[str, str], set[str]]
) -> list[tuple[str, int, str, LedgerPayload, str]]:
    """The rows that one import wrote. A subject whose key it did not change was added by it."""
    why = gettext("import of the file %(file)s") % {"file": body.get("after", {}).get("file", "")}
    effects = {key: _weightiest(columns) for (batch, key), columns in changed.items() if batch == entry.object_id}
    rows: list[tuple[str, int, str, LedgerPayload, str]] = []
    for table, pk, *_digest in body.get("also", ()):
        if table not in KINDS or table == REVISION:
            continue
        rows.append((table, int(pk), f"import:{table}" if table == SUBJECT and effects else _what(table, "", _ADDED), entry, why))
    return _resolved(rows, effects)


_ADDED: dict[str, Any] = {"after": {"key": "", "number": ""}}


def _resolved(
    rows: list[tuple[str, int, str, LedgerPayload, str]], effects: Mapping[str, str]
) -> list[tuple[str, int, str, LedgerPayload, str]]:
    """The subjects of an import told apart by their keys: changed so, or added."""
    if not effects:
        return rows
    pks = [pk for table, pk, what, *_rest in rows if what.startswith("import:") and table == SUBJECT]
    keys = dict(Subject.objects.filter(pk__in=pks, key__in=list(effects)).values_list("pk", "key"))
    return [
        (table, pk, effects.get(keys.get(pk, ""), "added") if what.startswith("import:") else what, entry, why)
        for table, pk, what, entry, why in rows
    ]


def _owners(rows: Sequence[tuple[str, int]]) -> dict[tuple[str, int], list[tuple[str, int]]]:
    """(table, row) of what is recorded about somebody → the subject or inspector, or both, that it is about. One query."""
    asked: dict[str, set[int]] = {}
    for table, pk in rows:
        if table not in (SUBJECT, INSPECTOR, REVISION):
            asked.setdefault(table, set()).add(pk)
    if not asked:
        return {}
    nobody = Cast(Value(None), IntegerField())
    parts: list[Any] = [
        model._default_manager.filter(pk__in=asked[table]).order_by().values_list(Value(table), "pk", "subject_id", nobody)
        for table, model in ABOUT_SUBJECTS.items()
        if table in asked
    ]
    if "registries.certificate" in asked:
        of = Certificate.objects.filter(pk__in=asked["registries.certificate"]).order_by()
        parts.append(of.values_list(Value("registries.certificate"), "pk", nobody, "inspector_id"))
    if "registries.recusal" in asked:
        pairs = Recusal.objects.filter(pk__in=asked["registries.recusal"]).order_by()
        parts.append(pairs.values_list(Value("registries.recusal"), "pk", "subject_id", nobody))
    found: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for table, pk, subject, inspector in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        owners = [(SUBJECT, subject)] if subject else []
        found[table, pk] = [*owners, *([(INSPECTOR, inspector)] if inspector else [])]
    return found


# --- from rows to figures ---------------------------------------------------------------------------------------------


def _grouped(touches: Sequence[Touch], places: Mapping[str, tuple[set[int], set[int]]], hands: set[int | None]) -> list[Group]:
    """The changes by kind, person and reason; first those of who prepared the draw, then in the order of ``WHAT``."""
    parts: dict[tuple[str, int | None, str], list[Touch]] = {}
    for one in touches:
        parts.setdefault((one.what, one.entry.actor_id, one.why), []).append(one)
    groups = []
    for (what, actor, why), members in parts.items():
        moments = [_moment(one.entry) for one in members]
        rows = {(one.table, one.pk) for one in members}
        inside = sum(pk in places[table][0] for table, pk in rows)
        who = str(members[0].entry.actor or "")
        label = str(WHAT.get(what, what))
        groups.append(Group(what, label, inside, len(rows) - inside, who, min(moments), max(moments), why, actor in hands))
    order = list(WHAT)
    return sorted(groups, key=lambda g: (not g.prepared, order.index(g.what) if g.what in order else len(order), g.first))


def _without_names(bodies: Sequence[tuple[LedgerPayload, Mapping[str, Any]]], texts: set[str]) -> dict[str, str]:
    """Each reason without a name, key or number of anybody in the registries. One query."""
    written = "\n".join(sorted(texts))
    if not written.strip():
        return dict.fromkeys(texts, "")
    names = {
        str(part[column])
        for _entry, body in bodies
        for part in (body.get("before", {}), body.get("after", {}))
        for column in ("name", "uscc", "key", "number")
        if part.get(column)
    }
    said = Value(written, output_field=CharField())
    subjects = Subject.objects.annotate(said=said).filter(
        Q(said__contains=F("name")) | Q(said__contains=F("key")) | Q(said__contains=F("uscc"))
    )
    inspectors = Inspector.objects.annotate(said=said).filter(Q(said__contains=F("name")) | Q(said__contains=F("number")))
    found = subjects.order_by().values_list("name", "key", "uscc").union(
        inspectors.order_by().values_list("name", "number", Cast(Value(None), CharField()))
    )
    names |= {word for row in found for word in row if word}
    ordered = sorted((name for name in names if len(name) > 1), key=len, reverse=True)
    left_out = gettext("(left out)")
    return {text: _masked(text, ordered, left_out) for text in texts}


def _masked(text: str, names: Sequence[str], left_out: str) -> str:
    for name in names:
        text = text.replace(name, left_out)
    return NUMBERS.sub(left_out, text)
