"""The first look at an uploaded file, before any command: may it be opened, which sheets has it, which column is which.

Takes no lock and writes nothing: opening a large workbook takes seconds, and a command would keep everybody waiting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from registries.spreadsheets.columns import Layout, match, normalised
from registries.spreadsheets.gate import Unreadable, admit
from registries.spreadsheets.reading import Sheet, Table, find_header, open_sheets, tabulate


@dataclass(frozen=True)
class Surveyed:
    """One sheet of the file: whose layout it fits, its name, the number of its header row, the header as written, which
    column (name) stands where (index), how many rows it has, and headings that came twice."""

    layout: str
    sheet: str
    header_row: int
    headings: list[str]
    columns: dict[str, int]
    rows: int
    doubled: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Survey:
    """What the first look found. ``hostile``: the gate lets it not in; ``unreadable``: it is let in and cannot be read."""

    sheets: tuple[Surveyed, ...] = ()
    hostile: str = ""
    unreadable: str = ""

    @property
    def mapping(self) -> list[dict[str, Any]]:
        """The sheets as an import keeps them."""
        return [asdict(sheet) for sheet in self.sheets]


def survey(layouts: Sequence[Layout], content: bytes, remembered: Iterable[Sequence[Mapping[str, Any]]] = ()) -> Survey:
    """Look at a file for these layouts. ``remembered`` are mappings of earlier imports, the newest first."""
    try:
        form = admit(content)
    except Unreadable as no:
        return Survey(hostile=no.sentence)
    try:
        sheets = open_sheets(content, form)
        found = assign(sheets, layouts)
        if not found:
            tabulate(sheets[0], layouts[0])  # says which columns a header must name
        earlier = list(remembered)
        return Survey(tuple(_surveyed(layout, sheet, earlier) for layout, sheet in found))
    except Unreadable as no:
        return Survey(unreadable=no.sentence)


def assign(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> list[tuple[Layout, Sheet]]:
    """Which sheet is whose, in the order of the layouts: by name, else by the header that fits best.

    Only the first layout is looked for under any name with any fitting header; another needs all its required columns.
    """
    free = [sheet for sheet in sheets if sheet.rows]
    found: dict[str, Sheet] = {}
    for layout in layouts:
        named = next((s for s in free if normalised(s.name) == normalised(layout.sheet)), None)
        if named is not None and find_header(named.rows, layout) is not None:
            found[layout.kind] = named
            free.remove(named)
    for sheet in free:
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
    columns = dict(table.matching.mapping)
    for earlier in remembered:
        chosen = next((_as_before(one, table) for one in earlier if one["layout"] == layout.kind), None)
        if chosen:
            columns = chosen
            break
    return Surveyed(
        layout.kind,
        sheet.name,
        table.header_row,
        list(table.headings),
        columns,
        len(table.rows),
        list(table.matching.doubled),
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
