"""The tables of docs/security and docs/reliability.md: what they name is there, nothing is left out, and marks and tables say the same.

Files are read, nothing is collected or imported. Whether a test proves its row is for people to judge.
"""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from config.bootstrap import ROOT

SECURITY = ROOT / "docs" / "security"
PAGES = (*sorted(SECURITY.glob("*.md")), ROOT / "docs" / "reliability.md")
NUMBERED = {"T": (SECURITY / "threats.md", 20), "R": (ROOT / "docs" / "reliability.md", 29)}
STATUSES = {"pass", "n-a", "departs", "OPEN"}
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}
"""How many requirements of levels 1 and 2 ASVS 5.0.0 has in each chapter that applies."""
LEVEL_3 = {"1.2.10", "2.3.5", "3.4.7", "5.2.4", "5.2.6", "6.3.8", "7.5.3", "8.3.2", "14.2.6", "14.2.7", "15.4.1", "15.4.2", "15.4.3"}
NAMED = re.compile(r"\b(test_\w+\.py)(?:::(test_\w+))?")
PATH = re.compile(r"`((?:config|deploy|inspections|publicity|registries|static|templates|tests)/[\w./-]+)`")
LINK = re.compile(r"\]\(((?!https?:)[^)#]+)")

Marks = dict[str, dict[str, set[str]]]


def marked(nodes: Iterable[ast.AST]) -> set[str]:
    """The numbers of ``proves(…)`` within these nodes."""
    calls = (call for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call))
    words = (call.args for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "proves")
    return {str(word.value) for args in words for word in args if isinstance(word, ast.Constant)}


def found_in(source: str) -> Iterator[tuple[str, set[str]]]:
    """Every test of a module with the numbers it is marked with, by itself or by its module."""
    if "proves(" not in source:
        yield from ((name, set()) for name in re.findall(r"(?m)^\s*def (test_\w+)\(", source))
        return
    tree = ast.parse(source)
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    whole = marked(node.value for node in assigned if any(isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in (*tree.body, *(inner for one in classes for inner in one.body)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, whole | marked(node.decorator_list)


@functools.cache
def everything() -> Marks:
    """File → test → numbers."""
    found: Marks = defaultdict(dict)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        found[file.name].update(found_in(file.read_text(encoding="utf-8")))
    return found


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every row of every table, without the heads."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        head = number + 1 < len(lines) and lines[number + 1].startswith("| ---")
        if line.startswith("| ") and not line.startswith("| ---") and not head:
            yield [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def named(text: str, known: Mapping[str, Mapping[str, set[str]]]) -> list[str]:
    """What a text names as a test that is not there."""
    found = (match.groups() for match in NAMED.finditer(text))
    return [f"{file}::{test}" if test else file for file, test in found if file not in known or (test and test not in known[file])]


def difference(number: str, text: str, known: Mapping[str, Mapping[str, set[str]]]) -> set[str]:
    """Where the row of a number and the marks of the tests do not say the same."""
    told = {match.groups() for match in NAMED.finditer(text)}
    whole = {file for file, test in told if not test}
    marks = {(file, test) for file, of in known.items() for test, numbers in of.items() if number in numbers}
    lacking = {f"{number}: {file}::{test} is marked and not in the table" for file, test in marks if file not in whole and (file, test) not in told}
    single = {f"{number}: {file}::{test} is in the table and not marked" for file, test in told if test and (file, test) not in marks}
    files = {f"{number}: {file} is in the table and nothing of it marked" for file in whole if file not in {one for one, _ in marks}}
    return lacking | single | files


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert named(text, everything()) == []
    assert [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("letter", NUMBERED)
def test_every_number_has_one_row_and_the_marks_say_the_same(letter: str) -> None:
    page, most = NUMBERED[letter]
    told = [row for row in rows(page.read_text(encoding="utf-8")) if re.fullmatch(rf"{letter}\d+", row[0])]
    assert [row[0] for row in told] == [f"{letter}{number}" for number in range(1, most + 1)]
    assert [row[0] for row in told if len(row) != 7 or not all(row)] == []
    assert [row[0] for row in told if row[-2] not in STATUSES] == []
    assert [row[0] for row in told if row[-2] == "pass" and not NAMED.search(row[-3])] == []
    assert set().union(*(difference(row[0], row[-3], everything()) for row in told)) == set()


def shown(row: list[str]) -> bool:
    """Whether a row has a status, and what the status asks for: a test or a page, or a reason."""
    status, why = row[3], row[4]
    return status in STATUSES and len(why) >= 5 and (status != "pass" or bool(NAMED.search(why) or LINK.search(why)))


def test_the_table_of_asvs_is_whole() -> None:
    told = [row for row in rows((SECURITY / "asvs.md").read_text(encoding="utf-8")) if re.fullmatch(r"\d+\.\d+\.\d+", row[0])]
    numbers = [row[0] for row in told]
    assert len(numbers) == len(set(numbers))
    assert {row[0] for row in told if row[1] == "L3"} == LEVEL_3
    counted = {chapter: sum(1 for row in told if row[1] in ("L1", "L2") and row[0].startswith(f"{chapter}.")) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    assert [row[0] for row in told if len(row) != 5 or not shown(row)] == []


def test_the_table_of_dengbao_has_a_status_in_every_row() -> None:
    told = list(rows((SECURITY / "dengbao.md").read_text(encoding="utf-8")))
    assert len(told) >= 30
    assert [row[0] for row in told if len(row) != 5 or not shown(row) or row[1] not in ("2", "3")] == []


def test_the_count_of_each_status_is_that_of_the_rows() -> None:
    text = (SECURITY / "asvs.md").read_text(encoding="utf-8")
    told = {row[0]: int(row[2]) for row in rows(text) if row[0] in STATUSES}
    found = [row[3] for row in rows(text) if row[1] in ("L1", "L2")]
    assert told == {status: found.count(status) for status in STATUSES}


MODULE = '''
pytestmark = [pytest.mark.django_db, pytest.mark.proves("T3")]

@pytest.mark.parametrize("how", ["down", pytest.param("frozen", marks=pytest.mark.proves("T7"))])
def test_one(how): ...

def test_two(): ...
'''


def test_the_tables_would_notice() -> None:
    known = {"test_x.py": dict(found_in(MODULE))}
    assert known["test_x.py"] == {"test_one": {"T3", "T7"}, "test_two": {"T3"}}
    assert named("`test_x.py::test_one[down]`, `test_x.py::test_gone`, `test_y.py`", known) == ["test_x.py::test_gone", "test_y.py"]
    assert difference("T3", "`test_x.py`", known) == set()
    assert difference("T7", "`test_x.py::test_one[frozen]`", known) == set()
    assert difference("T7", "none", known) == {"T7: test_x.py::test_one is marked and not in the table"}
    assert difference("T7", "`test_x.py::test_one`, `test_x.py::test_two`", known) == {"T7: test_x.py::test_two is in the table and not marked"}
    assert not shown(["1.1.1", "L1", "asked", "pass", "because we say so"])
    assert not shown(["1.1.1", "L1", "asked", "", "`test_x.py::test_one`"])
