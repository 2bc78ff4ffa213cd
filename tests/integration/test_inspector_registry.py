"""The inspector registry as a clerk keeps it: entries, certificates, leave, conflicts, groups, training, assistants."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from registries import clock
from registries.codes.models import CodeTable
from registries.inspectors import commands, queries
from registries.inspectors.commands import Entry
from registries.inspectors.models import Assistant, Certificate, Inspector, InspectorGroup, Leave, Recusal, Training
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.roles import Role
from tests import factories
from tests.asking import enter, refusal, said, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]

ID_NUMBER = "370323198001010015"
PHONE = "13805330001"
DAY = dt.timedelta(days=1)


@pytest.fixture
def inspector() -> Inspector:
    return factories.inspector("王示例", phone=PHONE, id_number=ID_NUMBER)


@pytest.fixture
def clerk(inspector: Inspector) -> User:
    return factories.user(Role.CLERK, unit=inspector.unit)


def why_not(inspector: Inspector, day: dt.date | None = None) -> str:
    why = queries.why_not_on(queries.inspectors().get(pk=inspector.pk), day or clock.today())
    return why.text if why else ""


def last_entry() -> tuple[str, str]:
    entry = LedgerPayload.objects.latest("entry_id")
    return entry.verb, entry.body


# --- entries ----------------------------------------------------------------------------------------------------------


def test_an_entry_is_made_and_changed_by_the_clerk_of_its_unit(clerk: User, inspector: Inspector) -> None:
    field = factories.code(CodeTable.FIELD, "治安")
    entry = Entry("990001", "李示例", "f", "民警", clerk.unit_id or 0, fields=(field.pk,), education="bachelor", phone=PHONE)
    made = commands.save_inspector(actor=clerk, entry=entry).obj
    assert isinstance(made, Inspector)
    assert (list(made.fields.all()), made.get_education_display()) == ([field], "bachelor")
    assert PHONE not in last_entry()[1]
    assert "taken" in refusal(lambda: commands.save_inspector(actor=clerk, entry=entry))
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    other = Entry("990002", "赵", "m", "民警", clerk.unit_id or 0)
    assert "another unit" in refusal(lambda: commands.save_inspector(actor=stranger, entry=other))
    doubled = Entry("990003", "钱", "m", "民警", clerk.unit_id or 0, id_number=ID_NUMBER)
    assert "ID number" in refusal(lambda: commands.save_inspector(actor=clerk, entry=doubled))
    assert "cannot be" in refusal(lambda: commands.save_inspector(actor=clerk, entry=Entry("new", "x", "m", "民警", clerk.unit_id or 0)))


def test_an_old_page_writes_over_nothing(clerk: User, inspector: Inspector) -> None:
    entry = Entry(inspector.number, "改名", "m", "民警", inspector.unit_id)
    commands.save_inspector(actor=clerk, entry=entry, inspector_id=inspector.pk, version=1)
    again = refusal(lambda: commands.save_inspector(actor=clerk, entry=entry, inspector_id=inspector.pk, version=1))
    assert "meanwhile" in again
    inspector.refresh_from_db()
    assert (inspector.name, inspector.phone, inspector.id_number) == ("改名", PHONE, ID_NUMBER)


def test_a_status_changes_with_its_reason(clerk: User, inspector: Inspector) -> None:
    def change(status: str, reason: str, version: int) -> Any:
        return commands.change_inspector_status(actor=clerk, inspector_id=inspector.pk, version=version, status=status, reason=reason)

    assert "Say why" in refusal(lambda: change("suspended", "", 1))
    change("suspended", "停职审查", 1)
    assert why_not(inspector) == "is suspended"
    assert "already" in refusal(lambda: change("suspended", "x", 2))
    inspector.refresh_from_db()
    assert (inspector.status_because, inspector.status_since) == ("停职审查", clock.today())


def test_personal_data_is_masked_and_reading_it_in_full_is_an_entry_of_the_ledger(client: Client, clerk: User, inspector: Inspector) -> None:
    enter(client, clerk)
    page = f"/office/inspectors/{inspector.number}/"
    for address in (page, f"{page}change/", "/office/inspectors/"):
        shown = text(client, address)
        assert PHONE not in shown
        assert ID_NUMBER not in shown
    assert "138****0001" in text(client, page)
    response = client.post(f"{page}full/")
    assert PHONE in response.content.decode()
    assert ID_NUMBER in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    verb, body = last_entry()
    assert verb == "registries.read_inspector_data"
    assert PHONE not in body
    assert json.loads(body)["id"] == inspector.pk
    assert client.get(f"{page}full/").status_code == 405


def test_a_clerk_of_another_unit_does_not_read_it_in_full(client: Client, inspector: Inspector) -> None:
    enter(client, factories.user(Role.CLERK, unit=factories.unit()))
    page = f"/office/inspectors/{inspector.number}/"
    assert "in full" not in text(client, page)
    response = client.post(f"{page}full/", follow=True)
    assert PHONE not in response.content.decode()
    assert "kept by another unit" in response.content.decode()


# --- certificates and leave -------------------------------------------------------------------------------------------


def test_a_certificate_is_added_renewed_and_withdrawn(clerk: User) -> None:
    person = factories.inspector(unit=clerk.unit, certified=False)
    today = clock.today()
    values: dict[str, Any] = {"actor": clerk, "inspector_id": person.pk, "kind": "人民警察证", "number": "003215"}
    commands.save_certificate(**values, valid_from=today, valid_until=today + 30 * DAY)
    held = Certificate.objects.get(inspector=person)
    assert why_not(person) == ""
    assert [row.pk for row in queries.certificates_ending(Inspector.objects.all(), today)] == [person.pk]
    commands.save_certificate(**values, valid_from=today, valid_until=today + 900 * DAY, certificate_id=held.pk)
    assert list(queries.certificates_ending(Inspector.objects.all(), today)) == []
    assert "on record already" in refusal(lambda: commands.save_certificate(**values, valid_from=today, valid_until=today))
    assert "Say why" in refusal(lambda: commands.end_certificate(actor=clerk, certificate_id=held.pk, reason=""))
    commands.end_certificate(actor=clerk, certificate_id=held.pk, reason="调离执法岗位")
    assert "ended" in why_not(person)
    assert not queries.able_on(Inspector.objects.filter(pk=person.pk), today).exists()
    assert "ended already" in refusal(lambda: commands.end_certificate(actor=clerk, certificate_id=held.pk, reason="x"))
    withdrawn = refusal(lambda: commands.save_certificate(**values, valid_from=today, valid_until=today, certificate_id=held.pk))
    assert "withdrawn" in withdrawn


def test_nobody_is_eligible_on_a_day_of_leave(clerk: User, inspector: Inspector) -> None:
    today = clock.today()
    values: dict[str, Any] = {"actor": clerk, "inspector_id": inspector.pk, "kind": "annual"}
    commands.record_leave(**values, starts_on=today, ends_on=today + 5 * DAY)
    assert why_not(inspector) == "is on leave until %(day)s"
    assert why_not(inspector, today + 6 * DAY) == ""
    assert inspector not in queries.choose_inspectors([inspector.unit_id], today).able
    assert not queries.able_on(Inspector.objects.filter(pk=inspector.pk), today).exists()
    assert "already" in refusal(lambda: commands.record_leave(**values, starts_on=today + 5 * DAY, ends_on=today + 9 * DAY))
    assert "before the first" in refusal(lambda: commands.record_leave(**values, starts_on=today, ends_on=today - DAY))
    leave = Leave.objects.get()
    commands.cancel_leave(actor=clerk, leave_id=leave.pk)
    assert not Leave.objects.exists()
    assert why_not(inspector) == ""


def test_a_leave_that_began_ends_yesterday(clerk: User, inspector: Inspector) -> None:
    today = clock.today()
    leave = Leave.objects.create(inspector=inspector, kind="sick", starts_on=today - 3 * DAY, ends_on=today + DAY)
    commands.cancel_leave(actor=clerk, leave_id=leave.pk)
    leave.refresh_from_db()
    assert leave.ends_on == today - DAY
    assert "over" in refusal(lambda: commands.cancel_leave(actor=clerk, leave_id=leave.pk))


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_an_inspector_declares_a_conflict_of_their_own(client: Client, inspector: Inspector) -> None:
    subject = factories.subject("沂源示例大酒店")
    factories.code(CodeTable.RELATION, "配偶")
    user = inspector.user
    assert user is not None
    enter(client, user)
    assert inspector.number in text(client, "/office/inspectors/me/")
    today = clock.today()
    form = {"whom": subject.name, "relation": "配偶", "relative": "李某某", "starts_on": today}
    assert "Your conflict was declared." in said(client, "/office/inspectors/me/conflict/", **form)
    declared = Recusal.objects.get()
    assert (declared.subject, declared.declared_by, declared.relative) == (subject, user, "李某某")
    page = text(client, "/office/inspectors/me/")
    assert "李**" in page
    assert "李某某" not in page
    assert queries.recusals_on([inspector.pk], today) == {(inspector.pk, subject.pk)}
    assert "declared already" in said(client, "/office/inspectors/me/conflict/", **form)
    assert client.get(f"/office/inspectors/{inspector.number}/").status_code == 403


def test_an_account_without_an_entry_is_told_whom_to_ask(client: Client) -> None:
    user = enter(client, factories.user(Role.INSPECTOR, unit=factories.unit()))
    assert "joined to no entry" in text(client, "/office/inspectors/me/")
    values: dict[str, Any] = {"whom": "x", "relation": "y", "starts_on": clock.today()}
    assert "joined to no entry" in refusal(lambda: commands.declare_own_recusal(actor=user, **values))


def test_a_conflict_by_name_counts_once_the_enterprise_is_registered(clerk: User, inspector: Inspector) -> None:
    today = clock.today()
    values: dict[str, Any] = {"actor": clerk, "inspector_id": inspector.pk, "whom": "沂源某某化工", "relation": "近亲属任职", "starts_on": today}
    commands.record_recusal(**values)
    assert Recusal.objects.get().organisation == "沂源某某化工"
    assert queries.recusals_on([inspector.pk], today) == set()
    subject = factories.subject("沂源某某化工")
    assert queries.recusals_on([inspector.pk], today) == {(inspector.pk, subject.pk)}
    assert queries.recusals_on([inspector.pk], today - DAY) == set()


def test_a_conflict_ends_with_a_reason_and_not_by_who_has_it(clerk: User, inspector: Inspector) -> None:
    recusal = factories.recusal(inspector, factories.subject())
    both = factories.user(Role.CLERK, Role.INSPECTOR, unit=inspector.unit)
    inspector.user = both
    inspector.save()
    today = clock.today()
    own = refusal(lambda: commands.end_recusal(actor=both, recusal_id=recusal.pk, ends_on=today, reason="x"))
    assert "Nobody ends a conflict of their own" in own
    assert "Say why" in refusal(lambda: commands.end_recusal(actor=clerk, recusal_id=recusal.pk, ends_on=today, reason=""))
    commands.end_recusal(actor=clerk, recusal_id=recusal.pk, ends_on=today, reason="亲属已离职")
    assert queries.recusals_on([inspector.pk], today + DAY) == set()
    assert queries.recusals_on([inspector.pk], today) != set()


# --- eligibility ------------------------------------------------------------------------------------------------------


def test_eligibility_says_every_reason_for_a_day_and_a_matter(client: Client, clerk: User, inspector: Inspector) -> None:
    revision = factories.matter("寄递检查", published=False)
    revision.requirements.add(factories.code(CodeTable.SPECIALTY, "寄递物流", code="courier"))
    factories.edition(revision)
    inspector.matters.add(factories.matter(published=False).matter)
    day = clock.today() + 10 * DAY
    Leave.objects.create(inspector=inspector, kind="study", starts_on=day, ends_on=day)
    enter(client, clerk)
    page = text(client, f"/office/inspectors/{inspector.number}/eligibility/", day=day.isoformat(), matter=revision.pk)
    for reason in ("is on leave until", "lacks what the matter requires: courier", "does not enforce this matter"):
        assert reason in page
    assert inspector in queries.choose_inspectors([inspector.unit_id], clock.today()).able
    assert inspector not in queries.choose_inspectors([inspector.unit_id], clock.today(), matter_ids=[revision.matter_id]).able


def test_training_counts_only_if_the_settings_ask_for_it(settings: Settings, inspector: Inspector) -> None:
    assert why_not(inspector) == ""
    settings.TRAINING_HOURS_REQUIRED = 8
    assert "training" in why_not(inspector)
    session = Training.objects.create(
        held_on=clock.today(), topic="执法规范", hours=8, unit=inspector.unit, recorded_by=factories.user(Role.CLERK)
    )
    session.attended.add(inspector)
    assert why_not(inspector) == ""
    assert "training" in why_not(inspector, clock.today() + 366 * DAY)


# --- groups, training, assistants -------------------------------------------------------------------------------------


def test_a_group_has_members_and_a_leader_among_them(clerk: User, inspector: Inspector) -> None:
    other, third = factories.inspector(unit=clerk.unit), factories.inspector(unit=clerk.unit)
    values: dict[str, Any] = {"actor": clerk, "name": "第一检查组", "unit_id": inspector.unit_id}
    assert "two members" in refusal(lambda: commands.save_group(**values, members=[inspector.pk]))
    two = [inspector.pk, other.pk]
    assert "one of the members" in refusal(lambda: commands.save_group(**values, members=two, leader_id=third.pk))
    group = commands.save_group(**values, members=two, leader_id=inspector.pk).obj
    assert isinstance(group, InspectorGroup)
    assert queries.members_of([group.pk]) == set(two)
    assert "this name" in refusal(lambda: commands.save_group(**values, members=two))
    commands.save_group(**values, members=two, active=False, group_id=group.pk, version=1)
    assert queries.members_of([group.pk]) == set()


def test_training_is_ticked_by_whole_units_and_says_who_lacks_it(client: Client, clerk: User, inspector: Inspector) -> None:
    away = factories.inspector("钱示例")
    factories.inspector("孙示例", unit=clerk.unit, status=Inspector.Status.LEFT)
    enter(client, clerk)
    today = clock.today()
    form = {"held_on": today, "topic": "执法规范化", "hours": "4", "unit": clerk.unit_id}
    page = said(client, "/office/inspectors/training/new/", **form, whole_units=[clerk.unit_id])
    assert "The session was saved." in page
    assert [one.name for one in Training.objects.get().attended.all()] == ["王示例"]
    assert "1 inspector on duty without training" in page
    assert "钱示例" in page
    assert list(queries.without_training(Inspector.objects.all(), today.year)) == [away]
    late = refusal(
        lambda: commands.save_training(
            actor=clerk, held_on=today + DAY, topic="x", hours=Decimal(1), unit_id=inspector.unit_id, attended=[]
        )
    )
    assert "was held" in late


def test_people_of_other_units_stay_when_a_session_is_corrected(client: Client, clerk: User, inspector: Inspector) -> None:
    guest = factories.inspector("客人")
    session = Training.objects.create(
        held_on=clock.today(), topic="执法规范", hours=2, unit=inspector.unit, recorded_by=clerk
    )
    session.attended.add(guest, inspector)
    enter(client, clerk)
    form = {"held_on": clock.today(), "topic": "执法规范", "hours": "3", "unit": clerk.unit_id, "version": "1"}
    said(client, f"/office/inspectors/training/{session.pk}/", **form)
    assert list(session.attended.all()) == [guest]


def test_assistants_are_a_registry_of_their_own(client: Client, clerk: User, inspector: Inspector) -> None:
    enter(client, clerk)
    assert "No assistant yet" in text(client, "/office/inspectors/assistants/")
    form = {"number": "FJ001", "name": "辅警甲", "unit": clerk.unit_id, "phone": PHONE, "active": "on"}
    page = said(client, "/office/inspectors/assistants/new/", **form)
    assert "138****0001" in page
    assert PHONE not in page
    row = Assistant.objects.get()
    assert list(queries.assistants([inspector.unit_id])) == [row]
    assert row.number not in {one.number for one in queries.choose_inspectors([inspector.unit_id], clock.today()).able}
    changed = {**form, "name": "辅警乙", "phone": "", "active": "", "version": "1"}
    said(client, f"/office/inspectors/assistants/{row.pk}/", **changed)
    row.refresh_from_db()
    assert (row.name, row.phone, row.active) == ("辅警乙", PHONE, False)
    assert list(queries.assistants()) == []
    taken = {**form, "number": inspector.number}
    assert "is taken" in said(client, "/office/inspectors/assistants/new/", **taken)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_registry_is_kept_on_its_pages(client: Client, clerk: User) -> None:
    enter(client, clerk)
    form = {"number": "990007", "name": "周示例", "sex": "m", "unit": clerk.unit_id, "post": "民警", "most_open_cases": "5"}
    assert "error-summary" in said(client, "/office/inspectors/new/", **form, id_number="370323198001010016")
    assert not Inspector.objects.filter(number="990007").exists()
    assert "The entry was made." in said(client, "/office/inspectors/new/", **form)
    page = "/office/inspectors/990007/"
    assert "has no certificate on record" in text(client, page)
    today = clock.today()
    held = {"kind": "人民警察证", "number": "005000", "valid_from": today, "valid_until": today + 900 * DAY}
    assert "can be drawn today" in said(client, f"{page}certificates/new/", **held)
    away = {"kind": "annual", "starts_on": today, "ends_on": today + DAY}
    assert "away today" in said(client, f"{page}leave/new/", **away)
    backwards = {**held, "number": "005001", "valid_until": today - DAY}
    assert "comes before the first" in said(client, f"{page}certificates/new/", **backwards)
    assert "The status was changed." in said(client, f"{page}status/", status="suspended", reason="停职", version="1")
    changed = said(client, f"{page}change/", **{**form, "name": "周改名", "version": "2"})
    assert "周改名" in changed


@pytest.mark.filterwarnings("error::django.core.paginator.UnorderedObjectListWarning")
def test_the_registry_is_asked_by_tag_group_and_state(client: Client, clerk: User, inspector: Inspector) -> None:
    other = factories.inspector("钱示例", unit=clerk.unit, certified=False)
    soon = factories.inspector("孙示例", unit=clerk.unit, certified=False)
    factories.certificate(soon, valid_until=clock.today() + 59 * DAY)
    tag = factories.code(CodeTable.FIELD, "治安")
    other.fields.add(tag)
    group = InspectorGroup.objects.create(name="一组", unit=inspector.unit)
    group.members.set([inspector, soon])
    enter(client, clerk)

    def found(**asked: Any) -> set[str]:
        page = text(client, "/office/inspectors/", **asked)
        return {row.name for row in (inspector, other, soon) if f">{row.name}</a>" in page}

    assert found() == {"王示例", "钱示例", "孙示例"}
    assert found(tag=tag.pk) == {"钱示例"}
    assert found(group=group.pk) == {"王示例", "孙示例"}
    assert found(look="able") == {"王示例", "孙示例"}
    assert found(look="unable") == {"钱示例"}
    assert found(look="ending") == {"孙示例"}
    assert found(look="untrained") == {"王示例", "钱示例", "孙示例"}
    desk = text(client, "/office/")
    assert "孙示例" in desk
    assert "王示例" not in desk


def test_workload_shows_open_cases_against_the_most(client: Client, clerk: User, inspector: Inspector) -> None:
    inspector.most_open_cases = 1
    inspector.save()
    other = factories.inspector(unit=clerk.unit)
    draw = factories.drawn_draw(winners=1, reserves=0, teams=[[inspector, other]])
    factories.case(draw)
    enter(client, clerk)
    page = text(client, "/office/inspectors/workload/")
    assert "1 / 1" in page
    assert "1 / 6" in page
    assert page.index(inspector.name) < page.index("1 / 6")
    assert "full" in page
    assert draw.drawn.first().entry.name not in page  # type: ignore[union-attr]


def test_the_pages_of_inspectors_ask_the_database_little(
    client: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = [factories.inspector(unit=clerk.unit) for _ in range(8)]
    for n in (1, 2, 3):
        group = InspectorGroup.objects.create(name=f"{n}组", unit=people[0].unit, leader=people[0])
        group.members.set(people)
        session = Training.objects.create(held_on=clock.today(), topic=f"第{n}课", hours=2, unit=people[0].unit, recorded_by=clerk)
        session.attended.set(people[:4])
    factories.recusal(people[0], factories.subject())
    Leave.objects.create(inspector=people[0], kind="annual", starts_on=clock.today(), ends_on=clock.today())
    enter(client, clerk)
    page = f"/office/inspectors/{people[0].number}/"
    for address in (
        "/office/inspectors/",
        page,
        f"{page}change/",
        f"{page}eligibility/",
        f"{page}conflicts/new/",
        "/office/inspectors/new/",
        "/office/inspectors/groups/",
        "/office/inspectors/groups/new/",
        "/office/inspectors/training/",
        "/office/inspectors/training/new/",
        "/office/inspectors/assistants/",
        "/office/inspectors/statistics/",
        "/office/inspectors/workload/",
    ):
        with django_assert_max_num_queries(15, info=address):
            assert client.get(address).status_code == 200
