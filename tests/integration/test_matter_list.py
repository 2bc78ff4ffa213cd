"""The matter list as a clerk keeps it: tree, lists of a revision, numbers from words, retiring, lapsing bases, papers."""

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from inspections.plans import commands as plan_commands
from inspections.plans.commands import ItemValues
from inspections.plans.models import Plan
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.ledger.change import Change
from registries.ledger.telling import history_told
from registries.matters import commands, papers, queries, tasks
from registries.matters.commands import BasisContent, Content, ItemContent, MaterialContent, OutcomeContent
from registries.matters.models import Edition, EditionPaper, Matter, MatterRevision
from registries.people.models import User
from registries.people.roles import Role
from tests import factories
from tests.asking import enter, refusal, said, text
from tests.integration.test_matter_pages import revision_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]

BASES = [BasisContent("旅馆业治安管理办法", "第四条", document_number="公安部令第1号")]
ITEMS = [ItemContent("登记", "是否如实登记", "查看登记簿", "第六条")]


def content_of(revision: MatterRevision, **other: Any) -> Content:
    same = Content(
        name=revision.name,
        content=revision.content,
        method=revision.method,
        regulation=revision.regulation,
        inspecting_body=revision.inspecting_body,
        unit_id=revision.unit_id,
        ratio_percent=Decimal(revision.ratio_percent),
        frequency=revision.frequency,
        categories=tuple(revision.categories.values_list("pk", flat=True)),
    )
    return replace(same, **other)


def revise(clerk: User, revision: MatterRevision, *, materials: Any = (), outcomes: Any = (), **other: Any) -> MatterRevision:
    newest = revision.matter.revisions.order_by("-number")[0]
    change = commands.revise_matter(
        actor=clerk,
        code=revision.matter.code,
        seen=newest.number,
        content=content_of(revision, **other),
        bases=BASES,
        items=ITEMS,
        materials=materials,
        outcomes=outcomes,
    )
    assert isinstance(change.obj, MatterRevision)
    return change.obj


@pytest.fixture
def revision() -> MatterRevision:
    return factories.matter("旅馆业治安检查")


@pytest.fixture
def clerk(revision: MatterRevision) -> User:
    return factories.user(Role.CLERK, unit=revision.unit)


def code(table: str, name: str) -> Code:
    return Code.objects.get(table=table, code=name)


def test_every_field_and_list_of_a_revision_stands_in_its_difference(clerk: User, revision: MatterRevision) -> None:
    category = factories.category("网吧")
    old = revise(clerk, revision)
    result, disposal = code(CodeTable.RESULT, "clean"), code(CodeTable.DISPOSAL, "none")
    new = revise(
        clerk,
        revision,
        materials=[MaterialContent("营业执照", "原件")],
        outcomes=[OutcomeContent(result.pk, disposal.pk, "各项合格")],
        area="特种行业",
        name="新名称",
        sub_item="住宿登记",
        content="新内容",
        kind="general",
        method="书面检查",
        regulation="RF",
        inspecting_body="县级公安机关",
        ratio_percent=Decimal(4),
        ratio_wording="不低于3%",
        ratio_least=Decimal(3),
        ratio_most=Decimal(10),
        frequency="每2年不超过1次",
        least_times=1,
        most_times=2,
        period="years",
        period_years=2,
        team_size=3,
        cooperation="leads",
        initiator="公安",
        partners="消防",
        publicity="网站",
        secrecy_check=True,
        remarks="备注",
        categories=(category.pk, *revision.categories.values_list("pk", flat=True)),
        full_coverage=(category.pk,),
    )
    before, after = queries.content_of(old), queries.content_of(new)
    silent = {name for name in after if before[name] == after[name]}
    assert silent == {"kind", "unit", "requirements", "bases", "items"}
    assert after["outcomes"] == "未发现问题→无需后续处置 (各项合格)"


def test_a_draw_and_a_case_keep_the_text_they_ran_under(clerk: User, revision: MatterRevision) -> None:
    draw = factories.drawn_draw(revision, winners=1, reserves=0)
    case = factories.case(draw)
    newest = revise(clerk, revision, name="改过的名称", content="改过的内容")
    factories.edition(newest)
    draw.refresh_from_db()
    assert (draw.matter.number, draw.matter.name) == (1, "旅馆业治安检查")
    held = case.matters.select_related("revision").get().revision
    assert (held.number, held.content) == (1, "登记查验、安全管理")
    assert [item.title for item in held.items.all()] == ["检查项1", "检查项2", "检查项3"]
    published = queries.published_revision(revision.matter)
    assert published is not None
    assert published.name == "改过的名称"


def test_a_matter_is_retired_and_restored_with_reasons(clerk: User, revision: MatterRevision) -> None:
    matter = revision.matter
    today = clock.today()
    assert "Say why" in refusal(lambda: commands.retire_matter(actor=clerk, matter_id=matter.pk, reason=" "))
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert "another unit" in refusal(lambda: commands.retire_matter(actor=stranger, matter_id=matter.pk, reason="x"))
    commands.retire_matter(actor=clerk, matter_id=matter.pk, reason="依据废止")
    matter.refresh_from_db()
    assert (matter.active, matter.retired_because) == (False, "依据废止")
    why = queries.why_not_draw_on(queries.published_revision(matter), today)
    assert why is not None
    assert "retired" in why.text
    assert "already" in refusal(lambda: commands.retire_matter(actor=clerk, matter_id=matter.pk, reason="x"))
    commands.restore_matter(actor=clerk, matter_id=matter.pk, reason="重新列入")
    assert queries.why_not_draw_on(queries.published_revision(matter), today) is None
    assert next(one.note for one in history_told(Matter.objects.get(pk=matter.pk))) == "重新列入"


def test_plan_items_are_held_to_the_ratio_of_the_list_unless_they_come_from_above(clerk: User, revision: MatterRevision) -> None:
    factories.edition(revise(clerk, revision, ratio_least=Decimal(3), ratio_most=Decimal(10)))
    plan = plan_commands.prepare_plan(actor=clerk, year=clock.today().year, title="计划").obj
    assert isinstance(plan, Plan)
    item = ItemValues(matter_id=revision.matter_id, unit_id=revision.unit_id, first_month=1, last_month=12)

    def add(**other: Any) -> Change:
        return plan_commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=replace(item, **other))

    assert "below the least ratio" in refusal(lambda: add(ratio_percent=Decimal(2)))
    assert "above the highest ratio" in refusal(lambda: add(ratio_percent=Decimal(11)))
    assert add(ratio_percent=Decimal(1), source="municipal", document_number="淄公发〔2026〕3号").after


def test_a_matter_without_results_of_its_own_has_those_of_the_code_tables(clerk: User, revision: MatterRevision) -> None:
    whole = queries.vocabulary_together([revision.pk])
    assert len(whole.results) == Code.objects.filter(table=CodeTable.RESULT, active=True).count()
    clean, problem = code(CodeTable.RESULT, "clean"), code(CodeTable.RESULT, "problem-corrected")
    none = code(CodeTable.DISPOSAL, "none")
    newest = revise(clerk, revision, outcomes=[OutcomeContent(clean.pk, none.pk, "合格"), OutcomeContent(problem.pk)])
    own = queries.vocabulary_together([newest.pk])
    assert own.results == [clean, problem]
    assert own.meanings == {clean.pk: "合格"}
    assert own.disposals[clean.pk] == [none]
    assert len(own.disposals[problem.pk]) == Code.objects.filter(table=CodeTable.DISPOSAL, active=True).count()
    twice = [OutcomeContent(clean.pk, none.pk), OutcomeContent(clean.pk, none.pk)]
    assert "twice" in refusal(lambda: revise(clerk, revision, outcomes=twice))


# --- pages ------------------------------------------------------------------------------------------------------------


def test_sub_items_stand_under_their_matter(client: Client, clerk: User, revision: MatterRevision) -> None:
    enter(client, clerk)
    part = revision_form(revision, code="ZZ1", seen=0, sub_item="住宿登记")
    other = revision_form(revision, code="ZZ2", seen=0, sub_item="视频监控")
    for form in (part, other):
        said(client, "/office/matters/new/", **form)
    page = text(client, "/office/matters/?q=ZZ")
    assert 'rowspan="2"' in page
    assert page.count(f">{revision.name}</th>") == 1
    assert "2 matters" in page


def test_the_numbers_are_read_from_the_words_and_confirmed_by_the_clerk(client: Client, clerk: User, revision: MatterRevision) -> None:
    enter(client, clerk)
    address = f"/office/matters/{revision.matter.code}/revise/"
    form = revision_form(revision, ratio_wording="不低于3%", frequency="每2年不超过1次", remarks="没有丢失")
    page = said(client, address, **form, propose="1")
    assert "at least 3 % of the subjects" in page
    assert "at most 1 visits in 2 year(s)" in page
    assert 'value="3"' in page
    assert "没有丢失" in page
    assert "error-summary" not in page
    assert MatterRevision.objects.filter(matter=revision.matter).count() == 1
    confirmed = {**form, "ratio_least": "3", "most_times": "1", "period": "years", "period_years": "2"}
    assert "The revision was saved." in said(client, address, **confirmed)
    newest = MatterRevision.objects.get(matter=revision.matter, number=2)
    assert (newest.ratio_least, newest.most_times, newest.period_years) == (Decimal(3), 1, 2)


def test_a_row_is_added_without_losing_what_was_typed(client: Client, clerk: User, revision: MatterRevision) -> None:
    enter(client, clerk)
    address = f"/office/matters/{revision.matter.code}/revise/"
    form = revision_form(revision, **{"materials-TOTAL_FORMS": 1, "materials-0-name": "营业执照", "name": "打到一半"})
    page = said(client, address, **form, add="materials")
    assert 'name="materials-TOTAL_FORMS" value="2"' in page
    assert "营业执照" in page
    assert "打到一半" in page
    saved = said(client, address, **{**form, "materials-TOTAL_FORMS": 2, "materials-1-name": "身份证明"})
    assert "The revision was saved." in saved
    newest = MatterRevision.objects.get(matter=revision.matter, number=2)
    assert [one.name for one in newest.materials.all()] == ["营业执照", "身份证明"]


def test_the_list_is_asked_by_method_requirement_state_setter_and_day(client: Client, clerk: User, revision: MatterRevision) -> None:
    other = factories.matter("寄递检查", method="书面检查", unit=revision.unit, published=False)
    other.requirements.add(factories.code(CodeTable.FIELD, "治安"))
    other.bases.update(in_force_until=clock.today() + dt.timedelta(days=30))
    factories.edition(other)
    enter(client, clerk)

    def found(asked: str) -> set[str]:
        page = text(client, f"/office/matters/?{asked}")
        return {name for name in (revision.name, other.name) if f">{name}</th>" in page}

    assert found("") == {revision.name, other.name}
    assert found("method=paper") == {other.name}
    assert found("method=site") == {revision.name}
    assert found("needs=yes") == {other.name}
    assert found("needs=no") == {revision.name}
    assert found("standing=lapsing") == {other.name}
    assert found("standing=in-force") == {other.name}
    assert found(f"setter={revision.created_by.name}") == {revision.name}
    assert found(f"since={clock.today() + dt.timedelta(days=1)}") == set()


def test_a_basis_about_to_lapse_is_told_on_the_desk_in_the_list_and_on_the_page(client: Client, clerk: User, revision: MatterRevision) -> None:
    # the rows of a published revision never change, so the dates stand in a new one
    newest = revise(clerk, revision, remarks="x")
    last = clock.today() + dt.timedelta(days=59)
    newest.bases.update(in_force_until=last)
    enter(client, clerk)
    assert f"a basis lapses on {last}" in text(client, "/office/matters/")
    assert f"A legal basis lapses on {last}" in text(client, f"/office/matters/{revision.matter.code}/")
    assert revision.name in text(client, "/office/")
    newest.bases.update(in_force_until=clock.today() + dt.timedelta(days=61))
    assert "a basis lapses on" not in text(client, "/office/matters/")
    assert revision.name not in text(client, "/office/")


def test_a_lapsed_basis_stops_new_draws(revision: MatterRevision) -> None:
    other = factories.matter(published=False)
    other.bases.update(in_force_until=clock.today() - dt.timedelta(days=1))
    factories.edition(revision, other)
    why = queries.why_not_draw_on(queries.published_revision(other.matter), clock.today())
    assert why is not None
    assert "lapsed" in why.text
    assert queries.why_not_draw_on(queries.published_revision(revision.matter), clock.today()) is None


def test_a_matter_is_retired_on_a_page(client: Client, clerk: User, revision: MatterRevision) -> None:
    enter(client, clerk)
    address = f"/office/matters/{revision.matter.code}/retire/"
    assert "error-summary" in said(client, address, reason="")
    page = said(client, address, reason="依据废止")
    assert "The matter is retired." in page
    assert "依据废止" in page
    assert "The matter is in use again." in said(client, address, reason="恢复")


# --- papers -----------------------------------------------------------------------------------------------------------


def test_an_edition_is_a_workbook_in_the_official_layout(client: Client) -> None:
    revision = factories.matter("旅馆业治安检查", sub_item="住宿登记", ratio_wording="不低于3%", cooperation="leads", initiator="=1+1")
    edition = Edition.objects.get()
    enter(client, factories.user(Role.CLERK, unit=revision.unit))
    for address in (f"/office/editions/{edition.pk}/xlsx/", f"/matters/editions/{edition.number}/list.xlsx"):
        response = client.get(address)
        assert response.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        header = next(row for row in rows if row[0] == "序号")
        listed = dict(zip(header, rows[rows.index(header) + 1], strict=True))
        assert tuple(header) == papers.HEADINGS
        assert listed["抽查方式"] == "部门联合发起"
        assert listed["抽查比例"] == "不低于3%"
        assert listed["抽查子项"] == "住宿登记"
        assert listed["检查依据"] == "《旅馆业治安管理办法》第四条"
        assert listed["事项编号"] == revision.matter.code
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.papers
def test_a_published_edition_is_put_on_paper_once_by_the_worker(client: Client) -> None:
    factories.matter("旅馆业治安检查")
    edition = Edition.objects.get()
    address = f"/matters/editions/{edition.number}/list.pdf"
    assert client.get(address).status_code == 404
    tasks.sweep_editions()
    tasks.sweep_editions()
    paper = EditionPaper.objects.get()
    response = client.get(address)
    assert response.content == bytes(paper.pdf)
    assert response.content.startswith(b"%PDF")
    assert address in client.get("/matters/").content.decode()
    assert "already" in refusal(lambda: commands.issue_edition_paper(actor=factories.system(), edition_id=edition.pk, pdf=b"x"))
