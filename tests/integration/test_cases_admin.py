"""Cases, records, reviews and disclosures in the Django admin: for reading, by those who may enter, and nothing else."""

import pytest
from django.test import Client

from inspections.cases.models import Case
from publicity.disclosures.commands import publish_case
from publicity.disclosures.models import Disclosure
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


def admin(person: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person, backend="registries.people.backend.Accounts")
    return client


def rows() -> list[str]:
    """The address of a case, its record, its review and its disclosure in the admin."""
    case = make.reviewed_case(released=True)
    publish_case(actor=make.system(), case_id=case.pk)
    return [
        f"/admin/inspections/case/{case.pk}/change/",
        f"/admin/inspections/record/{case.records.get().pk}/change/",
        f"/admin/inspections/review/{case.reviews.get().pk}/change/",
        f"/admin/publicity/disclosure/{Disclosure.objects.get(case=case).pk}/change/",
    ]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_supervisors_and_auditors_read_them(role: Role) -> None:
    browser = admin(make.user(role))
    for address in rows():
        assert browser.get(address).status_code == 200, address
        listed = address.rpartition("/change/")[0].rpartition("/")[0] + "/"
        assert browser.get(listed).status_code == 200, listed


@pytest.mark.parametrize("role", [Role.CLERK, Role.INSPECTOR, Role.REVIEWER, Role.SYSTEM_ADMIN])
def test_nobody_else_enters(role: Role) -> None:
    browser = admin(make.user(role))
    for address in rows():
        assert browser.get(address).status_code in (302, 403)


def test_nothing_is_written_from_there() -> None:
    browser = admin(make.user(Role.SUPERVISOR))
    for address in rows():
        assert browser.post(address, {"number": "X", "state": "closed"}).status_code == 403
        assert browser.post(address.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 404
        assert browser.get(address.rpartition("/change/")[0].rpartition("/")[0] + "/add/").status_code == 404
    assert Case.objects.get().state == "reviewed"
