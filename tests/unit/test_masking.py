"""Numbers of persons in free text are found in every spelling and starred out; other numbers stay."""

import pytest

from publicity.disclosures.masking import finds, masked, masked_numbers, why_not_publish
from registries.scanning import doubts, is_id, is_name, luhn

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


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("number", "发票1234567890123456一张", "1234567890123456"),
        ("number", "编号370323199013451234", "370323199013451234"),
        ("account", "微信号：abc_12345", "微信号：abc_12345"),
        ("account", "QQ 1234567", "QQ 1234567"),
        ("mail", "邮箱zhang.san@qq.com", "zhang.san@qq.com"),
        ("birth", "1990年3月5日出生", "1990年3月5日出生"),
        ("minor", "接纳一名16岁的人", "16岁"),
        ("home", "住3号楼2单元501室", "3号楼2单元501室"),
        ("home", "住址：南麻街道健康路8号。", "住址：南麻街道健康路8号"),
        ("name", "住客刘先生未登记", "刘先生"),
        ("name", "负责人王小明（身份证已核）", "王小明"),
        ("name", "姓名：王强。", "王强"),
    ],
)
def test_what_is_in_doubt_is_starred_out_and_can_be_left(kind: str, text: str, words: str) -> None:
    found = doubts(text)
    assert [(one.kind, text[one.start : one.end]) for one in found] == [(kind, words)]
    assert masked(text) == text.replace(words, "*" * len(words))
    assert why_not_publish(text) is None


@pytest.mark.parametrize(
    "text",
    ["王某先生、李某某未登记", "负责人不在场", "管理人员未持证", "经营者高兴地配合", "当事人未按规定", "2021年3月5日生产", "二〇二一年十一月二十三日", "18岁以上", "3号楼"],
)
def test_ordinary_words_raise_no_doubt(text: str) -> None:
    assert finds(text) == []


@pytest.mark.parametrize("number", ["护照E12345678", "一三八零五三三一二三四", "138.0533.1234", "370323199001011234"])
def test_numbers_in_other_clothes_are_sure(number: str) -> None:
    assert [one.sure for one in finds(number)] == [True]


def test_check_digits_tell_cards_and_persons() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert is_id("11010519491231002X")
    assert is_id("110105194912310021"), "mistyped, but with a birthday"
    assert not is_id("123456789012345678")
    assert [one.kind for one in finds("4111111111111111")] == ["card"]


@pytest.mark.parametrize(("name", "person"), [("张伟", True), ("欧阳锋", True), ("张伟小吃店", False), ("沂源", False), ("王府井", True)])
def test_a_registered_name_that_is_a_persons(name: str, person: bool) -> None:
    assert is_name(name) is person


def test_a_registered_name_keeps_its_words() -> None:
    assert masked_numbers("刘先生面馆13805331234") == "刘先生面馆***********"
