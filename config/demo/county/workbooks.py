"""Writes the sample county as an office would send it: merged titles, hints, dates and digits in several spellings.

The contents stand in the other modules; the columns are those of `registries.spreadsheets.layouts`. The same day gives the same bytes.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config.demo.county import checklists_hazards, checklists_order, checklists_other
from config.demo.county.bases import BASES, INSTRUMENTS
from config.demo.county.codes import CATEGORIES, CODE_TABLES, UNITS
from config.demo.county.dice import SEED, Dice
from config.demo.county.inspectors import Inspector, certificates, make_inspectors, recusals
from config.demo.county.matters import BODY, MATTERS, PUBLICATION
from config.demo.county.permits import Permit, permits, to_try
from config.demo.county.subjects import Subject, complaints, exclusions, make_subjects, violations
from registries.spreadsheets import layouts
from registries.spreadsheets.columns import Layout
from registries.spreadsheets.writing import settled

Cell = str | int | float | dt.date | dt.datetime | None

ITEMS = checklists_order.ITEMS | checklists_hazards.ITEMS | checklists_other.ITEMS
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_EPOCH = dt.date(1899, 12, 30)

NAMES = {
    "units": "01-单位.xlsx",
    "codes": "02-代码表.xlsx",
    "categories": "03-对象类别.xlsx",
    "matters": "04-抽查事项清单.xlsx",
    "subjects": "05-检查对象名录库.xlsx",
    "exclusions": "06-不在检查范围.xlsx",
    "complaints": "07-投诉举报.xlsx",
    "violations": "08-严重违法.xlsx",
    "inspectors": "09-执法检查人员名录库.xlsx",
    "recusals": "10-回避.xlsx",
    "permits": "11-许可证.xlsx",
}
"""Kind of import → file name, in the order in which they have to be imported."""
TO_TRY = "试一试-许可证.xlsx"
"""A list of permits that is not loaded: for whoever wants to see an import with rows of every kind, refused ones among them."""


def write_county(folder: Path, today: dt.date) -> list[Path]:
    """Write those of the workbooks that a folder lacks, in the order of import; days are counted from `today`."""
    dice = Dice()
    subjects = make_subjects(dice, today)
    inspectors = make_inspectors(dice)
    tables: dict[str, list[tuple[Layout, Iterable[Sequence[Cell]]]]] = {
        "units": [(layouts.UNITS, UNITS)],
        "codes": [(layouts.CODES, [(table, code, label) for table, codes in CODE_TABLES.items() for code, label in codes])],
        "categories": [(layouts.CATEGORIES, CATEGORIES)],
        "matters": [(layouts.MATTERS, _matters()), (layouts.BASES, _bases(dice)), (layouts.CHECKLIST, _checklist())],
        "subjects": [(layouts.SUBJECTS, [_subject(dice, subject) for subject in subjects])],
        "exclusions": [(layouts.EXCLUSIONS, _dated(dice, exclusions(subjects, today)))],
        "complaints": [(layouts.COMPLAINTS, _dated(dice, complaints(dice, subjects, today)))],
        "violations": [(layouts.VIOLATIONS, _dated(dice, violations(dice, subjects, today)))],
        "inspectors": [(layouts.INSPECTORS, map(_inspector, inspectors)), (layouts.CERTIFICATES, _certificates(dice, inspectors, today))],
        "recusals": [(layouts.RECUSALS, _dated(dice, recusals(dice, inspectors, subjects, today)))],
        "permits": [(layouts.PERMITS, _permits(Dice(SEED + 1), permits(Dice(SEED + 1), subjects, today)))],
    }
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / TO_TRY, [(layouts.PERMITS, _permits(Dice(SEED + 2), to_try(permits(Dice(SEED + 1), subjects, today), today)))], today)
    return [_write(folder / NAMES[kind], sheets, today) for kind, sheets in tables.items()]


def _write(path: Path, sheets: list[tuple[Layout, Iterable[Sequence[Cell]]]], today: dt.date) -> Path:
    if path.exists():
        return path
    workbook = Workbook()
    workbook.remove(workbook.active)
    for layout, rows in sheets:
        _fill(workbook.create_sheet(layout.sheet), layout, rows, today)
    path.write_bytes(settled(workbook))
    return path


def _fill(sheet: Worksheet, layout: Layout, rows: Iterable[Sequence[Cell]], today: dt.date) -> None:
    width = len(layout.columns)
    sheet.append([f"沂源县公安局{layout.sheet}表（示例数据，均为虚构）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append([f"填报单位：示例单位　　填报日期：{today.year}年{today.month}月{today.day}日　　带*的为必填项"])
    sheet.append([f"*{column.heading}" if column.required else column.heading for column in layout.columns])
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append(list(row))
    for _blank in range(5):
        sheet.append([" "])
    for at, column in enumerate(layout.columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = max(12, 2 * len(column.heading) + 4)
    sheet.freeze_panes = "A4"


def _matters() -> Iterator[Sequence[Cell]]:
    for matter in MATTERS:
        yield (
            matter.code, matter.area, matter.name, "", matter.content, matter.categories, matter.kind, matter.method, matter.mode, BODY,
            matter.unit, f"{matter.ratio}%", "每年1次", f"{matter.team_size}人", matter.fields, matter.specialties, matter.partners, PUBLICATION,
            matter.remarks or "示例事项，比例和条款以法制大队核定为准",
        )


def _bases(dice: Dice) -> Iterator[Sequence[Cell]]:
    for matter, instrument, article in BASES:
        law = INSTRUMENTS[instrument]
        yield matter, law.title, law.number, article, _spelt(dice, dt.date.fromisoformat(law.in_force_from)), ""


def _checklist() -> Iterator[Sequence[Cell]]:
    for matter in MATTERS:
        for position, item in enumerate(ITEMS[matter.code], start=1):
            yield matter.code, position, *item


def _subject(dice: Dice, subject: Subject) -> Sequence[Cell]:
    return (
        subject.key, subject.name, _coded(dice, subject.uscc), subject.old_number, subject.kind, "、".join(subject.categories), subject.unit,
        subject.town, _wide(dice, subject.address), subject.contact, _telephone(dice, subject.phone), _graded(dice, subject.grade),
        _spelt(dice, subject.graded_on), "示例信用平台" if subject.grade else "", subject.status, _spelt(dice, subject.verified_on),
    )


def _inspector(inspector: Inspector) -> Sequence[Cell]:
    return (
        inspector.number, inspector.name, inspector.sex, inspector.post, inspector.unit, inspector.specialties, inspector.fields,
        "是" if inspector.may_lead else "否", inspector.most_open, inspector.status, inspector.phone, inspector.id_number,
    )


def _certificates(dice: Dice, inspectors: list[Inspector], today: dt.date) -> Iterator[Sequence[Cell]]:
    for held in certificates(dice, inspectors, today):
        yield held.inspector, held.kind, held.number, held.issuer, _spelt(dice, held.valid_from), _spelt(dice, held.valid_until)


def _permits(dice: Dice, rows: Iterable[Permit]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        until = row.valid_until if isinstance(row.valid_until, str) else _spelt(dice, row.valid_until)
        yield row.subject, row.name, row.number, row.issuer, _spelt(dice, row.issued_on), _spelt(dice, row.valid_from), until, ""


def _dated(dice: Dice, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        yield [_spelt(dice, cell) if isinstance(cell, dt.date) else "长期" if cell is None else cell for cell in row]


def _spelt(dice: Dice, day: dt.date | None) -> Cell:
    """A day as one of the people who keep such lists writes it."""
    if day is None:
        return ""
    spellings: tuple[Cell, ...] = (
        day, day, day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", day.isoformat().translate(_WIDE), (day - _EPOCH).days,
    )
    return dice.one(spellings)


def _coded(dice: Dice, code: str) -> str:
    """A credit code, now and then in lower case, with spaces or in full-width digits."""
    luck = dice.between(1, 20)
    if luck == 1:
        return code.lower()
    if luck == 2:
        return f" {code[:6]} {code[6:]} " if code else ""
    return code.translate(_WIDE) if luck == 3 else code


def _telephone(dice: Dice, phone: str) -> Cell:
    """A telephone number, often typed as a number."""
    return int(phone) if phone.isdecimal() and dice.between(1, 3) == 1 else phone


def _wide(dice: Dice, text: str) -> str:
    luck = dice.between(1, 10)
    return text.translate(_WIDE) if luck == 1 else f"{text}　" if luck == 2 else text


def _graded(dice: Dice, grade: str) -> str:
    return f"{grade}级" if grade and dice.between(1, 12) == 1 else grade
