"""A matter revised and published anew while a draw and its cases run under the old revision: both keep the old text, everywhere."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from inspections.cases import commands as cases
from inspections.cases.models import Case
from inspections.cases.rules import Draft
from inspections.draws.models import Draw
from registries.codes.models import Code, CodeTable
from registries.matters import commands as matters
from registries.matters.commands import BasisContent, ItemContent, OutcomeContent
from registries.matters.models import MatterRevision
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.integration.test_draw_preparation import read
from tests.integration.test_matter_list import content_of
from tests.offices import Office, bundle
from tests.recorded import whole_draft

pytestmark = pytest.mark.django_db

NEW = "示例新名称检查"


def code(table: str, name: str) -> Code:
    return Code.objects.get(table=table, code=name)


def revised(office: Office, **different: Any) -> MatterRevision:
    """A new revision with another name and checklist, published by a new edition, through the commands."""
    content = replace(content_of(office.revision), name=NEW)
    change = matters.revise_matter(
        actor=office.clerk,
        code=office.revision.matter.code,
        seen=1,
        content=content,
        bases=[BasisContent("新的办法", "第九条")],
        items=[ItemContent("新检查项", "新的内容", "", "第九条")],
        **different,
    )
    edition = matters.prepare_edition(actor=office.clerk, title="随机抽查事项清单").obj
    matters.submit_edition(actor=office.clerk, edition_id=edition.pk, version=1)
    matters.approve_edition(actor=make.user(Role.SUPERVISOR), edition_id=edition.pk, version=2)
    assert isinstance(change.obj, MatterRevision)
    return change.obj


def team(case: Case) -> list[User]:
    return [one.user for one in make.team_of(case) if one.user]


def begun(draw: Draw) -> Case:
    cases.open_cases(actor=make.system(), draw_id=draw.pk)
    case = Case.objects.filter(draw=draw).order_by("number")[0]
    cases.begin_visit(actor=team(case)[0], case_id=case.pk, no_notice="突击检查")
    case.refresh_from_db()
    return case


def test_draw_case_and_public_page_keep_the_old_text(office: Office, time_machine: Any) -> None:
    old = office.revision.name
    draw = office.drawn(time_machine)
    case = begun(draw)
    new = revised(office)
    clerk, inspector = signed_in(office.clerk), signed_in(team(case)[0])
    reference = office.revision.reference
    for client, address in (
        (clerk, f"/office/draws/{draw.pk}/"),
        (clerk, f"/office/cases/{case.number}/"),
        (inspector, f"/office/cases/{case.number}/record/"),
        (Client(), f"/draws/{draw.number}/"),
    ):
        said = read(client, address)
        assert old in said, address
        assert NEW not in said, address
    record = read(inspector, f"/office/cases/{case.number}/record/")
    assert "检查项1" in record
    assert "新检查项" not in record
    assert f"matter\t{reference}\n".encode() in bundle(draw)["order.txt"]
    assert NEW in read(Client(), f"/matters/{new.matter.code}/")


def test_the_public_draw_leads_to_the_text_it_ran_under(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    old = office.revision.name
    revised(office)
    said = read(Client(), f"/draws/{draw.number}/")
    address = f"/matters/{office.revision.matter.code}/?revision=1"
    assert address in said
    page = read(Client(), address)
    assert old in page
    assert "检查项1" in page
    assert "This is revision 1" in page


def test_a_record_signed_after_the_revision_is_kept_under_the_old_one(office: Office, time_machine: Any) -> None:
    case = begun(office.drawn(time_machine))
    revised(office)
    one = team(case)[0]
    cases.save_record(actor=one, case_id=case.pk, version=1, draft=whole_draft(case))
    cases.submit_record(actor=one, case_id=case.pk, version=2)
    assert {a.item.revision_id for a in case.records.get().answers.select_related("item")} == {office.revision.pk}
    said = read(signed_in(one), f"/office/cases/{case.number}/sign/")
    assert "检查项1" in said
    assert NEW not in said


# --- results and disposals -----------------------------------------------------------------------------------------------


def own_words(office: Office) -> tuple[Code, Code, Code]:
    """The matter with two results of its own, one of them with one disposal; published."""
    clean, problem = code(CodeTable.RESULT, "clean"), code(CodeTable.RESULT, "problem-corrected")
    order = Code.objects.filter(table=CodeTable.DISPOSAL, active=True)[1]
    revised(office, outcomes=[OutcomeContent(clean.pk, None, "登记齐全"), OutcomeContent(problem.pk, order.pk, "登记不全")])
    office.revision = MatterRevision.objects.get(matter=office.revision.matter, number=2)
    return clean, problem, order


def test_the_record_offers_the_results_of_its_matter_and_only_those(office: Office, time_machine: Any, django_assert_max_num_queries: Any) -> None:
    clean, problem, order = own_words(office)
    case = begun(office.drawn(time_machine))
    client = signed_in(team(case)[0])
    client.cookies["language"] = "en"
    with django_assert_max_num_queries(15):
        said = client.get(f"/office/cases/{case.number}/record/").content.decode()
    assert f'<option value="{clean.pk}">' in said
    assert f'<option value="{problem.pk}">' in said
    assert f'<option value="{code(CodeTable.RESULT, "violates-security").pk}">' not in said
    assert f'<option value="{code(CodeTable.RESULT, "unreachable").pk}">' in said
    assert "登记不全" in said
    assert f"{problem} → {order}" in said


def test_another_result_or_disposal_is_refused_in_a_sentence(office: Office, time_machine: Any) -> None:
    _clean, problem, order = own_words(office)
    case = begun(office.drawn(time_machine))
    one = team(case)[0]
    foreign = code(CodeTable.RESULT, "violates-security")

    def save(version: int, **changes: Any) -> Draft:
        draft = whole_draft(case, **changes)
        cases.save_record(actor=one, case_id=case.pk, version=version, draft=draft)
        return draft

    assert f"does not name “{foreign}”" in refusal(save, version=1, result_id=foreign.pk)
    other = Code.objects.filter(table=CodeTable.DISPOSAL, active=True).exclude(pk=order.pk)[0]
    save(1, result_id=problem.pk, findings="登记簿缺页", disposal_id=other.pk)
    said = refusal(cases.submit_record, actor=one, case_id=case.pk, version=2)
    assert f"After this result the matter list names: {order}" in said
    save(2, result_id=problem.pk, findings="登记簿缺页", disposal_id=order.pk)
    cases.submit_record(actor=one, case_id=case.pk, version=3)


def test_a_visit_that_could_not_be_made_is_recorded_whatever_the_matter_names(office: Office, time_machine: Any) -> None:
    own_words(office)
    case = begun(office.drawn(time_machine))
    one = team(case)[0]
    gone = code(CodeTable.RESULT, "unreachable")
    draft = Draft(inspected_on=whole_draft(case).inspected_on, result_id=gone.pk, findings="两次上门无人")
    cases.save_record(actor=one, case_id=case.pk, version=1, draft=draft)
    cases.submit_record(actor=one, case_id=case.pk, version=2)
    assert case.records.get().result == gone
