"""Registering subjects, their permits, signals, exclusions, grades and status: what is kept, what is refused, and that it is recorded."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import translation

from registries import clock
from registries.ledger.change import Change, Refused
from registries.ledger.models import LedgerPayload
from registries.ledger.telling import told_of
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects import commands, queries, searching
from registries.subjects.commands import Entry, PermitTerms, sight_of
from registries.subjects.models import Complaint, Permit, Subject, Violation
from registries.subjects.rules import OF_MANY, old_number_check, why_not_old_number
from tests import factories
from tests.asking import refusal

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def subject() -> Subject:
    return factories.subject("历山旅馆")


@pytest.fixture
def clerk(subject: Subject) -> User:
    return factories.user(Role.CLERK, unit=subject.unit)


def entry(clerk: User, name: str = "新开茶馆", **columns: Any) -> Entry:
    assert clerk.unit is not None
    base = {"kind": "individual", "unit_id": clerk.unit.pk, "town_id": factories.town().pk, "categories": (factories.category().pk,)}
    return Entry(name=name, **{**base, **columns})


# --- registering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Subject.Kind.values)
def test_every_kind_is_registered_with_or_without_a_code(clerk: User, kind: str) -> None:
    made = commands.register_subject(actor=clerk, entry=entry(clerk, kind=kind), reason="巡查发现").obj
    assert isinstance(made, Subject)
    assert made.key.startswith(f"370323-{clock.today().year}-")
    assert (made.verified_on, made.uscc, made.kind) == (clock.today(), None, kind)
    code = factories.credit_code(990 + list(Subject.Kind.values).index(kind))
    coded = commands.register_subject(actor=clerk, entry=entry(clerk, "有证照", uscc=code, kind=kind), reason="名单", another=True)
    assert Subject.objects.get(pk=coded.obj.pk).key == code
    assert json.loads(LedgerPayload.objects.latest("entry_id").body)["note"] == "名单"


def test_a_namesake_is_asked_about_and_another_unit_refused(clerk: User, subject: Subject) -> None:
    twin = entry(clerk, "历山（旅馆）")
    assert subject.name in refusal(lambda: commands.register_subject(actor=clerk, entry=twin, reason="x"))
    commands.register_subject(actor=clerk, entry=twin, reason="另一家", another=True)
    foreign = entry(clerk, "别处", unit_id=factories.unit().pk)
    assert "kept by" in refusal(lambda: commands.register_subject(actor=clerk, entry=foreign, reason="x"))
    assert "how it" not in refusal(lambda: commands.register_subject(actor=clerk, entry=entry(clerk, "丙"), reason=" "))


def test_an_old_number_is_checked_by_its_last_digit(clerk: User) -> None:
    right = "37032360000001" + old_number_check("37032360000001")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert why_not_old_number(right) is None
    assert why_not_old_number("110108000000016") is None
    assert "mistyped" in refusal(lambda: commands.register_subject(actor=clerk, entry=entry(clerk, old_number=wrong), reason="x"))
    assert "15 digits" in refusal(lambda: commands.register_subject(actor=clerk, entry=entry(clerk, old_number="12"), reason="x"))
    commands.register_subject(actor=clerk, entry=entry(clerk, old_number=right), reason="x")


def test_the_search_text_follows_every_change(clerk: User, subject: Subject) -> None:
    changed = factories.entry_of(subject, name="重庆火锅（历山店）", address="胜利路8号")
    commands.change_subject(actor=clerk, subject_id=subject.pk, version=1, entry=changed, reason="改名")
    for asked in ("重庆火锅", "cqhg", "CQHGLSD", "胜利路", "火锅历山", subject.key):
        assert list(searching.fitting(Subject.objects.all(), asked)) == [subject], asked
    assert not searching.fitting(Subject.objects.all(), "火锅 旅馆").exists()


def test_rows_without_a_search_text_get_one() -> None:
    subject = factories.subject("鲁中旅馆")
    Subject.objects.update(search="")
    searching.fill_missing()
    subject.refresh_from_db()
    assert subject.search.startswith("鲁中旅馆 lzlg ")


# --- grade and status -------------------------------------------------------------------------------------------------


def test_a_grade_has_its_day_and_source(clerk: User, subject: Subject) -> None:
    today = clock.today()

    def grade(grade: str, day: dt.date | None, source: str, version: int = 1) -> Change:
        return commands.grade_subject(actor=clerk, subject_id=subject.pk, version=version, grade=grade, graded_on=day, source=source)

    assert "who gave" in refusal(lambda: grade("C", today, " "))
    assert "day" in refusal(lambda: grade("C", None, "市监局"))
    assert "future" in refusal(lambda: grade("C", today + DAY, "市监局"))
    grade("C", today, "市监局")
    subject.refresh_from_db()
    assert (subject.risk_grade, subject.graded_on, subject.grade_source) == ("C", today, "市监局")
    assert "newer" in refusal(lambda: grade("A", today - DAY, "市监局", 2))


def test_a_status_has_its_day_and_reason_and_nobody_sets_merged(clerk: User, subject: Subject) -> None:
    today = clock.today()

    def status(status: str, reason: str = "现场已关门", day: dt.date = today) -> Change:
        return commands.change_status(actor=clerk, subject_id=subject.pk, version=1, status=status, since=day, reason=reason)

    assert "no such" in refusal(lambda: status("merged"))
    assert "already" in refusal(lambda: status("active"))
    assert "Say why" in refusal(lambda: status("closed", " "))
    status("closed")
    subject.refresh_from_db()
    assert (subject.status, subject.status_since, subject.status_reason) == ("closed", today, "现场已关门")


# --- permits ----------------------------------------------------------------------------------------------------------


def test_a_subject_holds_several_permits_each_once(clerk: User, subject: Subject) -> None:
    def save(number: str, permit_id: int | None = None, subject_id: int = subject.pk, **columns: Any) -> Change:
        terms = PermitTerms("特种行业许可证", number, **{"long_term": True, **columns})
        return commands.save_permit(actor=clerk, subject_id=subject_id, permit_id=permit_id, terms=terms)

    first = save("1").obj
    save("2", long_term=False, valid_until=clock.today())
    assert subject.permits.count() == 2
    assert "already" in refusal(lambda: save("1"))
    other = factories.subject(unit=subject.unit)
    assert subject.name in refusal(lambda: save("1", subject_id=other.pk))
    assert "no last day" in refusal(lambda: save("3", valid_until=clock.today()))
    assert "last day" in refusal(lambda: save("3", long_term=False))
    assert "before the first" in refusal(
        lambda: save("3", long_term=False, valid_from=clock.today(), valid_until=clock.today() - DAY)
    )
    assert "Nothing is new" in refusal(lambda: save("1", first.pk))
    commands.end_permit(actor=clerk, permit_id=first.pk, ended_on=clock.today(), reason="交回")
    assert "ended" in refusal(lambda: commands.end_permit(actor=clerk, permit_id=first.pk, ended_on=clock.today(), reason="x"))
    save("1", subject_id=other.pk)
    assert Permit.objects.get(pk=first.pk).ended_because == "交回"


# --- signals and exclusions -------------------------------------------------------------------------------------------


def test_a_complaint_counts_once_it_is_upheld(clerk: User, subject: Subject) -> None:
    today = clock.today()
    made = commands.record_complaint(actor=clerk, subject_id=subject.pk, received_on=today, channel="110报警", content="未登记").obj
    assert queries.signals([subject.pk], today)[subject.pk].upheld_complaints_12m == 0
    decide = commands.decide_complaint
    assert "what was found" in refusal(lambda: decide(actor=clerk, complaint_id=made.pk, upheld=True, decided_on=today, decision=""))
    early: dict[str, Any] = {"decided_on": today - DAY, "decision": "属实"}
    assert "received" in refusal(lambda: decide(actor=clerk, complaint_id=made.pk, upheld=True, **early))
    decide(actor=clerk, complaint_id=made.pk, upheld=True, decided_on=today, decision="属实")
    assert queries.signals([subject.pk], today)[subject.pk].upheld_complaints_12m == 1
    assert "already" in refusal(lambda: decide(actor=clerk, complaint_id=made.pk, upheld=False, decided_on=today, decision="x"))


def test_a_withdrawn_violation_counts_no_more(clerk: User, subject: Subject) -> None:
    today = clock.today()
    record: dict[str, Any] = {"subject_id": subject.pk, "found_on": today, "facts": "未登记旅客", "serious": True}
    assert "number" in refusal(lambda: commands.record_violation(actor=clerk, document_number="", **record))
    made = commands.record_violation(actor=clerk, document_number="源公(治)行罚决字〔2026〕1号", **record).obj
    assert queries.signals([subject.pk], today)[subject.pk].serious_violations_24m == 1
    commands.withdraw_violation(actor=clerk, violation_id=made.pk, withdrawn_on=today, reason="复议撤销")
    assert queries.signals([subject.pk], today)[subject.pk].serious_violations_24m == 0
    assert Violation.objects.count() == 1


def test_a_complaint_about_an_excluded_subject_is_refused_and_the_attempt_recorded(clerk: User, subject: Subject) -> None:
    today = clock.today()
    commands.record_exclusion(actor=clerk, subject_id=subject.pk, basis="示例法第一条", reason="军事单位", starts_on=today, ends_on=None)

    def complain() -> Change:
        return commands.record_complaint(actor=clerk, subject_id=subject.pk, received_on=today, channel="110报警", content="未登记")

    assert "neither drawn nor inspected" in refusal(complain)
    body = json.loads(LedgerPayload.objects.latest("entry_id").body)
    assert (body["verb"], body["subject_id"], Complaint.objects.count()) == ("registries.record_complaint", subject.pk, 0)
    exclusion = subject.exclusions.get()
    end = commands.end_exclusion
    assert "earliest" in refusal(lambda: end(actor=clerk, exclusion_id=exclusion.pk, ends_on=today - 2 * DAY, reason="x"))
    end(actor=clerk, exclusion_id=exclusion.pk, ends_on=today, reason="移交地方")
    assert "neither" in refusal(complain)


# --- many at once -----------------------------------------------------------------------------------------------------


def test_many_are_confirmed_as_they_were_seen_and_each_page_tells_it(clerk: User) -> None:
    rows = [factories.subject(unit=clerk.unit, verified_on=dt.date(2020, 1, 1)) for _ in range(3)]
    ids, sight = [row.pk for row in rows], sight_of((row.pk, row.version) for row in rows)
    commands.verify_subjects(actor=clerk, subject_ids=ids, sight=sight)
    assert set(Subject.objects.filter(pk__in=ids).values_list("verified_on", "version")) == {(clock.today(), 2)}
    assert "meanwhile" in refusal(lambda: commands.verify_subjects(actor=clerk, subject_ids=ids, sight=sight))
    body = json.loads(LedgerPayload.objects.filter(verb="registries.verify_subjects").earliest("entry_id").body)
    assert (body["after"]["count"], len(body["also"])) == (3, 2)


def test_giving_away_needs_a_reason_and_only_the_own_entries(clerk: User, subject: Subject) -> None:
    target, foreign = factories.unit("新大队"), factories.subject()

    def assign(rows: list[Subject], reason: str = "辖区调整") -> Change:
        sight = sight_of((row.pk, row.version) for row in rows)
        return commands.assign_subjects(actor=clerk, subject_ids=[r.pk for r in rows], sight=sight, unit_id=target.pk, reason=reason)

    assert "Say why" in refusal(lambda: assign([subject], " "))
    assert "kept by" in refusal(lambda: assign([subject, foreign]))
    assign([subject])
    subject.refresh_from_db()
    assert subject.unit == target
    bureau = factories.user(Role.CLERK, unit=factories.unit("局", Unit.Kind.BUREAU))
    assert "at least one" in refusal(lambda: commands.verify_subjects(actor=bureau, subject_ids=[], sight=sight_of([])))


# --- merging ----------------------------------------------------------------------------------------------------------


def merge(clerk: User, one: Subject, two: Subject, fields: tuple[str, ...] = (), reason: str = "同一家") -> Change:
    one.refresh_from_db()
    two.refresh_from_db()
    return commands.merge_subjects(
        actor=clerk,
        subject_id=one.pk,
        version=one.version,
        duplicate_id=two.pk,
        duplicate_version=two.version,
        fields=fields,
        reason=reason,
    )


def test_a_merge_keeps_both_histories_and_counts_both_signals(clerk: User, subject: Subject) -> None:
    double = factories.subject("历山宾馆", unit=subject.unit)
    today, codes = clock.today(), (subject.uscc, double.uscc)
    Complaint.objects.create(subject=double, received_on=today, channel="110报警", content="x", upheld=True, recorded_by=clerk)
    factories.exclusion(double)
    merge(clerk, subject, double, ("name", "uscc", "phone"))
    subject.refresh_from_db()
    double.refresh_from_db()
    assert (subject.name, subject.uscc, double.uscc) == ("历山宾馆", codes[1], codes[0])
    assert (double.status, double.merged_into) == ("merged", subject)
    assert queries.signals([subject.pk], today)[subject.pk].upheld_complaints_12m == 1
    assert queries.excluded_on(today) == {subject.pk, double.pk}
    categories = [category.pk for category in subject.categories.all()]
    assert [one.pk for one in queries.subjects_in_scope(categories)] == [subject.pk]
    assert set(double.categories.all()) <= set(subject.categories.all())
    assert "merged" in refusal(lambda: commands.verify_subject(actor=clerk, subject_id=double.pk, version=double.version))
    assert "Use that one" in refusal(
        lambda: commands.record_complaint(actor=clerk, subject_id=double.pk, received_on=today, channel="x", content="x")
    )


def test_a_merge_is_taken_back_until_somebody_builds_on_it(clerk: User, subject: Subject) -> None:
    double = factories.subject("历山宾馆", unit=subject.unit)
    names, own = (subject.name, subject.uscc, double.uscc), set(subject.categories.all())
    merge(clerk, subject, double, ("name", "uscc"))
    assert "not the same" not in refusal(lambda: commands.unmerge_subject(actor=clerk, duplicate_id=double.pk, reason=" "))
    commands.unmerge_subject(actor=clerk, duplicate_id=double.pk, reason="是两家")
    subject.refresh_from_db()
    double.refresh_from_db()
    assert (subject.name, subject.uscc, double.uscc) == names
    assert (double.status, double.merged_into, set(subject.categories.all())) == ("active", None, own)
    assert "not merged" in refusal(lambda: commands.unmerge_subject(actor=clerk, duplicate_id=double.pk, reason="x"))
    Subject.objects.filter(pk=subject.pk).update(verified_on=dt.date(2020, 1, 1))
    merge(clerk, subject, double)
    subject.refresh_from_db()
    commands.verify_subject(actor=clerk, subject_id=subject.pk, version=subject.version)
    assert "no longer" in refusal(lambda: commands.unmerge_subject(actor=clerk, duplicate_id=double.pk, reason="是两家"))


def test_what_cannot_be_merged(clerk: User, subject: Subject) -> None:
    second, third = (factories.subject(unit=subject.unit) for _ in range(2))
    assert "itself" in refusal(lambda: merge(clerk, subject, subject))
    assert "How" not in refusal(lambda: merge(clerk, subject, second, reason=" "))
    merge(clerk, subject, second)
    assert "choose it" in refusal(lambda: merge(clerk, third, subject))
    assert "merged" in refusal(lambda: merge(clerk, third, second))
    assert "kept by" in refusal(lambda: merge(clerk, subject, factories.subject()))
    with pytest.raises(Refused):
        merge(clerk, subject, third, ("status",))


# --- as gone ------------------------------------------------------------------------------------------------------------


def test_many_are_marked_as_gone_with_day_and_reason_and_each_history_says_what_it_was(clerk: User) -> None:
    rows = [factories.subject(unit=clerk.unit) for _ in range(3)]
    today, ids, sight = clock.today(), [row.pk for row in rows], sight_of((row.pk, row.version) for row in rows)

    def mark(**different: Any) -> Change:
        given: dict[str, Any] = {"subject_ids": ids, "sight": sight, "status": "closed", "since": today, "reason": "现场已关门"}
        return commands.mark_subjects_gone(actor=clerk, **given | different)

    assert "what became of them" in refusal(lambda: mark(status="active"))
    assert "what became of them" in refusal(lambda: mark(status="merged"))
    assert "future" in refusal(lambda: mark(since=today + dt.timedelta(days=1)))
    assert "Say why" in refusal(lambda: mark(reason=" "))
    mark()
    assert set(Subject.objects.filter(pk__in=ids).values_list("status", "status_since", "version")) == {("closed", today, 2)}
    for row in rows:
        with translation.override("en"):
            (telling,) = told_of(queries.parts_of(row), among=OF_MANY)
        assert {(one.before, one.after) for one in telling.fields} >= {("in operation", "closed"), ("", today.isoformat())}
    again = sight_of((row.pk, 2) for row in rows)
    assert "already" in refusal(lambda: mark(sight=again))
