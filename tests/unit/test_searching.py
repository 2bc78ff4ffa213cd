"""What a search looks for: terms of a result, and questions that only they answer."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from publicity.disclosures.models import Disclosure
from publicity.disclosures.searching import FIRST_YEAR, days, flat, question, span, terms_of

DAY = dt.date(2026, 11, 1)


def result(name: str = "沂源县青山旅馆", code: str = "91370323MA3C12345X", **columns: object) -> set[str]:
    """The terms of a made-up result."""
    row = Disclosure(
        subject_name=name, subject_code=code, unit_name="治安 大队(一)", town_name="历山街道", result_code="clean", result_group="clean",
        matters=[{"code": "ZA01"}, {"code": "ZA02"}], inspected_on=DAY, draw_number="2026-001", plan_item_code="2026-P01", **columns,
    )  # fmt: skip
    return set(terms_of(row).split(" "))


def fits(terms: set[str], **asked: object) -> bool:
    """Whether these terms answer the question."""
    return all(any(terms.issuperset(alternative) for alternative in part) for part in question(asked))


def test_one_character_two_and_many_find_a_name() -> None:
    inn = result()
    for asked in ("旅", "旅馆", "青山旅馆", "沂源 旅馆", "ｑｓｌｇ", "qs", "YYXQ", "lg"):
        assert fits(inn, q=asked), asked
    for asked in ("馆旅", "山青", "宾馆", "qx", "lgq", "z"):
        assert not fits(inn, q=asked), asked


def test_a_code_is_found_whole_and_by_its_beginning() -> None:
    inn = result()
    for asked in ("91370323MA3C12345X", "91370323ma3c12345x", "91370323", "91370323MA3", "９１３７０３２３ＭＡ３"):
        assert fits(inn, q=asked), asked
    for asked in ("91370323MA3C12345Y", "91370323MA4", "MA3C12345X1"):
        assert not fits(inn, q=asked), asked


def test_letters_and_figures_in_a_name_are_found() -> None:
    club = result("金色KTV7号店")
    for asked in ("ktv", "KTV7号", "7号", "7", "jsktv"):
        assert fits(club, q=asked), asked


def test_filters_ask_for_whole_values() -> None:
    inn = result()
    assert fits(inn, unit="治安 大队(一)", town="历山街道", matter="ZA02", draw="2026-001", plan="2026-P01", result="clean")
    for name, value in {"unit": "治安", "town": "历山", "matter": "ZA0", "draw": "2026-00", "result": "problem"}.items():
        assert not fits(inn, **{name: value}), name


def test_a_terms_text_has_no_empty_and_no_quoted_part() -> None:
    terms = result('引号"旅馆\' -x*', code="")
    assert "" not in terms
    assert not any(set(one) & set("\"'*() ") for one in terms)


@given(st.dates(dt.date(2019, 1, 1), dt.date(2031, 12, 31)), st.dates(dt.date(2019, 1, 1), dt.date(2031, 12, 31)), st.integers(-3, 3))
def test_days_are_found_exactly_between_two_days(since: dt.date, until: dt.date, near: int) -> None:
    told = set(days(since, until))
    assert span(tuple((one,) for one in days(since, until))) == ((since, until) if since <= until else None)
    for day in (since + dt.timedelta(days=near), until + dt.timedelta(days=near)):
        terms = {f"y={day:%Y}", f"y={day:%Y%m}", f"y={day:%Y%m%d}"}
        assert bool(terms & told) == (since <= day <= until)


def test_open_ends_and_absurd_days_stay_few() -> None:
    for since, until in ((None, DAY), (DAY, None), (dt.date.min, dt.date.max), (dt.date.max, dt.date.min)):
        assert 1 <= len(days(since, until)) < 150
    assert f"y={FIRST_YEAR}" in days(None, DAY)


@given(st.text(max_size=80))
def test_whatever_is_typed_comes_to_terms_without_quotes(typed: str) -> None:
    for one in flat(question({"q": typed, "town": typed})):
        assert one
        assert not set(one) & set("\"' \x00")
