"""Role × address: every view opens to exactly the roles that its right names, and to nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from registries.people.access import PUBLIC
from registries.people.roles import Role, who_may
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC))
SAMPLES = ("999999", "x", "disable", "grant", "confirm", "town", "json", "csv", "2026", "en", "1", "0" * 32)
"""Values for the parts of an address; the first that fits is taken."""


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Every address of the site but the admin's, which its own site guards."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.app_name != "admin":
            yield from patterns(pattern)


def example(pattern: URLPattern) -> str | None:
    """An address that the pattern matches, with made-up parts; None when it cannot be built."""
    names = list(pattern.pattern.converters) or list(getattr(pattern.pattern.regex, "groupindex", {}))
    assert pattern.name, f"the address {pattern.pattern} has no name"
    return _reversed(pattern.name, names, {})


def _reversed(name: str, names: list[str], chosen: dict[str, str]) -> str | None:
    if not names:
        try:
            return reverse(name, kwargs=chosen)
        except NoReverseMatch:
            return None
    for sample in SAMPLES:
        found = _reversed(name, names[1:], {**chosen, names[0]: sample})
        if found:
            return found
    return None


def addresses() -> list[tuple[str, Any]]:
    """Every address (an example of it) with the right that opens it."""
    found = []
    for pattern in patterns(get_resolver()):
        address = example(pattern)
        assert address, f"no example for {pattern.pattern}: add a value to SAMPLES"
        found.append((address, pattern.callback.access))  # type: ignore[attr-defined]
    return found


def signed_in(*roles: Role) -> Client:
    client = Client()
    user = factories.user(*roles, unit=factories.unit())
    client.force_login(user, backend="registries.people.backend.Accounts")
    return client


def test_there_are_addresses_to_look_at() -> None:
    rights = {right for _address, right in addresses()}
    assert PUBLIC in rights
    assert len(rights) > 10


def test_visitors_are_sent_to_the_sign_in_from_everything_that_is_not_public() -> None:
    client = Client()
    for address, right in addresses():
        response = client.get(address)
        if right == PUBLIC:
            assert response.status_code != 403, address
        else:
            assert response.status_code == 302, address
            assert response.headers["Location"].startswith("/office/sign-in/?next="), address


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_opens_what_its_rights_name_and_nothing_else(role: Role) -> None:
    client = signed_in(role)
    for address, right in addresses():
        if right == PUBLIC:
            continue
        response = client.get(address)
        if role in who_may(right):
            assert response.status_code in (200, 302, 404, 405), (address, response.status_code)
        else:
            assert response.status_code == 403, (address, response.status_code)


@pytest.mark.parametrize("role", PEOPLE)
def test_posting_opens_nothing_that_looking_does_not(role: Role) -> None:
    client = signed_in(role)
    for address, right in addresses():
        if right == PUBLIC or role in who_may(right):
            continue
        assert client.post(address, {}).status_code == 403, address


def test_an_account_without_a_role_opens_nothing() -> None:
    client = signed_in()
    for address, right in addresses():
        if right != PUBLIC:
            assert client.get(address).status_code == 403, address


def test_a_one_time_password_opens_only_the_page_that_changes_it() -> None:
    client = Client()
    user = factories.user(Role.CLERK, unit=factories.unit(), must_change_password=True)
    client.force_login(user, backend="registries.people.backend.Accounts")
    for address, right in addresses():
        if right == PUBLIC or address == "/office/password/":
            continue
        response = client.get(address)
        assert (response.status_code, response.headers.get("Location")) == (302, "/office/password/"), address


@pytest.mark.parametrize("role", PEOPLE)
def test_the_admin_opens_to_supervisors_and_auditors_only(role: Role) -> None:
    client = signed_in(role)
    for address in ("/admin/", "/admin/inspections/plan/", "/admin/registries/edition/"):
        expected = 200 if role in who_may("registries.enter_admin") else 302
        assert client.get(address).status_code == expected, address


def test_the_admin_has_no_page_that_writes() -> None:
    client = signed_in(Role.SUPERVISOR)
    plan = factories.plan(state="submitted")
    base = f"/admin/inspections/plan/{plan.pk}"
    assert client.get("/admin/inspections/plan/add/").status_code == 404
    assert client.get(f"{base}/delete/").status_code == 404
    assert client.post(f"{base}/change/", {"title": "x"}).status_code == 403
    plan.refresh_from_db()
    assert plan.title != "x"
