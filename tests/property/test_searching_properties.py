"""The normal form of searches: stable, blind to width, case, brackets and blanks; whatever a row is called, it is found by it."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from registries.lists.searching import LONGEST, normalised, readings, search_text, words

TEXTS = st.text(max_size=60)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20)
WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}


@given(TEXTS)
@example("ﬃ İ ß ｶﾞ")
@example("\u1112_\u1161")
def test_the_normal_form_is_stable_and_holds_no_blank(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert once.split() in ([], [once])


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40))
def test_full_width_and_half_width_upper_and_lower_are_one(text: str) -> None:
    assert normalised(text.translate(WIDE)) == normalised(text) == normalised(text.upper())


@given(HAN, HAN)
def test_brackets_and_blanks_make_no_difference(first: str, second: str) -> None:
    spellings = (f"{first}({second})", f"{first}（{second}）", f"{first}\u3000{second}", f" {first}【{second}】 ")
    assert {normalised(one) for one in spellings} == {unicodedata.normalize("NFKC", first + second)}


@given(HAN, st.integers(0, 20), st.integers(1, 20))
def test_a_row_is_found_by_any_part_of_its_name_and_of_its_initials(name: str, start: int, length: int) -> None:
    kept = search_text(name, ["S1"])
    for part in (name[start : start + length], *(one[start : start + length] for one in readings(name))):
        assert all(word in kept for word in words(part))


@given(TEXTS, st.lists(TEXTS, max_size=20))
def test_a_search_text_is_never_too_long_and_has_no_double_blank(name: str, others: list[str]) -> None:
    kept = search_text(name, others)
    assert len(kept) <= LONGEST
    assert "  " not in kept


def test_initials_follow_the_phrase_and_the_character() -> None:
    assert readings("沂源县7号") == ["yyx7h"]
    assert readings("重庆火锅") == ["cqhg", "zqhg"]
    assert readings("音乐厅")[0] == "yyt"
    assert search_text("沂源（历山）旅馆", ["91370323MA3"]).split() == ["沂源历山旅馆", "yylslg", "91370323ma3"]
