"""Extraction, merging and checking of messages, on a small tree."""

from pathlib import Path

import pytest

from config import catalogue

PAGE = """{% load i18n %}
    <p title="it's (">{% translate "Hello there" %}</p>
  {% blocktranslate trimmed with n=b.c count counter=list|length %}
    one {{ n }} thing
  {% plural %}
    {{ counter }} things of {{ n }}
  {% endblocktranslate %}
      {% translate "May" context "month" %}
"""
CODE = 'say("Approved by %(who)s", who=1)\ngettext_lazy("a" "b")\npgettext("verb", "draw")\n'
CHINESE = """
msgid "Hello there"
msgstr "您好"

msgid "one %(n)s thing"
msgid_plural "%(counter)s things of %(n)s"
msgstr[0] "%(n)s 的 %(counter)s 件"

msgctxt "month"
msgid "May"
msgstr "五月"

msgid "Approved by %(who)s"
msgstr "由 %(whom)s 批准"

msgid "gone"
msgstr "没了"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A template, a module and a module of the console."""
    for name, text in {"templates/a.html": PAGE, "config/b.py": CODE, "config/demo/c.py": 'say("console")\n'}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_messages_of_code_and_templates_are_found_and_the_console_is_left_alone(tree: Path) -> None:
    found = {(message.id, message.context) for message in catalogue.in_code(tree) if message.id}
    assert found == {
        ("Hello there", None),
        (("one %(n)s thing", "%(counter)s things of %(n)s"), None),
        ("May", "month"),
        ("Approved by %(who)s", None),
        ("ab", None),
        ("draw", "verb"),
    }


def test_faults_name_what_is_missing_wrong_and_left_over(tree: Path) -> None:
    (tree / "zh.po").write_text(CHINESE, encoding="utf-8")
    faults = catalogue.faults(catalogue.in_code(tree), catalogue.read(tree / "zh.po"))
    assert [fault.split(":")[0] for fault in faults] == [
        "placeholders differ",
        "not in the catalogue",
        "not in the catalogue",
        "no longer in the code",
    ]


def test_merging_keeps_known_chinese_prefers_fragments_and_drops_the_rest(tree: Path) -> None:
    (tree / "zh.po").write_text(CHINESE, encoding="utf-8")
    (tree / "new.po").write_text('msgid "Hello there"\nmsgstr "你好"\n\nmsgid "ab"\nmsgstr "甲乙"\n', encoding="utf-8")
    merged = catalogue.merge(catalogue.in_code(tree), catalogue.read(tree / "zh.po"), [catalogue.read(tree / "new.po")])
    catalogue.write(merged, tree / "out.po")
    result = catalogue.read(tree / "out.po")
    chinese = {message.id: message.string for message in result if message.id}
    assert chinese["Hello there"] == "你好"
    assert chinese["ab"] == "甲乙"
    assert chinese["May"] == "五月"
    assert chinese["draw"] == ""
    assert "gone" not in chinese
