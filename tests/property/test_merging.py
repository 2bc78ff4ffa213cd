"""Two people on one record, for any typing: nobody's field is overwritten unseen, and what is merged is one of the two versions."""

from hypothesis import given
from hypothesis import strategies as st

from inspections.cases import drawing, merging
from inspections.cases.rules import Draft, Line

FIELDS = st.dictionaries(st.sampled_from(["findings", "present", "answer_1", "remark_1"]), st.text(max_size=5))


@given(now=FIELDS, typed=FIELDS, base=FIELDS)
def test_a_field_changes_only_where_the_typist_had_seen_what_stands_there(
    now: dict[str, str], typed: dict[str, str], base: dict[str, str]
) -> None:
    now = {name: merging.spelled(value) for name, value in now.items()}
    merged = merging.merge(now, typed, base)
    for name in {*now, *typed}:
        before, after = now.get(name, ""), merged.values.get(name, "")
        if name not in typed:
            assert after == before
        elif name in merged.conflicts:
            assert after == before != merging.spelled(typed[name])
        else:
            assert after == merging.spelled(typed[name])
            assert before in (after, merging.spelled(base.get(name, "")))


@given(now=FIELDS, typed=FIELDS, base=FIELDS)
def test_sending_the_same_twice_changes_nothing_more(now: dict[str, str], typed: dict[str, str], base: dict[str, str]) -> None:
    once = merging.merge(now, typed, base)
    assert merging.merge(once.values, typed, base).values == once.values


def test_a_draft_survives_the_way_over_fields() -> None:
    draft = Draft(None, 3, "走廊\n堆物", None, "王某", {7: Line("no", "缺"), 9: Line("", "先记")})
    assert merging.draft_of(merging.flat(draft), [7, 8, 9]) == draft


@given(st.text())
def test_no_text_that_is_no_drawing_becomes_a_picture(text: str) -> None:
    path = drawing.path(text)
    assert set(path) <= set("ML 0123456789")


def test_a_drawing_nested_without_end_is_none() -> None:
    assert drawing.strokes("[" * 60_000) is None
