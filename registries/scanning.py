"""What of a free text must not be published: numbers of persons, and places where it may name or describe one (domain.md §8). Pure.

Sure finds are starred out whatever anybody says. Doubts are starred out as well, unless a person looked at each and found
it harmless. Full-width and Chinese figures, and figures parted by spaces or hyphens, are found too. A name that no word
beside it gives away cannot be found by rule: whoever clears a text looks for those.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

STAR = "*"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱"
    "秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植"
    "甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边窦戚岑苑党国宗淳"
)

_WIDE = {0xFF10 + n: 0x30 + n for n in range(10)}
_WIDE |= {0xFF21 + n: 0x41 + n for n in range(26)}
_WIDE |= {0xFF41 + n: 0x41 + n for n in range(26)}
_WIDE |= {0x61 + n: 0x41 + n for n in range(26)}
_WIDE |= {ord(c): ord("-") for c in "－—–‐‑"} | {ord("　"): ord(" "), ord("＠"): ord("@"), ord("．"): ord(".")}
_SPOKEN = {ord(c): 0x30 + n for n, c in enumerate("零一二三四五六七八九")} | {ord("〇"): 0x30}

_GAP = r"[ \-]?"
_START, _END = r"(?<![0-9])(?<![0-9][ \-])", r"(?![0-9])"
_IS = r"(?:号码|号|群|账号)?[ :：为是]{0,2}"
_DAY = r"(?:19|20)\d{2}(?:[年./\-]\d{1,2}(?:[月./\-](?:\d{1,2}日?)?)?|年)"
_NAME = rf"[{SURNAMES}](?![某\*＊×])[\u4e00-\u9fff](?!某)[\u4e00-\u9fff]?"

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("id", re.compile(rf"{_START}(?:\d{_GAP}){{17}}[\dX](?![0-9A-Z])")),
    ("id", re.compile(rf"{_START}\d{{15}}{_END}")),
    ("id", re.compile(rf"(?:护照|通行证|军官证){_IS}(?P<it>[A-Z]{{1,2}}\d{{7,9}}){_END}")),
    ("card", re.compile(rf"{_START}(?:\d{_GAP}){{15,18}}\d{_END}")),
    ("phone", re.compile(rf"(?<![0-9])(?:\+?86{_GAP})?1[3-9]\d(?:[ \-.·]{{0,2}}\d){{8}}{_END}")),
    ("phone", re.compile(rf"(?<![0-9])0\d{{2,3}}{_GAP}\d{{7,8}}{_END}")),
    ("plate", re.compile(rf"[{PROVINCES}][A-HJ-NP-Z][ ·•・.\-]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![A-Z0-9])")),
    ("account", re.compile(rf"(?:QQ|微信|WECHAT|VX|WX|支付宝|抖音){_IS}[A-Z0-9][A-Z0-9_\-]{{4,23}}")),
    ("mail", re.compile(r"[A-Z0-9._%+\-]+@[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)+")),
    ("birth", re.compile(rf"(?:出生日期|出生年月|出生于|生日|生于){_IS}{_DAY}|{_DAY}(?:出生|生(?![产成效活]))")),
    ("minor", re.compile(r"(?<![0-9])(?:\d|1[0-7])(?:周岁|岁)")),
    ("home", re.compile(r"\d+(?:号楼|栋|幢)(?:\d+单元)?\d+(?:室|户|号)?|\d+单元\d+(?:室|户|号)?")),
    ("home", re.compile(r"(?:家庭住址|现住址|住址|户籍地|户籍所在地|家住|现住)[ :：为是在于]{0,2}[^，。；、,;\n（）()]{3,40}")),
    ("name", re.compile(rf"[{SURNAMES}](?!某)[\u4e00-\u9fff]{{0,2}}?(?<!某)(?:先生|女士|小姐|师傅|老板)")),
    ("name", re.compile(rf"(?:姓名|代表人|负责人|经营者|店主|员工|住客|旅客|当事人|证人|联系人|人员|顾客|房东)[ :：为是系叫]{{0,2}}(?P<it>{_NAME})(?=[，。；、,;（）() ]|身份|电话|等|\Z)")),
    ("name", re.compile(rf"{_NAME}(?=[（(，,：: ]{{0,2}}(?:身份证|公民身份|电话|手机|男[，,）)。]|女[，,）)。]))")),
)  # fmt: skip
"""Kind → how it is spelled, once letters are capitals and figures half-width. Earlier ones win where two overlap."""

NUMBERS = ("id", "card", "phone", "plate")
UNSURE = "number"
"""As long as the number of a card or of a person, and neither by its check digit."""


class Find(NamedTuple):
    """What was found: its kind, where it stands, and whether it is beyond doubt."""

    kind: str
    start: int
    end: int
    sure: bool

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands."""
        return self.start, self.end


def finds(text: str) -> list[Find]:
    """Everything that is found in ``text``, in order, none overlapping; the earlier pattern of the table wins."""
    plain = text.translate(_WIDE)
    spoken = plain.translate(_SPOKEN)
    found: list[Find] = []
    for kind, pattern in PATTERNS:
        for read in (plain, spoken) if kind in NUMBERS else (plain,):
            for match in pattern.finditer(read):
                one = _judged(kind, match)
                if not any(one.start < other.end and other.start < one.end for other in found):
                    found.append(one)
    return sorted(found, key=lambda one: one.start)


def _judged(kind: str, match: re.Match[str]) -> Find:
    """A long number is one of a person or of a card by its birthday or check digit; by neither it is in doubt."""
    start, end = match.span("it" if "it" in match.re.groupindex else 0)
    digits = re.sub(r"[^0-9X]", "", match.group())
    if kind in ("id", "card") and re.fullmatch(r"[0-9]{15,19}|[0-9]{17}X", digits):
        sure = _is_card(digits) if kind == "card" else is_id(digits)
        if not sure and kind == "id" and _is_card(digits):
            return Find("card", start, end, True)
        return Find(kind if sure else UNSURE, start, end, sure)
    return Find(kind, start, end, kind in NUMBERS)


def is_id(number: str) -> bool:
    """Whether this is an ID number: by its check character (GB 11643), or by a birthday in it, since people mistype."""
    if len(number) == 15:
        return _is_day("19" + number[6:12])
    if len(number) != 18:
        return False
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17] or _is_day(number[6:14])


def _is_day(text: str) -> bool:
    try:
        return 1900 <= dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).year <= 2099
    except ValueError:
        return False


def _is_card(number: str) -> bool:
    """By its check digit (Luhn), or by the 62 with which cards of this country begin."""
    if not number.isdigit() or not 15 <= len(number) <= 19:
        return False
    return number.startswith("62") or luhn(number)


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    turned = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in turned) % 10 == 0


def is_name(text: str) -> bool:
    """Whether a registered name is nothing but the name of a person: a surname and one or two signs (欧阳 and its like too)."""
    return re.fullmatch(rf"(?:[{SURNAMES}]|欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐)[\u4e00-\u9fff]{{1,2}}", text.strip()) is not None


def doubts(text: str) -> list[Find]:
    """What a person must decide on: harmless, or starred out."""
    return [one for one in finds(text) if not one.sure]


def places_of(text: str, wording: str) -> Iterator[tuple[int, int]]:
    """Everywhere ``wording`` stands in ``text``."""
    at = text.find(wording) if wording else -1
    while at >= 0:
        yield at, at + len(wording)
        at = text.find(wording, at + len(wording))


def starred(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with these places starred out, the same length; line breaks stay."""
    signs = list(text)
    for start, end in spans:
        for at in range(max(start, 0), min(end, len(signs))):
            if signs[at] not in "\r\n":
                signs[at] = STAR
    return "".join(signs)


def masked(text: str) -> str:
    """``text`` as it may go out when nobody looked: every find starred out."""
    return starred(text, (one.span for one in finds(text)))


def masked_numbers(text: str) -> str:
    """A registered name or a title: only what is a person's number beyond doubt is starred out."""
    return starred(text, (one.span for one in finds(text) if one.sure))
