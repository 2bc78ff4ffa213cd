"""Ledger entries told in words: when, who, what, which fields from what to what. Reads only."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from registries.fields import SealedTextField
from registries.ledger import queries
from registries.ledger.labels import LABELS, VALUES
from registries.ledger.models import LedgerPayload
from registries.ledger.words import NOTES, in_words

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:  # generic for the type checker only
    Field = models.Field

HIDDEN = frozenset(
    (
        "version",
        "password",
        "must_change_password",
        "position",
        "created_by",
        "created_at",
        "prepared_by",
        "prepared_at",
        "approved_by",
        "published_at",
        "submitted_at",
        "recorded_by",
        "search",
        "drawn",
        "public_id",
        "result_code",
        "result_group",
        "token",
        "token_digest",
        "attempts",
        "progressed_at",
        "merge_terms",
        "each",
    )
)
"""Columns that say nothing beyond who did it and when."""


class Altered(NamedTuple):
    """One field of an entry: its name, its text before and after ("" for nothing)."""

    field: str
    before: str
    after: str


class Telling(NamedTuple):
    """One entry in words."""

    seq: int
    time: dt.datetime
    who: str
    what: str
    verb: str
    object_kind: str
    object_id: str
    fields: list[Altered]
    note: str
    refused: str
    more: int
    address: str
    public: bool
    entry_hash: str


def spoken(value: Any) -> str:
    """A value that is no plain column: lists and groups of values in one line, empty ones as nothing."""
    if isinstance(value, dict):
        if "name" in value:
            return f"{value.get('code', '')} {value['name']}".strip()
        return "、".join(f"{LABELS.get(name, name)}{_bracketed(one)}" for name, one in value.items() if spoken(one))
    if isinstance(value, list):
        return "、".join(filter(None, map(spoken, value)))
    return str(VALUES.get(value, value)) if isinstance(value, str) else str(value)


def _bracketed(value: Any) -> str:
    return f"（{spoken(value)}）" if isinstance(value, dict) else f" {spoken(value)}"


class _Names:
    """Turns stored values into texts; foreign keys are looked up once for all entries, one query a table."""

    def __init__(self, bodies: Iterable[tuple[str, dict[str, Any]]]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for kind, body in bodies:
            for part in ("before", "after"):
                for name, value in body.get(part, {}).items():
                    field = _field(kind, name)
                    if isinstance(field, models.ForeignKey) and isinstance(value, int):
                        wanted[field.remote_field.model].add(value)
        self._rows = {model: model._default_manager.in_bulk(keys) for model, keys in wanted.items()}

    def text(self, field: Field | None, value: Any) -> str:
        """One value as people read it."""
        if value is None or value == "":
            return ""
        if isinstance(field, SealedTextField):
            return _("(kept encrypted)") if value else ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, models.ForeignKey):
            return str(self._rows.get(field.remote_field.model, {}).get(value, value))
        if field is not None and field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.DateTimeField):
            return dt.datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M")
        return spoken(value)


def _field(kind: str, name: str) -> Field | None:
    """The column an entry names, if its table still has it."""
    try:
        found = apps.get_model(kind)._meta.get_field(name.removesuffix("_id"))
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, models.Field) else None


def _untold(kind: str) -> Collection[str]:
    """Columns that a table keeps from whoever reads the ledger (``UNTOLD`` of its model), because its own pages say when they are shown."""
    try:
        untold: Collection[str] = getattr(apps.get_model(kind), "UNTOLD", ())
    except (LookupError, ValueError):
        return ()
    return untold


def _label(field: Field | None, name: str) -> str:
    """What a column is called: by itself, by the table it points to, or by :data:`LABELS`."""
    if field is None or str(field.verbose_name) == field.name.replace("_", " "):
        pointed = field.remote_field.model if isinstance(field, models.ForeignKey) else None
        return str(pointed._meta.verbose_name) if pointed is not None and name not in LABELS else _words_of(name)
    return str(field.verbose_name)


def _words_of(name: str) -> str:
    """Names of things an entry keeps that are no columns, or columns without a name of their own."""
    return str(LABELS.get(name, name))


def tell(payloads: Sequence[LedgerPayload]) -> list[Telling]:
    """These payloads (with entry and actor at hand) in words, in their order. One query a table of foreign keys."""
    return _all_told([(payload, json.loads(payload.body)) for payload in payloads])


def _all_told(bodies: Sequence[tuple[LedgerPayload, dict[str, Any]]]) -> list[Telling]:
    names = _Names((payload.object_kind, body) for payload, body in bodies if not payload.public)
    return [_tell(payload, body, names) for payload, body in bodies]


def _tell(payload: LedgerPayload, body: dict[str, Any], names: _Names) -> Telling:
    return Telling(
        seq=payload.entry_id,
        time=dt.datetime.fromisoformat(payload.entry.time),
        who=str(payload.actor) if payload.actor else _("published fact"),
        what=in_words(payload.verb),
        verb=payload.verb,
        object_kind=payload.object_kind,
        object_id=payload.object_id,
        fields=[] if payload.public else list(_altered(payload.object_kind, body, names)),
        note="" if payload.public else _noted(str(body.get("note", ""))),
        refused=_refusal(body) if not payload.public else "",
        more=0 if payload.public else int(body.get("more", 0)),
        address="" if payload.public else str(body.get("from", "")),
        public=payload.public,
        entry_hash=payload.entry.entry_hash,
    )


def _noted(note: str) -> str:
    """What somebody noted, as they wrote it; what a command notes itself (``words.NOTES``) in the reader's language."""
    return str(NOTES.get(note, note))


def _refusal(body: dict[str, Any]) -> str:
    """The reason of a refusal; in the reader's language where the kept English is a msgid."""
    reason = str(body.get("refused", ""))
    return _(reason) if reason else ""


def _altered(kind: str, body: dict[str, Any], names: _Names) -> Iterable[Altered]:
    before, after = body.get("before", {}), body.get("after", {})
    untold = HIDDEN.union(_untold(kind))
    for name in dict.fromkeys([*before, *after]):
        if name in untold or name.startswith("columns_"):
            continue  # the page of an import shows how its columns were matched
        field = _field(kind, name)
        if _is_actor(field, after.get(name), body):
            continue
        was, now = names.text(field, before.get(name)), names.text(field, after.get(name))
        if was or now:
            yield Altered(_label(field, name), was, now)


def _is_actor(field: Field | None, value: Any, body: dict[str, Any]) -> bool:
    """Whether a column repeats who did it."""
    return isinstance(field, models.ForeignKey) and field.remote_field.model._meta.label_lower == settings.AUTH_USER_MODEL.lower() and value is not None and value == body.get("actor")


def history_told(*objects: models.Model) -> list[Telling]:
    """All that happened to these objects (mostly one), newest first."""
    return tell(list(queries.history(*objects)))[::-1]


def told_of(wanted: Mapping[str, Collection[int]], among: Sequence[str] = ()) -> list[Telling]:
    """All that happened to these rows (table label → keys), newest first; see :func:`registries.ledger.queries.history_of`.

    Of an entry about many rows, what it did to the first of these.
    """
    bodies = [(payload, json.loads(payload.body)) for payload in queries.history_of(wanted, among)]
    return _all_told([(one, _of_one(body, wanted.get(one.object_kind, ())) if one.verb in among else body) for one, body in bodies])[::-1]


def _of_one(body: dict[str, Any], keys: Collection[int]) -> dict[str, Any]:
    """An entry about many rows as if it were about the first of ``keys``: what that one was stands under ``each``."""
    each = body.get("before", {}).get("each", {})
    before: dict[str, Any] = next((each[str(key)] for key in keys if str(key) in each), {})
    return {**body, "before": before, "after": {name: body["after"].get(name) for name in before}}


def kind_name(kind: str) -> str:
    """The name of a table for people ("registries.subject" → 检查对象)."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return kind
