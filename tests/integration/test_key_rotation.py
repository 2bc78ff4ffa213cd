"""Everything that is sealed is moved to another key, also when the work is killed; then the old key goes, and everything still reads."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from config.checks import every_key_is_there
from inspections.cases import photos
from inspections.cases.evidence import Acknowledgement
from inspections.cases.models import Replacement
from inspections.papers.models import Notice
from publicity.corrections.models import Objection
from registries.fields import head_of
from registries.imports.models import Import, ImportRow
from registries.inspectors.models import Assistant, Inspector
from registries.keys import columns, rotating
from registries.keys.models import KeyRotation
from registries.ledger.digests import digests, protected_models
from registries.ledger.models import LedgerPayload
from registries.subjects.models import Subject
from tests.faults.test_import_killed import killed
from tests.integration.test_protected_rows import one_of_everything

pytestmark = pytest.mark.django_db

OLD, NEW = {"k1": b"1" * 32}, {"k2": b"2" * 32}
STROKES = '[[[1,2]]]'


class Killed(BaseException):
    """What no handler of the product catches."""


@pytest.fixture
def filled(settings: Any) -> Iterator[bytes]:
    """An office whose every sealed column holds something under the old key; and a kept photo."""
    settings.FIELD_KEYS = OLD
    one_of_everything()
    row = Acknowledgement.objects.get()
    Acknowledgement.objects.create(record=row.record, kind="drawn", name="王某", drawn=STROKES, drawn_sha256="0" * 64, content_hash="0" * 64,
                                   noted_by=row.noted_by, noted_at=row.noted_at)  # fmt: skip
    Inspector.objects.update(phone="138 0013 8000", id_number="37032319900101123x")
    Assistant.objects.update(phone="13900139000")
    Subject.objects.update(phone="0533-3251234", contact="李某")
    batch = Import.objects.get().pk
    ImportRow.objects.bulk_create(
        [ImportRow(batch_id=batch, sheet="subjects", number=n, row_class="added", values={"phone": f"1380013{n:04}"}) for n in range(30)]
    )
    body = b"\xff\xd8\xff photo"
    kept = photos.Kept(body, "image/jpeg", "0" * 64, hashlib.sha256(body).hexdigest(), position_kept=False)
    photos.store(kept)
    yield body
    assert photos.read(kept.sha256) == body


def plain() -> dict[str, list[tuple[int, Any]]]:
    """Every sealed value of every table, read."""
    def values(column: columns.Column) -> list[tuple[int, Any]]:
        rows = column.field.model._base_manager.order_by("pk").values_list("pk", column.field.name)
        return [(pk, bytes(value) if isinstance(value, memoryview) else value) for pk, value in rows]

    return {one.place: values(one) for one in columns.sealed_columns()}


def digested() -> list[tuple[str, int, str]]:
    """The digest of every protected row but the rotations."""
    return [one for model in protected_models() if model is not KeyRotation for one in digests(model._base_manager.order_by("pk"))]


def needed() -> set[str]:
    """The names of the keys that values need."""
    return {name for one in columns.sealed_columns() for name in columns.in_use(one)}


def kill_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    """The process dies in the midst of a batch, its values written and not committed."""
    count: Callable[..., None] = rotating._count
    left = [batches]

    def dying(*args: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        count(*args)

    monkeypatch.setattr(rotating, "_count", dying)


def test_a_killed_rotation_goes_on_and_the_old_key_may_go(filled: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    was, stood = plain(), digested()
    assert needed() == {"k1"}
    settings.FIELD_KEYS = NEW | OLD
    with monkeypatch.context() as patch:
        kill_after(patch, 6)
        with pytest.raises(Killed):
            call_command("rotate_keys")
    assert needed() == {"k1", "k2"}, "the kill came when some were moved and some not"
    assert plain() == was, "half-way everything reads"
    with pytest.raises(SystemExit, match="1"):
        call_command("rotate_keys", check=True)
    call_command("rotate_keys")
    rotation = KeyRotation.objects.exclude(finished_at=None).latest("pk")
    settings.FIELD_KEYS = NEW
    assert needed() == {"k2"}
    assert plain() == was
    assert digested() == stood, "a digest in the ledger is of what a row says, not of how it is sealed"
    assert sum(rotation.done.values()) == sum(bool(value) for rows in was.values() for _pk, value in rows if value not in ({}, [])) + 1
    told = LedgerPayload.objects.get(verb="registries.finish_rotation")
    assert f'"values":{sum(rotation.done.values())}' in told.body.replace(": ", ":")
    with pytest.raises(SystemExit, match="0"):
        call_command("rotate_keys", check=True)


def test_the_product_refuses_to_start_without_a_key_that_a_row_needs(filled: bytes, settings: Any) -> None:
    assert every_key_is_there(databases=["default"]) == []
    settings.FIELD_KEYS = NEW
    wrong = every_key_is_there(databases=["default"])
    assert {one.id for one in wrong} == {"sunlot.E061"}
    assert any("registries.inspector.phone" in one.msg and "'k1'" in one.msg for one in wrong)
    with pytest.raises(CommandError, match="which is missing"):
        call_command("rotate_keys")
    settings.FIELD_KEYS = {"a.b": b"1" * 32, **OLD}
    assert [one.id for one in every_key_is_there(databases=["default"])] == ["sunlot.E060"]
    settings.FIELD_KEYS = OLD


def test_rows_that_are_never_changed_are_sealed_anew_while_a_rotation_is_open_and_change_in_nothing_else(filled: bytes) -> None:
    drawn = Acknowledgement.objects.filter(kind="drawn")
    served, decided = Notice.objects.all(), Replacement.objects.all()

    def refused(rows: Any, **values: Any) -> bool:
        try:
            with transaction.atomic():
                return not rows.update(**values)
        except DatabaseError:
            return True

    assert refused(drawn, drawn=STROKES)
    assert refused(served, served_to="王某")
    KeyRotation.objects.create(key_name="k1", started_at=drawn[0].noted_at)
    assert not refused(drawn, drawn=STROKES)
    assert not refused(served, facts={})
    assert not refused(decided, explanation="x")
    assert refused(drawn, drawn=STROKES, name="李某")
    assert refused(served, first_day="2026-01-01")
    assert refused(decided, reason="closed")


def test_people_are_found_by_the_whole_number_in_any_spelling_while_keys_change(filled: bytes, settings: Any) -> None:
    for keys in (OLD, NEW | OLD):
        settings.FIELD_KEYS = keys
        assert Inspector.objects.filter(phone__whole="+86 138-0013-8000").exists()
        assert Inspector.objects.filter(id_number__whole="３７０３２３１９９００１０１１２３X").exists()
        assert Subject.objects.filter(phone__whole="05333251234").exists()
        assert not Inspector.objects.filter(phone__whole="1380013800").exists(), "part of a number finds nobody"
        assert not Inspector.objects.filter(phone__whole="").exists()
    call_command("rotate_keys")
    settings.FIELD_KEYS = NEW
    assert Inspector.objects.filter(phone__whole="13800138000").count() == Inspector.objects.count()
    assert Objection.objects.filter(contact__whole="13800138000").count() == 0


def test_the_same_number_looks_different_in_two_columns_and_under_two_keys(settings: Any) -> None:
    seen = set()
    for keys in (OLD, NEW):
        settings.FIELD_KEYS = keys
        for model in (Inspector, Assistant, Subject):
            seen.add(head_of(model._meta.get_field("phone").stored("13800138000"))[0])
    assert len(seen) == 6
    assert all(len(one) == 32 for one in seen)


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_is_killed_again_and_again_ends_with_every_value_readable(
    filled: bytes, settings: Any, record_property: Callable[[str, object], None]
) -> None:
    batch = Import.objects.get().pk
    many = [ImportRow(batch_id=batch, sheet="more", number=n, row_class="added", values={"n": n}) for n in range(30_000)]
    ImportRow.objects.bulk_create(many, batch_size=5000)
    was = plain()
    settings.FIELD_KEYS = NEW | OLD
    halves = 0
    for at in range(10):
        killed(lambda: call_command("rotate_keys", verbosity=0), 0.1 + 0.08 * at)
        halves += needed() == {"k1", "k2"}
        assert plain() == was
    call_command("rotate_keys")
    settings.FIELD_KEYS = NEW
    assert needed() == {"k2"}
    assert plain() == was
    assert halves, "no kill came in the midst"
    record_property("figure", f"10 kills, {halves} of them half-way: 0 of {sum(map(len, was.values()))} values lost")
