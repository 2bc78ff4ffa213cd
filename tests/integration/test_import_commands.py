"""The commands of an import: allowed and refused states, wrong roles and units, atomicity, the ledger, two at once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError

from registries import clock
from registries.codes.models import CodeTable
from registries.imports import commands, rules
from registries.imports.checking import Findings
from registries.imports.kinds import KINDS
from registries.imports.models import Import, ImportRow
from registries.imports.queries import visible_imports
from registries.imports.surveys import survey
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import Unit, User
from registries.people.queries import system_user
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, check, classes, commit, confirm, subject_row, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def brigade() -> Unit:
    """A brigade of a bureau, with what subjects need."""
    bureau = factories.unit("示例县公安局", Unit.Kind.BUREAU, code="GAJ")
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.unit("示例县公安局治安大队", code="ZA", parent=bureau)


@pytest.fixture
def clerk(brigade: Unit) -> User:
    """The brigade's clerk."""
    return factories.user(Role.CLERK, unit=brigade)


def subjects(*numbers: int, **columns: Any) -> bytes:
    return workbook("subjects", subjects=[subject_row(n, **columns) for n in numbers])


def last_entry() -> tuple[str, int | None, dict[str, Any]]:
    payload = LedgerPayload.objects.latest("entry_id")
    return payload.verb, payload.actor_id, json.loads(payload.body)


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.sentence


def test_the_path_of_a_file_stands_in_the_ledger_with_its_hash_and_counts(clerk: User) -> None:
    content = subjects(1, 2)
    batch = upload(clerk, "subjects", content)
    assert batch.state == "uploaded"
    assert bytes(batch.content) == content
    verb, actor, entry = last_entry()
    assert (verb, actor) == ("registries.upload_import", clerk.pk)
    assert entry["after"]["sha256"] == batch.sha256 == hashlib.sha256(content).hexdigest()

    batch = confirm(clerk, batch)
    assert (batch.state, last_entry()[0]) == ("checking", "registries.map_import")

    batch = check(batch)
    verb, actor, entry = last_entry()
    assert (batch.state, verb, actor) == ("checked", "registries.check_import", system_user().pk)
    assert (entry["after"]["added"], entry["after"]["refused"]) == (2, 0)

    before = LedgerPayload.objects.count()
    batch = commit(clerk, batch)
    assert LedgerPayload.objects.count() == before + 1, "a spreadsheet is one entry, however many rows it has"
    verb, actor, entry = last_entry()
    assert (batch.state, verb, actor) == ("committed", "registries.commit_import", clerk.pk)
    assert entry["before"]["state"] == "checked"
    assert (entry["after"]["state"], entry["after"]["added"], entry["after"]["sha256"]) == ("committed", 2, batch.sha256)
    assert batch.committed_at is not None
    assert Subject.objects.count() == 2


def test_what_a_file_says_is_not_readable_in_the_database(clerk: User) -> None:
    from django.db import connection

    batch = bring(clerk, "subjects", subjects(1, contact="示例负责人", phone="13900001234"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM registries_import WHERE id = %s", [batch.pk])
        stored = bytes(cursor.fetchone()[0])
        cursor.execute("SELECT * FROM registries_importrow WHERE batch_id = %s", [batch.pk])
        row = repr(cursor.fetchall())
    assert not stored.startswith(b"PK")
    assert "13900001234" not in row
    assert "示例负责人" not in row


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.SYSTEM_ADMIN, "subjects"),
        (Role.SYSTEM_ADMIN, "matters"),
        (Role.SYSTEM_ADMIN, "inspectors"),
        (Role.CLERK, "units"),
        (Role.CLERK, "codes"),
        (Role.CLERK, "categories"),
        (Role.SUPERVISOR, "subjects"),
        (Role.AUDITOR, "units"),
        (Role.INSPECTOR, "subjects"),
    ],
)
def test_nobody_brings_what_their_role_does_not_bring(brigade: Unit, role: Role, kind: str) -> None:
    actor = factories.user(role, unit=brigade)
    assert "role does not" in refusal(lambda: upload(actor, kind, subjects(1)))
    assert not Import.objects.exists()
    _verb, actor_id, entry = last_entry()
    assert actor_id == actor.pk
    assert entry["refused"]


def test_an_unknown_kind_is_refused(clerk: User) -> None:
    look = survey(KINDS["subjects"].layouts, subjects(1))
    assert "kind of table" in refusal(
        lambda: commands.upload_import(actor=clerk, kind="secrets", file_name="x", content=b"x", survey=look)
    )


def test_uploads_of_a_day_have_an_end(clerk: User) -> None:
    with mock.patch.object(rules, "MOST_A_DAY", 1):
        upload(clerk, "subjects", subjects(1))
        assert "You have uploaded 1 files today" in refusal(lambda: upload(clerk, "subjects", subjects(1)))


STATES = ("uploaded", "checking", "checked", "committed", "cancelled", "failed")
ALLOWED = {
    "map": ("uploaded", "checked"),
    "check": ("checking",),
    "commit": ("checked",),
    "cancel": ("uploaded", "checking", "checked"),
}


@pytest.mark.parametrize("move", ALLOWED)
@pytest.mark.parametrize("state", STATES)
def test_a_move_is_made_from_its_states_only(clerk: User, state: str, move: str) -> None:
    batch = bring(clerk, "subjects", subjects(1))
    Import.objects.filter(pk=batch.pk).update(state=state)
    moves: dict[str, Callable[[], Any]] = {
        "map": lambda: confirm(clerk, batch),
        "check": lambda: commands.check_import(actor=system_user(), import_id=batch.pk, findings=Findings(batch.version)),
        "commit": lambda: commit(clerk, batch),
        "cancel": lambda: commands.cancel_import(actor=clerk, import_id=batch.pk, version=batch.version),
    }
    if state in ALLOWED[move]:
        moves[move]()
        return
    assert refusal(moves[move]) == rules._STATES[state].text
    assert Import.objects.get(pk=batch.pk).state == state


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.REVIEWER, Role.INSPECTOR, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.PARTNER])
def test_only_a_clerk_takes_a_registry_over(brigade: Unit, clerk: User, role: Role) -> None:
    batch = bring(clerk, "subjects", subjects(1))
    other = factories.user(role, unit=brigade)
    assert refusal(lambda: commit(other, batch))
    assert refusal(lambda: commands.cancel_import(actor=other, import_id=batch.pk, version=batch.version))
    assert not Subject.objects.exists()


def test_the_system_takes_over_nothing_that_a_person_brought(clerk: User) -> None:
    batch = bring(clerk, "subjects", subjects(1))
    assert refusal(lambda: commit(system_user(), batch)) == "This import belongs to another unit."
    assert refusal(lambda: commands.cancel_import(actor=system_user(), import_id=batch.pk, version=batch.version))
    assert refusal(lambda: commands.undo_import(actor=system_user(), import_id=batch.pk, version=batch.version))


def test_another_unit_sees_no_import_and_moves_none(clerk: User) -> None:
    batch = bring(clerk, "subjects", subjects(1))
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert not visible_imports(stranger).exists()
    assert refusal(lambda: commit(stranger, batch)) == "This import belongs to another unit."
    for reader in (factories.user(Role.CLERK, unit=Unit.objects.get(code="GAJ")), factories.user(Role.AUDITOR)):
        assert visible_imports(reader).get() == batch
    assert not visible_imports(factories.user(Role.SYSTEM_ADMIN)).exists()


def test_whoever_decides_must_have_seen_the_import_as_it_is(clerk: User) -> None:
    batch = bring(clerk, "subjects", subjects(1))
    stale = Import.objects.get(pk=batch.pk)
    confirm(clerk, batch)
    check(batch)
    assert refusal(lambda: commit(clerk, stale)) == "This import has changed meanwhile. Look at the page again."
    assert not Subject.objects.exists()


def test_all_or_nothing_is_refused_while_rows_are_refused(clerk: User) -> None:
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1), subject_row(2, town="月球")]))
    assert refusal(lambda: commit(clerk, batch)) == (
        "1 rows are refused. Correct them and upload the file again, or take over only the good rows."
    )
    assert not Subject.objects.exists()
    batch = commit(clerk, batch, only_good=True)
    assert (Subject.objects.count(), batch.only_good) == (1, True)


def test_a_file_that_changes_nothing_is_not_taken_over(clerk: User) -> None:
    commit(clerk, bring(clerk, "subjects", subjects(1)))
    batch = bring(clerk, "subjects", subjects(1))
    assert "There is nothing to take over" in refusal(lambda: commit(clerk, batch))


def test_a_row_that_somebody_changed_since_the_check_stops_the_whole_file(clerk: User) -> None:
    commit(clerk, bring(clerk, "subjects", subjects(1, 2)))
    batch = bring(clerk, "subjects", subjects(1, 2, 3, address="新地址"))
    Subject.objects.filter(key="S00000002").update(address="别人改的")
    assert "somebody changed 1 of these rows in the registry, first row 3 of the file" in refusal(lambda: commit(clerk, batch))
    assert Subject.objects.count() == 2
    assert not Subject.objects.filter(address="新地址").exists()
    assert Import.objects.get(pk=batch.pk).state == "checked"
    batch = check(confirm(clerk, batch))
    assert classes(batch) == ["changed", "changed", "added"]
    commit(clerk, batch)
    assert Subject.objects.filter(address="新地址").count() == 3


def test_a_row_that_somebody_added_since_the_check_stops_the_whole_file(clerk: User) -> None:
    first, second = bring(clerk, "subjects", subjects(1, 2)), bring(clerk, "subjects", subjects(2, 3))
    commit(clerk, first)
    assert "Since the check" in refusal(lambda: commit(clerk, second))
    assert Subject.objects.count() == 2


def test_a_code_that_somebody_took_since_the_check_stops_the_whole_file(clerk: User) -> None:
    code = factories.credit_code(5)
    batch = bring(clerk, "subjects", subjects(1, uscc=code))
    factories.subject(key="X1", uscc=code)
    assert "somebody else entered one of these rows" in refusal(lambda: commit(clerk, batch))
    assert Subject.objects.count() == 1


def test_a_fault_in_the_middle_writes_nothing(clerk: User) -> None:
    batch = bring(clerk, "subjects", subjects(1, 2))
    entries = LedgerPayload.objects.count()
    with (
        mock.patch("registries.imports.registers.Register._write_many", side_effect=IntegrityError),
        pytest.raises(Refused),
    ):
        commit(clerk, batch)
    with (
        mock.patch("registries.ledger.record.append", side_effect=RuntimeError("power cut")),
        pytest.raises(RuntimeError),
    ):
        commit(clerk, batch)
    assert not Subject.objects.exists()
    assert Import.objects.get(pk=batch.pk).state == "checked"
    assert LedgerPayload.objects.count() == entries + 1, "the refusal, and no change"
    commit(clerk, batch)
    assert Subject.objects.count() == 2


def test_a_cancelled_import_keeps_neither_file_nor_rows(clerk: User) -> None:
    batch = bring(clerk, "subjects", subjects(1))
    commands.cancel_import(actor=clerk, import_id=batch.pk, version=batch.version)
    batch = Import.objects.get(pk=batch.pk)
    assert (batch.state, bytes(batch.content)) == ("cancelled", b"")
    assert not ImportRow.objects.filter(batch=batch).exists()
    assert last_entry()[2]["after"]["sha256"] == batch.sha256


def test_a_column_cannot_be_chosen_twice_nor_a_required_one_left_out(clerk: User) -> None:
    batch = upload(clerk, "subjects", subjects(1))
    columns = batch.mapping[0]["columns"]
    without = {name: at for name, at in columns.items() if name not in ("town", "unit")}
    assert "lacks columns: 责任单位代码、镇街." in refusal(lambda: confirm(clerk, batch, {"subjects": without}))
    twice = {**columns, "address": columns["name"]}
    assert "is chosen twice" in refusal(lambda: confirm(clerk, batch, {"subjects": twice}))
    beyond = {**columns, "address": 99}
    assert "has no such column" in refusal(lambda: confirm(clerk, batch, {"subjects": beyond}))
    assert "No sheet" in refusal(lambda: confirm(clerk, batch, {}))
    assert Import.objects.get(pk=batch.pk).state == "uploaded"


def test_a_day_is_the_day_of_beijing(clerk: User) -> None:
    batch = bring(clerk, "subjects", subjects(1, verified_on=clock.today().isoformat()))
    assert classes(batch) == ["added"]
