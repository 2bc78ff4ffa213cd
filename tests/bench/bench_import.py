"""How long an import takes: `python tests/bench/bench_import.py [rows …]` (10,000 unless told otherwise).

Rows of the subject registry in one .xlsx: the first look, check (preview) and commit of new rows, then the same file again (nothing
to do), then with a tenth of the rows changed, then all refused. Beside it the bare parse of the same bytes by calamine. Seconds are by
the clock and of the processor (the parser's own process included), which other work on the machine stretches less; the ratios in brackets are of processor time. On a
SQLite file of its own, in one process whose peak memory is shown. Says, never judges.
"""

from __future__ import annotations

import io
import re
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from registries.people.models import User

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.stand import prepared

T = TypeVar("T")
CATEGORIES = ("旅馆", "民宿", "典当行", "网吧")


class Took(NamedTuple):
    """Seconds by the clock, and seconds of the processor."""

    clock: float
    processor: float

    def shown(self, unit: float) -> str:
        """Both, and the ratio to the bare parse."""
        return f"{self.clock:5.2f} s, processor {self.processor:.2f} s ({self.processor / unit:4.1f})"


def timed(work: Callable[[], T]) -> tuple[T, Took]:
    """What a piece of work gives, and how long it took."""
    clock, processor = time.perf_counter(), spent()
    done = work()
    return done, Took(time.perf_counter() - clock, spent() - processor)


def spent() -> float:
    """Seconds of the processor up to now, those of ended child processes (the parser) included."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak() -> int:
    """The most memory this process has held, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def made(rows: int, every: int = 0, spoilt: bool = False) -> bytes:
    """:func:`table`, in a process of its own, so that writing a workbook does not count as memory of the import."""
    with get_context("fork").Pool(1) as pool:
        return pool.apply(table, (rows, every, spoilt))


def credit_code(n: int) -> str:
    """A code that is right in all its parts, as nearly every one in a real table is."""
    from registries.spreadsheets.identifiers import organisation_check, uscc_check

    head = f"91370323{n:08}{organisation_check(f'{n:08}')}"
    return head + uscc_check(head)


def table(rows: int, every: int = 0, spoilt: bool = False) -> bytes:
    """A workbook of this many subjects; every so many-th at another address, or all with four bad cells each."""
    from tests.import_files import subject_row, workbook

    lines = [
        subject_row(
            n,
            uscc=credit_code(n),
            categories="、".join(CATEGORIES[n % 4 : n % 4 + 2]),
            contact=f"示例{n}",
            phone=f"139{n:08}",
            risk_grade="ABCD"[n % 4],
            graded_on="2026年1月5日",
            grade_source="示例信用平台",
            address=f"示例路{n}号" + ("新" if every and n % every == 0 else ""),
        )
        for n in range(rows)
    ]
    if spoilt:
        lines = [{**line, "uscc": "91370323MA3C00000X", "town": "月球", "status": "不明", "verified_on": "昨天"} for line in lines]
    return workbook("subjects", subjects=lines)


def parse(content: bytes) -> int:
    """The bare parse: every cell of every sheet once."""
    import python_calamine

    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def run(actor: User, content: bytes, unit: float, what: str) -> None:
    """One file through all its steps."""
    from tests.import_files import check, commit, confirm, upload

    batch, look = timed(lambda: upload(actor, "subjects", content))
    batch = confirm(actor, batch)
    batch, preview = timed(lambda: check(batch))
    counts = batch.counts["subjects"]
    taken = Took(0, 0)
    if set(counts) - {"same"}:
        batch, taken = timed(lambda: commit(actor, batch))
    steps = f"look {look.shown(unit)}   preview {preview.shown(unit)}   commit {taken.shown(unit)}"
    sys.stdout.write(f"  {what:<16} {steps}   peak {peak()} MB   {counts}\n")


def spoil(actor: User, content: bytes, unit: float) -> None:
    """A file in which every row is refused, and the workbook of the refused rows."""
    from registries.imports.workbooks import refused_workbook
    from tests.import_files import check, confirm, upload

    batch, look = timed(lambda: upload(actor, "subjects", content))
    batch = confirm(actor, batch)
    batch, preview = timed(lambda: check(batch))
    book, written = timed(lambda: refused_workbook(batch))
    steps = f"look {look.shown(unit)}   preview {preview.shown(unit)}   workbook {written.shown(unit)}"
    sys.stdout.write(f"  {'all refused':<16} {steps}   peak {peak()} MB   {len(book) // 1024} KB\n")


def main() -> None:
    """Print the figures."""
    from registries.codes.models import CodeTable
    from registries.people.models import Unit
    from registries.people.roles import Role
    from tests import factories

    for name in CATEGORIES:
        factories.category(name)
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.unit(code="ZA")
    actor = factories.user(Role.CLERK, unit=factories.unit(kind=Unit.Kind.BUREAU))
    for size in [int(argument) for argument in sys.argv[1:]] or [10_000]:
        first, second = made(size), made(size, every=10)
        at_rest = peak()
        bare = min((timed(partial(parse, first))[1] for _time in range(5)), key=lambda took: took.processor)
        sys.stdout.write(
            f"{size} rows, {len(first) / 1024:.0f} KB; bare parse {bare.clock:.3f} s; {at_rest} MB before, {peak()} MB after it\n"
        )
        run(actor, first, bare.processor, "all new")
        run(actor, first, bare.processor, "the same again")
        run(actor, second, bare.processor, "a tenth changed")
        spoil(actor, made(size, spoilt=True), bare.processor)


if __name__ == "__main__":
    with prepared(sqlite=True):
        main()
