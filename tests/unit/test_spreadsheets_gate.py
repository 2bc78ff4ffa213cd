"""What the gate lets in, and what it refuses before any parser sees it."""

import io
import resource
import time
import zipfile
from collections.abc import Callable

import pytest
from django.utils.translation import gettext

from registries.spreadsheets import gate
from registries.spreadsheets.gate import Form, Unreadable, admit
from registries.spreadsheets.reading import open_sheets
from registries.spreadsheets.writing import Page, write_workbook

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def workbook() -> bytes:
    return write_workbook([Page("表", ["名称", "数"], [["示例旅馆", 1]])])


def with_part(name: str, data: bytes) -> bytes:
    """The sample workbook with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            if member.filename != name:
                target.writestr(member.filename, source.read(member))
        target.writestr(name, data)
    return out.getvalue()


def rows_or_sentence(content: bytes) -> object:
    try:
        return open_sheets(content)
    except Unreadable as refused:
        return refused.sentence


def refusal_of(content: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        open_sheets(content)
    return caught.value.sentence


def test_a_file_is_known_by_its_content_and_not_by_its_name() -> None:
    assert admit(workbook()) is Form.XLSX
    assert admit("名称,数\n示例旅馆,1\n".encode("gb18030")) is Form.TEXT
    assert admit(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest") is Form.XLS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 something",
        b"\x89PNG\r\n\x1a\n",
        b"<html><p>no table</p></html>",
        b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>",
        b"MZ\x90\0\3",
        b"a\0b\0c",
        b"PK\x03\x04 nothing more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes) -> None:
    assert refusal_of(content)


def test_a_workbook_under_a_password_says_so() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
    assert refusal_of(locked) == gettext("The workbook is protected by a password. Save it without one.")


def test_a_file_over_the_limit_is_refused_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_BYTES", 100)
    assert refusal_of(b"a," * 51)


@pytest.mark.proves("R22")
def test_a_workbook_that_unpacks_to_too_much_is_refused_without_unpacking() -> None:
    assert refusal_of(with_part("xl/media/zero.bin", b"\0" * (gate.MOST_UNPACKED + 1)))


@pytest.mark.proves("R22")
def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_MEMBERS", 5)
    assert refusal_of(workbook())


@pytest.mark.proves("R22")
@pytest.mark.parametrize(
    "body",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="CW1"><v>1</v></c></row>',
        b'<row r="200001"><c><v>1</v></c></row>',
        b"<row>" + b"<c><v>1</v></c>" * 101 + b"</row>",
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="150000"><c r="CV150000"><v>1</v></c></row>',
        b'<row r="1"><c x=">" r="XFD1"><v>1</v></c></row>',
        b"<row r='1'><c r=\"A1\"><v>1</v></c><c r='XFD1'><v>1</v></c></row>",
        b'<row r="1"><!-- <c r="A1" --><c\nr="XFD1"><v>1</v></c></row>',
    ],
)
def test_one_far_cell_is_refused_before_memory_is_reserved_for_the_rectangle(body: bytes) -> None:
    assert refusal_of(with_part(SHEET, HEAD + body + TAIL))


def test_a_far_cell_hides_neither_in_another_encoding_nor_under_another_name() -> None:
    far = (HEAD + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL).decode()
    assert refusal_of(with_part(SHEET, far.replace("<?xml version=\"1.0\"?>", "").encode("utf-16")))
    assert refusal_of(with_part("xl/worksheets/other.vml", far.encode()))


def test_styled_blank_cells_far_out_are_no_reason_to_refuse() -> None:
    body = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576" s="0"/></row>'
    assert open_sheets(with_part(SHEET, HEAD + body + TAIL))[0].rows == [[1.0]]


@pytest.mark.proves("R22")
def test_macros_are_not_run_and_not_read() -> None:
    assert open_sheets(with_part("xl/vbaProject.bin", gate._OLE + b"macro"))[0].rows[1] == ["示例旅馆", 1.0]


@pytest.mark.proves("R22")
def test_a_symbolic_link_among_the_members_is_refused() -> None:
    link = zipfile.ZipInfo("xl/media/passwd")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as target:
        target.writestr(link, "/etc/passwd")
    assert "指向其他文件" in refusal_of(out.getvalue())


ENTITIES = (
    b'<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">',
    b'<!ENTITY b SYSTEM "file:///etc/passwd">',
    b'<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;<!ENTITY b "x">',
    b'<!ENTITY a0 "a">' + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)) + b'<!ENTITY b "&a9;">',
)
"""Doubling, a file of the server, a table from elsewhere, and a billion laughs."""


PARTS = (SHEET, "xl/workbook.xml", "docProps/core.xml", "xl/styles.xml", "[Content_Types].xml")


@pytest.mark.proves("R23")
@pytest.mark.parametrize(("parts", "spellings"), [(PARTS[:1], 1), pytest.param(PARTS, 3, marks=pytest.mark.full)], ids=["few", "all"])
def test_a_document_type_is_refused_in_any_part_of_any_encoding(parts: tuple[str, ...], spellings: int, record_property: Callable[[str, object], None]) -> None:
    refused = 0
    for part in parts:
        for entities in ENTITIES:
            bomb = b"<!DOCTYPE x [" + entities + b"]><x>&b;</x>"
            every = (b'<?xml version="1.0"?>' + bomb, b"<!-- -->" + bomb, bomb.decode().encode("utf-16"))
            for encoded in every[:spellings]:
                refused += "root:" not in refusal_of(with_part(part, encoded))
    assert refused == len(ENTITIES) * spellings * len(parts)
    record_property("figure", f"{refused} of {refused} workbooks with entities refused, nothing of a file of the server in the sentence")


@pytest.mark.full
@pytest.mark.proves("R22")
def test_what_a_bomb_costs_before_it_is_refused(record_property: Callable[[str, object], None]) -> None:
    """What unpacks to too much is refused by the list of members; what stands inside a part, by the process of its own that looks before it parses."""
    far = HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL
    within = {
        "far cell": with_part(SHEET, far),
        "giant cell": with_part("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 300_000 + b"</t></si></sst>"),
        "file within": with_part("xl/embeddings/inner.xlsx", b"PK\x03\x04inner"),
    }
    took = {name: best_of_three(open_sheets, bomb) for name, bomb in within.items()}
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of all processes that this one ever waited for
    at_the_gate = best_of_three(admit, with_part("xl/media/zero.bin", b"\0" * (gate.MOST_UNPACKED + 1)))
    assert at_the_gate <= 50
    inside = ", ".join(f"{name} {ms:.0f} ms" for name, ms in took.items())
    record_property("figure", f"too much unpacked: {at_the_gate:.2f} ms; by the process of its own, its start included: {inside}, at most {memory:.0f} MB")


def best_of_three(look: Callable[[bytes], object], bomb: bytes) -> float:
    """Milliseconds by the clock until it is refused."""
    tries = []
    for _ in range(3):
        start = time.perf_counter()
        with pytest.raises(Unreadable):
            look(bomb)
        tries.append((time.perf_counter() - start) * 1000)
    return min(tries)


@pytest.mark.proves("R22")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("xl/embeddings/inner.xlsx", b"PK\x03\x04inner"),
        ("XL/WORKBOOK.XML", b"<workbook/>"),
        ("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 300_000 + b"</t></si></sst>"),
        ("xl/styles.xml", b"<styleSheet><open>"),
    ],
)
def test_inner_files_doubled_parts_giant_cells_and_broken_parts_are_refused(name: str, data: bytes) -> None:
    assert refusal_of(with_part(name, data))


def test_a_damaged_workbook_never_ends_in_anything_but_a_sentence() -> None:
    whole = workbook()
    spoilers: list[Callable[[int], bytes]] = [
        lambda at: whole[:at],
        lambda at: whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :],
    ]
    for spoil in spoilers:
        for at in range(0, len(whole), 97):
            assert rows_or_sentence(spoil(at))
