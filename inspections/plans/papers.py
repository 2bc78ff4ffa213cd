"""A plan as a workbook, in the columns that higher platforms take (domain.md §1.6, §3.4.4). Every cell is a text or a number, never a formula."""

from inspections.plans import rules
from inspections.plans.models import Plan, PlanItem
from inspections.plans.queries import is_new
from inspections.plans.states import PlanState
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.spreadsheets.writing import Page, Writable, write_workbook

HEADINGS = (
    "序号",
    "年度",
    "计划编号",
    "计划名称",
    "任务编号",
    "任务来源",
    "检查主体",
    "抽查事项编号",
    "抽查事项",
    "联合抽查事项",
    "检查对象",
    "检查内容",
    "检查方式",
    "抽查类型",
    "抽查比例（%）",
    "抽查数量（户）",
    "上级规定比例（%）",
    "抽查频次",
    "开始月份",
    "结束月份",
    "责任单位",
    "配合部门",
    "检查依据",
    "发文文号",
    "上报期限",
)
WIDTHS = (6, 7, 22, 32, 11, 10, 16, 11, 26, 26, 18, 36, 14, 10, 10, 10, 12, 14, 8, 8, 14, 18, 40, 20, 12)


def workbook_of(plan: Plan, mark: str = "") -> tuple[bytes, int]:
    """The plan as .xlsx, and how many rows it has; the same version gives the same bytes while the matter list stays."""
    items = list(plan.items.select_related("matter", "unit").prefetch_related("joint_matters").order_by("code", "pk"))
    rows = published_revisions().prefetch_related("categories", "bases")
    listed = {row.matter_id: row for row in rows}
    cells = [_cells(number, plan, item, listed) for number, item in enumerate(items, start=1)]
    return write_workbook([Page("抽查计划", HEADINGS, cells, title=plan.title, hints=[_issued(plan)], widths=WIDTHS)], mark), len(cells)


def _cells(number: int, plan: Plan, item: PlanItem, listed: dict[int, MatterRevision]) -> list[Writable]:
    row = listed.get(item.matter_id)
    joint = [(matter.code, listed.get(matter.pk)) for matter in item.joint_matters.all()]
    return [
        number,
        plan.year,
        plan.number,
        plan.title,
        "" if is_new(item.code) else item.code,
        SOURCES[item.source],
        row.inspecting_body if row is not None else "",
        item.matter.code,
        row.name if row is not None else "",
        "、".join(f"{code} {one.name if one is not None else ''}".strip() for code, one in joint),
        "、".join(str(category) for category in row.categories.all()) if row is not None else "",
        row.content if row is not None else "",
        row.method if row is not None else "",
        "定向" if item.handed_down else "不定向",
        rules.spelled(item.ratio_percent) if item.ratio_percent is not None else "",
        item.number if item.number is not None else "",
        rules.spelled(item.prescribed_percent) if item.prescribed_percent is not None else "",
        row.frequency if row is not None else "",
        item.first_month,
        item.last_month,
        item.unit.short_name,
        row.partners if row is not None else "",
        "、".join(str(basis) for basis in row.bases.all()) if row is not None else "",
        item.document_number,
        f"{item.report_due:%Y-%m-%d}" if item.report_due else "",
    ]


SOURCES = {
    PlanItem.Source.NATIONAL.value: "国家",
    PlanItem.Source.PROVINCIAL.value: "省级",
    PlanItem.Source.MUNICIPAL.value: "市级",
    PlanItem.Source.COUNTY.value: "县级",
    PlanItem.Source.ROUTINE.value: "日常",
}


def _issued(plan: Plan) -> str:
    if plan.state != PlanState.PUBLISHED or plan.published_at is None:
        return "征求意见稿，尚未公布"
    return f"{plan.number}，{plan.published_at:%Y年%m月%d日}公布"


def file_name(plan: Plan) -> str:
    """``…抽查计划.xlsx``, with its number where it has one."""
    return f"{plan.title}{f'-{plan.number}' if plan.number else ''}.xlsx"
