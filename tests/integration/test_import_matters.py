"""The matter list by file: three sheets, one revision per change, a matter whole or not at all."""

from typing import Any

import pytest

from registries.codes.models import CodeTable
from registries.imports.models import ImportRow
from registries.ledger.change import Refused
from registries.matters.models import Matter, MatterRevision
from registries.people.models import Unit, User
from registries.people.roles import Role
from tests import factories
from tests.import_files import bring, classes, commit, reasons, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def clerk() -> User:
    """The clerk of the brigade that answers for the matters."""
    factories.code(CodeTable.FIELD, "治安", code="zhian")
    factories.code(CodeTable.SPECIALTY, "旅馆业管理", code="hotel")
    factories.category("旅馆", code="hotel")
    factories.unit(code="WA", short_name="网安大队")
    return factories.user(Role.CLERK, unit=factories.unit(code="ZA", short_name="治安大队"))


def matter_row(code: str, **columns: Any) -> dict[str, Any]:
    return {
        "code": code,
        "area": "特种行业",
        "name": f"示例事项{code}",
        "content": "住宿登记",
        "categories": "旅馆",
        "kind": "一般检查事项",
        "method": "现场检查",
        "regulation": "双随机",
        "inspecting_body": "县级公安机关",
        "unit": "ZA",
        "ratio_percent": "5%",
        "frequency": "每年1次",
        "team_size": "不少于2人",
        "fields": "治安",
        "specialties": "旅馆业管理",
        **columns,
    }


def basis_row(matter: str, **columns: Any) -> dict[str, Any]:
    return {"matter": matter, "instrument": "示例条例", "article": "第一条", "in_force_from": "2020-01-01", **columns}


def item_row(matter: str, position: int, **columns: Any) -> dict[str, Any]:
    return {"matter": matter, "position": position, "title": f"检查项{position}", "content": "是否登记", **columns}


def whole(*codes: str, **columns: Any) -> bytes:
    return workbook(
        "matters",
        matters=[matter_row(code, **columns) for code in codes],
        bases=[basis_row(code) for code in codes],
        checklist=[item_row(code, position) for code in codes for position in (1, 2)],
    )


@pytest.fixture
def listed(clerk: User) -> MatterRevision:
    """One matter, as its first revision."""
    commit(clerk, bring(clerk, "matters", whole("ZA01")))
    return MatterRevision.objects.get()


def test_a_new_matter_comes_with_bases_and_checklist(clerk: User, listed: MatterRevision) -> None:
    assert listed.reference == "ZA01@1"
    assert (str(listed.ratio_percent), listed.team_size, listed.regulation, listed.created_by) == ("5.00", 2, "R", clerk)
    assert [category.name for category in listed.categories.all()] == ["旅馆"]
    assert {code.label for code in listed.requirements.all()} == {"治安", "旅馆业管理"}
    assert [str(basis) for basis in listed.bases.all()] == ["《示例条例》第一条"]
    assert [item.position for item in listed.items.all()] == [1, 2]


def test_the_same_list_twice_makes_no_revision(clerk: User, listed: MatterRevision) -> None:
    batch = bring(clerk, "matters", whole("ZA01"))
    assert set(classes(batch)) == {"same"}
    with pytest.raises(Refused):
        commit(clerk, batch)
    assert MatterRevision.objects.get() == listed


def test_a_changed_matter_gets_a_new_revision_and_the_old_one_stays(clerk: User, listed: MatterRevision) -> None:
    factories.edition(listed)
    content = workbook("matters", matters=[matter_row("ZA01", ratio_percent="10", specialties="")])
    batch = bring(clerk, "matters", content)
    assert ImportRow.objects.get(batch=batch).details["changes"] == {
        "ratio_percent": ["5", "10"],
        "specialties": ["旅馆业管理", ""],
    }
    commit(clerk, batch)
    old, new = MatterRevision.objects.order_by("number")
    assert (old, str(old.ratio_percent), old.requirements.count()) == (listed, "5.00", 2)
    assert (new.number, str(new.ratio_percent), new.requirements.get().label) == (2, "10.00", "治安")
    assert new.bases.count() == 1, "a sheet that is not there leaves the list as it is"
    assert new.items.count() == 2
    assert Matter.objects.count() == 1


def test_a_sheet_replaces_the_lists_of_the_matters_it_names(clerk: User, listed: MatterRevision) -> None:
    content = workbook("matters", matters=[matter_row("ZA01")], checklist=[item_row("ZA01", 1), item_row("ZA01", 3, guidance="看")])
    batch = bring(clerk, "matters", content)
    rows = {(row.sheet, row.number): row for row in ImportRow.objects.filter(batch=batch)}
    assert rows["matters", 2].row_class == "changed"
    assert rows["matters", 2].details["changes"] == {"checklist": ["检查项2", ""]}
    assert (rows["checklist", 2].row_class, rows["checklist", 3].row_class) == ("same", "added")
    commit(clerk, batch)
    assert [item.position for item in MatterRevision.objects.latest("number").items.all()] == [1, 3]
    assert [item.position for item in listed.items.all()] == [1, 2]


def test_lists_can_be_brought_without_the_first_sheet(clerk: User, listed: MatterRevision) -> None:
    content = workbook("matters", bases=[basis_row("ZA01"), basis_row("ZA01", article="第二条", in_force_until="2030-12-31")])
    batch = bring(clerk, "matters", content)
    assert classes(batch) == ["same", "added"]
    commit(clerk, batch)
    new = MatterRevision.objects.latest("number")
    assert (new.number, new.bases.count(), new.name) == (2, 2, listed.name)


def test_one_bad_row_keeps_its_whole_matter_out_and_no_other(clerk: User) -> None:
    content = workbook(
        "matters",
        matters=[matter_row("ZA01"), matter_row("ZA02")],
        bases=[basis_row("ZA01", in_force_from="何时"), basis_row("ZA02")],
        checklist=[item_row("ZA01", 1), item_row("ZA02", 1)],
    )
    batch = bring(clerk, "matters", content)
    assert {sheet: counts["refused"] for sheet, counts in batch.counts.items()} == {"matters": 1, "bases": 1, "checklist": 1}
    told = {(row, why) for row, _heading, _value, why, _remedy in reasons(batch)}
    assert (2, "A matter is taken over whole, and row 2 of “依据” is refused.") in told
    commit(clerk, batch, only_good=True)
    assert Matter.objects.get().code == "ZA02"


def test_a_matter_without_a_legal_basis_is_refused(clerk: User) -> None:
    batch = bring(clerk, "matters", workbook("matters", matters=[matter_row("ZA01")]))
    ((row, heading, _value, why, remedy),) = reasons(batch)
    assert (row, heading, why, remedy) == (2, "", "The matter names no legal basis.", "Add it on the sheet “依据”.")


def test_rows_of_an_unknown_matter_or_another_unit_are_refused(clerk: User) -> None:
    other = factories.matter(unit=Unit.objects.get(code="WA"))
    content = workbook("matters", bases=[basis_row("ZA99"), basis_row(other.matter.code)])
    sentences = [why for _row, _heading, _value, why, _remedy in reasons(bring(clerk, "matters", content))]
    assert sentences == ["“ZA99” is not known here.", "This row is kept by “网安大队”, which is not your unit."]
    mine = bring(clerk, "matters", workbook("matters", matters=[matter_row(other.matter.code)]))
    assert [why for _row, _heading, _value, why, _remedy in reasons(mine)] == ["This row is kept by “网安大队”, which is not your unit."]


def test_a_matter_revised_since_the_check_stops_the_file(clerk: User, listed: MatterRevision) -> None:
    batch = bring(clerk, "matters", whole("ZA01", ratio_percent="7"))
    other = bring(clerk, "matters", whole("ZA01", ratio_percent="8"))
    commit(clerk, other)
    with pytest.raises(Refused, match="somebody revised the matter ZA01"):
        commit(clerk, batch)
    assert MatterRevision.objects.count() == 2
