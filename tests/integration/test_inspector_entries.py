"""What an entry of the inspector registry holds besides: expert types, duty class, age, whose ID number it is; assistants of a group."""

import datetime as dt

import pytest
from django.test import Client

from registries.inspectors import queries
from registries.inspectors.models import Assistant, Inspector, InspectorGroup
from registries.inspectors.rules import age_on
from registries.people.models import User
from tests import factories
from tests.asking import enter, text
from tests.integration.test_inspector_registry import clerk, inspector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]
__all__ = ["clerk", "inspector"]


def test_expert_types_are_kept_shown_filtered_and_counted(client: Client, clerk: User, inspector: Inspector) -> None:
    fire = factories.code("expert", "消防技术专家")
    inspector.experts.set([fire])
    other = factories.inspector("李无专长", unit=clerk.unit)
    enter(client, clerk)
    assert "消防技术专家" in text(client, f"/office/inspectors/{inspector.number}/")
    listed = text(client, f"/office/inspectors/?tag={fire.pk}")
    assert inspector.name in listed
    assert other.name not in listed
    assert "消防技术专家" in text(client, "/office/inspectors/statistics/")
    assert "消防技术专家" in text(client, f"/office/inspectors/{inspector.number}/change/")


def test_the_registry_is_narrowed_by_duty_class_and_level(client: Client, clerk: User, inspector: Inspector) -> None:
    Inspector.objects.filter(pk=inspector.pk).update(duty="head", level="county")
    other = factories.inspector("李其他", unit=clerk.unit, duty="officer", level="station")
    enter(client, clerk)
    for query in ("duty=head", "level=county"):
        listed = text(client, f"/office/inspectors/?{query}")
        assert inspector.name in listed
        assert other.name not in listed


def test_the_age_is_reckoned_from_the_id_number_and_not_stored() -> None:
    assert age_on("370323199011230017", dt.date(2026, 11, 22)) == 35
    assert age_on("370323199011230017", dt.date(2026, 11, 23)) == 36
    assert age_on("", dt.date(2026, 11, 23)) is None
    assert "age" not in {field.name for field in Inspector._meta.get_fields()}


def test_an_entry_is_found_by_its_id_number_which_stands_in_no_address(client: Client, clerk: User, inspector: Inspector) -> None:
    inspector.id_number = "37032319901123001X"
    inspector.save()
    enter(client, clerk)
    answer = client.post("/office/inspectors/find/", {"id_number": " 370323 19901123 001x "})
    assert answer.headers["Location"] == f"/office/inspectors/{inspector.number}/"
    assert client.get("/office/inspectors/find/").status_code == 405
    missing = client.post("/office/inspectors/find/", {"id_number": "370323199011230017"}, follow=True)
    assert "No entry has this ID number." in missing.content.decode()
    assert "370323199011230017" not in missing.content.decode()


def test_assistants_stand_with_a_group_and_are_never_its_members(client: Client, clerk: User, inspector: Inspector) -> None:
    helper = Assistant.objects.create(number="F001", name="赵辅警", unit=inspector.unit)
    second = factories.inspector(unit=inspector.unit)
    enter(client, clerk)
    form = {"name": "联合组", "unit": inspector.unit_id, "members": [inspector.pk, second.pk], "assistants": [helper.pk], "active": "on", "version": 0}
    assert client.post("/office/inspectors/groups/new/", form).status_code == 302
    group = InspectorGroup.objects.get(name="联合组")
    assert queries.members_of([group.pk]) == {inspector.pk, second.pk}
    page = text(client, "/office/inspectors/groups/")
    assert "赵辅警" in page
    assert "assistant, never counted" in page
