"""The whole history of any object in words: every command has its words, every kind of object a page that tells it and a link to there."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from inspections.cases.models import Case
from registries.ledger.commands import COMMANDS
from registries.ledger.histories import KINDS
from registries.ledger.words import WORDS
from registries.people.roles import Role
from tests import factories, public_draws
from tests.asking import signed_in

TEMPLATES = Path(__file__).parents[2] / "templates" / "office"
WITHOUT = {"registries.savedsearch", "registries.chosencolumns"}
"""What one person keeps for their own lists."""


def test_every_command_is_told_in_chinese() -> None:
    assert set(COMMANDS) <= set(WORDS)
    with translation.override("zh-hans"):
        told = {verb: str(words) for verb, words in WORDS.items()}
    assert not [verb for verb, words in told.items() if words.isascii()]
    assert len(set(told.values())) == len(told), sorted(verb for verb, words in told.items() if list(told.values()).count(words) > 1)


def test_every_table_that_commands_write_has_its_history_somewhere() -> None:
    protected = {model._meta.label_lower for model in apps.get_models() if hasattr(model, "PROTECTED")}
    told = set(KINDS) | {part for kind in KINDS.values() for part in kind.parts}
    assert protected - told - WITHOUT == set()


def test_every_history_can_be_reached_by_a_link() -> None:
    """Objects whose page does not tell it all have the link on that page or in their list."""
    linked = {path.relative_to(TEMPLATES).parts[0] for path in TEMPLATES.rglob("*.html") if "{% history_link" in path.read_text(encoding="utf-8")}
    assert {"people", "codes", "subjects", "inspectors", "imports", "campaigns", "comparisons", "plans", "adhoc", "draws", "cases", "papers"} <= linked


@pytest.fixture
def case() -> Case:
    """A case whose registration stands in the ledger by a visit that began."""
    from inspections.cases import commands

    made = factories.case()
    officer = factories.team_of(made)[0].user
    assert officer is not None
    commands.begin_visit(actor=officer, case_id=made.pk, no_notice="突击检查")
    return Case.objects.get(pk=made.pk)


@pytest.mark.django_db(transaction=True)
def test_the_history_of_a_case_says_who_what_and_when(case: Case, django_assert_max_num_queries: Any) -> None:
    clerk = signed_in(factories.user(Role.CLERK, unit=case.unit))
    address = reverse("history", args=["inspections.case", case.pk])
    assert address in clerk.get(f"/office/cases/{case.number}/").content.decode()
    page = clerk.get(address).content.decode()
    officer = factories.team_of(case)[0]
    for word in ("开始", officer.name, case.number):
        assert word in page
    stranger = signed_in(factories.user(Role.CLERK, unit=factories.unit()))
    assert stranger.get(address).status_code == 404
    inspector = signed_in(officer.user)
    assert inspector.get(address).status_code == 404


@pytest.mark.django_db
def test_pages_that_tell_it_themselves_are_led_to() -> None:
    matter = factories.matter()
    auditor = signed_in(factories.user(Role.AUDITOR))
    answer = auditor.get(reverse("history", args=["registries.matter", matter.matter_id]))
    assert answer.headers["Location"] == reverse("matter", args=[matter.matter.code])
    assert auditor.get(reverse("history", args=["registries.ledgerentry", 1])).status_code == 404


@pytest.mark.django_db
def test_every_kind_answers_for_whoever_may_read_it(django_assert_max_num_queries: Any) -> None:
    case = factories.reviewed_case(released=True)
    public_draws.disclosed(case)
    auditor = signed_in(factories.user(Role.AUDITOR))
    seen = set()
    for label, kind in KINDS.items():
        list(kind.rows(auditor.get("/office/").wsgi_request.user))  # type: ignore[arg-type]
        row = apps.get_model(label)._base_manager.first()
        if row is not None:
            with django_assert_max_num_queries(15):
                answer = auditor.get(reverse("history", args=[label, row.pk]))
            assert answer.status_code in (200, 302, 404), label
            seen.add(label)
    assert {"registries.unit", "registries.subjectcategory", "inspections.draw", "inspections.case", "registries.code"} <= seen
    assert auditor.get("/office/ledger/").status_code == 200
