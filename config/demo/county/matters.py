"""The 27 matters of the sample list, with the unit, the ratio and the inspectors each needs.

Legal bases stand in `bases`, checklist items in `checklists_order`, `checklists_hazards` and `checklists_other`. Ratios are suggestions for a
sample; articles are to be checked by the legal section.
"""

from typing import NamedTuple

GENERAL, KEY = "一般检查事项", "重点检查事项"
RANDOM, FULL, MIXED = "双随机", "全覆盖", "一般对象双随机重点对象定向"


class Matter(NamedTuple):
    """One row of the sheet 事项; `categories`, `fields` and `specialties` are labels joined by 、."""

    code: str
    area: str
    name: str
    content: str
    categories: str
    kind: str
    method: str
    mode: str
    unit: str
    ratio: int
    team_size: int
    fields: str
    specialties: str
    partners: str = ""
    remarks: str = ""


_TRADES = "特种行业和场所治安管理"
_GUARDS = "保安和内部治安保卫"
_HAZARDS = "危险物品管理"
_NET = "网络安全管理"
_TRAFFIC = "道路交通安全管理"
_SITE, _SITE_PAPER = "现场检查", "现场检查、书面检查"

MATTERS = (
    Matter("ZA01", _TRADES, "旅馆业治安检查", "许可与备案、住宿实名登记与上传、访客管理、境外旅客报送、监控与寄存、治安制度", "旅馆、民宿", GENERAL, _SITE, RANDOM, "ZA", 5, 2, "治安", "旅馆业管理", "住房城乡建设、卫生健康、市场监管、消防救援（可联合）"),
    Matter("ZA02", _TRADES, "典当业治安检查", "当户身份查验与当物登记、可疑当物报告、安全防范设施", "典当行", GENERAL, _SITE, RANDOM, "ZA", 10, 2, "治安", "特种行业管理"),
    Matter("ZA03", _TRADES, "公章刻制业治安检查", "特种行业许可、印章信息备案上传、委托刻制登记、废旧印章销毁", "公章刻制企业", GENERAL, _SITE, RANDOM, "ZA", 10, 2, "治安", "特种行业管理"),
    Matter("ZA04", _TRADES, "娱乐场所治安检查", "监控设施运行与资料留存、包厢设置、从业人员名簿、营业日志、保安配备", "娱乐场所", GENERAL, _SITE, RANDOM, "ZA", 8, 2, "治安", "娱乐场所管理", "文化和旅游（可联合）"),
    Matter("ZA05", _TRADES, "机动车修理业治安检查", "承修车辆登记查验、可疑情况报告、治安责任人", "机动车修理企业", GENERAL, _SITE, RANDOM, "ZA", 5, 2, "治安", "特种行业管理"),
    Matter("ZA06", _TRADES, "报废机动车回收业治安检查", "回收登记查验、可疑车辆报告、监督销毁", "报废机动车回收企业", GENERAL, _SITE, RANDOM, "ZA", 34, 2, "治安", "特种行业管理", "本局交警大队配合"),
    Matter("ZA07", _TRADES, "废旧金属收购业治安检查", "开业备案、收购登记、禁止收购物品、可疑情况报告", "废旧金属收购站点", GENERAL, _SITE, RANDOM, "ZA", 5, 2, "治安", "特种行业管理"),
    Matter("ZA08", _GUARDS, "保安服务公司检查", "许可条件、服务合同留存、保安员持证与培训、监控影像留存", "保安服务公司", GENERAL, _SITE_PAPER, RANDOM, "ZA", 8, 2, "治安", "保安内保", "人力资源社会保障、市场监管（可联合）"),
    Matter("ZA09", _GUARDS, "自行招用保安员单位检查", "备案、保安员条件、不得对外提供保安服务", "自行招用保安员单位", GENERAL, _SITE, RANDOM, "ZA", 5, 2, "治安", "保安内保"),
    Matter("ZA10", _GUARDS, "保安培训单位检查", "备案、师资和场地、培训大纲执行", "保安培训单位", GENERAL, _SITE_PAPER, RANDOM, "ZA", 34, 2, "治安", "保安内保"),
    Matter("ZA11", _GUARDS, "企业事业单位内部治安保卫工作检查", "治安保卫制度、机构人员、出入巡逻、重要部位、技术防范、隐患整改", "治安保卫重点单位", KEY, _SITE, MIXED, "NB", 10, 2, "内保", "保安内保"),
    Matter("ZA12", _GUARDS, "金融机构营业场所安全防范检查", "防护设施、视频监控、押运交接、应急预案", "金融机构营业场所", KEY, _SITE, MIXED, "NB", 10, 2, "内保", "保安内保", "金融监管部门（可联合）"),
    Matter("ZA13", _HAZARDS, "爆破作业和民用爆炸物品储存检查", "账物相符、库房防范、领用清退、作业人员资格", "民用爆炸物品单位", KEY, _SITE, FULL, "ZA", 100, 2, "民爆", "爆破安全", "应急管理（可联合）", "公共安全重点领域，全覆盖检查，不适用随机抽查"),
    Matter("ZA14", _HAZARDS, "剧毒化学品单位公共安全检查", "流向记录、双人收发、治安保卫机构、购买凭证", "剧毒化学品单位", KEY, _SITE, FULL, "ZA", 100, 2, "民爆", "危险化学品", "应急管理（可联合）", "公共安全重点领域；《危险化学品安全法》2026年5月1日施行，条款由法制大队核定"),
    Matter("ZA15", _HAZARDS, "易制爆危险化学品单位治安检查", "信息系统登记、销售购买备案、储存场所技防、销售登记留存", "易制爆危险化学品单位", KEY, _SITE, FULL, "ZA", 100, 2, "民爆", "危险化学品", "应急管理（可联合）", "公共安全重点领域；《危险化学品安全法》2026年5月1日施行，条款由法制大队核定"),
    Matter("ZA16", _HAZARDS, "民用枪支配置单位检查", "专用保管设施、枪弹分存、专人管理、定期查验", "民用枪支配置单位", KEY, _SITE, FULL, "ZA", 100, 2, "民爆", "枪支管理", "", "公共安全重点领域，全覆盖检查"),
    Matter("ZA17", _HAZARDS, "烟花爆竹道路运输和大型燃放检查", "运输许可、燃放方案、作业资质、现场管控", "烟花爆竹运输燃放单位", KEY, _SITE_PAPER, FULL, "ZA", 100, 2, "民爆", "爆破安全", "应急管理、交通运输（可联合）"),
    Matter("ZA18", _HAZARDS, "大型群众性活动安全检查", "安全工作方案、场地条件、人员容量、安全检查、应急处置", "大型群众性活动承办者", KEY, _SITE, FULL, "ZA", 100, 4, "治安", "大型活动安保", "应急管理、消防救援（可联合）", "逐场检查"),
    Matter("WA01", _NET, "互联网上网服务营业场所检查", "实名登记、日志留存、安全技术措施、场内巡查", "上网服务营业场所", GENERAL, _SITE, RANDOM, "WA", 10, 2, "网安", "网络技术", "文化和旅游（可联合）", "开业后20个工作日内的实地检查为法定检查，不计入随机抽查"),
    Matter("WA02", _NET, "互联网单位网络安全检查", "安全管理制度、日志留存、等级保护、联网备案", "联网使用单位", GENERAL, "现场检查、远程检测", RANDOM, "WA", 8, 2, "网安", "网络技术"),
    Matter("WA03", _NET, "互联网文化经营单位检查", "证照、联网备案、安全审计、等级保护", "互联网文化经营单位", GENERAL, "现场检查、网络检查", RANDOM, "WA", 10, 2, "网安", "网络技术", "文化和旅游（发起）、税务", "部门联合，文化和旅游部门发起"),
    Matter("JD01", "禁毒管理", "易制毒化学品企业检查", "证照资质、台账、仓储、管理制度", "易制毒化学品单位", GENERAL, _SITE, RANDOM, "JD", 10, 2, "禁毒", "易制毒管理", "应急管理、市场监管（可联合）"),
    Matter("JJ01", _TRAFFIC, "机动车安全技术检验机构检查", "检验数据和视频、检验项目、是否出具虚假结果", "机动车安检机构", GENERAL, "现场检查、视频抽查", RANDOM, "JJ", 34, 2, "交通", "车辆与运输", "市场监管（可联合）"),
    Matter("JJ02", _TRAFFIC, "道路运输企业交通安全检查", "车辆检验和违法处理、驾驶人管理、动态监控、主体责任", "道路运输企业", GENERAL, _SITE_PAPER, RANDOM, "JJ", 8, 2, "交通", "车辆与运输", "交通运输（可联合）"),
    Matter("CJ01", "出入境管理", "涉外住宿登记和聘用外国人单位检查", "24小时内住宿登记报送、聘用外国人报告、证件查验", "涉外住宿和用工单位", GENERAL, "书面检查、现场检查", RANDOM, "CRJ", 10, 2, "出入境", "外国人管理"),
    Matter("NB01", "物流和管道安全防范", "物流寄递单位安全检查", "实名收寄、开封验视、安全检查、信息登记", "寄递物流企业", GENERAL, _SITE, RANDOM, "ZA", 8, 2, "治安", "寄递物流", "邮政管理、交通运输（可联合）"),
    Matter("NB02", "物流和管道安全防范", "油气管道安全防范检查", "安保工作落实、防范标准达标、管道周边隐患", "油气管道企业", GENERAL, _SITE, RANDOM, "ZA", 20, 2, "治安", "保安内保", "发展改革（发起）、自然资源、应急管理", "部门联合，发展改革部门发起"),
)

BODY = "县级公安机关"
PUBLICATION = "县政府网站、局公示平台"
