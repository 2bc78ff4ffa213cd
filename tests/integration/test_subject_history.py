"""The history of a subject tells what imports did to it: who, when, by which file and row, before and after."""


import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from registries.codes.models import CodeTable
from registries.imports import commands
from registries.imports.models import Import
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import Rows, bring, commit, subject_row, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]


@pytest.fixture
def clerk(client: Client) -> User:
    """The clerk of a brigade with what subjects need, signed in."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    clerk = factories.user(Role.CLERK, unit=factories.unit(code="ZA"))
    client.force_login(clerk, backend="registries.people.backend.Accounts")
    return clerk


def brought(clerk: User, kind: str, rows: Rows) -> Import:
    return commit(clerk, bring(clerk, kind, workbook(kind, **{kind: rows})))


def history(client: Client, subject: Subject) -> str:
    return client.get(f"/office/subjects/{subject.key}/history/").content.decode()


def test_what_an_import_changed_stands_in_the_history_with_before_and_after(client: Client, clerk: User) -> None:
    brought(clerk, "subjects", [subject_row(1, phone="13805331111"), subject_row(2)])
    first = Subject.objects.earliest("pk")
    second = brought(clerk, "subjects", [subject_row(1, name="换了名字", address="新路1号", phone="13805332222"), subject_row(2)])
    page = history(client, first)
    for told in ("Added by an import (Subjects)", "Changed by an import (Subjects)", "File “表.xlsx”, row 2", str(clerk), f"/office/imports/{second.pk}/"):
        assert told in page, told
    assert '<ins class="diff-add">换了名字</ins>' in page
    assert '<ins class="diff-add">南麻街道</ins>' in page
    assert "1380533" not in page
    other = history(client, Subject.objects.latest("pk"))
    assert "Changed by an import" not in other
    commands.undo_import(actor=clerk, import_id=second.pk, version=second.version)
    page = history(client, first)
    assert "Import taken back (Subjects)" in page
    assert '<del class="diff-del">换了名字</del>' in page


def test_what_an_import_brought_about_an_entry_stands_there_too_and_costs_little(
    client: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brought(clerk, "subjects", [subject_row(1)])
    subject = Subject.objects.get()
    brought(clerk, "complaints", [{"subject": subject.key, "received_on": "2026-01-05", "channel": "110报警", "content": "夜间噪声"}])
    with django_assert_max_num_queries(20):
        page = history(client, subject)
    assert "Added by an import (Complaints)" in page
    assert "夜间噪声" in page


def test_of_a_natural_person_another_unit_reads_only_that_an_import_wrote_it(client: Client, clerk: User) -> None:
    brought(clerk, "subjects", [subject_row(1, name="王小明", kind="自然人", uscc="", key="P-1")])
    subject = Subject.objects.get()
    client.force_login(factories.user(Role.CLERK, unit=factories.unit()), backend="registries.people.backend.Accounts")
    page = history(client, subject)
    assert "Added by an import" in page
    assert "王小明" not in page
    assert f"/office/imports/{Import.objects.get().pk}/" not in page
