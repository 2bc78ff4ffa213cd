"""Rows of other tables as people's files name them: units, categories, codes, subjects and inspectors, by code or name.

Small tables are read whole; of subjects and inspectors only those that a file mentions.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.translation import gettext as _

from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Inspector
from registries.matters.models import Matter
from registries.people.models import Unit
from registries.spreadsheets.cleaning import key
from registries.subjects.models import Subject, SubjectCategory

AT_ONCE = 900  # parameters of one query; SQLite takes 999
MOST_ANSWERS = 12


class Named(NamedTuple):
    """One row: the ``code`` that names it for good, its primary key (None: it comes with this file), how people call
    it, the unit that keeps it (subjects and inspectors), all its spellings."""

    code: str
    pk: int | None
    label: str
    unit_id: int | None
    spellings: tuple[str, ...]
    active: bool = True


class Directory:
    """The rows of one table, found by any spelling; the first spelling that claims a word keeps it."""

    def __init__(self, rows: Iterable[Named], *, listed: bool, takes_all: bool = False) -> None:
        self.listed = listed
        self.takes_all = takes_all
        self._rows: dict[str, Named] = {}
        self._spelled: dict[str, str] = {}
        self._codes: dict[int, str] = {}
        taken = list(rows)
        for place in range(max((len(row.spellings) for row in taken), default=0)):
            for row in taken:
                if place < len(row.spellings) and row.spellings[place]:
                    self._spelled.setdefault(key(row.spellings[place]), row.code)
        for row in taken:
            self._keep(row)

    def _keep(self, row: Named) -> None:
        self._rows[row.code] = row
        if row.pk is not None:
            self._codes[row.pk] = row.code

    def add(self, row: Named) -> None:
        """A row that comes with this file."""
        if row.code not in self._rows:
            self._keep(row)
            for spelling in row.spellings:
                self._spelled.setdefault(key(spelling), row.code)

    def find(self, text: str) -> Named | None:
        """The row that is spelled so, or None; any, when there is nothing to look in."""
        code = self._spelled.get(key(text))
        if code is None and self.takes_all:
            self.add(Named(text, None, text, None, (text,)))
            return self._rows[text]
        return self._rows[code] if code is not None else None

    def get(self, code: str) -> Named | None:
        """The row of this code, or None."""
        return self._rows.get(code)

    def code(self, pk: int | None) -> str:
        """The code of a primary key; "" for none."""
        return self._codes.get(pk, "") if pk is not None else ""

    def label(self, code: str) -> str:
        """How people call the row of this code."""
        row = self._rows.get(code)
        return row.label if row else code

    def remedy(self, text: str) -> str:
        """What to write instead of a text that is not found."""
        if not self.listed:
            return _("Correct it, or import that table first.")
        active = [row for row in self._rows.values() if row.active]
        near = difflib.get_close_matches(text, [spelling for row in active for spelling in row.spellings if spelling], n=1)
        if near:
            return _("Perhaps “%(near)s” is meant.") % {"near": near[0]}
        answers = [row.label if row.label == row.spellings[0] else f"{row.code} {row.label}" for row in active[:MOST_ANSWERS]]
        more = "…" if len(active) > MOST_ANSWERS else ""
        return _("Use one of: %(answers)s") % {"answers": "、".join(answers) + more}


class Directories:
    """All directories of one check or commit; each is read when first asked for.

    With ``trusting`` an empty table is no reason to refuse: what names its rows is accepted, and ``trusted`` names the table.
    """

    def __init__(self, *, trusting: bool = False) -> None:
        self._read: dict[str, Directory] = {}
        self._trusting = trusting
        self.trusted: set[str] = set()

    def __getitem__(self, name: str) -> Directory:
        """The directory "unit", "category" or of a code table; "subject" and "inspector" must have been loaded."""
        if name not in self._read:
            rows = list(_TABLES[name]())
            self._read[name] = Directory(rows, listed=True, takes_all=self._trusts(name, empty=not rows))
        return self._read[name]

    def load(self, name: str, texts: Iterable[str]) -> None:
        """Read those subjects or inspectors that the file mentions by these texts."""
        if name in _MENTIONED:
            wanted = sorted({text for text in texts if text})
            rows = list(_MENTIONED[name](wanted))
            empty = not rows and self._trusting and not _MODELS[name]._default_manager.exists()
            self._read[name] = Directory(rows, listed=False, takes_all=self._trusts(name, empty=empty))

    def _trusts(self, name: str, *, empty: bool) -> bool:
        if empty and self._trusting:
            self.trusted.add(name)
        return empty and self._trusting

    def forget(self) -> None:
        """Read everything anew: rows were written."""
        self._read.clear()


def chunks(values: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The values in portions that one query takes."""
    for start in range(0, len(values), AT_ONCE):
        yield tuple(values[start : start + AT_ONCE])


def _units() -> Iterator[Named]:
    for unit in Unit.objects.all():
        yield Named(unit.code, unit.pk, unit.short_name or unit.name, unit.pk, (unit.code, unit.name, unit.short_name), unit.active)


def _categories() -> Iterator[Named]:
    for row in SubjectCategory.objects.all():
        yield Named(row.code, row.pk, row.name, None, (row.name, row.code), row.active)


def _matters() -> Iterator[Named]:
    for row in Matter.objects.all():
        yield Named(row.code, row.pk, row.code, None, (row.code,), row.active)


def _codes(table: str) -> Callable[[], Iterator[Named]]:
    def read() -> Iterator[Named]:
        for row in Code.objects.filter(table=table):
            yield Named(row.code, row.pk, row.label, None, (row.label, row.code), row.active)

    return read


def _subjects(texts: Sequence[str]) -> Iterator[Named]:
    seen: set[int] = set()
    for column in ("key", "uscc"):
        for part in chunks(texts):
            rows = Subject.objects.filter(**{f"{column}__in": part}).values_list("pk", "key", "uscc", "name", "unit_id")
            for pk, code, uscc, name, unit_id in rows:
                if pk not in seen:
                    seen.add(pk)
                    yield Named(code, pk, name, unit_id, (code, uscc or ""))
    yield from _by_old_number(texts, seen)


def _by_old_number(texts: Sequence[str], seen: set[int]) -> Iterator[Named]:
    """The subjects of these old registration numbers, each the only one that has it."""
    shared = shared_old_numbers(texts)
    for pk, code, uscc, name, unit_id, number in _of_old_numbers(texts, "pk", "key", "uscc", "name", "unit_id", "old_number"):
        if pk not in seen and number not in shared:
            yield Named(code, pk, name, unit_id, (code, uscc or "", number))


def shared_old_numbers(texts: Sequence[str]) -> set[str]:
    """Which of these old registration numbers several entries have, so that they name none."""
    return {number for number, times in Counter(number for (number,) in _of_old_numbers(texts, "old_number")).items() if times > 1}


def _of_old_numbers(texts: Sequence[str], *columns: str) -> Iterator[tuple[Any, ...]]:
    for part in chunks([text for text in texts if len(text) in {13, 15}]):
        yield from Subject.objects.filter(old_number__in=part, merged_into=None).values_list(*columns)


def _inspectors(texts: Sequence[str]) -> Iterator[Named]:
    for part in chunks(texts):
        for pk, number, name, unit_id in Inspector.objects.filter(number__in=part).values_list("pk", "number", "name", "unit_id"):
            yield Named(number, pk, name, unit_id, (number,))


_TABLES: dict[str, Callable[[], Iterable[Named]]] = {
    "unit": _units,
    "category": _categories,
    "matter": _matters,
    "town": _codes(CodeTable.TOWN),
    "field": _codes(CodeTable.FIELD),
    "specialty": _codes(CodeTable.SPECIALTY),
    "expert": _codes(CodeTable.EXPERT),
}
_MENTIONED: dict[str, Callable[[Sequence[str]], Iterable[Named]]] = {"subject": _subjects, "inspector": _inspectors}
_MODELS: dict[str, type[Model]] = {"subject": Subject, "inspector": Inspector}
