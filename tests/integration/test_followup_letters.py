"""The orders and letters of follow-ups: their numbers, what is frozen on them, where they are found; those of other bodies stay typed."""

import datetime as dt

import pytest
from celery import current_app
from django.db import IntegrityError, transaction

from inspections.followups import commands, sending
from inspections.followups.models import FollowUp
from inspections.papers import commands as papers
from inspections.papers import drafting, facts, printing, queries, tasks
from inspections.papers.models import Bundle, DocumentNumber, Letter
from inspections.papers.states import BundleState, Sheet
from registries import clock
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.integration.test_followups import Office, decided, issued, office, ordered

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=30)


def text_of(letter: Letter) -> str:
    return printing.html_of(queries.letter_facts(letter))


def extended(it: Office, followup: FollowUp) -> Letter:
    commands.extend_followup(
        actor=it.reviewer, followup_id=followup.pk, version=followup.version, due_on=clock.today() + LATER, reason="监控设备到货延迟。"
    )
    followup.refresh_from_db()
    letter = followup.extensions.get().letter
    assert letter is not None
    return letter


def test_an_order_takes_its_number_as_it_is_decided_and_stays_as_it_was_issued() -> None:
    it = office()
    followup = ordered(it, what="补齐住宿登记；\n安装监控设备。")
    year = clock.today().year
    assert followup.letter is not None
    assert followup.number == followup.letter.number.text == f"源公（治）责改字〔{year}〕1号"
    said = queries.letter_facts(followup.letter)
    assert isinstance(said, facts.RectificationFacts)
    assert (said.problems, said.demands) == (["登记簿有漏项"], ["补齐住宿登记", "安装监控设备"])
    first = text_of(followup.letter)
    it.case.subject.name = "改了名的旅馆"
    it.case.subject.save()
    assert text_of(Letter.objects.get(pk=followup.letter.pk)) == first
    changes: list[dict[str, object]] = [{"facts_digest": "0"}, {"facts": {}}]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=followup.letter.pk).update(**change)


def test_a_refused_order_takes_no_number() -> None:
    it = office()
    assert "Name the provision" in refusal(lambda: ordered(it, basis=" "))
    assert not DocumentNumber.objects.exists()


def test_an_extension_is_a_document_of_its_own() -> None:
    it = office()
    followup = ordered(it)
    due = followup.due_on
    letter = extended(it, followup)
    said = queries.letter_facts(letter)
    assert isinstance(said, facts.ExtensionFacts)
    assert (said.order, said.was_due_on, said.due_on) == (followup.number, due, clock.today() + LATER)
    assert "监控设备到货延迟，经审查" in text_of(letter)


def test_a_void_order_is_issued_again_before_anything_else_and_nothing_used_is_voided() -> None:
    it = office()
    followup = ordered(it)
    assert followup.letter is not None
    papers.void_number(actor=it.clerk, number_id=followup.letter.number_id, reason="期限有误")
    followup = FollowUp.objects.get(pk=followup.pk)
    assert "Issue the order again" in refusal(lambda: extended(it, followup))
    browser, at = signed_in(it.clerk), f"/office/followups/{followup.pk}/"
    assert "期限有误" in browser.get(at).content.decode()
    answer = browser.post(at, {"act": "issue", "issue-version": followup.version, "issue-basis": "《办法》第七条"})
    assert answer.status_code == 302
    followup = FollowUp.objects.get(pk=followup.pk)
    assert [one.serial for one in DocumentNumber.objects.filter(case=it.case).order_by("serial")] == [1, 2]
    assert followup.number.endswith("2号")
    assert "issued already" in refusal(lambda: issued(it, followup))
    transfer = ordered(it, "transfer")
    issued(it, transfer)
    sending.send_followup(actor=it.clerk, followup_id=transfer.pk, version=transfer.version, sent_at=clock.now())
    assert transfer.letter is not None
    number = transfer.letter.number_id
    assert "sent already" in refusal(lambda: papers.void_number(actor=it.clerk, number_id=number, reason="x"))


def test_a_transfer_has_its_letter_made_and_then_sent() -> None:
    it = office()
    followup = ordered(it, "transfer")
    browser, at = signed_in(it.clerk), f"/office/followups/{followup.pk}/"
    page = browser.get(at).content.decode()
    assert 'name="act" value="issue"' in page
    assert 'name="act" value="send"' not in page
    assert "Name the provision" in refusal(lambda: issued(it, followup, basis=" "))
    issued(it, followup)
    assert followup.letter is not None
    assert "〔" in followup.letter.number.text
    assert "移字" in followup.letter.number.text
    page = browser.get(at).content.decode()
    assert 'name="act" value="send"' in page
    assert f"/office/cases/{it.case.number}/letters/{followup.letter.pk}.pdf" in page
    assert "县市场监督管理局：" in text_of(followup.letter)


def test_a_criminal_letter_waits_for_the_decision_and_names_where_it_goes() -> None:
    it = office()
    commands.flag_crime(actor=it.clerk, case_id=it.case.pk, what="销售赃物的线索")
    crime = FollowUp.objects.get()
    assert "decides first" in refusal(lambda: issued(it, crime))
    sending.approve_transfer(actor=it.supervisor, followup_id=crime.pk, version=crime.version)
    crime.refresh_from_db()
    assert "Name the authority" in refusal(lambda: issued(it, crime))
    issued(it, crime, addressee="沂源县公安局刑侦大队")
    assert crime.letter is not None
    assert "刑移字" in crime.letter.number.text
    assert "涉嫌犯罪案件移送书" in text_of(crime.letter)


def test_the_index_lists_ours_with_their_numbers_void_ones_too_and_those_of_others_as_typed() -> None:
    it = office()
    followup = ordered(it)
    assert followup.letter is not None
    papers.void_number(actor=it.clerk, number_id=followup.letter.number_id, reason="期限有误")
    decided(it, ordered(it, "penalty"))
    lines = {line.title: line for line in drafting.index_of(it.case).lines}
    assert lines["责令限期改正通知书"].note == "作废：期限有误"
    assert lines["行政处罚立案审批表"].number == "源公（治）立〔2026〕1号"
    assert lines["行政处罚决定书"].number == "源公（治）行罚决字〔2026〕3号"


def test_a_letter_opens_to_whoever_may_see_the_case_and_is_printed_with_those_of_the_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)
    it = office()
    followup = ordered(it)
    assert followup.letter is not None
    at = f"/office/cases/{it.case.number}/letters/{followup.letter.pk}.pdf"
    answer = signed_in(it.clerk).get(at)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert signed_in(it.clerk).get(at).content == answer.content, "the same bytes"
    assert signed_in(make.user(Role.CLERK, unit=make.unit())).get(at).status_code == 404
    assert at in signed_in(it.clerk).get(f"/office/cases/{it.case.number}/documents/").content.decode()
    assert at in signed_in(it.clerk).get(f"/office/cases/{it.case.number}/").content.decode()
    assert it.case.draw_id is not None
    bundle = papers.print_bundle(actor=it.clerk, draw_id=it.case.draw_id, sheet=Sheet.LETTERS).obj
    tasks.print_papers(bundle.pk)
    assert Bundle.objects.get(pk=bundle.pk).state == BundleState.READY
