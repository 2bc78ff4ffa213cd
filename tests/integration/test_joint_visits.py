"""One visit for several matters and units: two draws of a month that hit one subject, and what each side sees of it, page by page."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inspections.adhoc import commands as adhoc
from inspections.adhoc.queries import visits_counted
from inspections.cases import commands, joining, queries, replacing, rules, shares, standings, tasks, uniting, visiting
from inspections.cases.evidence import Photo
from inspections.cases.invariants import cases as case_invariants
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.rules import Draft, Line
from inspections.cases.states import CaseState, PhotoKind
from inspections.cases.visits import visits_over
from inspections.draws.caps import drawn_before
from inspections.draws.models import Draw
from inspections.plans import progress
from registries import clock
from registries.matters.rules import Limits
from registries.people.models import Unit, User
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in

pytestmark = pytest.mark.django_db


class Twice:
    """A subject with two labels: drawn for the first brigade's matter, then for the second's, in the same month."""

    def __init__(self, *, same_unit: bool = False, later: dt.timedelta = dt.timedelta()) -> None:
        self.first, self.second = make.unit(), make.unit()
        self.second = self.first if same_unit else self.second
        kinds = [make.category("旅馆业"), make.category("上网服务场所")]
        self.hotel = make.matter("旅馆业治安检查", unit=self.first, categories=[kinds[0]], items=2)
        self.net = make.matter("上网服务场所检查", unit=self.second, categories=[kinds[1]], items=2)
        make.edition(self.hotel, self.net)
        self.subject = make.subject("沂河宾馆", categories=kinds, unit=self.first)
        self.one = self.opened(self.hotel, self.first)
        self.two = self.opened(self.net, self.second, later)
        self.clerks = [make.user(Role.CLERK, unit=unit) for unit in (self.first, self.second)]

    def opened(self, revision: Any, unit: Unit, later: dt.timedelta = dt.timedelta()) -> Case:
        draw = make.drawn_draw(revision, winners=1, reserves=0, subjects=[self.subject], unit=unit)
        if later:
            Draw.objects.filter(pk=draw.pk).update(drawn_at=clock.now() + later)
        tasks.open_cases(draw.pk)
        return Case.objects.get(draw=draw)

    def fresh(self) -> tuple[Case, Case]:
        return Case.objects.get(pk=self.one.pk), Case.objects.get(pk=self.two.pk)


def officers(case: Case) -> list[User]:
    people = case.assignments.filter(ended_at=None).select_related("inspector__user").order_by("position")
    return [one.inspector.user for one in people if one.inspector.user is not None]


def whole(case: Case, **different: Any) -> Draft:
    lines = {item.pk: Line("yes") for item in queries.items_of(case)}
    return Draft(clock.today(), make.result().pk, "", None, "王经理", lines)


def test_two_draws_of_a_month_that_hit_one_subject_make_one_visit() -> None:
    twice = Twice()
    one, two = twice.fresh()
    assert (one.state, two.state, two.joined_to) == (CaseState.ASSIGNED, CaseState.JOINED, one)
    assert [row.revision for row in one.matters.order_by("position")] == [twice.hotel, twice.net]
    assert [row.draw for row in queries.team(one)] == [one.draw, one.draw, two.draw, two.draw]
    assert not two.assignments.filter(ended_at=None).exists()
    assert [(side.unit, side.leads, side.matters) for side in shares.sides(one)] == [
        (twice.first, True, [twice.hotel]),
        (twice.second, False, [twice.net]),
    ]
    assert two.draw is not None
    assert not visits_over(two.draw)
    assert list(case_invariants()) == []


def test_the_joint_visit_ends_both_cases_and_counts_once(client: Client) -> None:
    twice = Twice()
    one, two = twice.fresh()
    lead, *others = officers(one)
    commands.begin_visit(actor=lead, case_id=one.pk, no_notice="突击检查")
    commands.save_record(actor=lead, case_id=one.pk, version=1, draft=whole(one))
    commands.submit_record(actor=lead, case_id=one.pk, version=queries.rounds(one)[0].version)
    record = queries.rounds(one)[0]
    shown = rules.fingerprint(queries.content_of(record))
    visiting.acknowledge_record(actor=lead, case_id=one.pk, content_hash=shown, kind="absent", witness="李某")
    for officer in (lead, *others):
        read = shares.fingerprint_for(record, shares.part_of_officer(one, officer))
        commands.sign_record(actor=officer, case_id=one.pk, content_hash=read)
    one, two = twice.fresh()
    assert (one.state, one.ended_on, two.state, two.ended_on) == (CaseState.RECORDED, clock.today(), CaseState.JOINED, clock.today())
    assert two.draw is not None
    assert visits_over(two.draw)
    late = standings.overdue(Case.objects.all(), clock.today() + dt.timedelta(days=30))
    assert list(late) == [one]
    assert visits_counted(twice.subject, clock.today())[0] == 1
    on_matter, in_year = drawn_before(two.draw, Limits(None, None), clock.today())
    assert (on_matter[twice.subject.pk], in_year[twice.subject.pk]) == (1, 1)
    item = two.draw.plan_item
    assert item is not None
    assert progress.progress_of([item])[item.pk].visited == 1


@pytest.mark.parametrize("later", [dt.timedelta(days=-40), dt.timedelta(days=40)])
def test_draws_of_two_months_make_two_visits(later: dt.timedelta) -> None:
    assert {case.state for case in Twice(later=later).fresh()} == {CaseState.ASSIGNED}


def test_a_visit_that_has_begun_stands_alone() -> None:
    twice = Twice()
    uniting.separate_case(actor=twice.clerks[1], case_id=twice.two.pk, reason="分别检查")
    one, two = twice.fresh()
    commands.begin_visit(actor=officers(one)[0], case_id=one.pk, no_notice="突击检查")
    assert "nothing to join" in refusal(uniting.join_case, actor=twice.clerks[1], case_id=two.pk)


def test_a_case_leaves_the_joint_visit_with_its_matters_and_its_team_and_can_come_back() -> None:
    twice = Twice()
    team = [row.inspector for row in queries.team(twice.fresh()[0])]
    stranger = make.user(Role.CLERK, unit=make.unit())
    assert "no such case" in refusal(uniting.separate_case, actor=stranger, case_id=twice.two.pk, reason="x")
    assert "Say why" in refusal(uniting.separate_case, actor=twice.clerks[1], case_id=twice.two.pk, reason=" ")
    uniting.separate_case(actor=twice.clerks[1], case_id=twice.two.pk, reason="时间不合")
    one, two = twice.fresh()
    assert (one.state, two.state, two.joined_to) == (CaseState.ASSIGNED, CaseState.ASSIGNED, None)
    assert [row.inspector for row in [*queries.team(one), *queries.team(two)]] == team
    assert [row.revision for row in [*one.matters.all(), *two.matters.all()]] == [twice.hotel, twice.net]
    assert two.draw is not None
    assert joining.joinable_after(two.draw) == []
    uniting.join_case(actor=twice.clerks[1], case_id=two.pk)
    assert [row.inspector for row in queries.team(twice.fresh()[0])] == team


def test_an_inspector_whom_both_draws_sent_goes_once() -> None:
    twice = Twice(same_unit=True)
    uniting.separate_case(actor=twice.clerks[0], case_id=twice.two.pk, reason="x")
    one, two = twice.fresh()
    same = queries.team(one)[0].inspector
    Assignment.objects.filter(pk=queries.team(two)[1].pk).update(inspector=same)
    uniting.join_case(actor=twice.clerks[0], case_id=two.pk)
    assert [row.inspector for row in queries.team(one)].count(same) == 1
    assert len(queries.team(one)) == 3


def test_who_came_with_a_joined_case_is_replaced_there() -> None:
    twice = Twice()
    one, _two = twice.fresh()
    place = queries.team(one)[2]
    assert place.inspector.user is not None
    asked = {"actor": place.inspector.user, "case_id": one.pk, "kind": "inspector", "reason": "absent", "explanation": "x", "evidence": "y"}
    assert "was drawn for case" in refusal(replacing.ask_replacement, assignment_id=place.pk, **asked)


@pytest.mark.parametrize("which", ["one", "two"])
def test_a_struck_result_of_either_draw_parts_what_has_not_begun(which: str) -> None:
    twice = Twice()
    draw = getattr(twice, which).draw
    assert joining.separated_of(draw, clock.now())
    one, two = twice.fresh()
    assert (one.state, two.state, len(queries.team(one)), len(queries.team(two))) == (CaseState.ASSIGNED, CaseState.ASSIGNED, 2, 2)


# --- who sees what -----------------------------------------------------------------------------------------------------

SECRET = "首席秘密备注"
THEIRS = "本队备注"


@pytest.fixture
def filled() -> Twice:
    """The joint visit being signed: each side's checklist has a remark, a photo hangs on each, somebody asked for a replacement."""
    twice = Twice()
    one, _two = twice.fresh()
    lead = officers(one)[0]
    place = queries.team(one)[1]
    assert place.inspector.user is not None
    Replacement.objects.create(
        case=one, kind="inspector", assignment=place, reason="absent", explanation=SECRET, evidence=SECRET, file=b"%PDF-1", file_name="x.pdf",
        file_sha256="0" * 64, evidence_digest="0" * 64, asked_by=place.inspector.user, asked_at=clock.now(),
    )  # fmt: skip
    commands.begin_visit(actor=lead, case_id=one.pk, no_notice="突击检查")
    lines = {item.pk: Line("yes", SECRET if item.revision_id == twice.hotel.pk else THEIRS) for item in queries.items_of(one)}
    draft = Draft(clock.today(), make.result().pk, "", None, SECRET, lines)
    commands.save_record(actor=lead, case_id=one.pk, version=1, draft=draft)
    for item in queries.items_of(one):
        if item.position == 1:
            Photo.objects.create(
                case=one, round=1, item=item, kind=PhotoKind.PHOTO, content_type="image/jpeg", size=1, sent_sha256="1" * 64,
                sha256=f"{item.pk:064d}", kept_by=lead, kept_at=clock.now(),
            )  # fmt: skip
    commands.submit_record(actor=lead, case_id=one.pk, version=queries.rounds(one)[0].version)
    return twice


def partner_of(twice: Twice) -> User:
    """The second unit's desk, as a department outside the bureau."""
    Unit.objects.filter(pk=twice.second.pk).update(kind=Unit.Kind.PARTNER)
    return make.user(Role.PARTNER, unit=Unit.objects.get(pk=twice.second.pk))


@pytest.mark.parametrize("role", [Role.PARTNER, Role.CLERK])
def test_a_unit_that_takes_part_sees_its_part_on_every_page_and_file(filled: Twice, role: Role) -> None:
    one, _two = filled.fresh()
    user = partner_of(filled) if role == Role.PARTNER else filled.clerks[1]
    client = signed_in(user)
    listed = client.get("/office/cases/joint/").content.decode()
    assert one.number in listed
    page = client.get(f"/office/cases/{one.number}/").content.decode()
    own, others = queries.team(one)[2:], queries.team(one)[:2]
    for mine in (filled.net.name, THEIRS, filled.first.short_name, *(row.inspector.name for row in own)):
        assert mine in page
    hidden = [SECRET, filled.hotel.name, *(row.inspector.name for row in others)]
    for photo in Photo.objects.filter(case=one).select_related("item"):
        theirs = photo.item is not None and photo.item.revision_id == filled.net.pk
        assert (f"/photos/{photo.pk}/" in page) == theirs
        assert shares.sees_photo(photo, queries.viewer(user)) == theirs
        assert theirs or client.get(f"/office/cases/{one.number}/photos/{photo.pk}/").status_code == 404
    asked = Replacement.objects.get()
    addresses = ["", "record/", "sending/", "photos/", "form.pdf", "sign/", "review/", "replace/", "separate/", f"replace/{asked.pk}/evidence/"]
    for address in [*(f"/office/cases/{one.number}/{rest}" for rest in addresses), "/office/", "/office/cases/joint/", "/office/draws/"]:
        answer = client.get(address)
        body = answer.content.decode(errors="replace") if answer.status_code == 200 else ""
        assert not [body[body.index(word) - 80 : body.index(word) + 20] for word in hidden if word in body], address


@pytest.mark.parametrize("role", [Role.PARTNER, Role.CLERK, Role.INSPECTOR])
def test_a_unit_that_does_not_take_part_sees_no_joint_visit(filled: Twice, role: Role) -> None:
    one, two = filled.fresh()
    client = signed_in(make.user(role, unit=make.unit(kind=Unit.Kind.PARTNER)))
    for case in (one, two):
        assert client.get(f"/office/cases/{case.number}/").status_code == 404
    assert one.number not in client.get("/office/cases/joint/").content.decode()


def test_a_partners_desk_learns_of_a_visit_when_it_has_begun() -> None:
    twice = Twice()
    one, _two = twice.fresh()
    client = signed_in(partner_of(twice))
    assert client.get(f"/office/cases/{one.number}/").status_code == 404
    assert twice.subject.name not in client.get("/office/cases/joint/").content.decode()
    commands.begin_visit(actor=officers(one)[0], case_id=one.pk, no_notice="突击检查")
    assert client.get(f"/office/cases/{one.number}/").status_code == 200


def test_who_leads_sees_the_whole_and_who_it_is_for_what() -> None:
    twice = Twice()
    one, two = twice.fresh()
    page = signed_in(twice.clerks[0]).get(f"/office/cases/{one.number}/").content.decode()
    for said in (twice.hotel.name, twice.net.name, twice.second.short_name, two.number, *(row.inspector.name for row in queries.team(one))):
        assert said in page
    joined = signed_in(twice.clerks[1])
    shown = joined.get(f"/office/cases/{two.number}/").content.decode()
    assert one.number in shown
    assert joined.post(f"/office/cases/{two.number}/separate/", {"reason": ""}).status_code == 422
    assert joined.post(f"/office/cases/{two.number}/separate/", {"reason": "时间不合"}).status_code == 302
    assert f"/office/cases/{two.number}/join/" in joined.get(f"/office/cases/{two.number}/").content.decode()
    assert joined.post(f"/office/cases/{two.number}/join/").status_code == 302
    assert twice.fresh()[1].joined_to == one


def test_a_partners_officer_answers_the_own_checklist_only() -> None:
    twice = Twice()
    one, _two = twice.fresh()
    lead, _second, fireman, _fourth = officers(one)
    commands.begin_visit(actor=lead, case_id=one.pk, no_notice="突击检查")
    mine = {item.pk: Line("yes") for item in queries.items_of(one) if item.revision_id == twice.net.pk}
    commands.save_record(actor=fireman, case_id=one.pk, version=1, draft=Draft(answers=mine))
    said = refusal(commands.save_record, actor=fireman, case_id=one.pk, version=queries.rounds(one)[0].version, draft=whole(one))
    assert "checklists of your own unit" in said
    commands.save_record(actor=lead, case_id=one.pk, version=queries.rounds(one)[0].version, draft=whole(one))


def test_the_pages_of_a_joint_visit_ask_few_questions(filled: Twice, django_assert_max_num_queries: Any) -> None:
    one, _two = filled.fresh()
    for user in (filled.clerks[0], filled.clerks[1], partner_of(filled)):
        client = signed_in(user)
        client.get("/office/")
        with django_assert_max_num_queries(15):
            assert client.get(f"/office/cases/{one.number}/").status_code == 200
        with django_assert_max_num_queries(15):
            assert client.get("/office/cases/joint/").status_code == 200


# --- ad-hoc ------------------------------------------------------------------------------------------------------------


def test_a_special_inspection_counts_towards_the_cap_and_ends_at_it() -> None:
    twice = Twice()
    uniting.separate_case(actor=twice.clerks[1], case_id=twice.two.pk, reason="分别")
    asked: dict[str, Any] = {
        "actor": twice.clerks[0], "subject_id": twice.subject.pk, "document_number": "源公专〔2026〕1号", "explanation": "专项", "file": b"%PDF-1",
        "matter_ids": [twice.hotel.pk],
    }  # fmt: skip
    assert visits_counted(twice.subject, clock.today()) == (2, 2)
    assert "counts towards the yearly cap" in refusal(adhoc.ask_adhoc, ground="special", **asked)
    assert adhoc.ask_adhoc(ground="complaint", **asked).obj.pk


def test_every_ground_has_the_file_of_its_document() -> None:
    twice = Twice()
    asked: dict[str, Any] = {
        "actor": twice.clerks[0], "subject_id": twice.subject.pk, "document_number": "信1", "explanation": "反映", "matter_ids": [twice.hotel.pk]
    }  # fmt: skip
    assert "choose its file" in refusal(adhoc.ask_adhoc, ground="complaint", **asked)


def test_adhoc_requests_are_counted_apart_by_ground() -> None:
    row = make.adhoc_request()
    clerk = signed_in(row.asked_by)
    page = clerk.get("/office/adhoc/").content.decode()
    assert f"?ground={row.ground}" in page
    assert row.whom in clerk.get(f"/office/adhoc/?ground={row.ground}").content.decode()
    assert row.whom not in clerk.get("/office/adhoc/?ground=media").content.decode()


def test_a_file_that_is_none_is_refused_and_what_was_typed_stays() -> None:
    twice = Twice()
    data = {
        "q": twice.subject.key, "subject": twice.subject.pk, "ground": "clue", "document_number": "线1", "explanation": "线索", "ask": "1",
        "matters": [twice.hotel.pk], "file": SimpleUploadedFile("线索.docx", b"PK\x03\x04"),
    }  # fmt: skip
    answer = signed_in(twice.clerks[0]).post("/office/adhoc/new/", data)
    assert answer.status_code == 422
    assert "线索" in answer.content.decode()
