"""A subject excluded by law (guideline 三.4) is refused on every way to an inspection, and each attempt stands in the ledger."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from inspections.adhoc import commands as adhoc
from inspections.adhoc.states import RequestState
from inspections.draws import commands as draws
from registries import clock
from registries.imports.kinds import KINDS
from registries.imports.models import Import
from registries.ledger.change import Change, Refused
from registries.ledger.models import LedgerPayload
from registries.subjects import commands
from registries.subjects.models import Complaint, Subject, Violation
from tests import factories as make
from tests.import_files import bring, classes, commit, reasons, workbook
from tests.offices import Bureau

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]

SIGNALS: dict[str, dict[str, Any]] = {
    "complaints": {"received_on": "2026-01-01", "channel": "12345", "content": "未登记"},
    "violations": {"found_on": "2026-01-01", "facts": "未登记", "document_number": "源公行罚〔2026〕1号", "serious": "是"},
}


@pytest.fixture
def bureau() -> Bureau:
    """A brigade whose first hotel is excluded by law."""
    bureau = Bureau()
    make.exclusion(bureau.subjects[0])
    return bureau


def last_entry(verb: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(LedgerPayload.objects.filter(verb=verb).latest("entry_id").body)
    return found


def refusal(attempt: Callable[[], Change]) -> str:
    with pytest.raises(Refused) as no:
        attempt()
    return no.value.sentence


def signal(subject: Subject, kind: str) -> dict[str, Any]:
    return {"subject": subject.key, **SIGNALS[kind]}


def test_a_draw_leaves_it_out_and_says_so_in_the_ledger(bureau: Bureau) -> None:
    out = bureau.subjects[0]
    draw = bureau.submitted()
    assert not draw.roster.filter(subject=out).exists()
    assert draw.omissions.get(subject=out).reason == "excluded"
    assert last_entry("inspections.submit_draw")["after"]["scope_counts"]["left_out"] == {"excluded": 1}


def test_an_order_for_its_team_is_refused_and_the_attempt_kept(bureau: Bureau) -> None:
    first = bureau.subjects[1]
    order = bureau.adhoc_order(subject_id=first.pk)
    draws.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=order.version)
    make.exclusion(first)
    order.refresh_from_db()
    said = refusal(lambda: draws.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=order.version))
    entry = last_entry("inspections.approve_draw")
    assert "lawfully out of scope" in said
    assert (entry["draw_id"], entry["refused"]) == (order.pk, said)


def test_an_ad_hoc_request_is_barred_and_the_attempt_kept(bureau: Bureau) -> None:
    asked = bureau.asked()
    assert asked.state == RequestState.BARRED
    entry = last_entry("inspections.ask_adhoc")
    assert (entry["after"]["subject"], entry["actor"]) == (bureau.subjects[0].pk, bureau.clerk.pk)
    assert "out of scope by law" in entry["note"]
    said = refusal(lambda: adhoc.approve_adhoc(actor=bureau.supervisor, request_id=asked.pk, version=asked.version))
    assert last_entry("inspections.approve_adhoc")["refused"] == said


def test_a_complaint_and_a_violation_are_refused_and_the_attempts_kept(bureau: Bureau) -> None:
    today, out = clock.today(), bureau.subjects[0]
    attempts: dict[str, Callable[[], Change]] = {
        "registries.record_complaint": lambda: commands.record_complaint(
            actor=bureau.clerk, subject_id=out.pk, received_on=today, channel="12345", content="未登记"
        ),
        "registries.record_violation": lambda: commands.record_violation(
            actor=bureau.clerk, subject_id=out.pk, found_on=today, facts="未登记", document_number="1号", serious=True
        ),
    }
    for verb, attempt in attempts.items():
        said = refusal(attempt)
        entry = last_entry(verb)
        assert "out of scope by law" in said
        assert (entry["subject_id"], entry["refused"]) == (out.pk, said)
    assert not Complaint.objects.exists()
    assert not Violation.objects.exists()


@pytest.mark.parametrize("kind", list(SIGNALS))
def test_a_row_of_an_import_is_refused_and_the_attempt_kept(bureau: Bureau, kind: str) -> None:
    out, other = bureau.subjects[:2]
    batch = bring(bureau.clerk, kind, workbook(kind, **{kind: [signal(out, kind), signal(other, kind)]}))
    assert classes(batch) == ["refused", "added"]
    [(row, heading, value, sentence, remedy)] = reasons(batch)
    assert (row, heading, value) == (2, KINDS[kind].layout(kind).column("subject").heading, out.key)
    assert out.name in sentence
    assert "out of scope by law" in sentence
    assert "ledger" in remedy
    entry = last_entry("registries.check_import")
    assert entry["after"]["barred"] == [out.key]
    assert (entry["id"], entry["after"]["uploaded_by"]) == (batch.pk, bureau.clerk.pk)


@pytest.mark.parametrize("kind", list(SIGNALS))
def test_who_is_excluded_between_check_and_commit_is_refused_and_the_attempt_kept(bureau: Bureau, kind: str) -> None:
    other = bureau.subjects[1]
    batch = bring(bureau.clerk, kind, workbook(kind, **{kind: [signal(other, kind)]}))
    make.exclusion(other)
    with pytest.raises(Refused) as no:
        commit(bureau.clerk, batch)
    entry = last_entry("registries.commit_import")
    assert other.name in no.value.sentence
    assert (entry["import_id"], entry["refused"]) == (batch.pk, no.value.sentence)
    assert Import.objects.get(pk=batch.pk).state == "checked"


def test_what_stands_already_is_no_new_attempt(bureau: Bureau) -> None:
    other = bureau.subjects[1]
    content = workbook("complaints", complaints=[signal(other, "complaints")])
    commit(bureau.clerk, bring(bureau.clerk, "complaints", content))
    make.exclusion(other)
    assert classes(bring(bureau.clerk, "complaints", content)) == ["same"]
    decided = {**signal(other, "complaints"), "upheld": "否", "decided_on": "2026-02-01", "decision": "不属实"}
    assert classes(bring(bureau.clerk, "complaints", workbook("complaints", complaints=[decided]))) == ["changed"]


def test_signals_against_a_merged_entry_are_refused_with_the_name_of_the_other(bureau: Bureau) -> None:
    merged, into = bureau.subjects[1:3]
    Subject.objects.filter(pk=merged.pk).update(merged_into=into, status="merged")
    batch = bring(bureau.clerk, "complaints", workbook("complaints", complaints=[signal(merged, "complaints")]))
    assert into.name in reasons(batch)[0][3]
