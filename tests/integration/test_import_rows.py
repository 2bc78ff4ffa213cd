"""Every bad row is refused with row, column, value, reason and remedy; good rows say what they would do. Nothing is written."""

from typing import Any

import pytest

from registries.codes.models import Code, CodeTable
from registries.imports.models import ImportRow
from registries.inspectors.models import Certificate, Inspector
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects.models import Exclusion, Subject
from tests import factories
from tests.import_files import bring, classes, commit, reasons, subject_row, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def bureau() -> Unit:
    """The bureau, a brigade with a station, another brigade, a town, a category, a field and a specialty."""
    bureau = factories.unit("示例县公安局", Unit.Kind.BUREAU, code="GAJ", short_name="县公安局")
    brigade = factories.unit("示例县公安局治安大队", code="ZA", short_name="治安大队", parent=bureau)
    factories.unit("示例派出所", Unit.Kind.STATION, code="PCS", short_name="示例派出所", parent=brigade)
    factories.unit("示例县公安局网安大队", code="WA", short_name="网安大队", parent=bureau)
    factories.code(CodeTable.TOWN, "南麻街道", code="370323002")
    factories.code(CodeTable.FIELD, "治安", code="zhian")
    factories.code(CodeTable.SPECIALTY, "旅馆业管理", code="hotel")
    factories.code(CodeTable.EXPERT, "爆破专家", code="blasting")
    factories.category("旅馆", code="hotel")
    factories.category("民宿", code="guesthouse")
    return bureau


@pytest.fixture
def clerk(bureau: Unit) -> User:
    """The bureau's clerk, who keeps every unit's rows."""
    return factories.user(Role.CLERK, unit=bureau)


@pytest.fixture
def brigade_clerk(bureau: Unit) -> User:
    """The clerk of one brigade."""
    return factories.user(Role.CLERK, unit=Unit.objects.get(code="ZA"))


def refused_subject(actor: User, **columns: Any) -> tuple[int, str, str, str, str]:
    """The only reason why a row with these columns is refused."""
    batch = bring(actor, "subjects", workbook("subjects", subjects=[subject_row(1, **columns)]))
    found = reasons(batch)
    assert len(found) == 1, found
    assert not Subject.objects.exists()
    return found[0]


@pytest.mark.proves("R20")
@pytest.mark.parametrize(
    ("columns", "heading", "value", "sentence", "remedy"),
    [
        ({"categories": "旅社"}, "对象类别", "旅社", "“旅社” is not known here.", "Use one of: 民宿、旅馆"),
        ({"categories": "旅馆、民宿客栈"}, "对象类别", "民宿客栈", "“民宿客栈” is not known here.", "Perhaps “民宿” is meant."),
        ({"unit": "ZAA"}, "责任单位代码", "ZAA", "“ZAA” is not known here.", "Perhaps “ZA” is meant."),
        ({"town": "北麻街道"}, "镇街", "北麻街道", "“北麻街道” is not known here.", "Perhaps “南麻街道” is meant."),
        ({"status": "不清楚"}, "状态", "不清楚", "is none of the answers", "Choose one of: 在业"),
        ({"name": ""}, "名称", "", "“名称” is blank.", "Fill the cell."),
        ({"verified_on": "2026-13-01"}, "核实日期", "2026-13-01", "is no date", "for example 2021-07-15"),
        ({"verified_on": "2099-01-01"}, "核实日期", "2099-01-01", "lies in the future", "Correct the date."),
        ({"uscc": "91370323MA3C000001"}, "统一社会信用代码", "91370323MA3C000001", "check character", "Compare it with the licence."),
        ({"key": ""}, "对象编号", "", "neither a number nor a credit code", "Give it one of the two."),
    ],
)
def test_a_bad_cell_is_refused_with_column_value_reason_and_remedy(
    clerk: User, columns: dict[str, str], heading: str, value: str, sentence: str, remedy: str
) -> None:
    row, column, shown, why, what_to_do = refused_subject(clerk, **columns)
    assert (row, column, shown) == (2, heading, value)
    assert sentence in why
    assert remedy in what_to_do


@pytest.mark.proves("R20")
def test_all_reasons_of_a_row_are_told_at_once(clerk: User) -> None:
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1, town="月球", unit="??", status="?")]))
    assert {heading for _row, heading, *_rest in reasons(batch)} == {"镇街", "责任单位代码", "状态"}


def test_duplicates_inside_one_file_name_both_rows(clerk: User) -> None:
    rows = [subject_row(1), subject_row(2), subject_row(1, name="另一家")]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    assert classes(batch) == ["refused", "added", "refused"]
    first, third = reasons(batch)
    assert first[3] == "Rows 2 and 4 have the same 对象编号."
    assert third[3] == "Rows 4 and 2 have the same 对象编号."
    assert first[4] == "Keep one of them and delete the others."


def test_one_credit_code_for_two_subjects_is_refused(clerk: User) -> None:
    code = factories.credit_code(77)
    held = factories.subject(key="S00000009", uscc=code)
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1, uscc=code)]))
    ((_row, heading, value, why, _remedy),) = reasons(batch)
    assert (heading, value) == ("统一社会信用代码", code)
    assert why == f"“{code}” already belongs to {held.key}."


def test_a_row_without_a_number_is_known_by_its_credit_code(clerk: User) -> None:
    known, new = factories.credit_code(78), factories.credit_code(79)
    unit, town = Unit.objects.get(code="ZA"), Code.objects.get(label="南麻街道")
    held = factories.subject("旧名称", key="S00000009", uscc=known, unit=unit, town=town)
    rows = [subject_row(1, key="", uscc=known, name="新名称"), subject_row(2, key="", uscc=new)]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    assert classes(batch) == ["changed", "added"]
    commit(clerk, batch)
    held.refresh_from_db()
    assert held.name == "新名称"
    assert Subject.objects.get(uscc=new).key == new


def test_a_row_without_a_credit_code_is_known_by_its_old_registration_number(clerk: User) -> None:
    old, new, shared = "370323600012342", "370323600012359", "370323600012367"
    unit, town = Unit.objects.get(code="ZA"), Code.objects.get(label="南麻街道")
    held = factories.subject("旧名称", key="S00000009", old_number=old, unit=unit, town=town)
    for name in ("甲旅馆", "乙旅馆"):
        factories.subject(name, old_number=shared, unit=unit, town=town)
    numbers = (old, new, "370323600012345", shared)
    rows = [subject_row(at, key="", uscc="", old_number=number, name=f"第{at}旅馆") for at, number in enumerate(numbers)]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    assert classes(batch) == ["changed", "added", "refused", "refused"]
    assert [reason[3] for reason in reasons(batch)] == [
        "The old registration number 370323600012345 is mistyped: its last digit does not fit the others.",
        "Several entries have the old registration number 370323600012367.",
    ]
    commit(clerk, batch, only_good=True)
    held.refresh_from_db()
    assert held.name == "第0旅馆"
    assert Subject.objects.get(key=new).old_number == new
    permit = {"subject": old, "name": "特种行业许可证", "number": "鲁1", "valid_until": "长期"}
    commit(clerk, bring(clerk, "permits", workbook("permits", permits=[permit])))
    assert held.permits.get().long_term


def test_a_change_is_shown_column_by_column_and_a_blank_cell_leaves_alone(clerk: User) -> None:
    commit(clerk, bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1, phone="0533-1", risk_grade="B")])))
    row = subject_row(1, phone="", risk_grade="D级", address="新地址", categories="旅馆、民宿", unit="治安大队")
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[row]))
    shown = ImportRow.objects.get(batch=batch)
    assert shown.row_class == "changed"
    assert shown.details["changes"] == {
        "address": ["示例路1号", "新地址"],
        "risk_grade": ["B", "D"],
        "categories": ["旅馆", "民宿、旅馆"],
    }
    commit(clerk, batch)
    subject = Subject.objects.get()
    assert (subject.phone, subject.risk_grade, subject.address, subject.version) == ("0533-1", "D", "新地址", 2)
    assert {category.name for category in subject.categories.all()} == {"旅馆", "民宿"}


def test_the_same_file_twice_changes_nothing(clerk: User) -> None:
    content = workbook("subjects", subjects=[subject_row(n, uscc=factories.credit_code(200 + n), phone=f"1390000{n:04}") for n in range(30)])
    commit(clerk, bring(clerk, "subjects", content))
    assert set(classes(bring(clerk, "subjects", content))) == {"same"}


def test_a_brigade_brings_only_its_own_rows(brigade_clerk: User) -> None:
    unit, town = Unit.objects.get(code="WA"), Code.objects.get(label="南麻街道")
    factories.subject(key="S00000003", unit=unit, town=town)
    rows = [subject_row(1), subject_row(2, unit="PCS"), subject_row(3), subject_row(4, unit="WA")]
    batch = bring(brigade_clerk, "subjects", workbook("subjects", subjects=rows))
    assert classes(batch) == ["added", "added", "refused", "refused"]
    sentences = [(row, heading, why) for row, heading, _value, why, _remedy in reasons(batch)]
    why = "This row is kept by “网安大队”, which is not your unit."
    assert sentences == [(4, "责任单位代码", why), (5, "责任单位代码", why)]


def test_a_brigade_records_only_against_its_own_subjects(brigade_clerk: User) -> None:
    mine = factories.subject(unit=Unit.objects.get(code="ZA"))
    theirs = factories.subject(unit=Unit.objects.get(code="WA"))
    rows = [
        {"subject": subject.key, "basis": "示例规定第一条", "reason": "示例", "starts_on": "2026-01-01"} for subject in (mine, theirs)
    ]
    batch = bring(brigade_clerk, "exclusions", workbook("exclusions", exclusions=rows))
    assert classes(batch) == ["added", "refused"]
    ((_row, heading, value, why, _remedy),) = reasons(batch)
    assert (heading, value) == ("对象编号", theirs.key)
    assert "网安大队" in why


def test_exclusions_are_known_by_subject_basis_and_first_day(clerk: User) -> None:
    subject = factories.subject()
    row = {"subject": subject.uscc, "basis": "示例规定第一条", "reason": "示例", "starts_on": "2026年1月1日", "ends_on": "2026-12-31"}
    commit(clerk, bring(clerk, "exclusions", workbook("exclusions", exclusions=[row])))
    assert Exclusion.objects.get().recorded_by == clerk
    batch = bring(clerk, "exclusions", workbook("exclusions", exclusions=[{**row, "ends_on": "长期"}]))
    shown = ImportRow.objects.get(batch=batch)
    assert shown.details["changes"] == {"ends_on": ["2026-12-31", "without end"]}
    commit(clerk, batch)
    assert Exclusion.objects.get().ends_on is None
    early = {**row, "ends_on": "2025-12-31"}
    ((_row, heading, _value, why, _remedy),) = reasons(bring(clerk, "exclusions", workbook("exclusions", exclusions=[early])))
    assert (heading, why) == ("截止日期", "The last day lies before the first (2026-01-01).")


def test_a_subject_that_is_not_registered_is_named(clerk: User) -> None:
    row = {"subject": "S404", "received_on": "2026-01-01", "channel": "12345", "content": "示例"}
    ((_row, heading, value, why, remedy),) = reasons(bring(clerk, "complaints", workbook("complaints", complaints=[row])))
    assert (heading, value, why) == ("对象编号", "S404", "“S404” is not known here.")
    assert remedy == "Correct it, or import that table first."


def inspector_row(number: str, **columns: Any) -> dict[str, Any]:
    return {
        "number": number,
        "name": f"示例{number}",
        "sex": "男",
        "post": "民警",
        "unit": "ZA",
        "specialties": "旅馆业管理",
        "fields": "治安",
        "may_lead": "是",
        "most_open_cases": "5件",
        "status": "在岗",
        **columns,
    }


def certificate_row(inspector: str, number: str, **columns: Any) -> dict[str, Any]:
    days = {"valid_from": "2024-01-01", "valid_until": "2028-12-31"}
    return {"inspector": inspector, "kind": "人民警察证", "number": number, **days, **columns}


def test_certificates_come_with_their_inspectors(clerk: User) -> None:
    content = workbook(
        "inspectors",
        inspectors=[inspector_row("J1", experts="爆破专家"), inspector_row("J2", unit="没有")],
        certificates=[certificate_row("J1", "C1"), certificate_row("J2", "C2"), certificate_row("J3", "C3")],
    )
    batch = bring(clerk, "inspectors", content)
    assert batch.counts == {"inspectors": {"added": 1, "refused": 1}, "certificates": {"added": 1, "refused": 2}}
    commit(clerk, batch, only_good=True)
    inspector = Inspector.objects.get()
    assert (inspector.number, inspector.unit.code, inspector.may_lead, inspector.most_open_cases) == ("J1", "ZA", True, 5)
    assert [code.label for code in inspector.fields.all()] == ["治安"]
    assert [code.label for code in inspector.experts.all()] == ["爆破专家"]
    assert Certificate.objects.get().inspector == inspector


def test_a_certificate_never_passes_to_somebody_else(clerk: User) -> None:
    first = workbook("inspectors", inspectors=[inspector_row("J1"), inspector_row("J2")], certificates=[certificate_row("J1", "C1")])
    commit(clerk, bring(clerk, "inspectors", first))
    second = workbook("inspectors", inspectors=[inspector_row("J2")], certificates=[certificate_row("J2", "C1")])
    ((_row, heading, value, why, _remedy),) = reasons(bring(clerk, "inspectors", second))
    assert (heading, value) == ("人员编号", "J2")
    assert why == "In the registry this belongs to “示例J1”."


def test_certificates_alone_can_be_brought_later(clerk: User) -> None:
    commit(clerk, bring(clerk, "inspectors", workbook("inspectors", inspectors=[inspector_row("J1")])))
    batch = bring(clerk, "inspectors", workbook("inspectors", certificates=[certificate_row("J1", "C1")]))
    assert classes(batch) == ["added"]
    commit(clerk, batch)
    assert Certificate.objects.get().number == "C1"


def test_recusals_join_inspector_and_subject(clerk: User) -> None:
    subject = factories.subject()
    inspector = factories.inspector(unit=Unit.objects.get(code="ZA"), account=False)
    row = {"inspector": inspector.number, "subject": subject.key, "relation": "其他关系", "starts_on": "2026-01-01", "ends_on": "长期"}
    batch = bring(clerk, "recusals", workbook("recusals", recusals=[row, {**row, "inspector": "J404"}]))
    assert classes(batch) == ["added", "refused"]
    commit(clerk, batch, only_good=True)
    assert inspector.recusals.get().subject == subject


@pytest.fixture
def administrator() -> User:
    """Who brings units and code tables."""
    return factories.user(Role.SYSTEM_ADMIN)


def unit_row(code: str, parent: str = "", **columns: Any) -> dict[str, Any]:
    return {"code": code, "name": f"示例单位{code}", "short_name": code, "kind": "大队", "parent": parent, **columns}


def test_a_unit_may_stand_above_another_of_the_same_file(administrator: User) -> None:
    batch = bring(administrator, "units", workbook("units", units=[unit_row("C", "B"), unit_row("B", "A"), unit_row("A", kind="局")]))
    assert classes(batch) == ["added"] * 3
    commit(administrator, batch)
    assert Unit.objects.get(code="C").parent == Unit.objects.get(code="B")
    assert Unit.objects.get(code="A").parent is None


def test_units_in_a_circle_or_under_a_refused_one_are_refused(administrator: User) -> None:
    rows = [unit_row("A", "B"), unit_row("B", "A"), unit_row("C", kind="?"), unit_row("D", "C"), unit_row("E", "D")]
    batch = bring(administrator, "units", workbook("units", units=rows))
    assert set(classes(batch)) == {"refused"}
    sentences = {row: why for row, _heading, _value, why, _remedy in reasons(batch)}
    assert sentences[2] == sentences[3] == "The unit would stand under itself."
    assert sentences[5] == sentences[6] == "The unit above is itself refused."


def test_code_tables_refuse_a_label_that_stands_under_another_code(administrator: User) -> None:
    factories.code(CodeTable.TOWN, "南麻街道", code="t1")
    rows = [{"table": "镇街", "code": "t2", "label": "南麻街道"}, {"table": "执法领域", "code": "t2", "label": "南麻街道"}]
    batch = bring(administrator, "codes", workbook("codes", codes=rows))
    assert classes(batch) == ["refused", "added"]
    ((_row, heading, value, why, _remedy),) = reasons(batch)
    assert (heading, value, why) == ("名称", "南麻街道", "“南麻街道” already belongs to t1.")
