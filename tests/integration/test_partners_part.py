"""Who goes for a unit that takes part reads, answers and signs that unit's part: canary texts in the rest appear nowhere for them."""

import json
from typing import Any

import pytest
from django.test import Client

from inspections.cases import attached, commands, queries, shares, visiting
from inspections.cases.clearance import Looked
from inspections.cases.evidence import Photo
from inspections.cases.models import Case, Review
from inspections.cases.picturing import form_html
from inspections.cases.rules import Draft, Line
from inspections.cases.states import CaseState, PhotoKind
from inspections.followups import commands as following
from inspections.papers.pressing import sheet_of
from publicity.disclosures import commands as disclosing
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.people.models import User
from registries.people.queries import system_user
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.integration.test_joint_visits import Twice, officers

pytestmark = pytest.mark.django_db

SECRET = "首席金丝雀"
THEIRS = "本队所见"


class Visit:
    """A joint visit under way: each side has its answers and a photo; the leading unit has written the result."""

    def __init__(self) -> None:
        self.twice = Twice()
        self.case = self.twice.fresh()[0]
        self.lead, _second, self.officer, self.other = officers(self.case)
        commands.begin_visit(actor=self.lead, case_id=self.case.pk, no_notice="突击检查")
        self.items = queries.items_of(self.case)
        self.own = [item for item in self.items if item.revision_id == self.twice.net.pk]
        lines = {item.pk: Line("yes", THEIRS if item in self.own else SECRET) for item in self.items}
        draft = Draft(clock.today(), make.result().pk, SECRET, None, SECRET, lines)
        commands.save_record(actor=self.lead, case_id=self.case.pk, version=1, draft=draft)
        self.photos = {item.revision_id: self.photo(item.pk) for item in self.items if item.position == 1}
        self.whole_photo = self.photo(None)

    def photo(self, item: int | None) -> Photo:
        return Photo.objects.create(
            case=self.case, round=1, item_id=item, kind=PhotoKind.PHOTO, content_type="image/jpeg", size=1, sent_sha256=f"{item or 0:064d}",
            sha256=f"{item or 0:064d}", kept_by=self.lead, kept_at=clock.now(),
        )  # fmt: skip

    @property
    def record(self) -> Any:
        return queries.rounds(self.case)[-1]

    def ready(self) -> None:
        commands.submit_record(actor=self.lead, case_id=self.case.pk, version=self.record.version)

    def acknowledged(self) -> None:
        shown = shares.fingerprint_for(self.record, None)
        visiting.acknowledge_record(actor=self.lead, case_id=self.case.pk, content_hash=shown, kind="absent", witness=SECRET, remark=SECRET)

    def signed(self) -> None:
        for officer in officers(self.case):
            read = shares.fingerprint_for(self.record, shares.part_of_officer(self.case, officer))
            commands.sign_record(actor=officer, case_id=self.case.pk, content_hash=read)
        self.case.refresh_from_db()


@pytest.fixture
def visit() -> Visit:
    return Visit()


def leaks(client: Client, address: str, *hidden: str) -> list[str]:
    """Which of these a page shows; the page may be refused."""
    answer = client.get(address)
    body = answer.content.decode(errors="replace") if answer.status_code == 200 else ""
    return [word for word in hidden if word in body]


def addresses(case: Case) -> list[str]:
    rest = ("", "record/", "sending/", "photos/", "sign/", "review/", "replace/", "documents/", "documents/result.pdf", "documents/index.pdf")
    listed = ("/office/", "/office/cases/", "/office/cases/mine/", "/office/cases/joint/", "/office/messages/", "/office/reports/")
    return [*(f"/office/cases/{case.number}/{one}" for one in rest), *listed]


@pytest.mark.parametrize("stage", ["open", "ready", "acknowledged", "signed", "returned"])
def test_a_partners_officer_reads_the_own_part_on_every_page_at_every_stage(visit: Visit, stage: str) -> None:
    if stage != "open":
        visit.ready()
    if stage in ("acknowledged", "signed", "returned"):
        visit.acknowledged()
    if stage in ("signed", "returned"):
        visit.signed()
    if stage == "returned":
        visit.case.refresh_from_db()
        commands.review_case(actor=make.user(Role.REVIEWER), case_id=visit.case.pk, version=visit.case.version, decision="return", remark=SECRET)
        assert Review.objects.get().remark == SECRET
    client, case, twice = signed_in(visit.officer), visit.case, visit.twice
    page = client.get(f"/office/cases/{case.number}/").content.decode()
    common = [twice.subject.name, twice.first.short_name, *(row.inspector.name for row in queries.team(case))]
    assert [word for word in (*common, twice.net.name) if word not in page] == []
    if stage in ("ready", "acknowledged", "signed"):
        assert THEIRS in page
    for address in addresses(case):
        assert leaks(client, address, SECRET, twice.hotel.name) == [], address
    for photo in (visit.photos[twice.hotel.pk], visit.whole_photo):
        assert f"/photos/{photo.pk}/" not in page
        assert client.get(f"/office/cases/{case.number}/photos/{photo.pk}/").status_code == 404
    assert shares.sees_photo(visit.photos[twice.net.pk], queries.viewer(visit.officer))


def test_the_leading_unit_reads_the_whole(visit: Visit) -> None:
    visit.ready()
    page = signed_in(visit.lead).get(f"/office/cases/{visit.case.number}/").content.decode()
    assert [word for word in (SECRET, THEIRS, visit.twice.hotel.name, visit.twice.net.name) if word not in page] == []


def test_what_a_phone_takes_along_is_the_own_part(visit: Visit) -> None:
    case, client = visit.case, signed_in(visit.officer)
    page = client.get(f"/office/cases/{case.number}/record/")
    state = client.get(f"/office/cases/{case.number}/sending/").json()["state"]
    shown = [item.pk for item in page.context["form"].items]
    assert shown == [item.pk for item in visit.own]
    assert sorted(page.context["sheet"]["items"]) == sorted([item.pk, item.revision.reference, item.position] for item in visit.own)
    assert {name.partition("_")[0] for name in state["values"]} == {"inspected", "answer", "remark"}
    assert [photo["pk"] for photo in state["photos"]] == [visit.photos[visit.twice.net.pk].pk]
    assert SECRET not in json.dumps([state, page.context["sheet"]], ensure_ascii=False)
    assert 'name="submit"' not in page.content.decode()
    whole = attached.state_of(case, visit.lead, visit.record)
    assert len(whole["photos"]) == 3
    assert whole["values"]["findings"] == SECRET


def test_the_printed_part_says_nothing_of_the_rest(visit: Visit) -> None:
    part = shares.part_of_officer(visit.case, visit.officer)
    assert SECRET not in (form := form_html(visit.case, part))
    assert visit.twice.net.name in form
    assert visit.twice.hotel.name not in form
    visit.ready()
    visit.acknowledged()
    visit.signed()
    printed = sheet_of("record", visit.case, part)
    assert THEIRS in printed
    assert [word for word in (SECRET, visit.twice.hotel.name) if word in printed] == []
    assert SECRET in sheet_of("record", visit.case)
    desk = shares.share_of(visit.case, queries.viewer(visit.twice.clerks[1]))
    others = [row.inspector.name for row in queries.team(visit.case)[:2]]
    assert [word for word in (SECRET, *others) if word in sheet_of("record", visit.case, desk) + form_html(visit.case, desk)] == []
    taken = signed_in(visit.officer).get(f"/office/cases/{visit.case.number}/documents/record.pdf")
    assert taken["Content-Type"] == "application/pdf"


def test_a_partners_officer_can_neither_see_nor_empty_what_others_wrote(visit: Visit) -> None:
    case, client = visit.case, signed_in(visit.officer)
    mine = {item.pk: Line("no", "登记不全") for item in visit.own}
    commands.save_record(actor=visit.officer, case_id=case.pk, version=visit.record.version, draft=Draft(clock.today(), answers=mine))
    kept = queries.draft_of(visit.record)
    assert (kept.findings, kept.present, kept.result_id) == (SECRET, SECRET, make.result().pk)
    assert {line.remark for line in kept.answers.values()} == {SECRET, "登记不全"}
    foreign = next(item for item in visit.items if item not in visit.own)
    sent: dict[str, Any] = {"actor": visit.officer, "case_id": case.pk, "round_seen": 1, "base": {}}
    for name in (f"answer_{foreign.pk}", "findings", "result"):
        assert "your own unit" in refusal(visiting.keep_draft, fields={name: "1"}, **sent)
    posted = {"version": visit.record.version, "inspected_on": "", f"answer_{foreign.pk}": "no", "findings": "x", "submit": "1"}
    answer = client.post(f"/office/cases/{case.number}/record/", posted)
    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()
    assert queries.draft_of(visit.record).findings == SECRET
    assert client.post(f"/office/cases/{case.number}/photos/{visit.whole_photo.pk}/withdraw/").status_code in (302, 404)
    assert Photo.objects.filter(case=case, withdrawn_at=None).count() == 3


def test_what_is_done_for_the_whole_is_the_leading_units(visit: Visit) -> None:
    case = visit.case
    asked: dict[str, Any] = {"actor": visit.officer, "case_id": case.pk}
    assert "for the whole visit" in refusal(commands.submit_record, version=visit.record.version, **asked)
    visit.ready()
    assert "for the whole visit" in refusal(commands.take_back_record, **asked)
    assert "for the whole visit" in refusal(visiting.acknowledge_record, content_hash="x", kind="absent", witness="y", **asked)
    read = shares.fingerprint_for(visit.record, shares.part_of_officer(case, visit.officer))
    assert "inspected person signs" in refusal(commands.sign_record, content_hash=read, **asked)
    visit.acknowledged()
    assert "was changed" in refusal(commands.sign_record, content_hash=shares.fingerprint_for(visit.record, None), **asked)
    commands.sign_record(content_hash=read, **asked)


def test_a_part_is_signed_as_the_phone_spells_it(visit: Visit) -> None:
    part = shares.part_of_officer(visit.case, visit.officer)
    assert part is not None
    content = queries.content_of(visit.record, part.revisions)
    assert [content[name] for name in ("result", "findings", "disposal", "present")] == ["", "", "", ""]
    assert {line[3] for line in content["answers"]} == {THEIRS}
    assert content["photos"] == [visit.photos[visit.twice.net.pk].sent_sha256]


# --- a joint visit to its end ------------------------------------------------------------------------------------------------


def test_a_joint_visit_is_reviewed_disclosed_and_closed_once_for_both(visit: Visit) -> None:
    one, two = visit.twice.fresh()
    visit.ready()
    visit.acknowledged()
    visit.signed()
    one, two = visit.twice.fresh()
    reviewer = make.user(Role.REVIEWER)
    commands.review_case(actor=reviewer, case_id=one.pk, version=one.version, decision="accept", looked=Looked(ticked=True))
    assert "no such case" in refusal(commands.release_case, actor=visit.twice.clerks[1], case_id=one.pk)
    assert refusal(commands.release_case, actor=visit.twice.clerks[1], case_id=two.pk)
    assert refusal(commands.review_case, actor=reviewer, case_id=two.pk, version=two.version, decision="accept")
    commands.release_case(actor=visit.twice.clerks[0], case_id=one.pk, looked=Looked(ticked=True))
    disclosing.publish_case(actor=system_user(), case_id=one.pk)
    told = Disclosure.objects.get()
    assert (told.case_id, told.inspectors_count) == (one.pk, 4)
    assert [row["name"] for row in told.matters] == [visit.twice.hotel.name, visit.twice.net.name]
    assert refusal(disclosing.publish_case, actor=system_user(), case_id=two.pk)
    following.close_case(actor=visit.twice.clerks[0], case_id=one.pk)
    one, two = visit.twice.fresh()
    assert (one.state, two.state, two.joined_to, two.ended_on) == (CaseState.CLOSED, CaseState.JOINED, one, clock.today())


def shown_to(user: User, case: Case) -> str:
    return signed_in(user).get(f"/office/cases/{case.number}/").content.decode()


def test_the_unit_whose_case_was_joined_sees_how_it_ended(visit: Visit) -> None:
    visit.ready()
    visit.acknowledged()
    visit.signed()
    one, two = visit.twice.fresh()
    clerk = visit.twice.clerks[1]
    assert one.number in shown_to(clerk, two)
    page = shown_to(clerk, one)
    assert THEIRS in page
    assert SECRET not in page
