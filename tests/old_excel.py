"""Writes the smallest old Excel workbook (.xls: BIFF8 in an OLE container) that the tests need; nothing installed here can."""

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(rows: list[list[str | float]], sheet: str = "表", hidden_rows: tuple[int, ...] = (), hidden_columns: tuple[int, ...] = ()) -> bytes:
    """The rows as one sheet of an .xls workbook; hidden rows and columns are counted from 1."""
    stream = _workbook(rows, sheet, _hidden(hidden_rows, hidden_columns)).ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    sectors = len(stream) // 512
    fat = [_FAT, _END, *range(3, sectors + 2), _END]
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream)) + _entry("", 0, _FREE, 0, 0) * 2
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    return head + struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat))) + directory + stream


def _hidden(rows: tuple[int, ...], columns: tuple[int, ...]) -> bytes:
    lines = [_record(0x208, struct.pack("<8H", row - 1, 0, 8, 255, 0, 0, 0x20, 0)) for row in rows]
    return b"".join(lines + [_record(0x7D, struct.pack("<6H", column - 1, column - 1, 0, 0, 1, 0)) for column in columns])


def _workbook(rows: list[list[str | float]], sheet: str, hidden: bytes) -> bytes:
    name = struct.pack("<BBBB", 0, 0, len(sheet), 1) + sheet.encode("utf-16-le")
    start = len(_begin(5)) + len(_record(0x85, b"\0\0\0\0" + name)) + 4
    cells = b"".join(_cell(at, column, value) for at, row in enumerate(rows) for column, value in enumerate(row))
    return _begin(5) + _record(0x85, struct.pack("<I", start) + name) + _record(0x0A, b"") + _begin(0x10) + hidden + cells + _record(0x0A, b"")


def _cell(row: int, column: int, value: str | float) -> bytes:
    if isinstance(value, str):
        return _record(0x204, struct.pack("<4HB", row, column, 0, len(value), 1) + value.encode("utf-16-le"))
    return _record(0x203, struct.pack("<3Hd", row, column, 0, value))


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<4H2I", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<2H", kind, len(data)) + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    links = struct.pack("<HBB3I", len(raw) + 2 if raw else 0, kind, 1, _FREE, _FREE, child)
    return raw.ljust(64, b"\0") + links + b"\0" * 36 + struct.pack("<IQ", start, size)
