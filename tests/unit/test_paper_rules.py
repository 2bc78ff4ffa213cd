"""Numbers of documents, addresses of notices and their rules, without a database."""

import datetime as dt
from typing import Any

import pytest

from inspections.papers import rules

KEY = b"a key of this server"
DAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(("unit", "word"), [("治", "源公（治）"), ("源公(治)", "源公（治）"), ("（治）", "源公（治）"), ("", "源公"), ("源公", "源公")])
def test_a_number_is_spelled_as_the_police_spell_it(unit: str, word: str) -> None:
    assert rules.number_text(rules.word_of("源公", unit), "检通字", 2026, 12) == f"{word}检通字〔2026〕12号"


def test_an_address_carries_a_check_value_that_only_this_server_writes() -> None:
    token = "0123456789abcdef" * 2
    part = rules.address_part(token, KEY)
    assert rules.token_in(part, KEY) == token
    assert rules.token_in(part, b"another key") is None
    for at in range(len(part)):
        wrong = part[:at] + ("0" if part[at] != "0" else "1") + part[at + 1 :]
        assert rules.token_in(wrong, KEY) is None
    for wrong in ("", "x", token, "金" * 40, part + "0"):
        assert rules.token_in(wrong, KEY) is None


def test_missing_numbers_are_found() -> None:
    assert rules.gaps([1, 2, 4, 7]) == [3, 5, 6]
    assert rules.gaps([]) == []


def serve(**given: Any) -> str:
    values = {"voided": False, "served": False, "made_on": DAY, "on": DAY, "today": DAY, "to": "王经理", "witness": "", "how": "received"}
    why = rules.why_not_serve(**{**values, **given})
    return why.english if why else ""


def test_a_notice_is_handed_over_once_on_a_possible_day() -> None:
    assert serve() == ""
    assert "already" in serve(served=True)
    assert "void" in serve(voided=True)
    assert "before" in serve(on=DAY - dt.timedelta(days=1))
    assert "future" in serve(on=DAY + dt.timedelta(days=1))
    assert "Say who" in serve(to=" ")
    assert "witness" in serve(how="refused")
    assert serve(how="refused", witness="李某") == ""


def test_a_recusal_is_decided_within_two_days_after_the_day_of_the_request() -> None:
    assert rules.decided_by(DAY) == dt.date(2026, 11, 25)
