"""Free text before it is published: who looks, what is starred out, what may stay, and that the signed record never changes."""

import datetime as dt
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from inspections.cases import commands
from inspections.cases.clearance import Clearance, Looked, public_findings, standing
from inspections.cases.models import Case, Record
from inspections.cases.states import CaseState
from publicity.disclosures.commands import publish_case
from publicity.disclosures.models import COPIED, Disclosure
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from registries.scanning import doubts
from registries.subjects.models import Subject
from tests import factories as make
from tests.asking import english

pytestmark = pytest.mark.django_db

TEXT = "住客刘先生(13805331234)未登记，前台赵铁柱称房号1234567890123456。"
GUEST = (TEXT.index("刘先生"), TEXT.index("刘先生") + 3)
NUMBER = (TEXT.index("1234567890123456"), TEXT.index("1234567890123456") + 16)
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def recorded(findings: str = TEXT, **columns: Any) -> Case:
    return make.recorded_case(result=make.result("problem-pending"), findings=findings, **columns)


def accept(case: Case, looked: Looked | None) -> None:
    commands.review_case(actor=make.user(Role.REVIEWER), case_id=case.pk, version=case.version, decision="accept", looked=looked)


def refusal(case: Case, looked: Looked | None) -> str:
    with pytest.raises(Refused) as told:
        accept(case, looked)
    assert Case.objects.get(pk=case.pk).state == CaseState.RECORDED
    assert not Clearance.objects.exists()
    return told.value.reason


def published(case: Case) -> Disclosure:
    Case.objects.filter(pk=case.pk).update(ended_on=clock.today() - dt.timedelta(days=15))
    publish_case(actor=make.system(), case_id=case.pk)
    return Disclosure.objects.get(case=case)


ALL = Looked(ticked=True, left=[NUMBER], hidden=[GUEST])


def test_both_doubts_of_the_sample_are_found() -> None:
    assert [one.span for one in doubts(TEXT)] == [GUEST, NUMBER]


def test_nobody_accepts_a_text_without_having_looked() -> None:
    case = recorded()
    assert "tick that you did" in refusal(case, None)
    assert "tick that you did" in refusal(case, ALL._replace(ticked=False))
    assert "every marked place" in refusal(case, ALL._replace(left=[]))
    assert "every marked place" in refusal(case, ALL._replace(hidden=[GUEST, NUMBER])), "one and the same place cannot be both"
    assert "do not stand in the text" in refusal(case, ALL._replace(wordings=["钱某"], reason="姓名"))
    assert "Say why" in refusal(case, ALL._replace(wordings=["赵铁柱"]))
    accept(case, ALL)


def test_what_is_left_stays_and_all_else_is_starred_out_in_the_copy_alone() -> None:
    case = recorded()
    accept(case, ALL._replace(wordings=["赵铁柱"], reason="员工姓名"))
    record = case.records.get()
    shown = public_findings(record)
    assert shown == "住客***(***********)未登记，前台***称房号1234567890123456。"
    assert record.findings == TEXT
    disclosure = published(case)
    assert disclosure.findings == disclosure.versions.get().findings == shown
    assert Record.objects.get(pk=record.pk).findings == TEXT


def test_a_clearance_is_kept_with_who_and_when_and_repeats_no_word() -> None:
    case = recorded()
    accept(case, ALL._replace(wordings=["赵铁柱"], reason="员工姓名"))
    kept = Clearance.objects.get()
    assert (kept.case, kept.record, kept.left) == (case, case.records.get(), [list(NUMBER)])
    assert list(GUEST) in kept.stars
    assert kept.cleared_by == case.reviews.get().reviewer
    entry = LedgerPayload.objects.filter(verb="inspections.review_case").get()
    assert "inspections.clearance" in entry.body
    assert "刘先生" not in entry.body
    assert "赵铁柱" not in entry.body


def test_what_nobody_looked_at_is_starred_out_and_still_goes_out_on_its_day() -> None:
    """Reviewed before there were clearances: the automatic publication takes the masked text and waits for nobody."""
    disclosure = published(make.reviewed_case(result=make.result("problem-pending"), findings=TEXT))
    assert disclosure.findings == "住客***(***********)未登记，前台赵铁柱称房号****************。"


def test_the_clerk_looks_once_more_and_can_only_star_out() -> None:
    case = recorded()
    accept(case, ALL)
    clerk = make.user(Role.CLERK, unit=case.unit)
    with pytest.raises(Refused) as told:
        commands.release_case(actor=clerk, case_id=case.pk)
    assert "tick that you did" in told.value.reason
    commands.release_case(actor=clerk, case_id=case.pk, looked=Looked(ticked=True, left=[GUEST], wordings=["赵铁柱"], reason="姓名"))
    known = standing(case.records.get())
    assert known.left == {NUMBER}, "what the reviewer starred out stays so"
    assert "赵铁柱" not in published(case).findings
    assert Clearance.objects.count() == 2


def test_a_text_without_a_word_asks_nothing() -> None:
    case = recorded("")
    accept(case, None)
    assert not Clearance.objects.exists()


def test_the_next_round_is_looked_through_again() -> None:
    case = recorded()
    record = case.records.get()
    commands.review_case(actor=make.user(Role.REVIEWER), case_id=case.pk, version=case.version, decision="return", remark="补", looked=ALL)
    assert not record.clearances.exists()


# --- the pages -------------------------------------------------------------------------------------------------------


def test_the_reviewers_page_marks_what_was_found_and_keeps_what_was_decided() -> None:
    case = recorded(TEXT + EVIL)
    reviewer = english(make.user(Role.REVIEWER))
    address = f"/office/cases/{case.number}/review/"
    shown = reviewer.get(address).content.decode()
    assert "<mark" in shown
    assert "13805331234 <small>[telephone]</small>" in shown
    assert "住客***(***********)" in shown
    assert EVIL not in shown
    guest, number = f"place_{GUEST[0]}_{GUEST[1]}", f"place_{NUMBER[0]}_{NUMBER[1]}"
    typed = {"version": case.version, "decision": "accept", "remark": "", "wordings": "赵铁柱", "reason": "姓名", guest: "hidden", "looked": "on"}
    silent = reviewer.post(address, typed)
    assert silent.status_code == 422
    assert "Decide on every marked place" in silent.content.decode()
    assert "赵铁柱</textarea>" in silent.content.decode()
    assert reviewer.post(address, {**typed, number: "left"}).status_code == 302
    assert Clearance.objects.get().stars == [list(GUEST), [TEXT.index("赵铁柱"), TEXT.index("赵铁柱") + 3]]


def test_the_clerk_sees_the_public_page_before_it_is_public() -> None:
    case = recorded(TEXT + EVIL)
    accept(case, ALL)
    clerk = english(make.user(Role.CLERK, unit=case.unit))
    assert f"/office/cases/{case.number}/preview/" in clerk.get(f"/office/cases/{case.number}/").content.decode()
    release = clerk.get(f"/office/cases/{case.number}/release/").content.decode()
    assert "1234567890123456" in release
    shown = clerk.get(f"/office/cases/{case.number}/preview/").content.decode()
    assert "nothing of this is public yet" in shown
    assert "住客***(***********)" in shown
    assert case.subject.name in shown
    assert EVIL not in shown
    assert not Disclosure.objects.exists()
    assert english(make.user(Role.CLERK, unit=make.unit())).get(f"/office/cases/{case.number}/preview/").status_code == 404
    out = published(case)
    assert clerk.get(f"/office/cases/{case.number}/preview/").headers["Location"] == f"/results/{out.public_id}/"


def test_hostile_text_is_text_on_every_public_page() -> None:
    case = recorded(EVIL)
    Subject.objects.filter(pk=case.subject_id).update(name=EVIL)
    accept(case, Looked(ticked=True))
    case.refresh_from_db()
    out = published(case)
    for address in (f"/results/{out.public_id}/", "/results/", f"/results/?q={EVIL}", "/"):
        assert "<script>alert" not in Client().get(address).content.decode(), address
        assert "<img src=x" not in Client().get(address).content.decode(), address
    assert "&lt;script&gt;alert" in Client().get(f"/results/{out.public_id}/").content.decode()


# --- who is named ----------------------------------------------------------------------------------------------------


def of_subject(name: str, kind: str, *publicity: str) -> Case:
    categories = [make.category(publicity=one) for one in publicity or ("name",)]
    matter = make.matter(categories=categories[:1])
    subject = make.subject(name, categories=categories, unit=matter.unit, kind=kind)
    return make.reviewed_case(make.case(make.drawn_draw(matter, winners=1, reserves=0, subjects=[subject])), result=make.result("problem-pending"), findings="漏登")


def test_one_category_by_counts_is_enough_to_name_nobody() -> None:
    out = published(of_subject("沂源测试酒店", "enterprise", "name", "counts"))
    assert (out.named, out.subject_name, out.subject_code, out.town_name, out.findings) == (False, "", "", "", "")


def test_a_natural_person_is_a_surname_and_a_township_for_two_years() -> None:
    out = published(of_subject("赵铁柱", "person"))
    assert (out.subject_name, out.subject_code) == ("赵＊＊", "")
    assert out.shown_until.year == clock.today().year + 2


def test_a_business_named_like_a_person_is_named_as_registered_unless_the_bureau_decided_otherwise(settings: LazySettings) -> None:
    assert published(of_subject("赵铁柱", "individual")).subject_name == "赵铁柱"
    settings.DISCLOSURE_MASKS_TRADERS = True
    hidden = published(of_subject("钱铁柱", "individual"))
    assert (hidden.subject_name, hidden.subject_code) == ("钱＊＊", "")
    assert published(of_subject("钱铁柱小吃店", "individual")).subject_name == "钱铁柱小吃店"


def test_the_term_on_line_is_the_bureaus_setting(settings: LazySettings) -> None:
    settings.DISCLOSURE_YEARS = 3
    assert published(of_subject("沂源测试酒店", "enterprise")).shown_until.year == clock.today().year + 3


def test_a_column_that_is_not_on_the_list_is_never_copied() -> None:
    """The whitelist: whatever a case or a subject learns to hold, only these columns exist on the public side."""
    assert set(COPIED) == {
        "form", "named", "subject_name", "subject_code", "category_name", "town_name", "unit_name", "matters", "inspectors_count",
        "inspected_on", "result_code", "result_label", "result_group", "findings", "disposal_label", "draw_number", "plan_item_code",
    }  # fmt: skip
    case = recorded("漏登")
    Subject.objects.filter(pk=case.subject_id).update(contact="金丝雀甲", phone="金丝雀乙", address="金丝雀丙")
    accept(case, Looked(ticked=True))
    out = published(case)
    assert "金丝雀" not in str(out.__dict__) + Client().get(f"/results/{out.public_id}/").content.decode()


def test_a_count_of_few_tells_neither_category_nor_matter_nor_draw() -> None:
    case = of_subject("沂源测试库", "enterprise", "counts")
    assert case.draw is not None
    few = published(case)
    assert (few.category_name, few.matters, few.draw_number, few.plan_item_code, few.disposal_label) == ("按数公示的对象", [], "", "", "")
    shown = Client().get(f"/results/{few.public_id}/").content.decode()
    assert case.subject.categories.get().name not in shown
    assert str(case.draw.number) not in shown
    many = of_subject("沂源测试库房", "enterprise", "counts")
    for _ in range(4):
        make.subject(categories=list(many.subject.categories.all()), unit=many.unit)
    told = published(many)
    assert (told.category_name, told.draw_number) == (many.subject.categories.get().name, "")
    assert told.matters
