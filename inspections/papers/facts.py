"""What stands on each document, in plain values: the templates print these and read nothing else.

The same facts give the same bytes. Whoever makes a document of another room (an order, a letter) fills one of these.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Party:
    """The inspected: name, code, address, and who answers for it."""

    name: str
    code: str = ""
    address: str = ""
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Officer:
    """An inspector as a document names them: certificate kind and number beside the name."""

    name: str
    certificate: str
    unit: str
    number: str = ""
    lead: bool = False


@dataclass(frozen=True)
class MatterLine:
    """A matter with what is looked at, its legal basis and how often it may be inspected."""

    name: str
    content: str
    basis: str
    frequency: str = ""


@dataclass(frozen=True)
class NoticeFacts:
    """行政检查通知书."""

    number: str
    bureau: str
    unit: str
    phone: str
    party: Party
    source: str
    method: str
    matters: Sequence[MatterLine]
    officers: Sequence[Officer]
    materials: Sequence[str]
    first_day: dt.date
    last_day: dt.date
    issued_on: dt.date
    address: str
    check: str
    demo: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON, to be frozen."""
        days = {name: getattr(self, name).isoformat() for name in ("first_day", "last_day", "issued_on")}
        return {**asdict(self), **days}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "NoticeFacts":
        """What :meth:`plain` wrote."""
        days = {name: dt.date.fromisoformat(kept[name]) for name in ("first_day", "last_day", "issued_on")}
        lists = {
            "party": Party(**kept["party"]),
            "matters": [MatterLine(**one) for one in kept["matters"]],
            "officers": [Officer(**one) for one in kept["officers"]],
        }
        return cls(**{**kept, **days, **lists})


@dataclass(frozen=True)
class Answered:
    """One item of a checklist as answered; ``answer`` is empty on a form to be filled in by hand."""

    item: str
    article: str
    answer: str = ""
    remark: str = ""


@dataclass(frozen=True)
class AnsweredMatter:
    """The checklist of one matter."""

    name: str
    lines: Sequence[Answered]


@dataclass(frozen=True)
class Signed:
    """A signature: by an own account, drawn by hand (``path`` of an SVG 1000 × 400) or not."""

    name: str
    at: dt.datetime
    path: str = ""


@dataclass(frozen=True)
class OtherSide:
    """The inspected person's side: who signed, or why nobody did and who witnessed it."""

    how: str
    name: str = ""
    witness: str = ""
    remark: str = ""
    path: str = ""


@dataclass(frozen=True)
class CaseFacts:
    """What record and result form say of a case; everything after ``notice`` is empty before the visit."""

    number: str
    bureau: str
    unit: str
    party: Party
    kind: str
    source: str
    officers: Sequence[Officer]
    matters: Sequence[AnsweredMatter]
    methods: str = ""
    notice: str = ""
    inspected_on: dt.date | None = None
    present: str = ""
    result: str = ""
    findings: str = ""
    disposal: str = ""
    signatures: Sequence[Signed] = ()
    side: OtherSide | None = None
    content_hash: str = ""
    reviewer: str = ""
    review: str = ""
    reviewed_on: dt.date | None = None
    published_on: dt.date | None = None
    due_on: dt.date | None = None
    demo: bool = False


@dataclass(frozen=True)
class IndexLine:
    """One document in a case file: title, number, day, and who answers for it."""

    title: str
    number: str = ""
    day: dt.date | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class IndexFacts:
    """案卷目录."""

    number: str
    bureau: str
    unit: str
    party: str
    opened_on: dt.date
    closed_on: dt.date | None
    lines: Sequence[IndexLine]
    demo: bool = False


@dataclass(frozen=True)
class ApprovalFacts:
    """行政检查审批表 of a task: one order, before anybody knows whom it draws."""

    number: str
    bureau: str
    unit: str
    source: str
    ground: str
    matters: Sequence[MatterLine]
    method: str
    scope: str
    quota: str
    team: str
    planned: dt.datetime | None
    prepared_by: str
    prepared_at: dt.datetime
    approved_by: str
    approved_at: dt.datetime | None
    order_hash: str
    note: str = ""
    demo: bool = False


@dataclass(frozen=True)
class PlanLine:
    """One item of the year's plan."""

    code: str
    matters: str
    unit: str
    quantity: str
    months: str
    source: str
    document: str = ""


TITLE_WIDTH = 20
"""Characters of 22 pt on a line of 156 mm."""


@dataclass(frozen=True)
class PlanFacts:
    """年度抽查计划."""

    number: str
    bureau: str
    title: str
    unit: str
    year: int
    lines: Sequence[PlanLine]
    published_on: dt.date | None
    demo: bool = False

    @property
    def title_lines(self) -> list[str]:
        """The title as it is set: a long one breaks after the year, where its sense does (GB/T 9704, 7.3.1)."""
        head, year, rest = self.title.partition("年度")
        return [head + year, rest] if rest and len(self.title) > TITLE_WIDTH else [self.title]


@dataclass(frozen=True)
class RectificationFacts:
    """责令限期改正通知书: what was found, by which article, what is to be put right and until when."""

    number: str
    bureau: str
    unit: str
    party: Party
    case: str
    inspected_on: dt.date
    problems: Sequence[str]
    basis: str
    demands: Sequence[str]
    due_on: dt.date
    issued_on: dt.date
    phone: str = ""
    demo: bool = False


@dataclass(frozen=True)
class ExtensionFacts:
    """责令限期改正延期通知书: which order, until when instead of when, and why."""

    number: str
    bureau: str
    unit: str
    party: Party
    order: str
    ordered_on: dt.date
    was_due_on: dt.date
    due_on: dt.date
    reason: str
    issued_on: dt.date
    phone: str = ""
    demo: bool = False


@dataclass(frozen=True)
class TransferFacts:
    """移送函 to another authority; with ``criminal`` 涉嫌犯罪案件移送书 to the unit that investigates."""

    number: str
    bureau: str
    unit: str
    to: str
    party: Party
    case: str
    inspected_on: dt.date
    found: str
    basis: str
    enclosures: Sequence[str]
    issued_on: dt.date
    contact: str = ""
    phone: str = ""
    criminal: bool = False
    demo: bool = False


@dataclass(frozen=True)
class ObjectionFacts:
    """异议答复书: what was objected to, what was found, what is decided and where to turn next."""

    number: str
    bureau: str
    unit: str
    party: Party
    case: str
    received_on: dt.date
    objection: str
    findings: str
    decision: str
    basis: str
    issued_on: dt.date
    phone: str = ""
    demo: bool = False


LetterFacts = RectificationFacts | ExtensionFacts | TransferFacts
LETTERS: dict[str, type[LetterFacts]] = {
    "rectification": RectificationFacts,
    "extension": ExtensionFacts,
    "transfer": TransferFacts,
    "criminal": TransferFacts,
}
"""Kind of number → what stands on the letter that carries it."""


def kept(letter: LetterFacts) -> dict[str, Any]:
    """An order or letter as JSON, to be frozen."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in asdict(letter).items()}


def read(kind: str, frozen: Mapping[str, Any]) -> LetterFacts:
    """What :func:`kept` wrote."""
    shape = LETTERS[kind]
    days = {one.name: dt.date.fromisoformat(frozen[one.name]) for one in fields(shape) if one.type is dt.date}
    return shape(**{**frozen, **days, "party": Party(**frozen["party"])})
