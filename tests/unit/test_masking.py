"""Numbers of persons in free text are found in every spelling and starred out; other numbers stay."""

import pytest

from publicity.disclosures.masking import finds, masked, why_not_publish

ID = "37032319900101123X"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("id", ID),
        ("id", ID.lower()),
        ("id", "370323 19900101 1234"),
        ("id", "３７０３２３１９９００１０１１２３４"),
        ("id", "370323900101123"),
        ("phone", "13805331234"),
        ("phone", "138 0533 1234"),
        ("phone", "138-0533-1234"),
        ("phone", "１３８０５３３１２３４"),
        ("phone", "+86 13805331234"),
        ("phone", "8613805331234"),
        ("phone", "0533-3241234"),
        ("phone", "05333241234"),
        ("phone", "010 12345678"),
        ("card", "6222021603001234567"),
        ("card", "6222 0216 0300 1234 567"),
        ("card", "6222-0216-0300-1234"),
        ("plate", "鲁C12345"),
        ("plate", "鲁C·A1234"),
        ("plate", "鲁c 1234a"),
        ("plate", "鲁CD12345"),
        ("plate", "鲁C1234警"),
        ("plate", "鲁Ｃ１２３４５"),
    ],
)
def test_each_spelling_is_found_and_starred_out_whole(kind: str, number: str) -> None:
    text = f"当事人（{number}）未登记。"
    assert [one.kind for one in finds(text)] == [kind]
    assert masked(text) == f"当事人（{'*' * len(number)}）未登记。"
    assert why_not_publish(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "未按规定登记住宿人员信息3人次，责令2026年11月23日前改正。",
        "房间301、302、1205未装门锁，共18间。",
        "依据《旅馆业治安管理办法》第十四条，罚款500元。",
        "源公发〔2021〕89号；2026-11-23 14:30 检查。",
        "营业执照有效期 2020.01.01-2040.12.31",
        "鲁中特大市场3号楼",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text
    assert finds(text) == []
    assert why_not_publish(text) is None


def test_several_numbers_in_one_text_are_all_gone() -> None:
    text = f"张某({ID},电话13805331234)驾驶鲁C12345,付款卡6222021603001234567。"
    assert [one.kind for one in finds(text)] == ["id", "phone", "plate", "card"]
    clean = masked(text)
    assert len(clean) == len(text)
    assert not any(part in clean for part in (ID, "1380533", "C12345", "6222"))
    assert masked(clean) == clean
    assert why_not_publish(clean) is None


def test_numbers_next_to_each_other_are_told_apart() -> None:
    clean = masked("电话13805331234、13905331234")
    assert clean == f"电话{'*' * 11}、{'*' * 11}"
    assert "1" not in masked("13805331234 13905331234")
