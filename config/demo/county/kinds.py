"""What kinds of subjects the sample county has: how many of each, who answers for them, and what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass

_FIRST = "云松竹兰青清明瑞和泰安康福嘉永春秋东南星"
_SECOND = "溪月泉峰岭湖苑庭园源海川林桥台"
_MARKS = ("示例", "样例", "演示")

Lodging = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One category's subjects: how many, their unit, their kinds in turn, the endings of their names.

    `also` is a second category that every 14th has; `uncoded` n: every n-th has no credit code; `stations`: every 5th
    belongs to the police station; `lodging` deals out (grade, upheld complaints, serious violations, how many).
    """

    name: str
    count: int
    unit: str
    kinds: tuple[str, ...]
    endings: tuple[str, ...]
    also: str = ""
    uncoded: int = 0
    stations: bool = False
    lodging: Lodging = ()


_FIRM, _SHOP, _BODY, _CLUB = "企业", "个体工商户", "机关事业单位", "社会组织"
_MIXED = (_FIRM, _SHOP, _SHOP)

_HOTELS: Lodging = (
    ("D", 0, 0, 16), ("D", 1, 0, 6), ("D", 0, 1, 6), ("C", 0, 0, 36), ("C", 1, 0, 8), ("C", 0, 1, 6), ("B", 0, 0, 90), ("B", 1, 0, 10),
)
_GUESTHOUSES: Lodging = (
    ("D", 0, 0, 8), ("D", 0, 1, 6), ("C", 0, 0, 18), ("C", 1, 0, 6), ("B", 0, 0, 44), ("B", 1, 0, 6),
)

KINDS = (
    Kind("旅馆", 300, "ZA", _MIXED, ("旅馆", "宾馆", "快捷酒店", "招待所"), also="涉外住宿和用工单位", stations=True, lodging=_HOTELS),
    Kind("民宿", 150, "ZA", (_SHOP, _SHOP, _FIRM), ("民宿", "山居民宿", "农家院"), stations=True, lodging=_GUESTHOUSES),
    Kind("典当行", 6, "ZA", (_FIRM,), ("典当有限公司",)),
    Kind("公章刻制企业", 24, "ZA", _MIXED, ("刻章店", "印章服务部")),
    Kind("娱乐场所", 58, "ZA", (_FIRM, _SHOP), ("歌舞厅", "量贩歌城", "游艺厅"), stations=True),
    Kind("机动车修理企业", 190, "ZA", (_SHOP, _SHOP, _FIRM), ("汽车修理厂", "汽修服务部", "轮胎店"), uncoded=19, stations=True),
    Kind("报废机动车回收企业", 3, "ZA", (_FIRM,), ("报废机动车回收有限公司",)),
    Kind("废旧金属收购站点", 84, "ZA", (_SHOP, _SHOP, _FIRM), ("废旧物资回收站", "再生资源收购点"), uncoded=12, stations=True),
    Kind("保安服务公司", 14, "ZA", (_FIRM,), ("保安服务有限公司",)),
    Kind("自行招用保安员单位", 88, "ZA", (_FIRM, _FIRM, _BODY), ("物业服务有限公司", "商贸有限公司", "文化馆")),
    Kind("保安培训单位", 3, "ZA", (_CLUB,), ("保安职业培训学校",)),
    Kind("治安保卫重点单位", 58, "NB", (_FIRM, _BODY), ("供水有限公司", "广播发射台", "供电服务中心"), uncoded=9),
    Kind("金融机构营业场所", 66, "NB", (_FIRM,), ("银行股份有限公司支行", "信用社营业部")),
    Kind("民用爆炸物品单位", 16, "ZA", (_FIRM,), ("爆破工程有限公司", "矿业有限公司")),
    Kind("剧毒化学品单位", 9, "ZA", (_FIRM, _BODY), ("化工有限公司", "检验中心")),
    Kind("易制爆危险化学品单位", 24, "ZA", (_FIRM, _BODY), ("精细化工有限公司", "中学实验室"), uncoded=8),
    Kind("民用枪支配置单位", 4, "ZA", (_FIRM,), ("守护押运有限公司",)),
    Kind("烟花爆竹运输燃放单位", 8, "ZA", (_FIRM,), ("烟花爆竹运输有限公司", "焰火燃放有限公司")),
    Kind("大型群众性活动承办者", 14, "ZA", ("活动",), ("音乐节", "山地马拉松", "苹果采摘节")),
    Kind("上网服务营业场所", 52, "WA", (_FIRM, _SHOP), ("网吧", "网咖")),
    Kind("联网使用单位", 78, "WA", (_BODY, _FIRM, _CLUB), ("小学", "信息科技有限公司", "职业培训学校"), uncoded=6),
    Kind("互联网文化经营单位", 12, "WA", (_FIRM,), ("网络文化传媒有限公司",)),
    Kind("易制毒化学品单位", 40, "JD", (_FIRM,), ("化工贸易有限公司", "医药有限公司")),
    Kind("机动车安检机构", 9, "JJ", (_FIRM,), ("机动车检测有限公司",)),
    Kind("道路运输企业", 56, "JJ", (_FIRM,), ("客运有限公司", "货物运输有限公司", "危险货物运输有限公司")),
    Kind("涉外住宿和用工单位", 28, "CRJ", (_FIRM, _BODY), ("外语培训有限公司", "中等专业学校"), uncoded=7),
    Kind("寄递物流企业", 88, "ZA", (_FIRM, _SHOP), ("快递服务部", "物流有限公司"), stations=True),
    Kind("油气管道企业", 6, "ZA", (_FIRM,), ("天然气管道有限公司",)),
    Kind("民用爆炸物品单位", 12, "ZA", ("场所",), ("采石场爆破作业点", "隧道工程爆破作业点")),
)


def names(kind: Kind) -> Iterator[str]:
    """As many names as the kind has subjects, none twice, each of them plainly a sample: 沂源示例云溪旅馆."""
    for at in range(kind.count):
        ending = kind.endings[at % len(kind.endings)]
        first = _FIRST[at % len(_FIRST)]
        second = _SECOND[(at // len(_FIRST) + at) % len(_SECOND)]
        yield f"沂源{_MARKS[at % 3]}{first}{second}{ending}"
