"""Documents as files: the same input gives the same bytes, many in one file, and who took what."""

import datetime as dt
import subprocess

import pytest
from celery import current_app

from inspections.cases.models import Case
from inspections.draws.models import Draw
from inspections.papers import commands, drafting, facts, pressing, printing, queries, tasks
from inspections.papers.models import Bundle, DocumentNumber
from inspections.papers.states import BundleState, Sheet
from registries import clock, paper
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.queries import system_user
from registries.people.roles import Role
from tests import factories
from tests.asking import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.papers]
DAY = dt.date(2026, 11, 25)
PARTY = facts.Party("沂源示例宾馆", "91370323000000012A", "历山街道胜利路18号", "王建国", "0533-3240000")
NUMBER, HOUSE, UNIT = "源公（治）移字〔2026〕1号", "沂源县公安局", "沂源县公安局治安大队"


def text_of(body: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode()


def draw_of(cases: int) -> tuple[Draw, User]:
    draw = factories.drawn_draw(winners=cases, reserves=0)
    for _ in range(cases):
        factories.case(draw)
    return draw, factories.user(Role.CLERK, unit=draw.unit)


def test_letters_and_orders_are_printed_from_plain_values() -> None:
    order = facts.RectificationFacts(
        NUMBER, HOUSE, UNIT, PARTY, "AJ-1", DAY, ["未登记旅客"], "《旅馆业治安管理办法》第六条", ["补登旅客"], DAY + dt.timedelta(days=15), DAY
    )
    letter = facts.TransferFacts(NUMBER, HOUSE, UNIT, "县市场监管局", PARTY, "AJ-1", DAY, "超范围经营", "《行政处罚法》第二十五条", ["笔录1份"], DAY)
    crime = facts.TransferFacts(
        NUMBER, HOUSE, UNIT, "刑侦大队", PARTY, "AJ-1", DAY, "涉嫌犯罪", "《规定》第五条", ["笔录1份"], DAY, criminal=True
    )
    answer = facts.ObjectionFacts(NUMBER, HOUSE, UNIT, PARTY, "AJ-1", DAY, "不实", "属实", "维持", "《条例》第四十一条", DAY)
    for what, words in (
        (order, ("责令限期改正通知书", "未登记旅客", "2026年12月10日")),
        (letter, ("案件移送函", "县市场监管局")),
        (crime, ("涉嫌犯罪案件移送书", "刑侦大队")),
        (answer, ("异议答复书", "维持")),
    ):
        html = printing.html_of(what)
        assert all(word in html for word in (*words, NUMBER, HOUSE)), type(what)


def test_the_same_notice_gives_the_same_bytes_and_stays_as_it_was_made() -> None:
    draw, clerk = draw_of(1)
    case = draw.cases.get()
    commands.make_notice(actor=clerk, case_id=case.pk, first_day=clock.today(), last_day=clock.today())
    notice = queries.notice_of(case)
    assert notice is not None
    first = printing.pdf_of(queries.facts_of(notice))
    old, case.subject.name = case.subject.name, "改了名的旅馆"
    case.subject.save()
    notice.refresh_from_db()
    assert printing.pdf_of(queries.facts_of(notice)) == first
    assert old in text_of(first)
    assert notice.number.text in text_of(first)


def test_the_notices_of_a_draw_are_made_at_once_and_printed_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)
    draw, clerk = draw_of(3)
    client = signed_in(clerk)
    today = clock.today().isoformat()
    answer = client.post(f"/office/draws/{draw.pk}/documents/", {"notices": "1", "first_day": today})
    bundle = Bundle.objects.get()
    assert answer.headers["Location"] == f"/office/documents/print/{bundle.pk}/"
    assert list(DocumentNumber.objects.filter(unit=draw.unit).order_by("serial").values_list("serial", flat=True)) == [1, 2, 3]
    assert "data-refresh-seconds" in client.get(answer.headers["Location"]).content.decode()
    tasks.sweep_papers()
    tasks.print_papers(bundle.pk)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.done, bundle.total, bundle.attempts) == (BundleState.READY, 3, 3, 1)
    body = client.get(f"/office/documents/print/{bundle.pk}/file.pdf").content
    text = text_of(body)
    for case in draw.cases.all():
        assert case.subject.name in text
    assert "/Type/Page" in body.decode("latin-1") or bundle.pages >= 3
    assert LedgerPayload.objects.filter(verb="inspections.take_paper", actor=clerk).count() == 1
    with pytest.raises(Refused, match="has its notice"):
        commands.make_notices(actor=clerk, draw_id=draw.pk, first_day=clock.today(), last_day=clock.today())


def test_one_notice_that_cannot_be_made_leaves_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)
    draw, clerk = draw_of(2)
    draw.cases.order_by("-number")[0].assignments.update(ended_at=clock.now())
    with pytest.raises(Refused, match="team is not complete"):
        commands.make_notices(actor=clerk, draw_id=draw.pk, first_day=clock.today(), last_day=clock.today())
    assert not DocumentNumber.objects.exists()
    assert not Bundle.objects.exists()


def waiting_bundle() -> tuple[Bundle, User]:
    draw, clerk = draw_of(2)
    change = commands.print_bundle(actor=clerk, draw_id=draw.pk, sheet=Sheet.INDEX)
    assert isinstance(change.obj, Bundle)
    return change.obj, clerk


def test_a_lost_worker_is_found_again_and_a_stopped_one_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)
    bundle, clerk = waiting_bundle()
    now = clock.now()
    Bundle.objects.filter(pk=bundle.pk).update(state=BundleState.PRINTING, progressed_at=now)
    assert not queries.bundles_due(now).exists()
    assert queries.bundles_due(now + dt.timedelta(minutes=4)).exists()
    commands.cancel_bundle(actor=clerk, bundle_id=bundle.pk)
    assert pressing.pressed(bundle.pk) is None
    with pytest.raises(Refused, match="stopped"):
        commands.keep_bundle(actor=system_user(), bundle_id=bundle.pk, pdf=b"%PDF")


def test_without_chinese_fonts_nothing_is_printed_and_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)
    bundle, clerk = waiting_bundle()
    monkeypatch.setattr(paper, "fonts_present", lambda: False)
    tasks.print_papers(bundle.pk)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.FAILED
    assert bundle.failure
    client, case = signed_in(clerk), bundle.draw.cases.all()[0]
    answer = client.get(f"/office/cases/{case.number}/documents/record.pdf", follow=True)
    assert answer.redirect_chain
    assert bundle.failure in answer.content.decode()
    assert not LedgerPayload.objects.filter(verb="inspections.take_paper").exists()


def test_a_printed_file_is_dropped_after_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)
    bundle, _clerk = waiting_bundle()
    commands.keep_bundle(actor=system_user(), bundle_id=bundle.pk, pdf=b"%PDF-1.7", pages=1)
    Bundle.objects.filter(pk=bundle.pk).update(finished_at=clock.now() - dt.timedelta(days=8))
    tasks.sweep_papers()
    bundle.refresh_from_db()
    assert (bundle.state, bytes(bundle.pdf)) == (BundleState.EXPIRED, b"")


def test_record_result_form_and_index_say_what_the_case_says() -> None:
    case = factories.reviewed_case(findings="登记不全")
    record = case.records.get()
    said = drafting.case_facts(case, record, notice="")
    assert said.findings == "登记不全"
    assert len(said.signatures) == 2
    assert said.matters[0].lines[0].answer == "是"
    titles = [line.title for line in drafting.index_of(case).lines]
    assert titles == ["行政检查审批表", "抽取见证书", "现场检查笔录（第1次）", "审核意见", "随机抽查情况记录表"]
    blank = drafting.case_facts(factories.case(), None, notice="")
    assert blank.inspected_on is None
    assert {line.answer for one in blank.matters for line in one.lines} == {""}


def test_the_documents_of_a_case_open_to_whoever_may_see_it_and_the_taking_is_recorded() -> None:
    case = factories.case()
    clerk, stranger = factories.user(Role.CLERK, unit=case.unit), factories.user(Role.CLERK, unit=factories.unit())
    member = factories.team_of(case)[0].user
    assert member is not None
    url = f"/office/cases/{case.number}/documents/"
    for user, status in ((clerk, 200), (member, 200), (stranger, 404)):
        assert signed_in(user).get(url).status_code == status
    for sheet in ("record", "result", "index"):
        assert signed_in(stranger).get(f"{url}{sheet}.pdf").status_code == 404
    answer = signed_in(member).get(f"{url}record.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert case.subject.name in text_of(answer.content)
    assert [row.actor for row in LedgerPayload.objects.filter(verb="inspections.take_paper")] == [member]
    assert signed_in(clerk).get(f"{url}nothing.pdf").status_code == 404


def test_plan_and_approval_are_documents_too() -> None:
    draw, clerk = draw_of(1)
    said = drafting.approval_of(draw)
    assert said.prepared_by != said.approved_by
    assert Case.objects.get().subject.name not in printing.html_of(said)
    assert draw.plan_item is not None
    plan = draw.plan_item.plan
    html = printing.html_of(drafting.plan_of(plan))
    assert plan.title in html
    assert draw.plan_item.code in html
    assert signed_in(clerk).get(f"/office/plans/{plan.pk}/plan.pdf").headers["Content-Type"] == "application/pdf"
