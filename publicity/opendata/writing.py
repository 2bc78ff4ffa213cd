"""The files of a dataset: CSV, JSON and XLSX, written row by row. The same rows give the same bytes: no time of writing stands in them.

Rows are read from the database once and written in all forms side by side, so that the files say the same and memory stays small.
"""

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import tee, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple

from publicity.opendata.datasets import DATASETS, Dataset, Row
from publicity.opendata.fields import in_cell, in_csv
from registries.spreadsheets.streaming import Stream, stream_workbook

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Form of a file → its media type."""
AT_ONCE = 500


class Written(NamedTuple):
    """A file that was written: of which dataset, in which form, how many rows and bytes, its hashes, and where it lies."""

    dataset: str
    form: str
    rows: int
    size: int
    sha256: str
    sm3: str
    path: Path

    @property
    def name(self) -> str:
        """``results.csv``."""
        return f"{self.dataset}.{self.form}"


def csv_pieces(dataset: Dataset, rows: Iterable[Row]) -> Iterator[bytes]:
    """RFC 4180, in UTF-8 with the mark that Excel asks for; the first line holds the Chinese headings."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow(field.label for field in dataset.fields)
    for at, row in enumerate(rows, start=1):
        writer.writerow([in_csv(value) for value in row])
        if at % AT_ONCE == 0:
            yield text.getvalue().encode(errors="replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode(errors="replace")


def json_pieces(dataset: Dataset, rows: Iterable[Row]) -> Iterator[bytes]:
    """One object with the name of the dataset and its rows, each an object in a line of its own."""
    yield f'{{"dataset":"{dataset.name}","rows":['.encode()
    write, between, lines = dataset.in_json, "\n", []
    for row in rows:
        lines.append(between + write(row))
        between = ",\n"
        if len(lines) == AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield f"{''.join(lines)}\n]}}\n".encode()


def xlsx_pieces(dataset: Dataset, rows: Iterable[Row]) -> Iterator[bytes]:
    """One sheet, every text as a text, days as days."""
    days = frozenset(at for at, field in enumerate(dataset.fields) if field.kind == "day")
    headings = [field.label for field in dataset.fields]
    return stream_workbook([Stream(dataset.title, headings, days, ([in_cell(value) for value in row] for row in rows))])


FORMS = {"csv": csv_pieces, "json": json_pieces, "xlsx": xlsx_pieces}


@contextmanager
def written(datasets: Iterable[Dataset] = tuple(DATASETS.values())) -> Iterator[list[Written]]:
    """All files of these datasets, as they are public now, in a folder that goes away afterwards."""
    with TemporaryDirectory(prefix="opendata-") as folder:
        yield [file for dataset in datasets for file in _write(dataset, Path(folder))]


def _write(dataset: Dataset, folder: Path) -> list[Written]:
    """The files of one dataset, side by side: none runs ahead of the others by more than a piece of rows."""
    counted = _Counted(dataset.rows())
    copies = tee(counted, len(FORMS))
    with ExitStack() as stack:
        outlets = [_Outlet(stack.enter_context(Path(folder, f"{dataset.name}.{form}").open("wb"))) for form in FORMS]
        streams = [pieces(dataset, copy) for pieces, copy in zip(FORMS.values(), copies, strict=True)]
        for some in zip_longest(*streams, fillvalue=b""):
            for outlet, piece in zip(outlets, some, strict=True):
                outlet.take(piece)
    return [
        Written(dataset.name, form, counted.rows, out.size, out.sha256.hexdigest(), out.sm3.hexdigest(), Path(folder, f"{dataset.name}.{form}"))
        for form, out in zip(FORMS, outlets, strict=True)
    ]


class _Counted:
    """Rows, and how many there were."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.given, self.rows = iter(rows), 0

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        row = next(self.given)
        self.rows += 1
        return row


class _Outlet:
    """Takes the pieces of a file: writes, measures and hashes them."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size = file, 0
        self.sha256, self.sm3 = hashlib.sha256(), hashlib.new("sm3")

    def take(self, piece: bytes) -> None:
        self.file.write(piece)
        self.sha256.update(piece)
        self.sm3.update(piece)
        self.size += len(piece)


def in_parts(path: Path, most: int) -> Iterator[bytes]:
    """A file in parts of so many bytes."""
    with path.open("rb") as file:
        while part := file.read(most):
            yield part


def digest_header(sha256: str) -> str:
    """The hash as the header ``Repr-Digest`` spells it (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
