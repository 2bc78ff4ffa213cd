"""The office pages of signing in and of accounts, as a person meets them."""


import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from registries.people.models import User
from registries.people.roles import Role
from tests import factories
from tests.asking import enter, said, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]


# --- signing in -------------------------------------------------------------------------------------------------------


def test_unknown_account_wrong_password_and_disabled_account_read_the_same(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    factories.user(Role.CLERK, username="gone", is_active=False)
    pages = set()
    for username, password in (("known", "wrong"), ("unknown", "wrong"), ("gone", factories.PASSWORD)):
        page = said(client, "/office/sign-in/", username=username, password=password)
        assert "is not right, or the account is disabled" in page
        pages.add(page[page.index("error-summary") :].split("</div>")[0])
    assert len(pages) == 1


def test_signing_in_and_out(client: Client) -> None:
    factories.user(Role.AUDITOR, username="known")
    response = client.post(
        "/office/sign-in/", {"username": "known", "password": factories.PASSWORD, "next": "/office/accounts/"}
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/office/accounts/")
    page = client.get("/office/accounts/")
    assert page.status_code == 200
    assert 'action="/office/sign-out/"' in page.content.decode()
    assert client.post("/office/sign-out/").status_code == 302
    assert client.get("/office/accounts/").status_code == 302


def test_five_wrong_passwords_lock_the_sign_in(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    for _ in range(5):
        response = client.post("/office/sign-in/", {"username": "known", "password": "wrong"})
    assert response.status_code == 429
    response = client.post("/office/sign-in/", {"username": "known", "password": factories.PASSWORD})
    assert response.status_code == 429
    assert "Sign-in is locked for a while" in response.content.decode()


def test_a_foreign_address_is_never_followed_after_signing_in(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    response = client.post(
        "/office/sign-in/", {"username": "known", "password": factories.PASSWORD, "next": "https://example.org/"}
    )
    assert response.headers["Location"] == "/office/"


def test_choosing_an_own_password_keeps_the_session_and_ends_the_others(client: Client) -> None:
    user = enter(client, factories.user(Role.CLERK, must_change_password=True))
    other = Client()
    enter(other, user)
    page = said(client, "/office/password/", old_password="wrong", new_password="Kestrel-marsh-4", again="Kestrel-marsh-4")
    assert "The present password is not right" in page
    page = said(client, "/office/password/", old_password=factories.PASSWORD, new_password="Kestrel-marsh-4", again="x")
    assert "not the same as above" in page
    response = client.post(
        "/office/password/",
        {"old_password": factories.PASSWORD, "new_password": "Kestrel-marsh-4", "again": "Kestrel-marsh-4"},
    )
    assert response.status_code == 302
    assert client.get("/office/plans/").status_code == 200
    assert other.get("/office/plans/").status_code == 302


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_new_account_shows_its_one_time_password_once(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    response = client.post("/office/accounts/new/", {"username": "wang", "name": "王一", "unit": "", "email": ""})
    page = response.content.decode()
    made = User.objects.get(username="wang")
    password = page.partition('id="one-time-password">')[2].partition("<")[0]
    assert made.check_password(password)
    assert response.headers["Cache-Control"] == "no-store"
    assert password not in text(client, f"/office/accounts/{made.pk}/")


def test_a_taken_account_name_keeps_what_was_typed(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    factories.user(username="wang")
    page = said(client, "/office/accounts/new/", username="wang", name="王二", unit="", email="")
    assert "The account wang exists already." in page
    assert 'value="王二"' in page


def test_the_security_administrator_grants_and_the_refusal_is_a_sentence(client: Client) -> None:
    enter(client, factories.user(Role.SECURITY_ADMIN))
    person = factories.user()
    assert "The role was granted." in said(client, f"/office/accounts/{person.pk}/roles/grant/", role="clerk")
    assert "exclude each other" in said(client, f"/office/accounts/{person.pk}/roles/grant/", role="auditor")
    assert "The role was revoked." in said(client, f"/office/accounts/{person.pk}/roles/revoke/", role="clerk")


def test_a_system_administrator_who_tries_to_grant_is_told_and_recorded(client: Client) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    person = factories.user()
    page = said(client, f"/office/accounts/{person.pk}/roles/grant/", role="supervisor")
    assert "Your role does not allow this" in page
    assert not User.objects.get(pk=person.pk).role_codes


def test_disabling_ends_the_work_of_an_open_session(client: Client) -> None:
    other = Client()
    clerk = enter(other, factories.user(Role.CLERK))
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    assert "The account is disabled." in said(client, f"/office/accounts/{clerk.pk}/disable/")
    assert other.get("/office/plans/").status_code == 302
    assert "The account is enabled." in said(client, f"/office/accounts/{clerk.pk}/enable/")


def test_accounts_are_filtered_and_paged(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    enter(client, factories.user(Role.SYSTEM_ADMIN))
    for n in range(60):
        factories.user(Role.CLERK, username=f"clerk{n:02}", unit=factories.unit())
    with django_assert_max_num_queries(15):
        assert "Page 1 of 2" in text(client, "/office/accounts/")
    assert "clerk59" in text(client, "/office/accounts/", page="2")
    page = text(client, "/office/accounts/", q="clerk07")
    assert "clerk07" in page
    assert "clerk08" not in page
    assert "No account fits" in text(client, "/office/accounts/", q="nobody at all")
