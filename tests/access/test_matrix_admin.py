"""The Django admin: every model × every page of Django's own × every role; nothing is written from any of them (trust.md T5)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registries.people.models import User
from registries.people.roles import who_may
from tests.access.conftest import taken_back
from tests.access.county import County
from tests.access.table import PEOPLE
from tests.access.test_matrix import signed_in
from tests.access.watching import watching

pytestmark = [pytest.mark.django_db, pytest.mark.proves("T5")]

ENTERS = {who for who, person in PEOPLE.items() if person.role in who_may("registries.enter_admin")}
LOOKUPS = (
    "user__password__startswith", "asked_by__password__startswith", "prepared_by__password__startswith", "case__subject__phone__startswith",
    "subject__phone__startswith", "phone__startswith", "id_number__startswith", "actor__password__startswith", "inspector__id_number__contains",
    "kept_secret__secret__startswith", "drawn__entry__name__contains", "groups__name", "case__drawn__entry__nonce__startswith",
)  # fmt: skip
"""Filters that would tell a column letter by letter."""
TRIES: dict[str, Any] = {"title": "x", "state": "published", "is_superuser": "on", "action": "delete_selected", "_selected_action": "1", "post": "yes", "_save": "1"}
SITE = ("index", "app_list", "login", "logout", "jsi18n", "password_change", "password_change_done", "autocomplete", "view_on_site")
OWN = ("decide", "lift")


def newest(model: type[Model]) -> Model:
    row = model._default_manager.order_by("-pk").first()
    assert row is not None, f"the county has no {model._meta.label}"
    return row


def pages_of(model: type[Model]) -> Iterator[tuple[str, str]]:
    """(page, address) of everything that Django makes for a model."""
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    pk, key = newest(model).pk, getattr(model._meta.pk, "name", "id")
    yield "list", base
    yield "add", f"{base}add/"
    yield "change", f"{base}{pk}/change/"
    yield "popup", f"{base}{pk}/change/?_popup=1&_to_field={key}"
    yield "list popup", f"{base}?_popup=1"
    yield "foreign key out of the list", f"{base}?_popup=1&_to_field=password"
    yield "delete", f"{base}{pk}/delete/"
    yield "history", f"{base}{pk}/history/"
    yield from ((f"lookup {name}", f"{base}?{name}=a") for name in LOOKUPS)


def expected(page: str, who: str, may_view: bool) -> set[int]:
    """Those who may not enter are led to the sign-in; those who may, read and do nothing else."""
    if who not in ENTERS:
        return {302}
    if not may_view or page in ("add", "delete", "history"):
        return {403, 404}
    if page.startswith(("lookup", "foreign key")):
        return {302, 400}
    return {200}


def walk(county: County, who: str, every: int = 1) -> tuple[int, list[str]]:
    """Each page (each `every`-th) of each model, looked at and sent to: how many, and what was wrong."""
    client, person, wrong = signed_in(county.people[who]), PEOPLE[who], list[str]()
    tries = [(model, *page, method) for model in admin.site._registry for page in pages_of(model) for method in ("get", "post")]
    for model, page, address, method in tries[::every]:
        may_view = person.role in who_may(admin.site._registry[model].view_right)  # type: ignore[attr-defined]
        with taken_back(), watching() as watch:
            answer = getattr(client, method)(address, *([TRIES] if method == "post" else []))
            stayed = list(watch.business)
        allowed = expected(page, who, may_view) | ({302, 400, 403} if method == "post" else set())
        if answer.status_code not in allowed or (method == "post" and "list" not in page and answer.status_code == 200):
            wrong.append(f"{who}: {method} {address}: {answer.status_code}")
        wrong += [f"{who}: {method} {address}: wrote {stayed}"] if stayed else []
    for model in admin.site._registry:
        where = {"app_label": model._meta.app_label, "model_name": str(model._meta.model_name), "field_name": "unit", "term": "a"}
        if client.get("/admin/autocomplete/", where).status_code == 200:
            wrong.append(f"{who}: autocomplete of {model._meta.label}")
    return len(tries[::every]), wrong


@pytest.fixture(autouse=True)
def county_files(county: County, settings: Any) -> None:
    """Photos lie where the county was built."""
    settings.MEDIA_ROOT = county.media


@pytest.mark.parametrize(("who", "every"), [("supervisor", 13), ("clerk", 37)])
def test_nothing_is_written_from_any_page_of_the_admin(county: County, who: str, every: int, record_property: Any) -> None:
    count, wrong = walk(county, who, every)
    assert wrong == []
    record_property("figure", f"{count} requests as {who}, 0 escalations")


@pytest.mark.full
@pytest.mark.parametrize("who", list(PEOPLE))
def test_nothing_is_written_from_any_page_of_the_admin_as_anybody(county: County, who: str, record_property: Any) -> None:
    count, wrong = walk(county, who)
    assert wrong == []
    record_property("figure", f"{count} requests as {who}, 0 escalations")


def admin_addresses() -> list[str]:
    """The names of all addresses of the admin."""
    [site] = [one for one in get_resolver().url_patterns if isinstance(one, URLResolver) and one.app_name == "admin"]

    def names(resolver: URLResolver) -> Iterator[str]:
        for one in resolver.url_patterns:
            if isinstance(one, URLPattern):
                yield one.name or ""
            else:
                yield from names(one)

    return [name for name in names(site) if name]


def test_the_admin_has_no_address_that_nobody_needs() -> None:
    left = {name.rpartition("_")[2] for name in admin_addresses() if name not in SITE}
    assert left == {"changelist", "change", *OWN}


def test_accounts_groups_permissions_and_the_admins_own_log_are_not_in_it() -> None:
    assert not {User, Group, Permission, LogEntry} & set(admin.site._registry)
    assert {model._meta.app_label for model in admin.site._registry} <= {"registries", "inspections", "publicity"}


def test_decisions_are_made_with_the_own_right_only(county: County) -> None:
    """An auditor reads the page on which a supervisor decides, and what they send there changes nothing."""
    client = signed_in(county.people["auditor"])
    for name in (one for one in admin_addresses() if one.endswith(OWN)):
        model = apps.get_model(name.split("_")[0], name.split("_")[1])
        for row in model._default_manager.order_by("-pk")[:1]:
            for sent in ({"approve": "1"}, {"return": "1", "reason": "x"}, {"refuse": "1", "reason": "x"}, {"accept": "1"}, {"strike": "1"}, {"void": "1"}, {}):
                with taken_back(), watching() as watch:
                    given = {"version": getattr(row, "version", 1), "password": "correct horse battery staple", "reason": "理由", "lifted_because": "理由"}
                    answer = client.post(reverse(f"admin:{name}", args=[row.pk]), given | sent)
                    assert watch.business == [], (name, sent)
                assert answer.status_code < 500, (name, sent)
