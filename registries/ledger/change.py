"""What a command returns, what it raises, and how it writes a row: Change, Refused, refuse, alter, create."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext

from registries.ledger.sentences import Sentence


def translated(what: Sentence) -> str:
    """A sentence in the reader's language."""
    return what.filled(gettext)


class Refused(Exception):
    """A command said no. ``sentence`` is for the person, translated; ``reason`` is the msgid, for the ledger."""

    def __init__(self, why: Sentence) -> None:
        self.why = why
        super().__init__(self.reason)

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return translated(self.why)

    @property
    def reason(self) -> str:
        """The reason in English, as the ledger keeps it."""
        return self.why.english


def refuse(why: Sentence | None) -> None:
    """Raise :class:`Refused` with this sentence, if there is one."""
    if why is not None:
        raise Refused(why)


def refuse_now(why: Sentence) -> NoReturn:
    """Raise :class:`Refused` with this sentence."""
    raise Refused(why)


@dataclass(frozen=True)
class Fact:
    """A public fact of a draw: its action is exact and its payload public for ever (draw protocol 1, §7)."""

    action: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What happened: the object, its fields before and after, a note, and public facts if it concerns a draw.

    ``also`` are other rows whose protected columns were written with it, ``gone`` (table, key) such rows that were
    deleted: the entry keeps the digests of both kinds too, and the self-check holds every row against its newest digest.
    """

    obj: models.Model
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    facts: tuple[Fact, ...] = ()
    also: tuple[models.Model, ...] = ()
    gone: tuple[tuple[str, int], ...] = ()


def leaving(rows: Iterable[models.Model]) -> tuple[tuple[str, int], ...]:
    """These rows as ``Change.gone`` names them; to be asked before they are deleted."""
    return tuple((row._meta.label_lower, row.pk) for row in rows)


def plain(value: Any) -> Any:
    """A column's value as it stands in the ledger: a row by its key, a sealed text never."""
    return value.pk if isinstance(value, models.Model) else value


def shown(obj: models.Model, names: list[str]) -> dict[str, Any]:
    """The named columns of ``obj`` as the ledger shows them; encrypted ones only as filled or empty."""
    sealed = {f.name for f in obj._meta.fields if getattr(f, "sealed", False)}
    return {n: bool(getattr(obj, n)) if n in sealed else plain(getattr(obj, n)) for n in names}


def alter(obj: models.Model, *, note: str = "", facts: tuple[Fact, ...] = (), **values: Any) -> Change:
    """Set columns, save just these, and say what changed."""
    names = list(values)
    before = shown(obj, names)
    for name, value in values.items():
        setattr(obj, name, value)
    extra = []
    if "version" not in values and hasattr(obj, "version"):
        obj.version += 1
        extra = ["version"]
    obj.save(update_fields=[*names, *extra])
    after = shown(obj, names)
    changed = [n for n in names if before[n] != after[n]]
    return Change(obj, {n: before[n] for n in changed}, {n: after[n] for n in changed}, note, facts)


def created(obj: models.Model, *, note: str = "", facts: tuple[Fact, ...] = ()) -> Change:
    """Save a new row and say what it holds (empty columns left out)."""
    obj.save(force_insert=True)
    names = [f.name for f in obj._meta.fields if not f.primary_key]
    return Change(obj, {}, {n: v for n, v in shown(obj, names).items() if v not in ("", None)}, note, facts)
