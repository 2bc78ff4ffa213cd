"""Whoever looks at what is sensitive leaves an entry with the purpose and never the value; people are found by whole numbers alone."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from inspections.cases.models import Case
from registries.inspectors.models import Inspector
from registries.ledger.models import LedgerPayload
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories, objected

pytestmark = [pytest.mark.django_db, pytest.mark.proves("T3")]

PHONE, ID = "13800138000", "370323199011230017"


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def entries(verb: str) -> list[dict[str, Any]]:
    """What the ledger says of these acts; the numbers stand in none of it."""
    bodies = LedgerPayload.objects.filter(verb=verb).order_by("entry_id").values_list("body", flat=True)
    assert not any(PHONE in body or ID in body for body in bodies)
    return [json.loads(body) for body in bodies]


@pytest.fixture
def unit() -> Unit:
    return factories.unit()


@pytest.fixture
def people(unit: Unit) -> tuple[Inspector, Subject]:
    inspector = factories.inspector(unit=unit, phone=PHONE, id_number=ID, name="王警官")
    subject = factories.subject("沂河旅馆", unit=unit)
    Subject.objects.filter(pk=subject.pk).update(phone="138-0013-8000", contact="李某")
    return inspector, subject


def test_a_person_is_found_by_the_whole_number_and_the_search_is_an_entry(people: tuple[Inspector, Subject], unit: Unit) -> None:
    clerk = client(factories.user(Role.CLERK, unit=unit))
    page = clerk.post("/office/persons/", {"number": "+86 138 0013 8000", "purpose": "12345转办"}).content.decode()
    assert "王警官" in page
    assert "沂河旅馆" in page
    assert "王警官" not in clerk.post("/office/persons/", {"number": "1380013", "purpose": "试"}).content.decode(), "only whole numbers"
    assert clerk.post("/office/persons/", {"number": PHONE}).status_code == 422, "without a purpose nobody looks"
    other = client(factories.user(Role.CLERK, unit=factories.unit()))
    assert "王警官" not in other.post("/office/persons/", {"number": PHONE, "purpose": "试"}).content.decode(), "of the own units only"
    assert [(one["after"]["purpose"], one["after"]["found"]) for one in entries("registries.find_person")] == [("12345转办", 2), ("试", 0), ("试", 0)]
    clerk.post("/office/inspectors/find/", {"id_number": ID})
    assert entries("registries.find_inspector")[0]["after"]["found"] == 1


def test_the_form_that_shows_a_phone_in_full_is_an_entry_once_an_hour(people: tuple[Inspector, Subject], unit: Unit) -> None:
    clerk = client(factories.user(Role.CLERK, unit=unit))
    for _time in range(2):
        assert "138-0013-8000" in clerk.get(f"/office/subjects/{people[1].key}/change/").content.decode()
    assert [one["after"]["purpose"] for one in entries("registries.read_subject_data")] == ["to change the entry"]


def test_who_was_drawn_is_read_before_the_visit_only_with_an_entry(unit: Unit) -> None:
    case = factories.case(factories.drawn_draw(winners=1, reserves=0))
    assert isinstance(case, Case)
    supervisor, officer = factories.user(Role.SUPERVISOR), factories.user(Role.INSPECTOR)
    Inspector.objects.filter(pk=factories.team_of(case)[0].pk).update(user=officer)
    client(officer).get(f"/office/cases/{case.number}/")
    assert entries("inspections.read_drawn") == [], "the team reads its own case"
    for at in ("cases/", f"cases/{case.number}/", f"draws/{case.draw_id}/", "cases/"):
        assert client(supervisor).get(f"/office/{at}").status_code == 200
    told = [(one["object"], one["after"]["purpose"]) for one in entries("inspections.read_drawn")]
    assert told == [
        ("registries.user", "the list of cases"),
        ("inspections.case", "the page of the case"),
        ("inspections.draw", "the page of the draw"),
    ]


def test_who_objected_is_masked_until_somebody_says_that_they_read_it() -> None:
    row = objected.objection(name="赵某某", contact=PHONE)
    reviewer = client(objected.reviewer())
    page = reviewer.get(f"/office/objections/{row.pk}/").content.decode()
    assert PHONE not in page
    assert "赵某某" not in page
    assert entries("publicity.read_objector") == []
    shown = reviewer.post(f"/office/objections/{row.pk}/sender/").content.decode()
    assert PHONE in shown
    assert "赵某某" in shown
    assert entries("publicity.read_objector")[0]["after"] == {"purpose": "to reach who sent it", "read": "name and contact"}


def test_a_report_says_what_is_kept_about_a_person_why_until_when_and_who_read_it(people: tuple[Inspector, Subject], unit: Unit) -> None:
    officer = factories.user(Role.INSPECTOR, unit=unit, username="officer7")
    Inspector.objects.filter(pk=people[0].pk).update(user=officer)
    reader = factories.user(Role.AUDITOR, name="审计甲")
    auditor = client(reader)
    auditor.post(f"/office/inspectors/{people[0].number}/full/")
    page = auditor.post("/office/persons/report/", {"number": ID, "account": "", "purpose": "本人申请"}).content.decode()
    for words in ("个人信息保护法", "档案法", "审计甲", "身份证件号码"):
        assert words in page
    assert ID not in page.partition("</form>")[2].partition("保存的信息")[2], "the report itself shows no number"
    assert "officer7" not in page
    same = auditor.post("/office/persons/report/", {"account": "officer7", "purpose": "本人申请"}).content.decode()
    assert "审计甲" in same
    told = entries("registries.report_person")
    assert [one["after"]["purpose"] for one in told] == ["本人申请", "本人申请"]
    assert sorted(told[0]["after"]["rows"]) == sorted([["registries.inspector", people[0].pk], ["registries.user", officer.pk]])
    assert client(factories.user(Role.SYSTEM_ADMIN)).get("/office/persons/report/").status_code == 403
    call_command("verify_ledger", verbosity=0)
