"""What a column is, and how the headings of a file are matched to the columns a room asks for.

The cells under a heading are read in `cleaning`; the columns of each kind of table stand in `layouts`.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROW_HEADING = "原行号"
PROBLEM_HEADING = "%s（问题）"
WHOLE_ROW = "整行"
_OWN_NOTES = (ROW_HEADING, "（问题）", "(问题)")
_NOISE = re.compile(r"[\s\u3000*:;,.()\[\]{}<>《》【】〔〕「」“”\"'、。/\\_\-]+")

_ASIDE = re.compile(r"[（(\[【〔].*?[)）\]】〕]|[（(].*$|[:：].*$", re.DOTALL)


class Kind(StrEnum):
    """How the cells of a column are read; the value a cleaned cell has is named in brackets."""

    TEXT = "text"  # str, "" when blank
    CODE = "code"  # str, a number read as text: 13970000001.0 → "13970000001"
    USCC = "uscc"  # str, checked by GB 32100-2015
    ID_NUMBER = "id_number"  # str, 18-character citizen ID number, checked
    DATE = "date"  # datetime.date | None
    INTEGER = "integer"  # int | None
    DECIMAL = "decimal"  # Decimal | None
    PERCENT = "percent"  # Decimal | None, 5 for five in a hundred
    FLAG = "flag"  # bool | None
    CHOICE = "choice"  # str, the `value` of one of the column's choices, "" when blank
    LABELS = "labels"  # tuple[str, ...], several labels in one cell, joined by 、 or the like


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a column takes: `value` is kept, `label` is what templates and exports write."""

    value: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a table may have. `headings[0]` is the official one; the others are what offices also write.

    `affixes` are words taken off a number before it is read (次, 人, 每年); `endless` says that 长期 is an answer;
    `longest` is the most characters a text may have; `least` and `most` bound a number; `strict` is the pattern a code
    must match whole. `spare` are headings that are taken only when none of `headings` is there. `beside` is the column of the
    old registration numbers, which offices write under one heading with this one's (`统一社会信用代码/注册号`).
    """

    name: str
    headings: tuple[str, ...]
    kind: Kind = Kind.TEXT
    required: bool = False
    help: "StrOrPromise" = ""
    choices: tuple[Choice, ...] = ()
    affixes: tuple[str, ...] = ()
    endless: bool = False
    longest: int = 200
    least: int | None = None
    most: int | None = None
    strict: str = ""
    spare: tuple[str, ...] = ()
    beside: str = ""

    @property
    def heading(self) -> str:
        """The official heading, the one that templates, exports and refusals show."""
        return self.headings[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of sheet: its English `kind`, its Chinese sheet name, its columns, and the names of its key columns.

    Two rows with the same key are the same thing: within a file a duplicate, in the registry an update.
    """

    kind: str
    sheet: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the layout has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Matching:
    """Which column stands where: `mapping` name → index, what is `missing`, what was `unknown`, what came `doubled`.

    `unknown` and `doubled` are the headings as written in the file.
    """

    mapping: dict[str, int]
    missing: tuple[Column, ...]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """True when no required column is missing and none was given twice."""
        return not self.missing and not self.doubled


def normalised(heading: object) -> str:
    """A heading as it is compared: half-width, lower case, without spaces, punctuation or the words in a bracket's skin."""
    text = unicodedata.normalize("NFKC", "" if heading is None else str(heading))
    return _NOISE.sub("", text).casefold()


def match(header: Sequence[object], columns: Sequence[Column]) -> Matching:
    """Match a header row to columns by their headings and synonyms.

    A blank heading is nobody's, and neither are the notes that a workbook of refused rows carries beside its cells.
    """
    names = {normalised(spelling): column.name for column in reversed(columns) for spelling in reversed(column.headings)}
    mapping: dict[str, int] = {}
    unknown: list[str] = []
    doubled: list[str] = []
    for index, cell in enumerate(header):
        key = normalised(cell)
        if not key or str(cell).strip().endswith(_OWN_NOTES):
            continue
        name = names.get(key) or names.get(normalised(_ASIDE.sub("", str(cell))))
        if name is None:
            unknown.append(str(cell).strip())
        elif name in mapping:
            doubled.append(str(cell).strip())
        else:
            mapping[name] = index
    for column in columns:
        if column.name not in mapping and (at := _spare(header, column, mapping.values())) is not None:
            mapping[column.name] = at
            unknown.remove(str(header[at]).strip())
    missing = tuple(column for column in columns if column.required and column.name not in mapping)
    return Matching(mapping, missing, tuple(unknown), tuple(doubled))


def _spare(header: Sequence[object], column: Column, taken: Collection[int]) -> int | None:
    """Where the first of the column's spare headings stands, in the order in which the column names them."""
    places = {normalised(cell): at for at, cell in reversed(list(enumerate(header))) if at not in taken}
    return next((places[key] for key in map(normalised, column.spare) if key in places), None)
