"""Reports as paper and as workbook. The same figures on the same day give the same bytes."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from inspections.plans.papers import SOURCES
from inspections.plans.queries import amount
from inspections.reports import charts
from inspections.reports.figures import Sum
from inspections.reports.queries import Line, Report, Task
from inspections.reports.rules import Period, share
from registries.codes.models import Code, CodeTable
from registries.paper import pdf
from registries.spreadsheets.writing import Page, Writable, write_workbook

COUNTS = ("检查户次", "完成检查", "未发现问题", "发现问题", "问题率（%）", "无法检查", "拒绝检查", "无法联系", "按期公示", "逾期公示", "逾期未公示", "按期公示率（%）")

MEANINGS = (
    ("检查户次", "现场检查结束日期在统计期内的检查；已抽取而检查尚未结束的，一律不计入。"),
    ("完成检查", "检查结果为未发现问题或者发现问题的检查；拒绝检查、无法检查的单列。"),
    ("问题率", "发现问题的检查占完成检查的比例。"),
    ("无法联系率", "通过登记的住所（经营场所）无法联系的检查占检查户次的比例。"),
    ("按期公示率", "自检查结束次日起二十日内公示的，占已公示和应公示未公示之和的比例。"),
    ("计划检查率", "检查已结束的户数占年度计划应检查户数的比例（仅按年度统计）。"),
    ("任务完成率", "已公示户数占年度计划应检查户数的比例（仅按年度统计）。"),
    ("单列来源", "上级指定对象、个案检查、复查不经随机抽取对象，计入合计，与计划来源分开列示。"),
    ("按事项", "联合检查在所涉每一事项下各计一次，各行之和大于检查户次。"),
    ("作废率", "统计期内承诺的抽取任务中作废的比例，每次作废及其理由均已公开。"),
    ("替换率", "统计期内批准替换的对象（人员）数与同期抽取的对象（组内席位）数之比；其中因回避替换的人员另列。"),
    ("不足两人", "检查结束时检查组不足两人的户次；系统不允许出现，应为零。"),
    ("退回率", "审核退回次数占全部审核次数的比例。"),
    ("年度超频次对象", "同一自然年度内计入频次的检查次数超过该对象自身上限的对象数：全局合并计算，每年两次，有风险信号的加一次。"),
    ("事项超频次对象", "同一事项的检查次数超过抽查事项清单所定次数的对象数，按清单所定年数计算；清单未定次数的，每年一次；有风险信号的加一次。"),
    ("整改完结率", "统计期内检查所作责令整改中，经复查确认整改完毕的比例，按目前状态统计。"),
    ("复查率", "统计期内检查所作责令整改中，复查已审核的比例。"),
    ("整改未到位率", "已有结论的整改中，经复查未整改到位的比例。"),
    ("整改逾期件", "已过整改期限尚未办结的责令整改数。"),
    ("处罚、移送", "统计期内检查的行政处罚、移送其他机关、涉嫌犯罪移送中已办结的件数及比例。"),
)


def title_of(period: Period, unit: str) -> str:
    """``…双随机抽查2026年5月统计报告``."""
    month = f"{period.month}月" if period.month else "度"
    return f"{unit or settings.BUREAU_NAME}双随机抽查{period.year}年{month}统计报告"


def percent(value: float | None) -> Writable:
    """A share as a cell: one decimal, empty where there is none."""
    return None if value is None else round(value, 1)


def _counts(count: Sum) -> list[Writable]:
    return [
        count.visits, count.inspected, count.clean, count.problem, percent(count.problem_share), count.not_inspectable, count.refused,
        count.unreachable, count.in_time, count.late, count.overdue, percent(count.in_time_share),
    ]  # fmt: skip


def workbook_of(report: Report, mark: str = "") -> bytes:
    """The report as .xlsx: total, months, units, sources, matters, results, orders, and what the figures mean."""
    title = title_of(report.scope.period, report.unit.name if report.unit else "")
    hints = [f"统计截至{report.told_on:%Y年%m月%d日}"]

    def page(name: str, first: str, lines: Iterable[tuple[str, Sum]]) -> Page:
        return Page(name, (first, *COUNTS), [[label, *_counts(count)] for label, count in lines], title=title, hints=hints, widths=(24,))

    total = [("合计", report.total), ("其中：随机抽取", report.lots)]
    matters = [[m.code, m.name, m.visits, m.clean, m.problem, percent(m.problem_share), m.not_inspectable, m.refused] for m in report.matters]
    pages = [
        page("总表", "范围", total),
        page("按月", "月份", [(f"{one.month}月", one.told) for one in report.months]),
        page("按单位", "责任单位", [(one.label, one.told) for one in report.units]),
        page("按来源", "任务来源", [(one.label, one.told) for one in (*report.sources, *report.apart)]),
        Page("按事项", ("事项编号", "抽查事项", "检查户次", "未发现问题", "发现问题", "问题率（%）", "无法检查", "拒绝检查"), matters, title=title, hints=hints, widths=(12, 40)),
        Page("按结果", ("代码", "检查结果", "户次"), [[code.code, code.label, number] for code, number in report.results], title=title, hints=hints, widths=(18, 44)),
        Page("其他指标", RATES, rows_of(report), title=title, hints=hints, widths=(28, 12, 12, 12, 44)),
        Page("指标说明", ("指标", "含义"), MEANINGS, title=title, widths=(16, 90)),
    ]
    return write_workbook(pages, mark)


RATES = ("指标", "数量", "基数", "比例（%）", "说明")


def rows_of(report: Report) -> list[list[Writable]]:
    """Every rate of the report: name, part, whole, share, and the two numbers in words."""
    with translation.override(settings.LANGUAGE_CODE):
        return [[str(rate.name), rate.part, rate.whole, percent(rate.share), rate.words] for rate in report.rates]


def pdf_of(report: Report, mark: str = "") -> bytes:
    """The report on A4 across. Raises ``MissingFonts`` rather than print boxes."""
    heads = ("范围", *COUNTS)

    def table(name: str, lines: Iterable[Line]) -> tuple[str, list[list[Writable]]]:
        return name, [[one.label, *_counts(one.told)] for one in lines]

    context: dict[str, Any] = {
        "title": title_of(report.scope.period, report.unit.name if report.unit else ""),
        "bureau": settings.BUREAU_NAME,
        "demo": settings.DEMO,
        "told_on": report.told_on,
        "mark": mark,
        "heads": heads,
        "tables": [
            ("合计", [["全部", *_counts(report.total)], ["其中：随机抽取", *_counts(report.lots)]]),
            table("按责任单位", report.units),
            table("按任务来源", (*report.sources, *report.apart)),
            ("按月份", [[f"{one.month}月", *_counts(one.told)] for one in report.months]),
        ],
        "matters": report.matters,
        "results": report.results,
        "rates": RATES,
        "rows": rows_of(report),
        "meanings": MEANINGS,
        "columns": charts.columns(report.months),
    }
    return pdf(render_to_string("documents/report.html", context))


# --- the routine report upwards -----------------------------------------------------------------------------------------

UPWARD = (
    "序号", "任务编号", "任务来源", "发文文号", "抽查事项", "责任单位", "抽查类型", "抽查比例或数量", "应检查数", "已抽取数", "已检查数", "未检查数",
    "已公示数", "完成率（%）",
)  # fmt: skip


def upward_headings() -> tuple[list[Code], list[Code]]:
    """The result and disposal codes that have a column each."""
    rows = list(Code.objects.filter(table__in=[CodeTable.RESULT, CodeTable.DISPOSAL], active=True))
    return [row for row in rows if row.table == CodeTable.RESULT], [row for row in rows if row.table == CodeTable.DISPOSAL]


def upward_rows(tasks: Iterable[Task], results: list[Code], disposals: list[Code]) -> list[list[Writable]]:
    """A row a task, in the columns of the higher platforms (domain.md §3.4.5–6), and their sum."""
    rows: list[list[Writable]] = []
    for at, one in enumerate(tasks, start=1):
        item, far = one.item, one.progress
        rows.append([
            at, item.code, SOURCES[item.source], item.document_number, one.name, item.unit.short_name, "定向" if item.handed_down else "不定向",
            amount(item), far.planned, far.drawn, far.visited, max(0, far.drawn - far.visited), far.disclosed, far.percent,
            *(one.results.get(code.pk, 0) for code in results), *(one.disposals.get(code.pk, 0) for code in disposals),
        ])  # fmt: skip
    if rows:
        numbers = [[value for value in row[8:] if isinstance(value, int)] for row in rows]
        sums = [sum(column) for column in zip(*numbers, strict=True)]
        sums[5] = round(share(sums[4], sums[0]) or 0)
        rows.append(["", "合计", "", "", "", "", "", "", *sums])
    return rows


def upward_workbook(period: Period, tasks: list[Task], told_on: Any, mark: str = "") -> bytes:
    """The routine report as .xlsx."""
    results, disposals = upward_headings()
    headings = [*UPWARD, *(f"结果：{code}" for code in results), *(f"处置：{code}" for code in disposals)]
    hints = [f"统计截至{told_on:%Y年%m月%d日}；结果、处置按统计期内检查结束的户次，其余按年度累计"]
    title = f"{settings.BUREAU_NAME}双随机抽查情况报表（{period.year}年{f'{period.month}月' if period.month else ''}）"
    widths = (6, 12, 8, 20, 30, 12, 8, 12)
    return write_workbook([Page("抽查情况报表", headings, upward_rows(tasks, results, disposals), title=title, hints=hints, widths=widths)], mark)
