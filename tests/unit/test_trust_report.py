"""The report of what the tests proved: one failure is a failure, a skipped test proves nothing, pieces add up."""

from pathlib import Path

from config.testing.report import Row, page, read, sentences, standing, write


def row(number: str, outcome: str, engine: str = "servers", test: str = "tests/test_a.py::test_a") -> Row:
    return Row(test, [number], engine, outcome, 1.0, ["0 of 50 lost"])


def test_a_number_is_proved_by_one_pass_and_lost_by_one_failure() -> None:
    rows = [row("R4", "passed"), row("R5", "passed"), row("R5", "failed", "embedded"), row("R6", "skipped"), row("R7", "not run")]
    assert [standing(number, rows) for number in ("R4", "R5", "R6", "R7", "R8")] == ["proved", "failed", "not run", "not run", "no test"]
    assert sentences(rows)[0] == "Faults and attacks proved: R4"


def test_pieces_add_up_and_what_was_not_run_now_keeps_what_it_said(tmp_path: Path) -> None:
    file = tmp_path / "report" / "trust.json"
    write(file, [row("R4", "passed"), row("R5", "not run", test="tests/test_b.py::test_b")])
    write(file, [row("R4", "not run"), row("R5", "passed", test="tests/test_b.py::test_b")])
    assert [one.outcome for one in read(file)] == ["passed", "passed"]
    assert "| R4 | `tests/test_a.py::test_a` | servers | passed | 1.0 | 0 of 50 lost |" in page(read(file))
    assert file.with_suffix(".md").read_text(encoding="utf-8").startswith("# What the tests have proved")
