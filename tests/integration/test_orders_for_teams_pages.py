"""The pages of orders for teams and of ad-hoc requests, in the office, the admin and in public, used as people use them."""

import hashlib
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inspections.adhoc.models import AdhocRequest
from inspections.cases import tasks as case_tasks
from inspections.cases.models import Case
from inspections.draws import commands
from inspections.draws.models import Draw
from inspections.draws.states import DrawState, Mode
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.asking import signed_in
from tests.offices import PAPER, Bureau, fresh

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def typed(draw: Draw, **more: Any) -> dict[str, Any]:
    moment = (clock.now().astimezone(clock.BEIJING).replace(tzinfo=None, microsecond=0)).isoformat()
    later = moment[:11] + "23:59:59"
    return {
        "version": draw.version,
        "team_size": 2,
        "inspector_units": [draw.unit_id],
        "planned": later,
        "game_1": "demo",
        "issue_1": "0002",
        "moment_1": later,
        **more,
    }


def approve(bureau: Bureau, draw: Draw) -> Client:
    client = signed_in(bureau.supervisor)
    data = {"approve": "1", "version": fresh(draw).version, "password": make.PASSWORD}
    assert client.post(f"/admin/inspections/draw/{draw.pk}/decide/", data).status_code == 302
    return client


def test_teams_for_waiting_winners_are_drawn_from_the_page_of_their_draw(bureau: Bureau, time_machine: Any) -> None:
    time_machine.move_to(clock.now().replace(hour=2), tick=True)
    lot = bureau.understaffed(time_machine)
    client = signed_in(bureau.clerk)
    assert "1 户中签对象" in text_of(client, f"/office/draws/{lot.pk}/") or "without a team" in text_of(client, f"/office/draws/{lot.pk}/")
    assert str(lot.number) in text_of(client, "/office/")
    client.post(f"/office/draws/{lot.pk}/teams/", {"unit": bureau.unit.pk})
    order = Draw.objects.get(mode=Mode.TEAMS)
    address = f"/office/draws/{order.pk}/"
    failed = client.post(address, typed(order, game_1="", submit="1"))
    assert failed.status_code == 422
    assert "0002" in failed.content.decode(), "nothing typed is lost"
    assert client.post(address, typed(fresh(order), inspector_units=[bureau.unit.pk, bureau.other.pk], submit="1")).status_code == 302
    assert fresh(order).state == DrawState.SUBMITTED
    shown = text_of(signed_in(bureau.supervisor), f"/admin/inspections/draw/{order.pk}/decide/")
    assert "%" not in shown.replace("100%", "")
    approve(bureau, order)
    assert fresh(order).state == DrawState.COMMITTED


def test_no_page_of_an_order_for_teams_speaks_of_a_chance(bureau: Bureau, time_machine: Any, client: Client) -> None:
    lot = bureau.understaffed(time_machine)
    make.inspector(unit=bureau.other)
    make.inspector(unit=bureau.other)
    order = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot), bureau.other))
    public = text_of(client, f"/draws/{order.number}/")
    assert "%" not in public
    assert str(lot.number) in public
    assert client.get(f"/draws/{order.number}/bundle/roster.txt").status_code == 404
    assert order.certificates.exists()
    office = text_of(signed_in(bureau.clerk), f"/office/draws/{order.pk}/")
    assert str(lot.number) in office
    case = Case.objects.get(drawn__entry__code=order.roster.get().code)
    assert case.subject.name not in public + text_of(client, "/draws/") + text_of(client, f"/draws/{order.number}/verify/")


def test_the_roster_of_an_order_for_teams_opens_when_its_visits_are_over(
    bureau: Bureau, time_machine: Any, client: Client
) -> None:
    bureau.joint()
    for _ in range(4):
        make.inspector(unit=bureau.partner)
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    order = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner)))
    address = f"/draws/{order.number}/bundle/roster.txt"
    assert client.get(address).status_code == 404
    for case in Case.objects.all():
        make.reviewed_case(case)
    assert client.get(address).status_code == 200, "all four visits are over"
    assert client.get(f"/draws/{order.number}/").status_code == 200


def test_an_adhoc_request_goes_from_the_search_to_its_case(bureau: Bureau, time_machine: Any, client: Client) -> None:
    time_machine.move_to(clock.now().replace(hour=2), tick=True)
    subject = bureau.subjects[0]
    clerk = signed_in(bureau.clerk)
    data: dict[str, Any] = {
        "q": subject.key, "ground": "complaint", "document_number": "信〔2026〕7号", "explanation": "群众反映", "matters": [bureau.revision.pk]
    }  # fmt: skip
    found = clerk.post("/office/adhoc/new/", data | {"search": "1"}).content.decode()
    assert subject.name in found
    assert "群众反映" in found
    refused = clerk.post("/office/adhoc/new/", data | {"ask": "1", "subject": subject.pk})
    assert refused.status_code == 422
    assert "群众反映" in refused.content.decode()
    no_letter = SimpleUploadedFile("信.exe", b"MZ")
    assert clerk.post("/office/adhoc/new/", data | {"ask": "1", "subject": subject.pk, "file": no_letter}).status_code == 422
    letter = SimpleUploadedFile("信访件.pdf", PAPER)
    asked = clerk.post("/office/adhoc/new/", data | {"ask": "1", "subject": subject.pk, "file": letter})
    request = AdhocRequest.objects.get()
    assert asked.headers["Location"] == f"/office/adhoc/{request.pk}/"
    assert request.file_sha256 == hashlib.sha256(PAPER).hexdigest()
    supervisor = signed_in(bureau.supervisor)
    file = f"/office/adhoc/{request.pk}/document/"
    assert file in supervisor.get(f"/admin/inspections/adhocrequest/{request.pk}/decide/").content.decode()
    assert supervisor.get(file).content == clerk.get(file).content == PAPER
    assert signed_in(bureau.other_clerk).get(file).status_code == 404
    assert "信〔2026〕7号" in text_of(supervisor, f"/admin/inspections/adhocrequest/{request.pk}/decide/")
    decided = supervisor.post(f"/admin/inspections/adhocrequest/{request.pk}/decide/", {"approve": "1", "version": 1})
    assert decided.status_code == 302
    assert f"{clock.now().year}-A001" in text_of(clerk, "/office/")
    clerk.post(f"/office/adhoc/{request.pk}/draw/")
    order = Draw.objects.get(mode=Mode.ADHOC)
    page = clerk.get(f"/office/draws/{order.pk}/").content.decode()
    assert subject.name not in page
    assert clerk.post(f"/office/draws/{order.pk}/", typed(order, submit="1")).status_code == 302
    assert text_of(signed_in(bureau.supervisor), f"/admin/inspections/draw/{order.pk}/decide/")
    commands.return_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version, reason="来源另定")
    order = bureau.hurried(time_machine, bureau.announced(fresh(order)))
    case = Case.objects.get()
    shown = text_of(clerk, f"/office/cases/{case.number}/")
    assert "信〔2026〕7号" in shown
    for address in ("/draws/", f"/draws/{order.number}/", f"/draws/{order.number}/verify/", "/", "/plans/"):
        said = text_of(client, address)
        assert subject.name not in said
        assert "信〔2026〕7号" not in said


def test_an_attempt_on_an_excluded_subject_is_told_and_listed(bureau: Bureau) -> None:
    make.exclusion(bureau.subjects[0])
    client = signed_in(bureau.clerk)
    letter = SimpleUploadedFile("报道.pdf", PAPER)
    data = {"q": bureau.subjects[0].key, "ground": "media", "document_number": "1", "explanation": "报道", "matters": [bureau.revision.pk]}
    asked = client.post("/office/adhoc/new/", data | {"ask": "1", "subject": bureau.subjects[0].pk, "file": letter}, follow=True)
    assert asked.status_code == 200
    assert AdhocRequest.objects.get().state == "barred"
    assert client.get("/office/adhoc/?state=barred").content.decode().count(bureau.subjects[0].name) == 1
    assert client.post(f"/office/adhoc/{AdhocRequest.objects.get().pk}/draw/").status_code == 302
    assert not Draw.objects.exists()


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.PARTNER, Role.SYSTEM_ADMIN])
def test_adhoc_requests_are_no_business_of_others(bureau: Bureau, role: Role) -> None:
    request = bureau.asked()
    assert signed_in(make.user(role, unit=bureau.unit)).get(f"/office/adhoc/{request.pk}/").status_code == 403
    assert signed_in(bureau.other_clerk).get(f"/office/adhoc/{request.pk}/").status_code == 404


def test_the_new_pages_ask_few_queries(bureau: Bureau, time_machine: Any, django_assert_max_num_queries: Any) -> None:
    bureau.joint()
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    request = bureau.asked()
    order = bureau.staffing(lot, bureau.partner_user, bureau.partner)
    pages: list[tuple[User, str]] = [
        (bureau.clerk, f"/office/draws/{lot.pk}/"),
        (bureau.partner_user, f"/office/draws/{order.pk}/"),
        (bureau.partner_user, "/office/draws/"),
        (bureau.clerk, "/office/adhoc/"),
        (bureau.clerk, f"/office/adhoc/{request.pk}/"),
        (bureau.clerk, "/office/adhoc/new/?q=S"),
        (bureau.clerk, f"/office/cases/{Case.objects.order_by('pk')[0].number}/"),
        (bureau.supervisor, f"/admin/inspections/adhocrequest/{request.pk}/decide/"),
    ]
    for person, address in pages:
        client = signed_in(person)
        client.get(address)  # that names were read is written once an hour
        with django_assert_max_num_queries(15, info=address):
            assert client.get(address).status_code == 200, address
