"""An edition of the matter list as a workbook and as PDF, in the layout of the city's public-security lists (domain.md §3.4.1)."""

from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string

from registries.matters import queries, rules
from registries.matters.models import Edition, MatterRevision
from registries.paper import pdf
from registries.spreadsheets.writing import Page, write_workbook

HEADINGS = (
    "序号",
    "事项编号",
    "抽查方式",
    "抽查领域",
    "抽查事项",
    "抽查子项",
    "抽查内容",
    "检查对象",
    "事项类别",
    "检查方式",
    "抽查比例",
    "抽查频次",
    "检查人员要求",
    "发起部门",
    "配合部门",
    "检查主体",
    "检查依据",
    "责任单位",
    "备注",
)
WIDTHS = (6, 10, 14, 12, 24, 18, 36, 16, 12, 14, 14, 14, 18, 14, 16, 14, 40, 14, 20)

COOPERATION = {"own": "本部门", "leads": "部门联合发起", "joins": "部门联合配合"}
KINDS = {"general": "一般检查事项", "key": "重点检查事项"}
TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Line(NamedTuple):
    """One row of the printed list; ``span`` is how many rows the matter's cell covers, 0 under another."""

    cells: dict[str, str]
    span: int


def ratio_text(revision: MatterRevision) -> str:
    """The ratio as the list words it, or the default one."""
    return revision.ratio_wording or f"{rules.spelled(revision.ratio_percent)}%"


def team_text(revision: MatterRevision) -> str:
    """What is required of the inspectors."""
    needed = "、".join(str(code) for code in revision.requirements.all())
    return f"不少于{revision.team_size}人" + (f"，需具备{needed}" if needed else "，无专业要求")


def lines_of(edition: Edition) -> list[Line]:
    """The rows of the list, by unit and code, sub-items under their matter."""
    revisions = list(queries.with_content(edition.revisions.order_by("unit__code", "matter__code")))
    return [Line(_cells(number, sub.revision), sub.span) for number, sub in enumerate(queries.tree(revisions), start=1)]


def _cells(number: int, row: MatterRevision) -> dict[str, str]:
    bases = "\n".join(f"{one}{f'（{one.document_number}）' if one.document_number else ''}" for one in row.bases.all())
    values = (
        str(number),
        row.matter.code,
        COOPERATION[row.cooperation],
        row.area,
        row.name,
        row.sub_item,
        row.content,
        "、".join(str(category) for category in row.categories.all()),
        KINDS[row.kind],
        row.method,
        ratio_text(row),
        row.frequency,
        team_text(row),
        row.initiator,
        row.partners,
        row.inspecting_body,
        bases,
        row.unit.short_name,
        row.remarks,
    )
    return dict(zip(HEADINGS, values, strict=True))


def workbook_of(edition: Edition) -> bytes:
    """The list as .xlsx, every cell a text; the same edition gives the same bytes."""
    rows = [list(line.cells.values()) for line in lines_of(edition)]
    hints = [_issued(edition)]
    return write_workbook([Page("随机抽查事项清单", HEADINGS, rows, title=edition.title, hints=hints, widths=WIDTHS)])


def pdf_of(edition: Edition) -> bytes:
    """The list as PDF on A3 across. Raises ``MissingFonts`` rather than print boxes."""
    context = {
        "edition": edition,
        "headings": HEADINGS,
        "groups": _under_matters(lines_of(edition)),
        "issued": _issued(edition),
        "bureau": settings.BUREAU_NAME,
        "demo": settings.DEMO,
        "address": f"{settings.PUBLIC_URL}/matters/editions/{edition.number}/",
    }
    return pdf(render_to_string("documents/matter_list.html", context))


def _under_matters(lines: list[Line]) -> list[list[Line]]:
    """The lines by matter: a page break falls between matters where it can."""
    groups: list[list[Line]] = []
    for line in lines:
        if line.span:
            groups.append([])
        groups[-1].append(line)
    return groups


def _issued(edition: Edition) -> str:
    if edition.number is None or edition.published_at is None:
        return "征求意见稿，尚未公布"
    return f"第{edition.number}版，{edition.published_at:%Y年%m月%d日}公布"


def file_name(edition: Edition, ending: str) -> str:
    """``随机抽查事项清单(2026年版)-第3版.pdf``."""
    return f"{edition.title}{f'-第{edition.number}版' if edition.number else ''}.{ending}"


def download(body: bytes, name: str) -> HttpResponse:
    """A file to keep, under a Chinese name."""
    response = HttpResponse(body, content_type=TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
