"""Sixty files that somebody could send: good ones, damaged ones, disguised ones, bombs. For the tests; every byte is made here.

``taken`` says which doors take a file: t(able), e(vidence), r(eport of a task), p(hoto), s(can of a paper form). The others refuse it with a sentence.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image

from registries.spreadsheets.writing import Page, write_workbook

SHEET = "xl/worksheets/sheet1.xml"
XML = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
HEAD = "对象编号,名称,统一社会信用代码,主体类型,对象类别,责任单位代码,镇街,状态,核实日期"
ROW = "S00000001,示例1旅馆,,企业,旅馆,ZA,南麻街道,在业,2026-03-01"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SCRIPT = b"<html><body><script>alert(document.domain)</script></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Hostile:
    """One file: what it is, what it calls itself, its bytes, and the doors that take it."""

    what: str
    name: str
    make: Callable[[], bytes]
    taken: str = ""


@cache
def table() -> bytes:
    """A good table of subjects."""
    return write_workbook([Page("检查对象", HEAD.split(","), [ROW.split(",")])])


@cache
def picture(kind: str = "JPEG", *, gps: bool = False) -> bytes:
    """A small picture that does not compress to nothing, if wanted with a place in it."""
    out, exif = io.BytesIO(), Image.Exif()
    if gps:
        exif[0x010F] = "PoliceCam"
        exif[0x8825] = {1: "N", 2: (36.0, 11.0, 5.0), 3: "E", 4: (118.0, 10.0, 5.0)}
    image = Image.frombytes("RGB", (96, 96), bytes((x * y * c) % 256 for x in range(96) for y in range(96) for c in (3, 5, 7)))
    image.save(out, kind, exif=exif.tobytes()) if kind != "GIF" else image.save(out, kind)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large and holds a few bytes: a flood of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 4096)) + chunk(b"IEND", b"")


def with_parts(*parts: tuple[str, bytes], body: bytes | None = None, drop: str = "") -> bytes:
    """The good workbook with more parts, or other ones."""
    out = io.BytesIO()
    names = {name for name, _data in parts}
    with zipfile.ZipFile(io.BytesIO(body or table())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            if member.filename not in names and member.filename != drop:
                target.writestr(member.filename, source.read(member))
        for name, data in parts:
            target.writestr(name, data)
    return out.getvalue()


def sheet(rows: str) -> bytes:
    """The workbook with these rows as XML."""
    return with_parts((SHEET, XML.format(rows).encode()))


def linked() -> bytes:
    """A workbook with a symbolic link in it."""
    link = zipfile.ZipInfo("xl/media/passwd")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO(table())
    with zipfile.ZipFile(out, "a") as target:
        target.writestr(link, "/etc/passwd")
    return out.getvalue()


def swollen() -> bytes:
    """A workbook that says of one part that it unpacks to 300 MB."""
    body = with_parts(("xl/media/zero.bin", b"\0" * 1000))
    at = body.rindex(b"xl/media/zero.bin") - 46  # its line in the directory at the end
    return body[: at + 24] + struct.pack("<I", 300 * 1024 * 1024) + body[at + 28 :]


def archive(*members: tuple[str, bytes]) -> bytes:
    """A plain archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            target.writestr(name, data)
    return out.getvalue()


def many() -> bytes:
    """A workbook of three thousand parts."""
    return with_parts(*((f"xl/media/{n}.png", b"") for n in range(3000)))


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [{}]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
LAUGHS = "".join(f'<!ENTITY {b} "{"&" + a + ";" if a else "ha"}{("&" + a + ";") * 9 if a else ""}">' for a, b in zip(("", "a", "c", "d", "e"), ("a", "c", "d", "e", "b"), strict=True))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = f"{HEAD}\r\n{ROW}\r\n"

FILES: tuple[Hostile, ...] = (
    Hostile("a good workbook", "名单.xlsx", table, "tr"),
    Hostile("a good text table", "名单.csv", lambda: TEXT.encode(), "t"),
    Hostile("a text table in GB18030", "名单.csv", lambda: TEXT.encode("gb18030"), "t"),
    Hostile("a text table in UTF-16", "名单.txt", lambda: TEXT.encode("utf-16"), "t"),
    Hostile("a web page that is a table", "名单.xls", lambda: ("<html><meta charset=utf-8><table>" + "".join(f"<tr><td>{line.replace(',', '<td>')}" for line in TEXT.split()) + "</table>").encode(), "t"),
    Hostile("formulas in a text table", "名单.csv", lambda: TEXT.replace("示例1旅馆", "=cmd|'/c calc'!A1").encode(), "t"),
    Hostile("a workbook with macros", "名单.xlsm", lambda: with_parts(("xl/vbaProject.bin", OLE + b"macro")), "t"),
    Hostile("a good PDF", "报告.pdf", lambda: PDF, "ers"),
    Hostile("a good JPEG", "照片.jpg", lambda: picture(), "erps"),
    Hostile("a good PNG", "照片.png", lambda: picture("PNG"), "erps"),
    Hostile("a good WebP", "照片.webp", lambda: picture("WEBP"), "ps"),
    Hostile("a photo with a place", "IMG_0001.jpg", lambda: picture(gps=True), "erps"),
    Hostile("a picture called a workbook", "名单.xlsx", lambda: picture() + b"\0", "erps"),
    Hostile("two endings", "报告.pdf.exe", lambda: PDF + b"\n", "ers"),
    Hostile("a path in the name", "../../../etc/cron.d/报告.pdf", lambda: PDF + b"\n\n", "ers"),
    Hostile("a Windows path in the name", "C:\\inetpub\\..\\shell.jpg", lambda: picture() + b"1", "erps"),
    Hostile("a NUL in the name", "a.php\0.jpg", lambda: picture() + b"2", "erps"),
    Hostile("a line break in the name", "a\u2028Set-Cookie: x.pdf", lambda: PDF + b"%1", "ers"),
    Hostile("a name written backwards", "报告\u202efdp.exe.pdf", lambda: PDF + b"%2", "ers"),
    Hostile("a name of 300 characters", "长" * 296 + ".pdf", lambda: PDF + b"%3", "ers"),
    Hostile("a name like a formula", "=HYPERLINK(1).pdf", lambda: PDF + b"%4", "ers"),
    Hostile("a name like a tag", "<img src=x onerror=alert(1)>.pdf", lambda: PDF + b"%5", "ers"),
    Hostile("a picture that is an archive too", "照片.jpg", lambda: picture() + archive(("x.class", b"\xca\xfe\xba\xbe")), "erps"),
    Hostile("a PDF that is a page too", "报告.pdf", lambda: PDF + SCRIPT, "ers"),
    Hostile("a page that is a PDF too", "报告.pdf", lambda: SCRIPT + PDF),
    Hostile("a page called a picture", "照片.jpg", lambda: SCRIPT),
    Hostile("a drawing with a script", "图.svg", lambda: SVG),
    Hostile("a drawing called a picture", "图.png", lambda: SVG + b" "),
    Hostile("a program", "setup.exe", lambda: b"MZ\x90\0\3\0\0\0" + b"\0" * 64),
    Hostile("a program called a PDF", "报告.pdf", lambda: b"MZ\x90\0\3\0\0\0" + b"\1" * 64),
    Hostile("a program of Linux", "x", lambda: b"\x7fELF\2\1\1" + b"\0" * 64),
    Hostile("a script of a server", "照片.php", lambda: b"<?php system($_GET['c']); ?>"),
    Hostile("a moving picture", "a.gif", lambda: picture("GIF")),
    Hostile("a bitmap", "a.bmp", lambda: picture("BMP")),
    Hostile("a TIFF", "a.tif", lambda: picture("TIFF")),
    Hostile("a RAR archive", "a.rar", lambda: b"Rar!\x1a\7\0" + b"\0" * 32),
    Hostile("a 7z archive", "a.7z", lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 32),
    Hostile("a gzip file", "a.gz", lambda: b"\x1f\x8b\x08\0" + b"\0" * 32),
    Hostile("a plain archive", "a.zip", lambda: archive(("a.txt", b"x"))),
    Hostile("an archive in an archive", "a.zip", lambda: archive(("b.zip", archive(("c.zip", archive(("d", b"x"))))))),
    Hostile("nothing at all", "空.xlsx", lambda: b""),
    Hostile("half a workbook", "名单.xlsx", lambda: table()[: len(table()) // 2]),
    Hostile("half a JPEG", "照片.jpg", lambda: picture()[: len(picture()) // 2]),
    Hostile("half a PNG", "照片.png", lambda: picture("PNG")[:400]),
    Hostile("the first bytes of a JPEG", "照片.jpg", lambda: b"\xff\xd8\xff"),
    Hostile("sixty megapixels", "照片.png", lambda: png_of(10_000, 6_000)),
    Hostile("four thousand megapixels", "照片.png", lambda: png_of(65_000, 65_000)),
    Hostile("a workbook of 300 MB", "名单.xlsx", swollen),
    Hostile("a workbook of 3000 parts", "名单.xlsx", many),
    Hostile("a workbook with a link", "名单.xlsx", linked),
    Hostile("a workbook that climbs out", "名单.xlsx", lambda: with_parts(("../../evil.xml", b"<x/>"))),
    Hostile("a workbook in a workbook", "名单.xlsx", lambda: with_parts(("xl/embeddings/inner.xlsx", table())), "r"),
    Hostile("a file of the machine by entity", "名单.xlsx", lambda: with_parts((SHEET, DOCTYPE.format('<!ENTITY b SYSTEM "file:///etc/passwd">').encode())), "r"),
    Hostile("a billion laughs", "名单.xlsx", lambda: with_parts((SHEET, DOCTYPE.format(LAUGHS).encode())), "r"),
    Hostile("one cell at the end of the world", "名单.xlsx", lambda: sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "r"),
    Hostile("one giant cell", "名单.xlsx", lambda: with_parts(("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 400_000 + b"</t></si></sst>")), "r"),
    Hostile("a workbook under a password", "名单.xlsx", lambda: OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"), "r"),
    Hostile("a table with binary in it", "名单.csv", lambda: TEXT.encode() + b"\0\1\2"),
    Hostile("XML that is no table", "a.xml", lambda: b"<?xml version='1.0'?><feed><entry/></feed>"),
    Hostile("a file of 21 MB", "大.csv", lambda: TEXT.encode() + b"x" * (21 * 1024 * 1024)),
)
