"""Imports at the same moment as other work: taken over once, and nobody's change is lost."""

from collections.abc import Callable

import pytest

from registries.codes.models import CodeTable
from registries.imports import commands
from registries.imports.models import Import
from registries.ledger.change import Change
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import break_in_chain
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects import commands as subjects
from registries.subjects.models import Subject
from tests import factories
from tests.asking import together
from tests.import_files import bring, commit, subject_row, workbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def clerk() -> User:
    """The clerk of a brigade with what subjects need."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.user(Role.CLERK, unit=factories.unit(code="ZA"))


def committing(actor: User, batch: Import) -> Callable[[], Change]:
    return lambda: commands.commit_import(actor=actor, import_id=batch.pk, version=batch.version)


def test_an_import_taken_over_by_two_at_once_is_taken_over_once(clerk: User) -> None:
    colleague = factories.user(Role.CLERK, unit=clerk.unit)
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(n) for n in range(60)]))
    outcomes = together(committing(clerk, batch), committing(colleague, batch))
    assert sorted(bool(outcome) for outcome in outcomes) == [False, True]
    assert Subject.objects.count() == 60
    assert LedgerPayload.objects.filter(verb="registries.commit_import", entry__action="import.change").count() == 1
    assert break_in_chain() is None


def test_two_files_with_the_same_new_rows_are_not_both_taken_over(clerk: User) -> None:
    content = workbook("subjects", subjects=[subject_row(n) for n in range(60)])
    first, second = bring(clerk, "subjects", content), bring(clerk, "subjects", content)
    outcomes = together(committing(clerk, first), committing(clerk, second))
    assert sum(outcome == "" for outcome in outcomes) == 1
    assert "Since the check" in "".join(outcomes)
    assert Subject.objects.count() == 60


def test_an_entry_confirmed_by_hand_at_the_same_moment_is_not_written_over(clerk: User) -> None:
    rows = [subject_row(n) for n in range(60)]
    commit(clerk, bring(clerk, "subjects", workbook("subjects", subjects=rows)))
    for row in rows:
        row["verified_on"] = "2026-04-01"
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    subject = Subject.objects.get(key="S00000030")
    outcomes = together(
        committing(clerk, batch),
        lambda: subjects.verify_subject(actor=clerk, subject_id=subject.pk, version=subject.version),
    )
    assert sorted(bool(outcome) for outcome in outcomes) == [False, True]
    subject.refresh_from_db()
    assert subject.version == 2
    by_file = outcomes[0] == ""
    assert (str(subject.verified_on) == "2026-04-01") is by_file
    assert Subject.objects.filter(verified_on="2026-04-01").count() == (60 if by_file else 0)
