"""The data dictionary: every column of every dataset, once. Its Chinese headings are data, the same in every language.

A column never changes its name or meaning; new ones are added at the end.
"""

from django.utils.translation import gettext_lazy as _

from inspections.draws.states import DrawState, Mode, VoidKind
from inspections.plans.models import PlanItem
from publicity.disclosures.states import Because, Form, Removed
from publicity.opendata.fields import Field
from registries.codes.models import ResultGroup
from registries.matters.models import MatterRevision

RECORD = _("signed record of the visit")
REGISTRY = _("subject registry")
LIST = _("published matter list")
PLAN = _("published plan")
ORDER = _("order of the draw")
DISCLOSURE = _("disclosure")
DECISION = _("decision on the penalty")
COUNTED = _("counted from the rows that are public")

GROUPS = (*ResultGroup.choices, ("", _("not told")))

ID = Field("id", "编号", "code", _("permanent number of the result, part of its address"), DISCLOSURE)
URL = Field("url", "网址", "address", _("permanent address of the page"), DISCLOSURE)

COPIED: tuple[Field, ...] = (
    Field("subject_name", "检查对象名称", "text", _("who was inspected; of natural persons the surname only; empty where the category is published as counts only"), REGISTRY),
    Field("subject_code", "统一社会信用代码", "text", _("unified social credit code, or the registry's key; empty for natural persons and counts"), REGISTRY),
    Field("category", "检查对象类别", "text", _("category of the subject"), REGISTRY),
    Field("matter_codes", "抽查事项编号", "list", _("codes of the matters inspected, the leading one first"), LIST),
    Field("matter_names", "抽查事项", "list", _("names of the matters inspected, in the order of their codes' column"), LIST),
    Field("result_code", "结果代码", "code", _("code of the result; empty while it awaits review"), RECORD),
    Field("result", "检查结果", "text", _("the result in the official words"), RECORD),
    Field("result_group", "结果分组", "code", _("what the result means for statistics"), RECORD, GROUPS),
    Field("findings", "发现问题", "text", _("problems found, numbers of persons starred out; empty where none were found, or while they await review"), RECORD),
    Field("disposal", "处置方式", "text", _("what follows from the visit"), RECORD),
    Field("inspected_on", "检查日期", "day", _("day on which the visit ended"), RECORD),
    Field("inspectors_count", "检查人数", "integer", _("inspectors who signed"), RECORD),
    Field("unit", "检查单位", "text", _("unit that inspected"), RECORD),
    Field("town", "所在乡镇", "text", _("township of the subject; empty for counts"), REGISTRY),
    Field("draw", "抽取编号", "text", _("number of the draw that chose the subject or its inspectors"), ORDER),
    Field("plan_item", "计划任务编号", "text", _("item of the yearly plan; empty for inspections outside the plan"), PLAN),
    Field("form", "公示形式", "code", _("how much is shown: everything, coded columns alone, or the bare visit"), DISCLOSURE, tuple(Form.choices)),
    Field("named", "公示名称", "flag", _("whether the subject is named; false: published as a count only"), DISCLOSURE),
)  # fmt: skip
"""What a version of a result holds."""

RESULTS: tuple[Field, ...] = (
    ID,
    URL,
    *COPIED,
    Field("published_at", "公示时间", "moment", _("when it was first disclosed"), DISCLOSURE),
    Field("due_on", "公示期限", "day", _("the promise: 20 calendar days after the visit ended"), DISCLOSURE),
    Field("due_on_rolled", "公示期限（顺延至工作日）", "day", _("the promise, moved to the next working day; missing while the year's holidays are unknown"), DISCLOSURE, empty=True),
    Field("due_on_working", "公示期限（20个工作日）", "day", _("20 working days after the visit ended; missing while the year's holidays are unknown"), DISCLOSURE, empty=True),
    Field("on_time", "按期公示", "flag", _("whether it was disclosed on or before the promised day"), DISCLOSURE),
    Field("version", "版本", "integer", _("number of the version in force; above 1 it was corrected or completed"), DISCLOSURE),
    Field("changed_at", "最近更新时间", "moment", _("when the version in force was made"), DISCLOSURE),
    Field("shown_until", "公示截止日期", "day", _("last day on line: five years, of natural persons two"), DISCLOSURE),
)  # fmt: skip

VERSION: tuple[Field, ...] = (
    Field("version", "版本", "integer", _("number of this version, from 1"), DISCLOSURE),
    Field("in_force", "现行版本", "flag", _("whether this version is the one shown now"), DISCLOSURE),
    Field("because", "更新原因", "code", _("why there is this version"), DISCLOSURE, tuple(Because.choices)),
    Field("explanation", "说明", "text", _("the reason in words"), DISCLOSURE),
    Field("made_at", "生成时间", "moment", _("when this version was made"), DISCLOSURE),
    *COPIED,
)
VERSIONS: tuple[Field, ...] = (ID, *VERSION)

STATEMENT, ANNULLED = "statement", "annulled"
CHANGES = (
    *[c for c in Because.choices if c[0] != Because.FIRST], *Removed.choices,
    (STATEMENT, _("statement of the inspected")), (ANNULLED, _("penalty decision taken down")),
)  # fmt: skip
"""What happens to something public after it went out: code and label."""

CORRECTIONS: tuple[Field, ...] = (
    ID,
    URL,
    Field("what", "类型", "code", _("what happened to the result"), DISCLOSURE, CHANGES),
    Field("at", "时间", "moment", _("when it happened"), DISCLOSURE),
    Field("version", "版本", "integer", _("number of the new version; missing where there is none"), DISCLOSURE, empty=True),
    Field("explanation", "说明", "text", _("the reason in words"), DISCLOSURE),
    Field("basis", "法律依据", "text", _("legal basis of a withdrawal"), DISCLOSURE),
)  # fmt: skip

MATTERS: tuple[Field, ...] = (
    Field("edition", "清单期号", "integer", _("number of the published edition of the matter list"), LIST),
    Field("code", "事项编号", "text", _("code of the matter, the same in all editions"), LIST),
    Field("url", "网址", "address", _("permanent address of this text of the matter"), LIST),
    Field("published_at", "发布时间", "moment", _("when the edition was published"), LIST),
    Field("in_force", "现行清单", "flag", _("whether this edition is the newest"), LIST),
    Field("revision", "修订号", "integer", _("which revision of the matter the edition holds"), LIST),
    Field("area", "抽查领域", "text", _("area of supervision"), LIST),
    Field("name", "抽查事项", "text", _("name of the matter"), LIST),
    Field("sub_item", "抽查子项", "text", _("sub-item, where there is one"), LIST),
    Field("content", "抽查内容", "text", _("what is inspected"), LIST),
    Field("categories", "检查对象类别", "list", _("categories of subjects it applies to"), LIST),
    Field("kind", "事项类别", "code", _("general or key matter"), LIST, tuple(MatterRevision.Kind.choices)),
    Field("method", "检查方式", "text", _("way of inspecting"), LIST),
    Field("regulation", "监管方式", "code", _("by lot, by full coverage, or both"), LIST, tuple(MatterRevision.Regulation.choices)),
    Field("ratio_percent", "抽查比例（%）", "number", _("usual share of the subjects drawn, in percent"), LIST),
    Field("frequency", "抽查频次", "text", _("how often, in words"), LIST),
    Field("team_size", "每次检查人数", "integer", _("inspectors per visit, at least"), LIST),
    Field("cooperation", "抽查类型", "code", _("one department alone, or several together"), LIST, tuple(MatterRevision.Cooperation.choices)),
    Field("initiator", "发起部门", "text", _("department that initiates a joint inspection"), LIST),
    Field("partners", "配合部门", "text", _("departments that take part"), LIST),
    Field("inspecting_body", "检查主体", "text", _("body in whose name it is inspected"), LIST),
    Field("unit", "责任单位", "text", _("unit that answers for the matter"), LIST),
    Field("bases", "检查依据", "list", _("legal bases, by instrument and article"), LIST),
    Field("checklist", "检查项", "list", _("titles of the checklist's items, in order"), LIST),
    Field("remarks", "备注", "text", _("remarks of the list"), LIST),
)  # fmt: skip

PLANS: tuple[Field, ...] = (
    Field("plan", "计划文号", "text", _("document number of the published plan"), PLAN),
    Field("item", "任务编号", "text", _("code of the item, the same in all versions of the plan"), PLAN),
    Field("url", "网址", "address", _("permanent address of the plan"), PLAN),
    Field("year", "年度", "integer", _("year of the plan"), PLAN),
    Field("title", "计划名称", "text", _("title of the plan"), PLAN),
    Field("published_at", "发布时间", "moment", _("when the plan was published"), PLAN),
    Field("amendment", "第几次调整", "integer", _("0: as first published; 1 and more: amended"), PLAN),
    Field("amends", "调整前文号", "text", _("document number of the plan it amends"), PLAN),
    Field("amended_because", "调整原因", "text", _("why it was amended"), PLAN),
    Field("in_force", "现行计划", "flag", _("false where an amendment replaced it"), PLAN),
    Field("revision", "任务修订号", "integer", _("rises when an amendment changes what the item says"), PLAN),
    Field("matter_codes", "抽查事项编号", "list", _("codes of the matters, the leading one first"), PLAN),
    Field("matter_names", "抽查事项", "list", _("names of the matters"), PLAN),
    Field("unit", "责任单位", "text", _("unit that carries the item out"), PLAN),
    Field("source", "任务来源", "code", _("who set the task"), PLAN, tuple(PlanItem.Source.choices)),
    Field("ratio_percent", "抽查比例（%）", "number", _("share of the subjects to be drawn, in percent; missing where a number is set"), PLAN, empty=True),
    Field("number", "抽查户数", "integer", _("number of subjects to be drawn; missing where a share is set"), PLAN, empty=True),
    Field("first_month", "起始月份", "integer", _("first month"), PLAN),
    Field("last_month", "截止月份", "integer", _("last month"), PLAN),
    Field("draws", "抽取编号", "list", _("numbers of the public orders for this item"), ORDER),
    Field("drawn", "已抽取户数", "integer", _("subjects drawn by results that stand"), COUNTED),
    Field("disclosed", "已公示户数", "integer", _("results disclosed"), COUNTED),
)  # fmt: skip

DRAWS: tuple[Field, ...] = (
    Field("number", "抽取编号", "text", _("number of the order, given at the commitment, without gaps"), ORDER),
    Field("url", "网址", "address", _("permanent address of the page"), ORDER),
    Field("state", "状态", "code", _("committed, drawn or voided"), ORDER, tuple(c for c in DrawState.choices if c[0] in ("committed", "drawn", "voided"))),
    Field("mode", "抽取方式", "code", _("what the order draws"), ORDER, tuple(Mode.choices)),
    Field("matter_code", "抽查事项编号", "text", _("code of the leading matter"), ORDER),
    Field("matter_revision", "事项修订号", "integer", _("revision of the matter that the order runs under"), ORDER),
    Field("unit", "责任单位", "text", _("unit whose draw it is"), ORDER),
    Field("plan_item", "计划任务编号", "text", _("item of the yearly plan; empty for inspections outside the plan"), ORDER),
    Field("committed_at", "承诺时间", "moment", _("when the order was fixed, before its values could be known"), ORDER),
    Field("planned", "计划抽取时间", "moment", _("planned moment of the draw"), ORDER, empty=True),
    Field("drawn_at", "抽取时间", "moment", _("when it was drawn; missing before, and for orders voided before"), ORDER, empty=True),
    Field("voided_at", "作废时间", "moment", _("when it was voided"), ORDER, empty=True),
    Field("void_kind", "作废类型", "code", _("kind of the void; empty where it was not voided"), ORDER, (*VoidKind.choices, ("", _("not voided")))),
    Field("entries", "入池户数", "integer", _("subjects in the box"), ORDER),
    Field("quota", "应抽户数", "integer", _("subjects to be drawn"), ORDER),
    Field("team_size", "每组人数", "integer", _("inspectors per visit"), ORDER),
    Field("order_hash", "抽取令摘要", "code", _("SHA-256 of order.txt"), ORDER),
    Field("commitment", "承诺值", "code", _("SHA-256 that commits to the secret"), ORDER),
    Field("result_hash", "结果摘要", "code", _("SHA-256 of result.txt; empty before the draw"), ORDER),
    Field("replaces", "替代的抽取编号", "text", _("number of the voided order that this one replaces"), ORDER),
    Field("results_struck", "撤销结果次数", "integer", _("results struck because a value was wrong"), ORDER),
)  # fmt: skip

STATISTICS: tuple[Field, ...] = (
    Field("unit", "检查单位", "text", _("unit that inspected"), COUNTED),
    Field("disclosed", "已公示", "integer", _("results ever disclosed"), COUNTED),
    Field("on_time", "按期公示", "integer", _("of these on or before the promised day"), COUNTED),
    Field("on_time_percent", "按期公示率（%）", "number", _("share on time, in percent, rounded down"), COUNTED),
    Field("shown", "在线公示", "integer", _("results on line now"), COUNTED),
    Field("clean", "未发现问题", "integer", _("of these without a problem"), COUNTED),
    Field("problem", "发现问题", "integer", _("of these with a problem"), COUNTED),
    Field("not_inspectable", "无法检查", "integer", _("of these where it could not be inspected"), COUNTED),
    Field("refused", "拒绝检查", "integer", _("of these where the inspection was refused"), COUNTED),
    Field("awaiting", "待审核", "integer", _("of these whose result awaits review"), COUNTED),
    Field("overdue", "逾期未公示", "integer", _("results past the promised day and not disclosed; they count as not on time"), COUNTED),
    Field("held", "暂缓公示", "integer", _("results held back now by a supervisor, with legal basis and end"), COUNTED),
    Field("held_ever", "累计暂缓公示", "integer", _("results ever held back"), COUNTED),
)  # fmt: skip

PENALTIES: tuple[Field, ...] = (
    Field("id", "编号", "code", _("permanent number of the disclosed decision"), DISCLOSURE),
    Field("subject_name", "当事人", "text", _("who was penalised; of natural persons the surname only; empty where the category is published as counts only"), REGISTRY),
    Field("subject_code", "统一社会信用代码", "text", _("unified social credit code, or the registry's key; empty for natural persons and counts"), REGISTRY),
    Field("category", "检查对象类别", "text", _("category of the subject"), REGISTRY),
    Field("unit", "办案单位", "text", _("unit that inspected"), RECORD),
    Field("number", "决定书文号", "text", _("number of the decision"), DECISION),
    Field("decided_on", "决定日期", "day", _("day of the decision"), DECISION),
    Field("penalty", "处罚内容", "text", _("the penalty in words"), DECISION),
    Field("amount", "罚款金额（元）", "number", _("amount in yuan; missing where there is none"), DECISION, empty=True),
    Field("named", "公示名称", "flag", _("whether the subject is named; false: published as a count only"), DISCLOSURE),
    Field("published_at", "公示时间", "moment", _("when it was first disclosed"), DISCLOSURE),
    Field("due_on", "公示期限", "day", _("seven working days after the decision; missing while the year's holidays are unknown"), DISCLOSURE, empty=True),
    Field("on_time", "按期公示", "flag", _("whether it was disclosed on or before the day it was due; missing while that day is unknown"), DISCLOSURE, empty=True),
    Field("shown_until", "公示截止日期", "day", _("last day on line"), DISCLOSURE),
)  # fmt: skip
