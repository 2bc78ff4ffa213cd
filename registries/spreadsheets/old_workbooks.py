"""What a BIFF workbook (.xls) hides, which its parser does not tell: rows and columns of each sheet, and how it counts days.

Knows of the container (a small file system) and of the records only as much as that takes; whatever it does not understand hides
nothing. It is part of the program `apart` and knows no Django.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_LAST_SECTOR = 0xFFFFFFFA  # what is greater is no number of a sector
_BOUND_SHEET, _DATE_MODE, _BEGIN, _END, _ROW, _COLUMNS = 0x85, 0x22, 0x809, 0x0A, 0x208, 0x7D
_BIFF8 = 0x600
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 1


class Head(NamedTuple):
    """What one sheet hides: how many rows, which columns (from 1); and whether its days are counted from 1904."""

    hidden_rows: int
    hidden_columns: list[int]
    epoch_1904: bool


def heads(content: bytes, most_columns: int) -> dict[str, Head]:
    """Sheet → its head; empty for a workbook older than Excel 97, or one that is built in a way not known here."""
    try:
        return _heads(_stream(content), most_columns)
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _heads(stream: bytes, most_columns: int) -> dict[str, Head]:
    starts: dict[str, int] = {}
    epoch_1904 = False
    for kind, data in _records(stream, 0):
        if kind == _BEGIN and struct.unpack_from("<H", data)[0] != _BIFF8:
            return {}
        if kind == _BOUND_SHEET:
            start, _visible, _type, length, wide = struct.unpack_from("<IBBBB", data)
            name = data[8 : 8 + length * (1 + (wide & 1))]
            starts[name.decode("utf-16-le" if wide & 1 else "latin-1")] = start
        elif kind == _DATE_MODE:
            epoch_1904 = data[:1] == b"\1"
    return {name: _head(stream, start, most_columns, epoch_1904) for name, start in starts.items()}


def _head(stream: bytes, start: int, most_columns: int, epoch_1904: bool) -> Head:
    rows = 0
    columns: list[int] = []
    for kind, data in _records(stream, start):
        if kind == _ROW:
            rows += bool(struct.unpack_from("<H", data, 12)[0] & _HIDDEN_ROW)
        elif kind == _COLUMNS:
            first, last, _width, _format, looks = struct.unpack_from("<5H", data)
            if looks & _HIDDEN_COLUMN:
                columns += range(first + 1, min(last + 1, most_columns) + 1)
    return Head(rows, columns, epoch_1904)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the workbook, up to its end; a chart within it has its own beginning and end."""
    depth = 0
    at = start
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size


def _stream(content: bytes) -> bytes:
    """The workbook's own stream in the container; empty when it is too short to stand in sectors of its own."""
    shift = struct.unpack_from("<H", content, 30)[0]
    size = 1 << min(shift, 12)
    first_directory, _signature, cutoff = struct.unpack_from("<3I", content, 48)
    further, _count = struct.unpack_from("<2I", content, 68)
    listed = list(struct.unpack_from("<109I", content, 76))
    while further < _LAST_SECTOR and len(listed) * size < len(content):
        *more, further = struct.unpack_from(f"<{size // 4}I", content, (further + 1) * size)
        listed += more
    table = b"".join(content[(at + 1) * size : (at + 2) * size] for at in listed if at < _LAST_SECTOR)
    after = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
    directory = _chain(content, after, first_directory, size)
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le").lower() in {"workbook", "book"}:
            start, whole = struct.unpack_from("<2I", entry, 116)
            return _chain(content, after, start, size)[:whole] if whole >= cutoff else b""
    return b""


def _chain(content: bytes, after: tuple[int, ...], start: int, size: int) -> bytes:
    """The sectors from ``start`` on, each naming the next."""
    parts: list[bytes] = []
    at = start
    while at < len(after) and len(parts) * size <= len(content):
        parts.append(content[(at + 1) * size : (at + 2) * size])
        at = after[at]
    return b"".join(parts)
