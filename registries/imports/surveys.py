"""The first look at an uploaded file, before any command: may it be opened, which sheets has it, which column is which.

Takes no lock and writes nothing: opening a large workbook takes seconds, and a command would keep everybody waiting.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from registries.imports.collector import collector_rests
from registries.spreadsheets.columns import Layout, match, normalised
from registries.spreadsheets.gate import Unreadable
from registries.spreadsheets.oddities import misplaced, rows_aside
from registries.spreadsheets.opening import Book
from registries.spreadsheets.reading import Sheet, Table, find_header, open_book, tabulate

_ASIDE = ("说明", "须知", "参数", "字典", "下拉", "选项", "填表", "填报要求", "代码对照", "_lists")
"""Words of the names of sheets that explain or list and hold no entries."""


@dataclass(frozen=True)
class Surveyed:
    """One sheet of the file: whose layout it fits, its name, the number of its header row, the header as written, which
    column (name) stands where (index), how many rows it has, and headings that came twice.

    ``proposed`` are rows to leave out (``oddities.Aside``), ``left_out`` the numbers of those that are; ``doubts`` columns that
    hold something else (``oddities.Doubt``); hidden rows (how many) and columns (from 1) are read, and said to be. ``others`` are
    the sheets with the same columns, one of which may be read in its place.
    """

    layout: str
    sheet: str
    header_row: int
    headings: list[str]
    columns: dict[str, int]
    rows: int
    doubled: list[str] = field(default_factory=list)
    proposed: list[tuple[int, str, str]] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    doubts: list[tuple[int, str, str, int, int, str]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()
    others: tuple["Surveyed", ...] = ()


@dataclass(frozen=True)
class Survey:
    """What the first look found. ``hostile``: the gate lets it not in; ``unreadable``: it is let in and cannot be read.

    ``unread`` are the sheets that are not read, each with the reason: "hidden", "aside" (explanations, lists, another table), or
    "same" (the same columns as a sheet that is read).
    """

    sheets: tuple[Surveyed, ...] = ()
    hostile: str = ""
    unreadable: str = ""
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def mapping(self) -> list[dict[str, Any]]:
        """The sheets as an import keeps them; the first one also names those that are not read."""
        kept = [asdict(sheet) for sheet in self.sheets]
        if kept and self.unread:
            kept[0]["unread"] = [list(one) for one in self.unread]
        return kept


@collector_rests
def survey(layouts: Sequence[Layout], content: bytes, remembered: Iterable[Sequence[Mapping[str, Any]]] = ()) -> Survey:
    """Look at a file for these layouts. ``remembered`` are mappings of earlier imports, the newest first."""
    try:
        book = open_book(content)
        found = assign(book.sheets, layouts)
        if not found:
            tabulate(book.sheets[0], layouts[0])  # says which columns a header must name
        earlier = list(remembered)
        unread = [(name, "hidden") for name in book.unseen if not _is_aside(name)]
        others: dict[str, list[Surveyed]] = {}
        for sheet in _left(book, found):
            layout = next((layout for layout, _sheet in found if not _is_aside(sheet.name) and _fit(sheet, layout, first=False)), None)
            unread.append((sheet.name, "same" if layout else "aside"))
            if layout is not None:
                others.setdefault(layout.kind, []).append(_surveyed(layout, sheet, earlier))
        sheets = [_surveyed(layout, sheet, earlier) for layout, sheet in found]
        return Survey(tuple(replace(one, others=tuple(others.get(one.layout, ()))) for one in sheets), unread=tuple(unread))
    except Unreadable as no:
        return Survey(hostile=no.sentence) if no.hostile else Survey(unreadable=no.sentence)


def with_sheets(mapping: Sequence[Mapping[str, Any]], names: Collection[str]) -> list[dict[str, Any]]:
    """A kept mapping (:attr:`Survey.mapping`) with those of its ``others`` that are named in place of the sheets that stand there."""
    chosen = []
    for one in mapping:
        known = [one, *one.get("others", ())]
        pick = next((other for other in known[1:] if other["sheet"] in names), one)
        rest = [{**other, "others": []} for other in known if other is not pick]
        told = {"unread": one["unread"]} if "unread" in one else {}
        chosen.append({**pick, **told, "others": rest})
    return chosen


def _left(book: Book, found: Sequence[tuple[Layout, Sheet]]) -> list[Sheet]:
    """The sheets of the file with anything in them that no layout takes."""
    taken = [sheet.name for _layout, sheet in found]
    return [sheet for sheet in book.sheets if sheet.rows and sheet.name not in taken]


def _is_aside(name: str) -> bool:
    return any(word in name for word in _ASIDE)


def assign(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> list[tuple[Layout, Sheet]]:
    """Which sheet is whose, in the order of the layouts: by name, else by the header that fits best.

    Only the first layout is looked for under any name with any fitting header; another needs all its required columns.
    """
    free = sorted((sheet for sheet in sheets if sheet.rows), key=lambda sheet: _is_aside(sheet.name))
    found: dict[str, Sheet] = {}
    for layout in layouts:
        named = next((s for s in free if normalised(s.name) == normalised(layout.sheet)), None)
        if named is not None and find_header(named.rows, layout) is not None:
            found[layout.kind] = named
            free.remove(named)
    entries = [sheet for sheet in free if not _is_aside(sheet.name)]
    if len(layouts) == 1 and not found:  # of several sheets under any name, the one that fits best
        entries = sorted(entries, key=lambda sheet: -_fit(sheet, layouts[0], first=True))
    for sheet in entries or free:
        open_layouts = [layout for layout in layouts if layout.kind not in found]
        fits = [(_fit(sheet, layout, first=layout is layouts[0]), -at, layout) for at, layout in enumerate(open_layouts)]
        best = max(fits, key=lambda fit: fit[:2], default=None)
        if best is not None and best[0]:
            found[best[2].kind] = sheet
    return [(layout, found[layout.kind]) for layout in layouts if layout.kind in found]


def _fit(sheet: Sheet, layout: Layout, *, first: bool) -> int:
    header = find_header(sheet.rows, layout)
    if header is None:
        return 0
    matching = match(sheet.rows[header], layout.columns)
    return len(matching.mapping) if first or not matching.missing else 0


def _surveyed(layout: Layout, sheet: Sheet, remembered: Iterable[Sequence[Mapping[str, Any]]]) -> Surveyed:
    table = tabulate(sheet, layout)
    columns, doubled = dict(table.matching.mapping), list(table.matching.doubled)
    for earlier in remembered:
        chosen = next((_as_before(one, table) for one in earlier if one["layout"] == layout.kind), None)
        if chosen:
            columns = chosen
            break
    table = tabulate(sheet, layout, columns)
    aside = rows_aside(sheet, table)
    left_out = [one.row for one in aside]
    table.rows[:] = [row for row in table.rows if row[0] not in set(left_out)]
    return Surveyed(
        layout.kind,
        sheet.name,
        table.header_row,
        list(table.headings),
        columns,
        len(table.rows),
        doubled,
        [(one.row, one.text, one.why) for one in aside],
        left_out,
        [(one.place, one.heading, one.holds, one.hits, one.rows, one.instead) for one in misplaced(sheet, table)],
        sheet.hidden_rows,
        sheet.hidden_columns,
    )


def _as_before(earlier: Mapping[str, Any], table: Table) -> dict[str, int] | None:
    """The columns an earlier mapping chose by their headings, where all of those stand in this file; else None.

    Headings that the earlier file did not have are matched as always; those it had and did not choose stay unchosen.
    """
    places: dict[str, int] = {}
    for at, heading in enumerate(table.headings):
        places.setdefault(normalised(heading), at)
    wanted = {name: normalised(earlier["headings"][at]) for name, at in earlier["columns"].items()}
    if not wanted or any(not heading or heading not in places for heading in wanted.values()):
        return None
    chosen = {name: places[heading] for name, heading in wanted.items()}
    had = {normalised(heading) for heading in earlier["headings"]}
    for name, at in table.matching.mapping.items():
        if name not in chosen and at not in chosen.values() and normalised(table.headings[at]) not in had:
            chosen[name] = at
    return chosen
