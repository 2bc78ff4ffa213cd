"""The offline verifier as a visitor runs it: one file, a folder or a zip, an exit code and a place."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "static" / "verify" / "verify_draw.py"
VECTORS = ROOT / "tests" / "vectors" / "draw"
BUNDLES = sorted(path.name for path in VECTORS.iterdir() if re.match("[0-9]-", path.name))
EXPECTED = [line.split("\t") for line in (VECTORS / "refused" / "EXPECTED.txt").read_text("utf-8").splitlines()]
PLACES = {"sources": "order.txt", "planned": "order.txt", "tags": "inspectors.txt"}


def run(*arguments: Path | str) -> tuple[int, str]:
    """Exit code and output of the script, run without the project's environment."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode()


def copy(bundle: str, to: Path) -> Path:
    """A writable copy of a vector."""
    to.mkdir()
    for file in (VECTORS / bundle).iterdir():
        shutil.copyfile(file, to / file.name)
    return to


def zipped(folder: Path, to: Path, inside: str = "") -> Path:
    """A zip of a folder's files."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, inside + file.name)
    return to


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_matches_as_folder_and_as_zip(bundle: str, tmp_path: Path) -> None:
    for given in (
        VECTORS / bundle,
        zipped(VECTORS / bundle, tmp_path / "a.zip"),
        zipped(VECTORS / bundle, tmp_path / "b.zip", "公示/"),
    ):
        code, said = run(given)
        assert (code, said.split()[0]) == (0, "match")
        assert "does not prove" in said


@pytest.mark.parametrize(("bundle", "code", "place"), EXPECTED)
def test_what_is_wrong_is_named_with_its_file(bundle: str, code: str, place: str) -> None:
    got, said = run(VECTORS / "refused" / bundle)
    assert (str(got), said.split()[0]) == (code, {"1": "mismatch", "2": "refused"}[code])
    start = place.split(":")[0]
    file = re.match(r"[a-z]+\.txt(?: line [0-9]+)?", PLACES.get(start, start))
    assert file is not None
    assert re.search(re.escape(file[0]) + r"\b", said.splitlines()[0])
    assert re.search(r"\.txt line [1-9]", said)


def test_without_inspectors_the_subjects_are_checked_and_it_says_so(tmp_path: Path) -> None:
    folder = copy("1-small", tmp_path / "b")
    for name in ("inspectors", "recusals", "history"):
        (folder / f"{name}.txt").unlink()
    code, said = run(folder)
    assert code == 0
    assert "subjects checked" in said
    result = folder / "result.txt"
    result.write_bytes(result.read_bytes().replace(b"team\t95", b"team\t96"))
    assert run(folder)[0] == 1


def test_inspectors_without_recusals_are_refused(tmp_path: Path) -> None:
    folder = copy("1-small", tmp_path / "b")
    (folder / "recusals.txt").unlink()
    assert run(folder)[0] == 2


def test_strata_that_leave_nothing_to_chance_are_named() -> None:
    assert "nothing left to chance in stratum a (0 of 8)" in run(VECTORS / "1-small")[1]


def test_a_changed_byte_of_the_result_is_named_with_its_line(tmp_path: Path) -> None:
    folder = copy("6-larger", tmp_path / "b")
    result = folder / "result.txt"
    lines = result.read_bytes().split(b"\n")
    lines[6] = lines[6][:-1] + (b"0" if lines[6][-1:] != b"0" else b"1")
    result.write_bytes(b"\n".join(lines))
    code, said = run(folder)
    assert code == 1
    assert "result.txt line 7" in said


def test_hostile_files_are_refused_and_never_crash(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("roster.txt", "w", force_zip64=True) as member,
    ):
        for _ in range(600):
            member.write(b"\0" * 2**20)
    assert bomb.stat().st_size < 2**20
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("a/order.txt", "")
        archive.writestr("b/order.txt", "")
    torn = tmp_path / "torn.zip"
    torn.write_bytes(zipped(VECTORS / "1-small", tmp_path / "whole.zip").read_bytes()[:900])
    folder = copy("1-small", tmp_path / "latin")
    (folder / "openings.txt").write_bytes((folder / "openings.txt").read_bytes() + b"\xff\xfe\n")
    shelf = copy("1-small", tmp_path / "shelf")
    (shelf / "order.txt").unlink()
    (shelf / "order.txt").mkdir()
    for given in (bomb, twice, torn, folder, shelf, tmp_path / "nothing", SCRIPT):
        code, said = run(given)
        assert (code, said.split()[0]) == (2, "refused"), given
    assert "openings.txt line 5" in run(folder)[1]


# The ledger and what somebody kept


def digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


class Ledger:
    """An exported ledger written by hand for one draw."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, action: str, time: str, **payload: str) -> None:
        body = json.dumps({"salt": "0" * 32, **payload}, ensure_ascii=False)
        previous = str(self.rows[-1]["entry_hash"]) if self.rows else "0" * 64
        seq, moment = len(self.rows) + 1, f"{time}.000001+08:00"
        made = digest(f"sunlot-ledger-1|{previous}|{seq}|{moment}|{action}|{digest(body)}")
        row: dict[str, object] = {"seq": seq, "time": moment, "action": action, "previous": previous}
        row |= {"payload_hash": digest(body), "entry_hash": made}
        self.rows.append(row | ({"payload": body} if action.startswith("draws.") else {}))

    def write(self, to: Path) -> Path:
        to.write_text("".join(json.dumps(row) + "\n" for row in self.rows), "utf-8")
        return to


def ledger_of(folder: Path, *, others: bool = False) -> Ledger:
    """The ledger that belongs to vector 1 as draw 2026-026, with the twenty-five before it."""
    ledger = Ledger()
    for number in range(1, 26):
        about = {"draw": f"2026-{number:03}", "plan": f"2026-P{number + 10}@1"}
        ledger.add("draws.commit", "2026-05-01T09:00:00", **about, order="0" * 64)
        ledger.add("draws.result", "2026-05-02T09:00:00", **about, result="0" * 64)
    ledger.add("cases.change", "2026-12-30T09:00:00", what="something")
    about = {"draw": "2026-026", "plan": "2026-P07@2"}
    ledger.add("draws.commit", "2026-12-31T20:00:00", **about, order=digest((folder / "order.txt").read_bytes()))
    value = (folder / "reveal.txt").read_text("utf-8").splitlines()[2].split("\t")[1]
    if others:
        ledger.add("draws.commit", "2026-12-31T20:00:01", draw="2026-027", plan="2026-P07@3", order="0" * 64)
    ledger.add("draws.source", "2026-12-31T22:00:00", **about, source="source.1", value=value)
    ledger.add("draws.result", "2027-01-01T09:00:00", **about, result=digest((folder / "result.txt").read_bytes()))
    for line in (folder / "history.txt").read_text("utf-8").splitlines()[1:]:
        ledger.add("draws.replace", "2027-01-02T09:00:00", **about, line=line)
    return ledger


def checkpoint(ledger: Ledger, seq: int, time: str, to: Path) -> Path:
    to.write_text(f"sunlot-checkpoint-1\nsunlot.example\n{seq}\t{ledger.rows[seq - 1]['entry_hash']}\n{time}+08:00\n", "utf-8")
    return to


def test_a_kept_checkpoint_proves_that_the_order_came_first(tmp_path: Path) -> None:
    ledger = ledger_of(VECTORS / "1-small")
    file = ledger.write(tmp_path / "ledger.jsonl")
    kept = checkpoint(ledger, 52, "2026-12-31T20:00:00", tmp_path / "kept.txt")
    code, said = run(VECTORS / "1-small", "--ledger", file, "--kept", kept)
    assert code == 0, said
    assert "the order came before its sources" in said
    late = checkpoint(ledger, 53, "2026-12-31T23:00:00", tmp_path / "late.txt")
    code, said = run(VECTORS / "1-small", "--ledger", file, "--kept", late)
    assert code == 0
    assert "it does not prove that the order came before its sources" in said
    early = checkpoint(ledger, 51, "2026-12-31T19:00:00", tmp_path / "early.txt")
    assert run(VECTORS / "1-small", "--ledger", file, "--kept", early)[0] == 1


def test_a_ledger_written_anew_is_found_by_the_kept_checkpoint(tmp_path: Path) -> None:
    kept = checkpoint(ledger_of(VECTORS / "1-small"), 52, "2026-12-31T20:00:00", tmp_path / "kept.txt")
    other = ledger_of(VECTORS / "1-small")
    rows, other.rows = other.rows, []
    for row in rows:
        payload = json.loads(str(row["payload"])) if "payload" in row else {"what": "another thing"}
        other.add(str(row["action"]), str(row["time"])[:19], **payload)
    file = other.write(tmp_path / "ledger.jsonl")
    assert run(VECTORS / "1-small", "--ledger", file)[0] == 0
    code, said = run(VECTORS / "1-small", "--ledger", file, "--kept", kept)
    assert code == 1
    assert "written anew" in said


def test_another_order_open_for_the_same_plan_is_refused(tmp_path: Path) -> None:
    file = ledger_of(VECTORS / "1-small", others=True).write(tmp_path / "ledger.jsonl")
    code, said = run(VECTORS / "1-small", "--ledger", file)
    assert code == 2
    assert "2026-027" in said


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.pop(3), 1),  # a gap in the chain
        (lambda rows: rows[3].update(entry_hash="0" * 64), 1),
        (lambda rows: rows[0].update(payload=rows[0]["payload"] + " "), 1),
        (lambda rows: rows[0].pop("payload"), 2),
        (lambda rows: rows[0].update(seq="1"), 2),
        (lambda rows: rows[50].update(payload="\ud800"), 2),
        (lambda rows: rows.clear(), 1),
        (lambda rows: rows.pop(), 1),  # a line of the history that the ledger does not hold
        (lambda rows: rows.__setitem__(slice(53, None), []), 1),  # no result
    ],
)
def test_a_ledger_that_does_not_hold_is_not_believed(change: object, code: int, tmp_path: Path) -> None:
    ledger = ledger_of(VECTORS / "1-small")
    assert callable(change)
    change(ledger.rows)
    got, said = run(VECTORS / "1-small", "--ledger", ledger.write(tmp_path / "ledger.jsonl"))
    assert got == code, said


def struck(ledger: Ledger, *, strikes: str = "0" * 64, corrects: str = "wrong") -> Ledger:
    """The same ledger after a first result, with a line of its history, that was struck."""
    made, value = Ledger(), ""
    for row in ledger.rows:
        payload = json.loads(str(row.get("payload", "{}")))
        mine = payload.get("draw") == "2026-026"
        about = {"draw": "2026-026", "plan": "2026-P07@2"}
        if mine and row["action"] == "draws.source":
            value, payload["value"] = payload["value"], "wrong"
        if mine and row["action"] == "draws.result":
            made.add("draws.result", "2026-12-31T23:00:00", **about, result="0" * 64)
            made.add("draws.replace", "2026-12-31T23:00:01", **about, line="1\tsubject\tof the struck result")
            fixed = {"corrects": corrects, "reason": "mistyped"} if corrects else {}
            made.add("draws.source", "2026-12-31T23:00:02", **about, source="source.1", value=value, **fixed)
            payload |= {"strikes": strikes} if strikes else {}
        payload.pop("salt", None)
        made.add(str(row["action"]), str(row["time"])[:19], **payload)
    return made


def test_a_struck_result_is_said_and_the_newest_one_counts(tmp_path: Path) -> None:
    folder = VECTORS / "1-small"
    file = struck(ledger_of(folder)).write(tmp_path / "ledger.jsonl")
    code, said = run(folder, "--ledger", file)
    assert code == 0, said
    assert "was struck: 'source.1' was 'wrong'" in said


@pytest.mark.parametrize("forged", [{"strikes": ""}, {"strikes": "1" * 64}, {"corrects": ""}])
def test_a_second_result_without_a_strike_is_a_mismatch(forged: dict[str, str], tmp_path: Path) -> None:
    folder = VECTORS / "1-small"
    file = struck(ledger_of(folder), **forged).write(tmp_path / "ledger.jsonl")
    code, said = run(folder, "--ledger", file)
    assert code == 1
    assert "a second result" in said


def test_a_hidden_draw_number_is_a_gap(tmp_path: Path) -> None:
    whole = ledger_of(VECTORS / "1-small")
    short = Ledger()
    for row in whole.rows:
        payload = json.loads(str(row.get("payload", "{}")))
        if payload.get("draw") != "2026-013":
            short.add(str(row["action"]), str(row["time"])[:19], **payload)
    code, said = run(VECTORS / "1-small", "--ledger", short.write(tmp_path / "ledger.jsonl"))
    assert code == 1
    assert "gap" in said


def test_a_ledger_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    for number, data in enumerate(
        [b"[]\n", b"[" * 100_000 + b"\n", b'{"seq": 1, "seq": 1}\n', b"\xff\n", b'{"seq":' + b"9" * 9999 + b"}\n"]
    ):
        file = tmp_path / f"{number}.jsonl"
        file.write_bytes(data)
        assert run(VECTORS / "1-small", "--ledger", file)[0] == 2
    kept = tmp_path / "kept.txt"
    kept.write_bytes(b"\xff" * 10)
    file = ledger_of(VECTORS / "1-small").write(tmp_path / "ledger.jsonl")
    assert run(VECTORS / "1-small", "--ledger", file, "--kept", kept)[0] == 2
    assert run(VECTORS / "1-small", "--kept", kept)[0] == 2
