"""An import is taken back whole while nothing builds on it; a file that nobody takes over does not stay."""

import datetime as dt
from typing import Any

import pytest

from registries import clock
from registries.codes.models import CodeTable
from registries.imports import commands
from registries.imports.invariants import imports
from registries.imports.models import Import, ImportRow
from registries.imports.tasks import sweep_imports
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.matters.models import Matter, MatterRevision
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Complaint, Subject
from tests import factories
from tests.import_files import bring, commit, subject_row, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def clerk() -> User:
    """The clerk of a brigade with what subjects need."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.user(Role.CLERK, unit=factories.unit(code="ZA"))


def brought(clerk: User, kind: str, **sheets: Any) -> Import:
    return commit(clerk, bring(clerk, kind, workbook(kind, **sheets)))


def undo(clerk: User, batch: Import) -> Import:
    commands.undo_import(actor=clerk, import_id=batch.pk, version=batch.version)
    return Import.objects.get(pk=batch.pk)


def why_not(clerk: User, batch: Import) -> str:
    with pytest.raises(Refused) as caught:
        undo(clerk, batch)
    return caught.value.sentence


def test_added_rows_go_and_changed_rows_are_as_they_were(clerk: User) -> None:
    brought(clerk, "subjects", subjects=[subject_row(1)])
    before = list(Subject.objects.values("key", "name", "address", "verified_on"))
    second = brought(clerk, "subjects", subjects=[subject_row(1, name="换了名字", address="新路1号"), subject_row(2)])
    assert Subject.objects.count() == 2
    assert undo(clerk, second).state == "undone"
    assert list(Subject.objects.values("key", "name", "address", "verified_on")) == before
    assert '"removed":1' in LedgerPayload.objects.latest("entry_id").body.replace(" ", "")
    assert why_not(clerk, Import.objects.get(pk=second.pk)) == "This import was undone. Upload the file again."


def test_the_sentence_names_what_builds_on_it(clerk: User) -> None:
    batch = brought(clerk, "subjects", subjects=[subject_row(1)])
    Complaint.objects.create(subject=Subject.objects.get(), received_on="2026-01-01", channel="其他", content="噪声", recorded_by=clerk)
    assert "build on what it added: complaint 1." in why_not(clerk, batch)
    assert Subject.objects.count() == 1


def test_the_sentence_names_rows_that_were_changed_since(clerk: User) -> None:
    first = brought(clerk, "subjects", subjects=[subject_row(1), subject_row(2)])
    brought(clerk, "subjects", subjects=[subject_row(2, name="后来改的旅馆")])
    assert "1 of its rows were changed: row 3 示例2旅馆" in why_not(clerk, first)


def test_a_matter_goes_with_its_first_revision_and_a_later_revision_alone(clerk: User) -> None:
    rows = {"matters": [matter_row()], "bases": [basis_row()]}
    first = brought(clerk, "matters", **rows)
    second = brought(clerk, "matters", matters=[matter_row(content="查登记和监控")])
    assert "was revised after this import" in why_not(clerk, first)
    undo(clerk, second)
    assert [revision.number for revision in MatterRevision.objects.all()] == [1]
    undo(clerk, Import.objects.get(pk=first.pk))
    assert not Matter.objects.exists()


def test_an_undone_import_can_be_brought_again(clerk: User) -> None:
    batch = brought(clerk, "subjects", subjects=[subject_row(1)])
    undo(clerk, batch)
    brought(clerk, "subjects", subjects=[subject_row(1)])
    assert Subject.objects.count() == 1
    assert not list(imports())


def test_what_nobody_takes_over_within_seven_days_is_dropped(clerk: User) -> None:
    old = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1)]))
    new = upload(clerk, "subjects", workbook("subjects", subjects=[subject_row(2)]))
    Import.objects.filter(pk=old.pk).update(uploaded_at=clock.now() - dt.timedelta(days=8))
    sweep_imports()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, bytes(old.content), new.state) == ("expired", b"", "uploaded")
    assert not ImportRow.objects.filter(batch=old).exists()


def matter_row(**columns: Any) -> dict[str, object]:
    return {
        "code": "ZA01", "area": "治安", "name": "旅馆检查", "content": "查登记", "categories": "旅馆", "kind": "一般", "method": "现场检查",
        "regulation": "双随机", "inspecting_body": "县级公安机关", "unit": "ZA", "ratio_percent": "5", "frequency": "每年1次", "team_size": "2",
        **columns,
    }  # fmt: skip


def basis_row() -> dict[str, object]:
    return {"matter": "ZA01", "instrument": "旅馆业治安管理办法", "article": "第六条", "in_force_from": "1987-11-10"}
