"""Holding a list of permit holders against the registry: which line is whose, who is missing, gone, or differs. Reads only."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registries.lists.searching import normalised
from registries.people.models import Unit
from registries.spreadsheets.cleaning import clean_row
from registries.spreadsheets.columns import Column, Kind, Layout
from registries.spreadsheets.gate import Unreadable
from registries.spreadsheets.reading import find_sheet, open_sheets, tabulate, why_not_importable
from registries.subjects.models import Permit, Subject, SubjectCategory
from registries.subjects.queries import whose

HOLDERS = Layout("holders", "持证单位", (
    Column("name", ("名称", "单位名称", "企业名称", "持证单位", "字号名称", "市场主体名称", "对象名称"), required=True, help=gettext_lazy("As on the licence"), longest=120),
    Column("code", ("统一社会信用代码", "信用代码", "社会信用代码", "统一社会信用代码/注册号", "注册号"), Kind.CODE, help=gettext_lazy("Credit code or old registration number"), longest=32),
    Column("permit", ("许可证编号", "许可证号", "证号", "许可编号", "证书编号"), Kind.CODE, help=gettext_lazy("Number of the permit"), longest=60),
    Column("valid_until", ("有效期至", "有效期止", "截止日期", "有效期"), Kind.DATE, help=gettext_lazy("Last day of the permit"), endless=True),
    Column("address", ("地址", "经营地址", "住所", "经营场所", "详细地址"), longest=200),
), key=("name", "code", "permit"))  # fmt: skip
"""What a list of permit holders may say; only the name is needed."""


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    row: int
    name: str
    code: str = ""
    permit: str = ""
    valid_until: dt.date | None = None
    address: str = ""

    def plain(self) -> dict[str, str]:
        """As it is kept with the comparison."""
        day = self.valid_until.isoformat() if self.valid_until else ""
        return {"name": self.name, "code": self.code, "permit": self.permit, "valid_until": day, "address": self.address}


@dataclass
class Findings:
    """What a comparison found: lines missing from the registry, entries not in the list, pairs that differ, what agrees."""

    missing: list[Listed] = field(default_factory=list)
    gone: list[Subject] = field(default_factory=list)
    differs: list[tuple[Listed, Subject, list[list[str]]]] = field(default_factory=list)
    same: int = 0
    listed: int = 0
    entries: int = 0
    unread: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The figures that are kept."""
        return {
            "listed": self.listed,
            "entries": self.entries,
            "same": self.same,
            "missing": len(self.missing),
            "gone": len(self.gone),
            "differs": len(self.differs),
            "unread": self.unread,
        }


def read(content: bytes) -> tuple[list[Listed], int]:
    """The lines of a list, and how many could not be read. Raises ``Unreadable`` with a sentence."""
    sheets = open_sheets(content)
    table = tabulate(find_sheet(sheets, HOLDERS) or sheets[0], HOLDERS)
    wrong = why_not_importable(table.matching)
    if wrong:
        raise Unreadable(wrong)
    found: dict[tuple[str, str, str], Listed] = {}
    unread = 0
    for number, record in table.rows:
        values: Mapping[str, Any] = clean_row(number, record, HOLDERS.columns).values
        if not values.get("name"):
            unread += 1
            continue
        line = Listed(number, **{name: value for name, value in values.items() if value is not None})
        found.setdefault((normalised(line.name), line.code.upper(), line.permit), line)
    return list(found.values()), unread


def entries_meant(lines: Sequence[Listed]) -> list[tuple[Listed, Subject | None]]:
    """Each line with the entry it means, whatever its category, unit or status; None where nobody answers to it, or several do."""
    everybody = Subject.objects.exclude(status=Subject.Status.MERGED).order_by("key")
    book = _book(everybody, lines)
    return [(line, book.find(line, {})) for line in lines]


def _book(everybody: QuerySet[Subject], lines: Sequence[Listed]) -> "_Book":
    return _Book(everybody, [line.code.upper() for line in lines], [line.permit for line in lines], [normalised(line.name) for line in lines])


def compare(lines: Sequence[Listed], unread: int, category: SubjectCategory, unit: Unit | None) -> Findings:
    """The list against the entries in operation of this category (and unit), and against the others where a line is known there."""
    everybody = Subject.objects.exclude(status=Subject.Status.MERGED).order_by("key")
    scope = _scope(everybody, category, unit)
    inside = {row.pk: row for row in scope}
    book = _book(everybody, lines)
    found, met = Findings(listed=len(lines), entries=len(inside), unread=unread), set[int]()
    for line in lines:
        subject = book.find(line, inside)
        if subject is None:
            found.missing.append(line)
            continue
        met.add(subject.pk)
        unlike = _unlike(line, subject, book.permits.get(subject.pk, ()), category if subject.pk not in inside else None)
        if unlike:
            found.differs.append((line, subject, unlike))
        else:
            found.same += 1
    found.gone = [row for row in inside.values() if row.pk not in met]
    return found


def _scope(everybody: QuerySet[Subject], category: SubjectCategory, unit: Unit | None) -> QuerySet[Subject]:
    members = Subject.categories.through.objects.filter(subjectcategory=category).values("subject_id")
    rows = everybody.filter(pk__in=members, status=Subject.Status.ACTIVE).defer("contact", "phone")
    return rows if unit is None else rows.filter(unit=unit)


AT_ONCE = 500
SEALED = ("contact", "phone", "merged_into__contact", "merged_into__phone")


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted({value for value in values if value})
    return (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))


class _Book:
    """The entries that the lines may mean: by code, by permit number, by normal name."""

    def __init__(self, everybody: QuerySet[Subject], codes: Iterable[str], permits: Iterable[str], names: Iterable[str]) -> None:
        rows = everybody.defer("contact", "phone")
        self.by_code: dict[str, Subject] = {}
        codes = list(codes)
        for part in _chunks(codes):
            for column in ("old_number", "key", "uscc"):
                named = Subject.objects.filter(**{f"{column}__in": part}).select_related("merged_into").defer(*SEALED)
                self.by_code |= {getattr(row, column): row.merged_into or row for row in named}
        self.by_permit: dict[str, int] = {}
        self.permits: dict[int, list[Permit]] = defaultdict(list)
        for part in _chunks(permits):
            held = Permit.objects.filter(number__in=part, ended_on=None).annotate(whose=whose())
            self.by_permit |= dict(held.order_by("pk").values_list("number", "whose"))
        self.rows = rows.in_bulk(sorted(set(self.by_permit.values())))
        wanted = set(names)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for pk, search in everybody.values_list("pk", "search"):
            name = search.partition(" ")[0]
            if name in wanted:
                self.by_name[name].append(pk)
        self.rows |= rows.in_bulk([pks[0] for pks in self.by_name.values() if len(pks) == 1])
        for permit in Permit.objects.filter(ended_on=None).annotate(whose=whose()).order_by("pk"):
            self.permits[permit.whose].append(permit)

    def find(self, line: Listed, inside: Mapping[int, Subject]) -> Subject | None:
        """Whose line it is: by its code, else by its permit, else by a name that only one entry of the scope, or at all, has."""
        found = self.by_code.get(line.code.upper()) if line.code else None
        if found is None and line.permit in self.by_permit:
            found = self.rows.get(self.by_permit[line.permit])
        if found is None:
            pks = self.by_name.get(normalised(line.name), [])
            near = [pk for pk in pks if pk in inside]
            if len(near) == 1:
                found = inside[near[0]]
            elif len(pks) == 1:
                found = self.rows.get(pks[0])
            if found is not None and line.code and found.uscc and found.uscc != line.code.upper():
                return None  # one name, two codes: two holders
        return found


def _unlike(line: Listed, subject: Subject, permits: Iterable[Permit], category: SubjectCategory | None) -> list[list[str]]:
    """[what, as listed, as in the registry] for each thing that differs."""
    found: list[list[str]] = []
    if normalised(line.name) != normalised(subject.name):
        found.append([_("Name"), line.name, subject.name])
    code = line.code.upper()
    if code and code not in (subject.uscc, subject.old_number, subject.key):
        found.append([_("Code"), line.code, subject.public_id])
    if subject.status != Subject.Status.ACTIVE:
        found.append([_("Status"), _("in the list"), subject.get_status_display()])
    if category is not None and subject.status == Subject.Status.ACTIVE:
        found.append([_("Category or unit"), category.name, _("kept elsewhere in the registry")])
    held = list(permits)
    if line.permit and held and line.permit not in {one.number for one in held}:
        found.append([_("Permit"), line.permit, "、".join(one.number for one in held)])
    same = next((one for one in held if one.number == line.permit), None)
    if same is not None and line.valid_until and same.valid_until != line.valid_until:
        found.append([_("Permit valid until"), line.valid_until.isoformat(), same.valid_until.isoformat() if same.valid_until else "–"])
    return found
