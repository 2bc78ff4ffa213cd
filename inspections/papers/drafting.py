"""From the rows of a case, a draw or a plan to the facts that its documents print. Reads only; decides nothing.

What stands on a document is Chinese: it is a legal text, not the interface.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q

from inspections.cases import queries as cases
from inspections.cases.drawing import path
from inspections.cases.models import Assignment, Case, Record, Signature
from inspections.cases.rules import fingerprint, promised_by
from inspections.cases.shares import Share
from inspections.cases.states import Acknowledged, Answer, CaseKind, Decision, PhotoKind
from inspections.draws.models import Draw
from inspections.draws.states import Mode
from inspections.papers import facts, rules
from inspections.papers.models import DocumentNumber
from inspections.papers.states import Kind
from inspections.plans.models import Plan, PlanItem
from registries import clock
from registries.inspectors.models import Certificate
from registries.matters.models import MatterRevision
from registries.matters.rules import spelled
from registries.subjects.models import Subject

ANSWERS = {Answer.YES: "是", Answer.NO: "否", Answer.NOT_CHECKED: "未检查", Answer.GAP: "合理缺项"}
SIDES = {
    Acknowledged.DRAWN: "本人签名",
    Acknowledged.PAPER: "已在纸质笔录上签名",
    Acknowledged.REFUSED: "拒绝签名",
    Acknowledged.ABSENT: "不在场",
}
KINDS = {CaseKind.RANDOM: "双随机抽查", CaseKind.ADHOC: "个案检查", CaseKind.RECHECK: "复查"}
TITLES: dict[str, str] = {
    Kind.NOTICE: "行政检查通知书",
    Kind.RECTIFICATION: "责令限期改正通知书",
    Kind.EXTENSION: "责令限期改正延期通知书",
    Kind.TRANSFER: "案件移送函",
    Kind.CRIMINAL: "涉嫌犯罪案件移送书",
    Kind.OBJECTION: "异议答复书",
}
SOURCES = {
    PlanItem.Source.NATIONAL: "国家任务",
    PlanItem.Source.PROVINCIAL: "省级任务",
    PlanItem.Source.MUNICIPAL: "市级任务",
    PlanItem.Source.COUNTY: "县级任务",
    PlanItem.Source.ROUTINE: "日常监督检查",
}


def day_of(moment: dt.datetime | None) -> dt.date | None:
    """The calendar day of a moment in Beijing."""
    return moment.astimezone(clock.BEIJING).date() if moment else None


def party_of(subject: Subject, *, contact: bool = False) -> facts.Party:
    """The inspected; who answers for it, with the telephone, only on what stays in the file."""
    person = subject.kind == Subject.Kind.PERSON
    town = subject.town.label if subject.town_id else ""
    address = subject.address if subject.address.startswith(town) else f"{town}{subject.address}"
    told = {"contact": subject.contact, "phone": subject.phone} if contact else {}
    return facts.Party(subject.name, "" if person else subject.uscc or "", address, **told)


def certificates_on(inspector_ids: Iterable[int], first: dt.date, last: dt.date) -> dict[int, Certificate]:
    """The certificate of each inspector that is valid on all these days, the longest valid."""
    held = Certificate.objects.filter(inspector__in=inspector_ids, valid_from__lte=first, valid_until__gte=last)
    held = held.filter(Q(ended_on=None) | Q(ended_on__gt=last))
    return {one.inspector_id: one for one in held.order_by("valid_until", "pk")}


def officers_of(team: Sequence[Assignment], first: dt.date, last: dt.date) -> list[facts.Officer]:
    """The team as a document names it; an empty certificate where none is valid."""
    held = certificates_on([place.inspector_id for place in team], first, last)
    return [
        facts.Officer(
            place.inspector.name,
            str(held.get(place.inspector_id) or ""),
            place.inspector.unit.short_name,
            place.inspector.number,
            lead=place.position == 1,
        )
        for place in team
    ]


def matter_line(revision: MatterRevision) -> facts.MatterLine:
    """A matter with all that its notice must say."""
    name = f"{revision.name}（{revision.sub_item}）" if revision.sub_item else revision.name
    basis = "；".join(str(one) for one in revision.bases.all())
    return facts.MatterLine(name, revision.content.strip(), basis, revision.frequency)


def source_of(draw: Draw | None) -> str:
    """Where the task comes from: the plan's item, or the approved ground of an ad-hoc inspection."""
    if draw is None:
        return "整改复查"
    if draw.request is not None:
        return f"个案检查，经审批（审批号{draw.request.code}），检查人员由第{draw.number}号抽取随机确定"
    item = draw.plan_item
    if item is None:
        return f"第{draw.number}号抽取"
    named = f"{item.plan.title}（{item.plan.number}）" if item.plan.number else item.plan.title
    above = f"，{SOURCES[PlanItem.Source(item.source)]}{item.document_number}" if item.document_number else ""
    return f"{named}第{item.code}项{above}，经随机抽取确定，抽取编号{draw.number}"


def methods_of(revisions: Sequence[MatterRevision]) -> str:
    """The methods of these matters, each once."""
    return "、".join(dict.fromkeys(revision.method for revision in revisions if revision.method))


def revisions_of(case: Case) -> list[MatterRevision]:
    """The matters of a case under their revisions, in the order of the case."""
    places = case.matters.select_related("revision").prefetch_related("revision__bases", "revision__materials").order_by("position")
    return [place.revision for place in places]


def notice_of(case: Case, *, number: str, token_part: str, first: dt.date, last: dt.date, on: dt.date) -> facts.NoticeFacts:
    """All that stands on the notice of a case, to be frozen."""
    revisions = revisions_of(case)
    materials = [f"{one.name}（{one.note}）" if one.note else one.name for revision in revisions for one in revision.materials.all()]
    return facts.NoticeFacts(
        number=number,
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        phone=case.unit.phone or settings.SUPERVISION_PHONE,
        party=party_of(case.subject),
        source=source_of(case.draw),
        method=methods_of(revisions),
        matters=[matter_line(revision) for revision in revisions],
        officers=officers_of(cases.team(case), first, last),
        materials=list(dict.fromkeys(materials)),
        first_day=first,
        last_day=last,
        issued_on=on,
        address=f"{settings.PUBLIC_URL}/notice/{token_part}/",
        check=token_part[-rules.CHECK_LENGTH :],
        demo=settings.DEMO,
    )


def case_facts(case: Case, record: Record | None, *, notice: str, share: Share | None = None) -> facts.CaseFacts:
    """What record and result form say: of this round, or empty lines to be filled in by hand before the visit.

    Of a unit that takes part (``share``) its own checklists, and nothing of what is said of the whole.
    """
    sheets, team = cases.sheets(case, record), cases.team(case)
    revisions = revisions_of(case)
    day = record.inspected_on if record and record.inspected_on else clock.today()
    done = _outcome(case, record) if record is not None and record.submitted_at else {}
    if share is not None:
        if record is not None and done:
            signed = share.signatures(cases.signatures(record), share.team(case, team))
            done = {"inspected_on": record.inspected_on, "signatures": _signed(signed)}
        sheets, revisions = share.sheets(sheets), [one for one in revisions if one.pk in share.revisions]
        team = team if share.on_team else share.team(case, team)
    return facts.CaseFacts(
        number=case.number,
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        party=party_of(case.subject, contact=share is None),
        kind=KINDS[CaseKind(case.kind)],
        source=source_of(case.draw),
        officers=officers_of(team, day, day),
        matters=[
            facts.AnsweredMatter(sheet.revision.name, [_answered(item, line if done else None) for item, line in sheet.lines])
            for sheet in sheets
        ],
        methods=methods_of(revisions),
        notice=notice or (f"未事先通知，理由：{case.no_notice_because}" if case.no_notice_because else ""),
        demo=settings.DEMO,
        **done,
    )


def _answered(item: Any, line: Any) -> facts.Answered:
    answer = ANSWERS[Answer(line.answer)] if line and line.answer else ""
    return facts.Answered(f"{item.title}：{item.content}", item.article, answer, line.remark if line else "")


def _outcome(case: Case, record: Record) -> dict[str, Any]:
    """What a completed round found, who signed it and what the reviewer said."""
    review = next((one for one in cases.reviews(case) if one.record_id == record.pk), None)
    disclosed = getattr(case, "disclosure", None)
    return {
        "inspected_on": record.inspected_on,
        "present": record.present,
        "result": record.result.label if record.result else "",
        "findings": record.findings.strip(),
        "disposal": record.disposal.label if record.disposal else "",
        "signatures": _signed(cases.signatures(record)),
        "side": _side(record),
        "content_hash": fingerprint(cases.content_of(record)),
        "reviewer": review.reviewer.name if review else "",
        "review": ("审核通过。" if review.decision == Decision.ACCEPT else "退回：") + review.remark if review else "",
        "reviewed_on": day_of(review.reviewed_at) if review else None,
        "published_on": day_of(disclosed.published_at) if disclosed else None,
        "due_on": promised_by(case.ended_on, settings.DISCLOSURE_DAYS) if case.ended_on else None,
    }


def _signed(rows: Iterable[Signature]) -> list[facts.Signed]:
    return [facts.Signed(one.inspector.name, one.signed_at.astimezone(clock.BEIJING), path(one.drawn)) for one in rows]


def _side(record: Record) -> facts.OtherSide | None:
    """The newest note of the inspected person's side of a record."""
    noted = record.acknowledgements.order_by("-pk").first()
    if noted is None:
        return None
    return facts.OtherSide(SIDES[Acknowledged(noted.kind)], noted.name, noted.witness, noted.remark, path(noted.drawn))


def index_of(case: Case) -> facts.IndexFacts:
    """案卷目录: every document of a case, in the order they came to be."""
    disclosed = getattr(case, "disclosure", None)
    return facts.IndexFacts(
        number=case.number,
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        party=case.subject.name,
        opened_on=day_of(case.opened_at) or clock.today(),
        closed_on=day_of(disclosed.published_at) if disclosed else None,
        lines=[*_of_the_draw(case), *_of_the_visit(case), *_of_the_outcome(case), *_of_what_followed(case), *_of_disclosure(case, disclosed)],
        demo=settings.DEMO,
    )


def _of_the_draw(case: Case) -> list[facts.IndexLine]:
    draw = case.draw
    if draw is None:
        return []
    lines = [facts.IndexLine("行政检查审批表", draw.number or "", day_of(draw.committed_at), draw.approved_by.name if draw.approved_by else "")]
    if draw.drawn_at:
        lines.append(facts.IndexLine("抽取见证书", draw.number or "", day_of(draw.drawn_at), settings.BUREAU_NAME, "公开"))
    return lines


def _of_the_visit(case: Case) -> list[facts.IndexLine]:
    lines = [_numbered(one, TITLES[one.kind]) for one in case.document_numbers.filter(kind=Kind.NOTICE).select_related("unit").order_by("taken_at", "pk")]
    if case.no_notice_because:
        lines.append(facts.IndexLine("未事先通知的理由", "", None, case.unit.short_name, case.no_notice_because))
    for asked in case.replacements.filter(kind="inspector").select_related("decided_by").order_by("pk"):
        note = {"accepted": "准许", "refused": "驳回"}.get(asked.state, "待决定")
        lines.append(facts.IndexLine("回避（替换）申请及决定", "", day_of(asked.asked_at), asked.decided_by.name if asked.decided_by else "", note))
    return lines


def _numbered(number: DocumentNumber, title: str) -> facts.IndexLine:
    """A document with a number of ours; a void one stays listed with its reason."""
    note = f"作废：{number.void_because}" if number.voided_at else ""
    return facts.IndexLine(title, number.text, day_of(number.taken_at), number.unit.short_name, note)


Papers = Callable[[Case], Iterable[facts.IndexLine]]
FOLLOWED: list[Papers] = []
"""Readers that the rooms above add: the documents of other bodies in the file of a case, with their typed numbers."""


def _of_what_followed(case: Case) -> list[facts.IndexLine]:
    """Orders and letters issued here, and what other bodies answered, by their days."""
    numbers = case.document_numbers.exclude(kind=Kind.NOTICE).select_related("unit").order_by("taken_at", "pk")
    lines = [_numbered(one, TITLES[one.kind]) for one in numbers]
    lines += [line for read in FOLLOWED for line in read(case)]
    return sorted(lines, key=lambda line: line.day or dt.date.max)


def _of_the_outcome(case: Case) -> list[facts.IndexLine]:
    lines = []
    reviews = {review.record_id: review for review in cases.reviews(case)}
    for record in cases.rounds(case):
        if not record.signed_at:
            continue
        names = "、".join(one.inspector.name for one in cases.signatures(record))
        lines.append(facts.IndexLine(f"现场检查笔录（第{record.round}次）", "", record.inspected_on, names))
        review = reviews.get(record.pk)
        if review is not None:
            note = "通过" if review.decision == Decision.ACCEPT else "退回"
            lines.append(facts.IndexLine("审核意见", "", day_of(review.reviewed_at), review.reviewer.name, note))
    kept = case.photos.filter(withdrawn_at=None)
    for kind, title in ((PhotoKind.PHOTO, "现场照片"), (PhotoKind.SCAN, "纸质笔录扫描件")):
        if count := kept.filter(kind=kind).count():
            lines.append(facts.IndexLine(title, "", case.ended_on, case.unit.short_name, f"{count}份（电子）"))
    if any(line.title == "审核意见" and line.note == "通过" for line in lines):
        lines.append(facts.IndexLine("随机抽查情况记录表", case.number, case.ended_on, case.unit.short_name))
    return lines


def _of_disclosure(case: Case, disclosed: Any) -> list[facts.IndexLine]:
    if disclosed is None:
        return []
    return [facts.IndexLine("检查结果公示", "", day_of(disclosed.published_at), case.unit.short_name, "公开")]


def approval_of(draw: Draw) -> facts.ApprovalFacts:
    """行政检查审批表: what was approved, in figures; nobody was drawn yet."""
    revisions = [draw.matter, *draw.joint_matters.order_by("matter__code")]
    categories = "、".join(draw.categories.values_list("name", flat=True)) or "事项所列全部类别"
    towns = "、".join(draw.towns.values_list("label", flat=True)) or "全部镇（街道）"
    counts = draw.scope_counts.get("entries", {})
    quota = sum(int(value) for value in draw.quotas.values())
    lot = draw.mode == Mode.LOT
    units = "、".join(draw.inspector_units.values_list("short_name", flat=True)) or draw.unit.short_name
    scope = f"{categories}；{towns}；风险等级{'、'.join(draw.grades)}；待抽名单{sum(counts.values())}户" if lot else "经审批确定的检查对象"
    return facts.ApprovalFacts(
        number=draw.number or "",
        bureau=settings.BUREAU_NAME,
        unit=draw.unit.name,
        source=_task_of(draw),
        ground=draw.request.explanation if draw.request is not None else "按计划组织实施“双随机、一公开”抽查",
        matters=[matter_line(revision) for revision in revisions],
        method=methods_of(revisions),
        scope=scope,
        quota=f"共{quota}户，每层另抽候补{draw.reserves}户" if lot else "不抽取对象",
        team=f"每户{draw.team_size}人，从{units}执法检查人员中随机抽取",
        planned=draw.planned.astimezone(clock.BEIJING) if draw.planned else None,
        prepared_by=draw.prepared_by.name,
        prepared_at=(draw.submitted_at or draw.prepared_at).astimezone(clock.BEIJING),
        approved_by=draw.approved_by.name if draw.approved_by else "",
        approved_at=draw.committed_at.astimezone(clock.BEIJING) if draw.committed_at else None,
        order_hash=draw.order_hash,
        demo=settings.DEMO,
    )


def _task_of(draw: Draw) -> str:
    if draw.plan_item is not None:
        return f"{draw.plan_item.plan.title}第{draw.plan_item.code}项，{SOURCES[PlanItem.Source(draw.plan_item.source)]}"
    return f"个案检查审批{draw.request.code}" if draw.request is not None else "整改复查"


def plan_of(plan: Plan) -> facts.PlanFacts:
    """年度抽查计划 as it was approved, or as it is drafted."""
    items = plan.items.select_related("unit", "matter").prefetch_related("joint_matters__revisions", "matter__revisions").order_by("code")
    return facts.PlanFacts(
        number=plan.number,
        bureau=settings.BUREAU_NAME,
        title=plan.title,
        unit=plan.unit.name,
        year=plan.year,
        lines=[_plan_line(item) for item in items],
        published_on=day_of(plan.published_at),
        demo=settings.DEMO,
    )


def _plan_line(item: PlanItem) -> facts.PlanLine:
    matters = [item.matter, *item.joint_matters.all()]
    names = [max(one.revisions.all(), key=lambda revision: revision.number).name for one in matters if one.revisions.all()]
    source = SOURCES[PlanItem.Source(item.source)], item.document_number
    months = f"{item.first_month}月" if item.first_month == item.last_month else f"{item.first_month}月至{item.last_month}月"
    if item.handed_down:
        return facts.PlanLine(item.code, "、".join(names), item.unit.short_name, "由任务指定", months, *source)
    quantity = f"{spelled(item.ratio_percent)}%" if item.ratio_percent is not None else f"{item.number}户"
    return facts.PlanLine(item.code, "、".join(names), item.unit.short_name, quantity, months, *source)
