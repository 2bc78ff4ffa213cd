"""What a linter does not see: no text of anybody is put where escaping does not help, and nothing is taken over unlooked at."""

import ast
import re
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.sbom import bill

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted(file for floor in ("config", "registries", "inspections", "publicity") for file in (ROOT / floor).rglob("*.py") if "migrations" not in file.parts)
VARIABLE = re.compile(r"{{(.+?)}}", re.DOTALL)
TAG = re.compile(r"{%.+?%}|{#.+?#}", re.DOTALL)
SAFE = {"field.help_text|safe"}
"""A form's own help text may hold a link of ours; forms are written in the program."""
ADDRESSED = re.compile(r"(?<![\w-])(?:style|on\w+|srcdoc)\s*=\s*\"[^\"]*$")


def inside(before: str) -> str:
    """The tag that is open at the end of this text, or nothing."""
    before = VARIABLE.sub("", TAG.sub("", before))
    tag = before[before.rfind("<") :] if "<" in before else ""
    return "" if ">" in tag else tag


@pytest.mark.proves("T6", "T7")
def test_no_variable_of_a_template_stands_where_escaping_does_not_help() -> None:
    found: list[str] = []
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        where = str(template.relative_to(ROOT))
        if re.search(r"{%\s*autoescape\s+off", text):
            found.append(f"{where}: autoescape off")
        for variable in VARIABLE.finditer(text):
            said, before = variable[1].strip(), text[: variable.start()]
            if re.search(r"\|\s*(?:safe|safeseq)\b", said) and said not in SAFE:
                found.append(f"{where}: {said}")
            tag = inside(before)
            if "|escapejs" in said and 'type="application/json"' in before:  # texts of ours for a script, in JSON
                continue
            if tag and not re.search(r"=\s*(?:\"[^\"]*|'[^']*)$", tag):
                found.append(f"{where}: {said} stands in no quoted attribute")
            if ADDRESSED.search(tag):
                found.append(f"{where}: {said} stands in a style or a script")
            open_now = [name for name in ("script", "style") if len(re.findall(rf"<{name}\b", before)) > before.count(f"</{name}>")]
            found += [f"{where}: {said} stands in <{name}>" for name in open_now]
    assert found == []


@pytest.mark.proves("T6")
def test_pages_hold_no_inline_script_style_or_handler() -> None:
    found: list[str] = []
    for template in TEMPLATES:
        if "documents" in template.parts:
            continue
        text = template.read_text(encoding="utf-8")
        found += [f"{template.name}: {one}" for one in re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\sstyle=\"|\son[a-z]+=\"|javascript:", text)]
    assert found == []


@pytest.mark.proves("T6")
def test_scripts_put_texts_in_as_texts() -> None:
    """No markup is put together in a browser, and no field refuses what is pasted."""
    wrong = re.compile(r"\.innerHTML\b|\.outerHTML\s*=|insertAdjacentHTML|document\.write\b|\beval\(|new Function|onpaste|[\"']paste[\"']")
    found = {f"{file.name}: {one}" for file in (ROOT / "static").rglob("*.js") for one in wrong.findall(file.read_text(encoding="utf-8"))}
    assert found == set()


def test_no_script_writes_through_a_name_that_somebody_may_have_chosen() -> None:
    """``x[name].y = …`` with the name ``__proto__`` would write into every object; ``x[name] = …`` changes ``x`` alone."""
    wrong = re.compile(r"\[[A-Za-z_$][\w$.]+\](?:\.\w+|\[[^\]]+\])+\s*=[^=>]|\b__proto__\s*[\]:=]")
    scripts = [*(ROOT / "static").rglob("*.js")]
    found = {f"{file.name}: {one}" for file in scripts for one in wrong.findall(file.read_text(encoding="utf-8"))}
    assert (len(scripts) > 10, found) == (True, set())
    assert [bool(wrong.search(line)) for line in ("a[name].b = 1", "a[key][other] = 1", "a[name] = 1", "a[i].b = 1")] == [True, True, False, False]


def test_a_locked_row_never_stands_in_the_way_of_a_row_that_refers_to_it() -> None:
    """PostgreSQL looks at foreign keys at the very end, when a command holds the ledger's lock. A row locked ``FOR UPDATE`` by another command
    that waits for that lock would make a deadlock of it; ``FOR NO KEY UPDATE`` excludes commands from each other just as well."""
    calls = [(file, call) for file in CODE for call in re.findall(r"select_for_update\(([^\n]*)", file.read_text(encoding="utf-8"))]
    assert len(calls) > 100
    assert [f"{file.relative_to(ROOT)}: {call}" for file, call in calls if "no_key=True" not in call] == []


def test_no_pattern_is_made_of_what_somebody_sent() -> None:
    """Patterns are constants of the program, or put together of constants; no question to the database is one."""
    found: list[str] = []
    for file in CODE:
        text = file.read_text(encoding="utf-8")
        if re.search(r"__i?regex\b", text):
            found.append(f"{file.relative_to(ROOT)}: a question by pattern")
        for made in re.findall(r"\bre\.(?:compile|search|match|findall|finditer|sub|split|fullmatch)\(r?f[\"'](.*)", text):
            found += [f"{file.relative_to(ROOT)}: {name}" for name in re.findall(r"(?<!{){(\w+)", made) if not name.isupper()]
    assert found == []


FILTERS = {"filter", "exclude", "get", "create", "update", "update_or_create", "get_or_create", "aggregate", "annotate", "alias", "order_by", "extra", "values"}
SENT = re.compile(r"\b(?:GET|POST|FILES|COOKIES|META|headers|body|json)\b")


@pytest.mark.proves("T17")
def test_no_dictionary_of_a_request_is_spread_into_a_question_to_the_database() -> None:
    """CVE-2025-64459 and its like: ``filter(**request.GET.dict())`` lets a visitor name columns, joins and connectors."""
    found: list[str] = []
    for file in CODE:
        text = file.read_text(encoding="utf-8")
        if not re.search(r"\(\*|, \*", text) or not (SENT.search(text) or "cleaned_data" in text):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            spread = [ast.unparse(word.value) for word in node.keywords if word.arg is None]
            spread += [ast.unparse(one.value) for one in node.args if isinstance(one, ast.Starred)]
            if name in FILTERS | {"Q"} and any(SENT.search(text) or "cleaned_data" in text for text in spread):
                found.append(f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)[:80]}")
    assert found == []


@pytest.mark.proves("T6")
def test_nothing_is_marked_as_safe_in_the_program() -> None:
    """``format_html`` escapes its arguments and is given its form as a plain text."""
    found: list[str] = []
    for file in CODE:
        text = file.read_text(encoding="utf-8")
        if re.search(r"mark_safe|SafeString\(|SafeText|__html__|html_safe", text):
            found.append(str(file.relative_to(ROOT)))
        if "format_html" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("format_html", "format_html_join"):
                form = node.args[1 if node.func.id == "format_html_join" else 0]
                plain = isinstance(form, ast.Constant) and isinstance(form.value, str)
                if not plain and not (isinstance(form, ast.Name) and form.id.isupper()):  # a constant of the module
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


WRITERS = {"registries/spreadsheets/writing.py", "registries/spreadsheets/streaming.py", "publicity/opendata/writing.py", "config/demo/county/workbooks.py"}


@pytest.mark.proves("T8")
def test_tables_are_written_in_the_guarded_writers_alone() -> None:
    found = {str(file.relative_to(ROOT)) for file in CODE if re.search(r"csv\.(?:writer|DictWriter)|\bWorkbook\(|xlsxwriter", file.read_text(encoding="utf-8"))}
    assert found == WRITERS


@pytest.mark.proves("T7")
def test_one_press_makes_all_documents() -> None:
    found = {str(file.relative_to(ROOT)) for file in CODE if re.search(r"(?:import|from) weasyprint", file.read_text(encoding="utf-8"))}
    assert found == {"registries/paper.py"}


CALLERS = re.compile(r"^\s*(?:import|from) (?:urllib\.request|http\.client|socket|ssl|smtplib|ftplib|requests|httpx|urllib3|aiohttp|redis)\b", re.MULTILINE)
CALLING = {
    "config/demo/serve.py", "config/demo/walk.py", "config/testing/servers.py",
    "registries/counting.py", "registries/operations/probes.py", "registries/ledger/mailing.py", "inspections/messages/mailing.py",
}  # fmt: skip
"""The demo and the tests; the counters in Redis; the page that looks whether queue and certificate are well; the two mails. No address of theirs comes from a row or a visitor."""


@pytest.mark.proves("T7")
def test_no_other_module_calls_anything_outside() -> None:
    found = {str(file.relative_to(ROOT)) for file in CODE if CALLERS.search(file.read_text(encoding="utf-8"))}
    assert found == CALLING


REQUIREMENTS = ("config/requirements.txt", "config/requirements-test.txt")


@pytest.mark.proves("T17")
def test_every_package_is_pinned_with_its_digests_and_the_dangerous_versions_are_out() -> None:
    for name in REQUIREMENTS:
        blocks = re.split(r"\n(?=\S)", Path(ROOT / name).read_text(encoding="utf-8"))
        pinned = [block for block in blocks if re.match(r"[A-Za-z0-9._-]+(?:\[[^\]]*\])?==", block)]
        assert len(pinned) > 30, name
        assert all("--hash=sha256:" in block for block in pinned), name
        assert not [block for block in blocks if re.match(r"(?:-e|git\+|https?:|[A-Za-z0-9._-]+ @)", block)], name
    versions = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / REQUIREMENTS[0]).read_text(encoding="utf-8"), re.MULTILINE))

    def at_least(package: str, *least: int) -> None:
        assert tuple(int(part) for part in versions[package].split(".")[: len(least)]) >= least, package

    at_least("django", 5, 2, 19)
    at_least("weasyprint", 70, 0)
    at_least("defusedxml", 0, 7)
    assert (versions["celery"], versions["kombu"]) == ("5.6.3", "5.6.2")


@pytest.mark.proves("T17")
def test_the_bill_of_materials_names_every_pinned_package_with_its_digests() -> None:
    parts = bill((ROOT / REQUIREMENTS[0]).read_text(encoding="utf-8"))["components"]
    assert {"django", "celery", "weasyprint"} <= {part["name"] for part in parts}
    assert all(part["hashes"] and part["purl"].startswith("pkg:pypi/") for part in parts)
