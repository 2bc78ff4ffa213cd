"""Messages, the morning's mail and the calendar: who is told what and once, and that nobody drawn is ever named."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from inspections.cases.models import Case, Review
from inspections.cases.states import Decision
from inspections.desk.task import Task
from inspections.messages import mailing, queries, tasks
from inspections.messages.models import CalendarAddress, Digest, Message, Wishes
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from tests import factories
from tests.asking import signed_in
from tests.mail_server import MailServer, mail_server

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 5, 11, 9, 0, tzinfo=clock.BEIJING)


@pytest.fixture
def case() -> Case:
    return factories.case()


@pytest.fixture
def officer(case: Case) -> User:
    user = factories.team_of(case)[0].user
    assert user is not None
    User.objects.filter(pk=user.pk).update(email="officer@example.gov.cn")
    user.refresh_from_db()
    return user


def told(user: User) -> list[tuple[str, str]]:
    return [(one.kind, one.heading) for one in queries.unread(user)]


def test_a_new_case_is_told_once_by_its_number_alone(case: Case, officer: User) -> None:
    for _ in range(2):
        tasks.post_for(officer.pk)
    [(kind, title)] = told(officer)
    assert kind == "waiting"
    assert case.number in title
    assert case.subject.name not in repr(list(Message.objects.values()))


def test_what_waits_no_more_is_settled_and_tells_again_when_it_comes_back(case: Case, officer: User) -> None:
    tasks.post_for(officer.pk)
    Case.objects.filter(pk=case.pk).update(state="recorded", ended_on=clock.today())
    tasks.post_for(officer.pk)
    assert told(officer) == []
    assert Message.objects.get(user=officer).closed_at is not None
    Case.objects.filter(pk=case.pk).update(state="assigned", ended_on=None)
    tasks.post_for(officer.pk)
    assert len(told(officer)) == 1


def test_a_return_in_review_is_news_once_even_after_it_was_read(case: Case, officer: User) -> None:
    factories.recorded_case(case)
    record = case.records.get()
    reviewer = factories.user(Role.REVIEWER)
    Review.objects.create(case=case, record=record, reviewer=reviewer, decision=Decision.RETURN, remark="示例", reviewed_at=clock.now())
    tasks.post_for(officer.pk)
    assert "returned" in {kind for kind, _title in told(officer)}
    signed_in(officer).post("/office/messages/read/")
    tasks.post_for(officer.pk)
    assert told(officer) == []


def test_many_alike_are_told_as_one() -> None:
    task = Task("Case", "不该出现的名字", "", "Review", "/office/cases/x/", None, "AJ-1")
    few = queries.standing_notes([task._replace(mark=f"AJ-{n}") for n in range(20)], clock.today())
    many = queries.standing_notes([task._replace(mark=f"AJ-{n}") for n in range(21)], clock.today())
    assert (len(few), len(many)) == (20, 1)
    assert "不该出现的名字" not in repr([*few, *many])


def test_deadlines_are_told_of_at_each_step_once() -> None:
    due = dt.date(2026, 5, 20)
    task = Task("Case", "某某", "", "Review", "/office/cases/x/", due, "AJ-1")
    keys = []
    for days in (9, 7, 6, 3, 2, 1, 0, -1, -5):
        notes = queries.standing_notes([task], due - dt.timedelta(days))
        keys.append(next((note.key for note in notes if note.kind == "deadline"), None))
    assert keys[0] is None
    assert len(set(keys[1:])) == 4  # seven, three, one, overdue


def test_the_header_counts_and_opening_marks_as_read(case: Case, officer: User) -> None:
    tasks.post_for(officer.pk)
    client = signed_in(officer)
    assert client.get("/office/").context["unread"] == 1
    message = Message.objects.get(user=officer)
    assert client.post(f"/office/messages/{message.pk}/").headers["Location"] == message.url
    assert client.get("/office/").context["unread"] == 0
    assert case.number in client.get("/office/messages/?all=1").content.decode()
    stranger = signed_in(factories.user(Role.CLERK, unit=factories.unit()))
    assert stranger.post(f"/office/messages/{message.pk}/").status_code == 404


@pytest.fixture
def post(settings: Any) -> None:
    settings.EMAIL_URL = "memory://"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.usefixtures("post")
def test_the_morning_mail_leaves_once_a_day_and_names_nobody(case: Case, officer: User, time_machine: Any) -> None:
    time_machine.move_to(MORNING.replace(hour=7), tick=False)
    assert mailing.send_digests() == 0
    time_machine.move_to(MORNING, tick=False)
    assert [mailing.send_digests() for _ in range(3)] == [1, 0, 0]
    [sent] = mail.outbox
    text = f"{sent.subject} {sent.body}"
    assert sent.to == [officer.email]
    for secret in (case.subject.name, case.subject.key, case.number, officer.name):
        assert secret not in text
    time_machine.move_to(MORNING + dt.timedelta(days=1), tick=False)
    assert mailing.send_digests() == 1


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_URL = "smtp://…"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def test_a_real_server_gets_one_mail_a_person_and_a_refused_one_stops_no_other(officer: User, server: MailServer, time_machine: Any) -> None:
    other = factories.team_of(factories.case())[0].user
    assert other is not None
    User.objects.filter(pk=other.pk).update(email="refused@example.gov.cn")
    server.refuses = {"refused@example.gov.cn"}
    time_machine.move_to(MORNING, tick=False)
    assert mailing.send_digests() == 1
    [(to, sent)] = server.mails
    assert to == officer.email
    assert "1" in sent["subject"]
    assert "/office/" in sent.get_content()  # type: ignore[attr-defined]
    server.refuses = set()
    time_machine.move_to(MORNING + dt.timedelta(minutes=5), tick=False)
    assert mailing.send_digests() == 0
    time_machine.move_to(MORNING + dt.timedelta(minutes=11), tick=False)
    assert mailing.send_digests() == 1
    assert [to for to, _sent in server.mails] == [officer.email, "refused@example.gov.cn"]


def test_a_server_out_of_reach_loses_no_mail(officer: User, server: MailServer, time_machine: Any, settings: Any) -> None:
    time_machine.move_to(MORNING, tick=False)
    settings.EMAIL_PORT = 1
    assert mailing.send_digests() == 0
    assert Digest.objects.count() == 0
    settings.EMAIL_PORT = server.port
    assert mailing.send_digests() == 1
    assert mailing.send_digests() == 0
    assert len(server.mails) == 1


def test_what_fails_for_one_person_stops_no_other(officer: User, server: MailServer, time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = factories.team_of(factories.case())[0].user
    assert first is not None
    User.objects.filter(pk=first.pk).update(email="first@example.gov.cn", username="a")
    whole = queries.tasks_of

    def broken(user: User, now: dt.datetime) -> list[Task]:
        if user == first:
            raise ValueError("a row that nobody expected")
        return whole(user, now)

    monkeypatch.setattr(queries, "tasks_of", broken)
    time_machine.move_to(MORNING, tick=False)
    assert mailing.send_digests() == 1
    assert [to for to, _sent in server.mails] == [officer.email]


def test_who_wants_no_mail_gets_none_and_who_reads_english_gets_english(officer: User, server: MailServer, time_machine: Any) -> None:
    time_machine.move_to(MORNING, tick=False)
    client = signed_in(officer)
    client.post("/office/messages/wishes/", {"language": "en"})
    assert mailing.send_digests() == 0
    client.post("/office/messages/wishes/", {"language": "en", "morning_mail": "on"})
    assert mailing.send_digests() == 1
    [(_to, sent)] = server.mails
    assert sent["subject"] == "1 thing is waiting for you"
    client.post("/office/messages/wishes/", {"language": "xx"})
    assert Wishes.objects.get(user=officer).language == "en"


def test_each_reader_sees_messages_in_the_language_of_the_page(case: Case, officer: User) -> None:
    tasks.post_for(officer.pk)
    client = signed_in(officer)
    assert f"案件 {case.number}" in client.get("/office/messages/").content.decode()
    client.cookies["language"] = "en"
    page = client.get("/office/messages/").content.decode()
    assert f"Case {case.number}" in page
    assert "Begin the visit" in page


def test_kinds_and_steps_of_a_desk_are_msgids_without_context() -> None:
    """They are kept in English and told by the catalogue; a context would be lost on the way."""
    for path in ("desk/queries.py", "desk/following.py", "cases/steps.py", "followups/steps.py"):
        source = (Path(__file__).parents[2] / "inspections" / path).read_text(encoding="utf-8")
        assert "pgettext" not in source, path


@pytest.mark.usefixtures("post")
def test_a_mail_taken_up_by_a_worker_that_died_leaves_ten_minutes_later(officer: User, time_machine: Any) -> None:
    Digest.objects.create(user=officer, day=MORNING.date(), taken_at=MORNING)
    time_machine.move_to(MORNING + dt.timedelta(minutes=9), tick=False)
    assert mailing.send_digests() == 0
    time_machine.move_to(MORNING + dt.timedelta(minutes=11), tick=False)
    assert mailing.send_digests() == 1


def test_without_a_mail_server_nothing_is_tried(officer: User, time_machine: Any) -> None:
    time_machine.move_to(MORNING, tick=False)
    assert mailing.send_digests() == 0
    assert Digest.objects.count() == 0


def address_of(client: Client) -> str:
    client.post("/office/messages/calendar/renew/")
    url: str = client.get("/office/messages/").context["address"]
    return "/office/" + url.partition("/office/")[2]


def test_a_calendar_is_read_by_its_secret_and_names_nobody(case: Case) -> None:
    done = factories.reviewed_case(case)
    clerk = factories.user(Role.CLERK, unit=done.unit)
    address = address_of(signed_in(clerk))
    answer = Client().get(address)
    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    lines = text.split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "")
    due = clock.today() + dt.timedelta(days=20)
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in unfolded
    assert done.number in unfolded
    assert done.subject.name not in unfolded
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("UID:") == unfolded.count("DTSTAMP:")


def test_a_renewed_a_revoked_and_a_guessed_address_open_nothing(officer: User) -> None:
    client = signed_in(officer)
    first = address_of(client)
    second = address_of(client)
    assert [Client().get(one).status_code for one in (first, second, "/office/calendar/x.ics")] == [404, 200, 404]
    secret = second.rpartition("/")[2].removesuffix(".ics")
    assert secret not in repr(list(CalendarAddress.objects.values_list("digest")))
    client.post("/office/messages/calendar/revoke/")
    assert Client().get(second).status_code == 404
    third = address_of(client)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert Client().get(third).status_code == 404
