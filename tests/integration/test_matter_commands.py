"""The matter list: revisions and editions, what is refused, and that what was published stands."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from registries import clock
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.matters import commands, queries
from registries.matters.commands import BasisContent, Content, ItemContent
from registries.matters.models import ChecklistItem, Edition, LegalBasis, Matter, MatterRevision
from registries.people.models import Unit, User
from registries.people.roles import Role
from tests import factories
from tests.asking import refusal

pytestmark = pytest.mark.django_db

BASES = (BasisContent(instrument="旅馆业治安管理办法", article="第六条"),)
ITEMS = (ItemContent(title="登记", content="是否登记"), ItemContent(title="监控", content="是否完好"))


@pytest.fixture
def clerk() -> User:
    return factories.user(Role.CLERK, unit=factories.unit())


@pytest.fixture
def content(clerk: User) -> Content:
    assert clerk.unit_id is not None
    return Content(
        name="旅馆业治安检查",
        content="登记查验",
        method="现场检查",
        regulation="R",
        inspecting_body="县公安局",
        unit_id=clerk.unit_id,
        ratio_percent=Decimal(5),
        frequency="每年一次",
        categories=(factories.category().pk,),
    )


def revise(clerk: User, content: Content, seen: int = 0, code: str = "ZA01", **other: Any) -> MatterRevision:
    arguments = {"bases": BASES, "items": ITEMS, **other}
    commands.revise_matter(actor=clerk, code=code, seen=seen, content=content, **arguments)
    return MatterRevision.objects.get(matter__code=code, number=seen + 1)


def retire(clerk: User, code: str, reason: str = "依据已废止") -> None:
    commands.retire_matter(actor=clerk, matter_id=Matter.objects.get(code=code).pk, reason=reason)


def published(clerk: User, supervisor: User | None = None) -> Edition:
    change = commands.prepare_edition(actor=clerk, title="清单")
    edition = change.obj
    assert isinstance(edition, Edition)
    commands.submit_edition(actor=clerk, edition_id=edition.pk, version=edition.version)
    commands.approve_edition(
        actor=supervisor or factories.user(Role.SUPERVISOR), edition_id=edition.pk, version=edition.version + 1
    )
    edition.refresh_from_db()
    return edition


def test_revising_writes_a_new_revision_and_leaves_the_old_one(clerk: User, content: Content) -> None:
    first = revise(clerk, content)
    second = revise(clerk, replace(content, ratio_percent=Decimal(8)), seen=1)
    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    assert first.ratio_percent == Decimal(5)
    assert [item.title for item in second.items.all()] == ["登记", "监控"]
    entry = LedgerPayload.objects.latest("entry_id")
    assert (entry.verb, entry.object_id) == ("registries.revise_matter", str(second.pk))


@pytest.mark.parametrize(
    ("missing", "reason"),
    [({"bases": ()}, "legal basis"), ({"items": ()}, "checklist item")],
)
def test_a_revision_holds_what_every_matter_must(clerk: User, content: Content, missing: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as caught:
        revise(clerk, content, **missing)
    assert reason in caught.value.reason
    assert not Matter.objects.exists()


def test_a_matter_concerns_some_category(clerk: User, content: Content) -> None:
    with pytest.raises(Refused) as caught:
        revise(clerk, replace(content, categories=()))
    assert "categories" in caught.value.reason


def test_a_revision_without_news_is_refused(clerk: User, content: Content) -> None:
    revise(clerk, content)
    with pytest.raises(Refused) as caught:
        revise(clerk, content, seen=1)
    assert "Nothing is new" in caught.value.reason
    assert MatterRevision.objects.count() == 1


def test_two_clerks_do_not_overwrite_each_other(clerk: User, content: Content) -> None:
    revise(clerk, content)
    revise(clerk, replace(content, name="旅馆检查"), seen=1)
    with pytest.raises(Refused) as caught:
        revise(clerk, replace(content, name="民宿检查"), seen=1)
    assert "meanwhile" in caught.value.reason


def test_another_units_matter_is_not_revised_but_the_bureau_may(clerk: User, content: Content) -> None:
    revise(clerk, content)
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    with pytest.raises(Refused) as caught:
        revise(stranger, replace(content, name="别的"), seen=1)
    assert str(clerk.unit) in caught.value.reason
    chief = factories.user(Role.CLERK, unit=factories.unit("局", Unit.Kind.BUREAU))
    assert revise(chief, replace(content, name="别的"), seen=1).name == "别的"


def test_a_matter_is_retired_without_a_new_revision(clerk: User, content: Content) -> None:
    revise(clerk, content)
    retire(clerk, "ZA01")
    assert not Matter.objects.get(code="ZA01").active
    assert MatterRevision.objects.count() == 1


def test_an_edition_takes_the_newest_revision_of_every_matter_in_use(clerk: User, content: Content) -> None:
    revise(clerk, content)
    newest = revise(clerk, replace(content, name="旅馆检查"), seen=1)
    gone = revise(clerk, replace(content, name="典当"), code="ZA02")
    retire(clerk, "ZA02")
    edition = published(clerk)
    assert list(edition.revisions.all()) == [newest]
    assert queries.published_revision(newest.matter) == newest
    assert queries.published_revision(gone.matter) is None
    assert edition.number == 1


def test_an_edition_says_what_is_new_changed_and_gone(clerk: User, content: Content) -> None:
    revise(clerk, content)
    revise(clerk, replace(content, name="典当业"), code="ZA02")
    first = published(clerk)
    assert [c.kind for c in queries.edition_changes(first, None)] == ["new", "new"]
    revise(clerk, replace(content, ratio_percent=Decimal(8)), seen=1)
    retire(clerk, "ZA02")
    revise(clerk, replace(content, name="保安"), code="ZA08")
    second = published(clerk)
    assert queries.edition_before(second) == first
    changes = queries.edition_changes(second, first)
    assert [(c.kind, c.code) for c in changes] == [("changed", "ZA01"), ("gone", "ZA02"), ("new", "ZA08")]
    assert [(d.before, d.after) for d in changes[0].fields] == [("5", "8")]
    assert second.number == 2


def test_an_edition_without_news_or_beside_a_submitted_one_is_refused(clerk: User, content: Content) -> None:
    assert "no matter" in refusal(lambda: commands.prepare_edition(actor=clerk, title="清单"))
    revise(clerk, content)
    published(clerk)
    assert "Nothing is new" in refusal(lambda: commands.prepare_edition(actor=clerk, title="清单"))
    revise(clerk, replace(content, name="旅馆检查"), seen=1)
    edition = commands.prepare_edition(actor=clerk, title="清单").obj
    commands.submit_edition(actor=clerk, edition_id=edition.pk, version=1)
    assert "The edition is" in refusal(lambda: commands.prepare_edition(actor=clerk, title="清单"))


def test_an_edition_in_preparation_is_gathered_anew(clerk: User, content: Content) -> None:
    revise(clerk, content)
    edition = commands.prepare_edition(actor=clerk, title="清单").obj
    newer = revise(clerk, replace(content, name="旅馆检查"), seen=1)
    again = commands.prepare_edition(actor=clerk, title="清单").obj
    assert again == edition
    assert isinstance(again, Edition)
    assert list(again.revisions.all()) == [newer]
    assert "meanwhile" in refusal(lambda: commands.submit_edition(actor=clerk, edition_id=edition.pk, version=1))


def test_who_prepared_an_edition_never_approves_it(clerk: User, content: Content) -> None:
    revise(clerk, content)
    both = factories.user(Role.CLERK, Role.SUPERVISOR, unit=clerk.unit)
    with pytest.raises(Refused) as caught:
        published(both, supervisor=both)
    assert "You prepared" in caught.value.reason
    assert queries.current_edition() is None


def test_an_edition_is_returned_with_a_reason_and_submitted_again(clerk: User, content: Content) -> None:
    revise(clerk, content)
    supervisor = factories.user(Role.SUPERVISOR)
    edition = commands.prepare_edition(actor=clerk, title="清单").obj
    commands.submit_edition(actor=clerk, edition_id=edition.pk, version=1)
    back = commands.return_edition
    assert "Say why" in refusal(lambda: back(actor=supervisor, edition_id=edition.pk, version=2, reason=""))
    back(actor=supervisor, edition_id=edition.pk, version=2, reason="依据不全")
    edition.refresh_from_db()
    assert isinstance(edition, Edition)
    assert (edition.state, edition.returned_because) == ("preparing", "依据不全")
    approve = commands.approve_edition
    assert "The edition is" in refusal(lambda: approve(actor=supervisor, edition_id=edition.pk, version=3))


def test_a_lapsed_basis_stops_draws_and_is_named(clerk: User, content: Content) -> None:
    today = clock.today()
    lapsed = replace(BASES[0], in_force_until=today - dt.timedelta(days=1))
    revision = revise(clerk, content, bases=(lapsed,))
    sentence = queries.why_not_draw_on(revision, today)
    assert sentence is not None
    assert sentence.values["basis"] == "《旅馆业治安管理办法》第六条"
    assert queries.why_not_draw_on(revision, today - dt.timedelta(days=1)) is None
    assert queries.lapsed_bases(revision, today) == ["《旅馆业治安管理办法》第六条"]
    assert queries.why_not_draw_on(None, today) is not None


def test_what_was_published_is_never_changed_in_the_database(clerk: User, content: Content) -> None:
    revision = revise(clerk, content)
    edition = published(clerk)
    other = revise(clerk, replace(content, name="典当业"), code="ZA02")
    attempts: list[Callable[[], object]] = [
        lambda: Edition.objects.filter(pk=edition.pk).update(title="别的"),
        lambda: Edition.objects.filter(pk=edition.pk).delete(),
        lambda: edition.revisions.add(other),
        lambda: edition.revisions.clear(),
        lambda: MatterRevision.objects.filter(pk=revision.pk).update(name="别的"),
        lambda: revision.items.all().delete(),
        lambda: revision.bases.update(article="第七条"),
        lambda: ChecklistItem.objects.create(revision=revision, position=9, title="x", content="x"),
        lambda: LegalBasis.objects.create(revision=revision, instrument="x", article="x"),
        lambda: revision.categories.clear(),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    MatterRevision.objects.filter(pk=other.pk).update(name="还没公布")


def test_the_queries_of_the_list_stay_few(
    clerk: User, content: Content, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(5):
        revise(clerk, replace(content, name=f"事项{n}"), code=f"ZA{n}")
    first = published(clerk)
    for n in range(5):
        revise(clerk, replace(content, name=f"事项{n}甲"), code=f"ZA{n}", seen=1)
    second = published(clerk)
    with django_assert_max_num_queries(12):
        assert len(queries.edition_changes(second, first)) == 5
