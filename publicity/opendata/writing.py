"""The files of a dataset: CSV, JSON and XLSX, written row by row. The same rows give the same bytes: no time of writing stands in them.

Rows are read from the database once and laid aside on disk, so that the three files say the same and memory stays small.
"""

import base64
import csv
import hashlib
import io
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

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
PIECE = 1024 * 1024


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
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


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
        files = []
        for dataset in datasets:
            aside = Path(folder, f"{dataset.name}.rows")
            count = _lay_aside(dataset.rows(), aside)
            for form, pieces in FORMS.items():
                files.append(_keep(dataset, form, count, pieces(dataset, _laid(aside)), Path(folder, f"{dataset.name}.{form}")))
            aside.unlink()
        yield files


def _lay_aside(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("wb") as out:
        some: list[Row] = []
        for row in rows:
            some.append(row)
            count += 1
            if len(some) == AT_ONCE:
                pickle.dump(some, out, pickle.HIGHEST_PROTOCOL)
                some.clear()
        pickle.dump(some, out, pickle.HIGHEST_PROTOCOL)
    return count


def _laid(path: Path) -> Iterator[Row]:
    size = path.stat().st_size
    with path.open("rb") as aside:
        while aside.tell() < size:
            yield from pickle.load(aside)  # noqa: S301  (written by this process a moment ago)


def _keep(dataset: Dataset, form: str, rows: int, pieces: Iterable[bytes], path: Path) -> Written:
    sha256, sm3, size = hashlib.sha256(), hashlib.new("sm3"), 0
    with path.open("wb") as out:
        for piece in pieces:
            out.write(piece)
            sha256.update(piece)
            sm3.update(piece)
            size += len(piece)
    return Written(dataset.name, form, rows, size, sha256.hexdigest(), sm3.hexdigest(), path)


def in_parts(path: Path, most: int) -> Iterator[bytes]:
    """A file in parts of so many bytes."""
    with path.open("rb") as file:
        while part := file.read(most):
            yield part


def digest_header(sha256: str) -> str:
    """The hash as the header ``Repr-Digest`` spells it (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
