"""The preparation explains itself: what binds, cures of small cells as buttons, who is in and out, the published table."""

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from inspections.draws import commands
from inspections.draws.audit import audit
from inspections.draws.candidates import Facts, why_out
from inspections.draws.models import Draw
from inspections.draws.queries import stratum_labels
from inspections.draws.verify import verify_bundle
from registries.inspectors.models import Inspector
from registries.matters.commands import Content, revise_matter
from registries.matters.models import ChecklistItem, LegalBasis, MatterRevision
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Complaint, Subject
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.integration.test_draw_pages import typed
from tests.integration.test_matter_commands import BASES, ITEMS
from tests.offices import Office, bundle

pytestmark = pytest.mark.django_db


def read(client: Client, address: str, **asked: Any) -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def page(user: User, draw: Draw, part: str = "", **asked: Any) -> str:
    return read(signed_in(user), f"/office/draws/{draw.pk}/{part}", **asked)


def republish(office: Office, **columns: Any) -> None:
    """A new revision of the matter, not published yet."""
    columns = {"matter": office.revision.matter, "number": 2, "created_by": office.clerk, **columns}
    old = office.revision
    names = ("name", "content", "method", "regulation", "inspecting_body", "unit", "ratio_percent", "frequency", "created_at")
    office.revision = MatterRevision.objects.create(**{name: getattr(old, name) for name in names} | columns)
    office.revision.categories.set(old.categories.all())
    for model in (LegalBasis, ChecklistItem):
        for row in model.objects.filter(revision=old):
            row.pk, row.revision = None, office.revision
            row.save()


# --- whether inspectors suffice ------------------------------------------------------------------------------------------


def test_the_page_says_that_inspectors_suffice_or_which_requirement_binds(office: Office) -> None:
    draw = office.prepared()
    assert "All 4 winners get a team" in page(office.clerk, draw)
    Inspector.objects.filter(pk__in=[one.pk for one in office.inspectors[1:]]).update(may_lead=False)
    Inspector.objects.filter(pk=office.inspectors[0].pk).update(most_open_cases=3)
    office.change(draw)
    assert "Inspectors who may lead can take only 3 more visits; 4 are needed." in page(office.clerk, draw)


def test_a_field_that_nobody_free_has_is_named(office: Office) -> None:
    hotel = make.code("field", "旅馆")
    republish(office)
    office.revision.requirements.set([hotel])
    make.edition(office.revision)
    office.inspectors[0].fields.set([hotel])
    draw = office.prepared()
    said = page(office.clerk, draw)
    assert "Inspectors with the required fields" in said
    assert "lack a field or specialty" in said


# --- quotas --------------------------------------------------------------------------------------------------------------


def test_the_quota_of_the_plan_is_shown_as_a_calculation(office: Office) -> None:
    assert "10 % × 20 = 2 → 2" in page(office.clerk, office.prepared())


def test_an_over_large_quota_is_kept_and_said_at_its_field(office: Office) -> None:
    draw = office.prepared()
    client = signed_in(office.clerk)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    fields = typed(office, draw, quota_A=99, reserves=7)
    refused = client.post(f"/office/draws/{draw.pk}/", {**fields, "submit": "1"})
    assert refused.status_code == 422
    for said in (refused.content.decode(), page(office.clerk, draw)):
        assert "99 cannot be drawn: the stratum has only 20 entries." in said
        assert 'value="99"' in said
        assert 'value="7"' in said


# --- small cells and their cures -----------------------------------------------------------------------------------------


def with_complaints(office: Office) -> Draw:
    """Three of twenty subjects of grade A have a complaint each: by the whole table they are a small cell."""
    for subject in [one for one in office.subjects if one.risk_grade == "A"][:3]:
        Complaint.objects.create(
            subject=subject, received_on=subject.verified_on, channel="12345", content="噪声", upheld=True, recorded_by=office.clerk
        )
    draw = office.prepared()
    office.change(draw, slip_rule="full")
    return draw


def test_small_cells_are_named_with_a_button_that_cures_them(office: Office) -> None:
    draw = with_complaints(office)
    said = page(office.clerk, draw)
    assert "stratum A, 2 slips: 3" in said
    assert 'name="cure" value="full;A,B"' in said
    client = signed_in(office.clerk)
    answer = client.post(f"/office/draws/{draw.pk}/", {**typed(office, draw, slip_rule="full", reserves=9), "cure": "grade"})
    assert answer.status_code == 302
    draw.refresh_from_db()
    assert (draw.slip_rule, draw.reserves, draw.merged_strata) == ("grade", 9, {})
    assert draw.preview["cells"] == []


def test_strata_are_merged_by_a_button_drawn_as_one_and_named_so_everywhere(office: Office, time_machine: Any) -> None:
    draw = with_complaints(office)
    client = signed_in(office.clerk)
    fields = typed(office, draw, slip_rule="full", quota_A=2, quota_B=2)
    client.post(f"/office/draws/{draw.pk}/", {**fields, "cure": "full;A,B"})
    draw.refresh_from_db()
    assert draw.merged_strata == {"A": "A.B", "B": "A.B"}
    assert [(s["code"], s["label"], s["size"], s["quota"]) for s in draw.preview["strata"]] == [("A.B", "A+B", 40, 4)]
    assert "Take apart again" in page(office.clerk, draw)
    office.change(draw, slip_rule="full")
    drawn = office_draws(office, draw, time_machine)
    assert drawn.quotas == {"A.B": 4}
    assert verify_bundle(bundle(drawn)).matches
    assert "A+B" in read(Client(), f"/draws/{drawn.number}/")


def office_draws(office: Office, draw: Draw, time_machine: Any) -> Draw:
    """Submit, approve, type and draw a prepared draw."""
    setattr(office, "prepared", lambda lead: draw)  # noqa: B010
    return office.drawn(time_machine)


def test_merged_strata_are_taken_apart_again_and_go_with_other_strata(office: Office) -> None:
    draw = office.prepared()
    office.change(draw, merged_strata={"A": "A.B", "B": "A.B"})
    assert list(draw.preview["strata"][0]["code"]) == list("A.B")
    client = signed_in(office.clerk)
    client.post(f"/office/draws/{draw.pk}/", {**typed(office, draw), "quota_A.B": 3, "cure": "apart"})
    draw.refresh_from_db()
    assert draw.merged_strata == {}
    assert [s["code"] for s in draw.preview["strata"]] == ["A", "B"]
    office.change(draw, merged_strata={"A": "A.B", "B": "A.B"})
    office.change(draw, stratify="none")
    assert draw.merged_strata == {}


def test_a_cure_from_an_old_page_is_refused_and_nothing_typed_is_lost(office: Office) -> None:
    draw = office.prepared()
    answer = signed_in(office.clerk).post(f"/office/draws/{draw.pk}/", {**typed(office, draw, issue_1="0815"), "cure": "grade;A,X"})
    assert answer.status_code == 422
    assert "0815" in answer.content.decode()
    assert "cannot be merged" in refusal(
        commands.change_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version,
        **arguments(office), merged_strata={"A": "team", "B": "team"},
    )  # fmt: skip


def arguments(office: Office) -> dict[str, Any]:
    return {
        "category_ids": [office.category.pk], "town_ids": [], "grades": "ABCD", "stratify": "grade", "slip_rule": "grade", "quotas": {},
        "reserves": 3, "team_size": 2, "inspector_unit_ids": [office.unit.pk], "planned": None, "sources": [],
    }  # fmt: skip


def test_a_merged_stratum_with_a_long_name_still_names_its_members() -> None:
    towns = [make.town() for _ in range(4)]
    members = [town.code for town in towns]
    assert stratum_labels(["x.3-more"], dict.fromkeys(members, "x.3-more"))["x.3-more"] == "+".join(
        town.label for town in sorted(towns, key=lambda town: town.code)
    )


# --- who is in, who is out -----------------------------------------------------------------------------------------------


def test_the_clerk_reads_who_is_in_with_slips_and_who_is_out_with_the_basis(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    closed, barred = office.subjects[0], office.subjects[1]
    Subject.objects.filter(pk=closed.pk).update(status=Subject.Status.CLOSED)
    make.exclusion(barred, basis="示例办法第九条")
    draw = office.prepared()
    client = signed_in(office.clerk)
    with django_assert_max_num_queries(15):
        said = client.get(f"/office/draws/{draw.pk}/roster/").content.decode()
    assert office.subjects[5].name in said
    assert closed.name not in said
    out = page(office.clerk, draw, "roster/", out="excluded")
    assert barred.name in out
    assert "示例办法第九条" in out
    found = page(office.clerk, draw, "roster/", q=office.subjects[7].key)
    assert office.subjects[7].name in found
    assert office.subjects[5].name not in found
    assert "Nobody here" in page(office.clerk, draw, "roster/", q="没有这样的")


def test_after_the_submission_the_frozen_roster_is_shown(office: Office) -> None:
    draw = office.submitted()
    late = make.subject("后来的旅馆", categories=[office.category], unit=office.unit)
    said = page(office.clerk, draw, "roster/", q=late.key)
    assert "Frozen at the submission" in said
    assert late.name not in said


def test_a_supervisor_reads_figures_and_no_name(office: Office) -> None:
    draw = office.submitted()
    said = page(office.supervisor, draw, "roster/", q="旅馆")
    assert "Figures only" in said
    assert not any(subject.name in said for subject in office.subjects)


def test_the_roster_of_another_brigade_is_not_there(office: Office) -> None:
    draw = office.prepared()
    stranger = make.user(Role.CLERK, unit=make.unit())
    assert signed_in(stranger).get(f"/office/draws/{draw.pk}/roster/").status_code == 404


def test_the_page_of_a_drawn_roster_does_not_tell_who_was_drawn(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    said = page(office.clerk, draw, "roster/")
    assert "drawn-this-year" not in said
    codes = [row.entry.code for row in draw.drawn.select_related("entry")]
    assert codes
    assert not any(code in said for code in codes)


def test_whom_another_brigade_drew_is_not_named_before_the_visit(office: Office, time_machine: Any) -> None:
    both = make.category()
    shared = office.subjects[0]
    shared.categories.add(both)
    elsewhere = make.drawn_draw(make.matter(categories=[both]), winners=2, reserves=0, subjects=[shared, make.subject(categories=[both])])
    second = make.drawn_draw(make.matter(categories=[both]), winners=2, reserves=0, subjects=[shared, make.subject(categories=[both])])
    make.edition(office.revision)
    draw = office.prepared()
    said = page(office.clerk, draw, "roster/", out="yearly-cap")
    assert shared.name not in said
    assert "1 of them is not named here" in said
    for drawn in (elsewhere, second):
        make.case(drawn, ended_on=drawn.drawn_at)
    assert shared.name in page(office.clerk, draw, "roster/", out="yearly-cap")


# --- the subtraction per stratum -----------------------------------------------------------------------------------------


def test_the_subtraction_of_each_stratum_is_kept_checked_and_public(office: Office) -> None:
    Subject.objects.filter(pk__in=[office.subjects[0].pk, office.subjects[1].pk]).update(status=Subject.Status.CLOSED)
    draw = office.submitted(lead=60)
    assert draw.scope_counts["strata"] == {
        "A": {"in_scope": 20, "left_out": {"not-operating": 1}, "entries": 19},
        "B": {"in_scope": 20, "left_out": {"not-operating": 1}, "entries": 19},
    }
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    assert not any("counts" in one.what.text for one in audit(draw).found)
    said = read(Client(), f"/draws/{draw.number}/")
    assert "not in operation 1" in said
    wrong = {**draw.scope_counts, "strata": {**draw.scope_counts["strata"], "A": {"in_scope": 19, "left_out": {}, "entries": 19}}}
    Draw.objects.filter(pk=draw.pk).update(scope_counts=wrong)
    draw.refresh_from_db()
    assert any("published counts" in one.what.text for one in audit(draw).found)


# --- mode of regulation --------------------------------------------------------------------------------------------------


def test_a_class_watched_by_full_coverage_is_never_in_the_box(office: Office) -> None:
    watched = make.category("剧毒化学品")
    republish(office, regulation=MatterRevision.Regulation.MIXED)
    office.revision.categories.add(watched)
    office.revision.full_coverage.set([watched])
    make.edition(office.revision)
    guarded = make.subject("剧毒示例厂", categories=[watched, office.category], unit=office.unit)
    draw = office.prepared()
    assert draw.preview["left_out"] == {"full-coverage": 1}
    assert "剧毒化学品 are watched by full coverage" in page(office.clerk, draw)
    assert guarded.name in page(office.clerk, draw, "roster/", out="full-coverage")
    assert "剧毒化学品" in read(Client(), f"/matters/{office.revision.matter.code}/")


def test_full_coverage_comes_before_caps_and_filters() -> None:
    facts = Facts(True, False, 9, 9, 0, False, False, False, full_coverage=True)
    assert why_out(facts) == "full-coverage"


def test_classes_watched_by_full_coverage_are_set_with_a_revision_of_both_modes(office: Office) -> None:
    other = make.category()

    def content(regulation: str, watched: tuple[int, ...]) -> Content:
        return Content(
            name="x", content="x", method="x", regulation=regulation, inspecting_body="x", unit_id=office.unit.pk, ratio_percent=Decimal(5),
            frequency="x", categories=(office.category.pk, other.pk), full_coverage=watched,
        )  # fmt: skip

    def revise(regulation: str, *watched: int) -> Any:
        return revise_matter(
            actor=office.clerk, code=office.revision.matter.code, seen=1, content=content(regulation, watched), bases=BASES, items=ITEMS
        )

    for regulation, watched, says in (
        ("R", (other.pk,), "go with the mode"),
        ("RF", (make.category().pk,), "must be one of the subject categories"),
        ("RF", (office.category.pk, other.pk), "for the whole matter"),
    ):
        with pytest.raises(Exception, match=says):
            revise(regulation, *watched)
    made = revise("RF", other.pk).obj
    assert list(made.full_coverage.all()) == [other]


# --- the published table -------------------------------------------------------------------------------------------------


def test_the_slip_table_is_public_with_an_example_and_chances(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        said = read(client, "/draws/slips/")
    assert "risk grade 3 + upheld complaints 1 + serious violations 2 + years without a visit 2 = 8" in said
    for address in ("/how/", ):
        assert "/draws/slips/" in read(client, address)
