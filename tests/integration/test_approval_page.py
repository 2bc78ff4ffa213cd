"""The page on which a supervisor decides: everything that is approved, every warning, recent changes and the last draw; nobody's name."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from inspections.draws import commands, recent
from inspections.draws.approving import facts_for_approval
from inspections.draws.models import Draw, RosterEntry
from inspections.draws.sources import Announced
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects import commands as subject_commands
from registries.subjects.models import Subject
from tests import factories, import_files, public_draws
from tests.public_draws import at

pytestmark = pytest.mark.django_db


def submitted(
    subjects: list[Subject], revision: Any, clerk: User, *, quotas: dict[str, int] | None = None, people: int = 8, minutes: int = 40, **asked: Any
) -> Draw:
    """A submitted draw over these subjects, prepared by this clerk."""
    item = asked.pop("item", None) or factories.plan_item(revision, unit=revision.unit)
    for _ in range(people):
        factories.inspector(unit=revision.unit)
    commands.prepare_draw(actor=clerk, plan_item_id=item.pk)
    draw = Draw.objects.filter(plan_item=item).latest("pk")
    now = clock.now().replace(microsecond=0)
    terms: dict[str, Any] = {
        "category_ids": list(revision.categories.values_list("pk", flat=True)), "town_ids": [], "grades": "ABCD", "stratify": "grade",
        "slip_rule": "grade", "quotas": quotas or {}, "reserves": 2, "team_size": 2, "inspector_unit_ids": [revision.unit.pk],
        "planned": now + dt.timedelta(minutes=minutes + 40),
        "sources": [
            Announced("dice", "三楼会议室", now + dt.timedelta(minutes=minutes)),
            Announced("demo", "0001", now + dt.timedelta(minutes=minutes + 20)),
        ],
    }  # fmt: skip
    commands.change_draw(actor=clerk, draw_id=draw.pk, version=draw.version, **(terms | asked))
    draw.refresh_from_db()
    commands.submit_draw(actor=clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    return draw


@pytest.fixture
def scene() -> dict[str, Any]:
    """A matter with twelve subjects and two clerks of its unit."""
    category = factories.category()
    revision = factories.matter(categories=[category])
    subjects = [factories.subject(f"测试旅馆{n:02}", categories=[category], unit=revision.unit, risk_grade="B") for n in range(12)]
    clerks = [factories.user(Role.CLERK, unit=revision.unit) for _ in range(2)]
    return {"category": category, "revision": revision, "subjects": subjects, "clerks": clerks}


def shown(draw: Draw) -> str:
    client = Client()
    client.force_login(factories.user(Role.SUPERVISOR), backend="registries.people.backend.Accounts")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(f"/admin/inspections/draw/{draw.pk}/decide/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def regrade(clerk: User, subject: Subject, grade: str, reason: str) -> None:
    entry = replace(factories.entry_of(subject), risk_grade=grade)
    subject_commands.change_subject(actor=clerk, subject_id=subject.pk, version=subject.version, entry=entry, reason=reason)
    subject.refresh_from_db()


def test_it_says_what_is_approved_with_quotas_and_how_they_were_reckoned(scene: dict[str, Any]) -> None:
    draw = submitted(scene["subjects"], scene["revision"], scene["clerks"][0], quotas={"B": 3})
    text = shown(draw)
    for part in (draw.plan.reference, draw.matter.reference, draw.matter.content, draw.roster_digest, "balls:20/80", "61.6", "三楼会议室"):
        assert part in text, part
    assert "rounded up, at least 1" in text
    assert "set to 3 by the clerk" in text
    assert "2 slips × 12: about" in text
    assert "24 slips in all" in text
    assert "made by the approval itself" in text


@pytest.mark.proves("T2")
def test_recent_changes_are_told_by_kind_person_and_reason(scene: dict[str, Any]) -> None:
    now = clock.now()
    with at(now - dt.timedelta(days=40)):
        regrade(scene["clerks"][1], scene["subjects"][0], "C", "太久以前")
    with at(now - dt.timedelta(days=3)):
        for subject in scene["subjects"][1:4]:
            regrade(scene["clerks"][1], subject, "C", "年度评定")
    elsewhere = factories.subject()
    with at(now - dt.timedelta(days=2)):
        regrade(factories.user(Role.CLERK, unit=elsewhere.unit), elsewhere, "D", "别处的变更")
    draw = submitted(scene["subjects"], scene["revision"], scene["clerks"][0])
    told = facts_for_approval(draw)["recent"]
    assert [(g.what, g.inside, g.outside, g.why, g.prepared) for g in told.groups] == [("grade", 3, 0, "年度评定", False)]
    assert (told.groups[0].who, told.later, told.prepared) == (str(scene["clerks"][1]), 0, 0)
    text = shown(draw)
    assert "年度评定" in text
    assert "太久以前" not in text
    assert "别处的变更" not in text


def test_a_change_by_who_prepared_the_draw_stands_out(scene: dict[str, Any]) -> None:
    regrade(scene["clerks"][0], scene["subjects"][1], "D", "核对执照")
    draw = submitted(scene["subjects"], scene["revision"], scene["clerks"][0])
    told = facts_for_approval(draw)
    assert told["recent"].prepared == 1
    text = shown(draw)
    assert "1 of the changes below was made by somebody who prepared this draw" in text
    assert "prepared this draw</strong>" in text


def test_changes_after_the_submission_are_only_counted(scene: dict[str, Any]) -> None:
    draw = submitted(scene["subjects"], scene["revision"], scene["clerks"][0])
    regrade(scene["clerks"][1], scene["subjects"][1], "D", "提交之后")
    told = facts_for_approval(draw)["recent"]
    assert (told.groups, told.later) == ([], 1)
    assert "came after the submission" in shown(draw)


def test_subjects_left_out_and_inspectors_are_counted_apart(scene: dict[str, Any]) -> None:
    subject = scene["subjects"][0]
    entry = replace(factories.entry_of(subject), status=Subject.Status.CLOSED)
    subject_commands.change_subject(actor=scene["clerks"][1], subject_id=subject.pk, version=subject.version, entry=entry, reason="已停业")
    draw = submitted(scene["subjects"], scene["revision"], scene["clerks"][0])
    told = facts_for_approval(draw)["recent"]
    assert [(g.what, g.inside, g.outside) for g in told.groups] == [("status", 0, 1)]


def test_a_change_of_many_is_counted_for_each_of_them(scene: dict[str, Any]) -> None:
    rows = list(Subject.objects.filter(pk__in=[one.pk for one in scene["subjects"][:3]]))
    sight = subject_commands.sight_of((row.pk, row.version) for row in rows)
    subject_commands.mark_subjects_gone(
        actor=scene["clerks"][1], subject_ids=[row.pk for row in rows], sight=sight, status="moved", since=clock.today(), reason="整体搬迁"
    )
    told = facts_for_approval(submitted(scene["subjects"], scene["revision"], scene["clerks"][0]))["recent"]
    assert [(g.what, g.inside, g.outside, g.why) for g in told.groups] == [("status", 0, 3, "整体搬迁")]


def test_an_import_is_told_by_what_it_did_to_each_subject(scene: dict[str, Any]) -> None:
    """One changes a grade, one is new to the registry, one says who must not meet whom; the fourth stays as it was."""
    clerk, revision, subjects = scene["clerks"][1], scene["revision"], scene["subjects"]

    def row(subject: Subject, **columns: Any) -> dict[str, Any]:
        return {
            "key": subject.key, "name": subject.name, "kind": "企业", "categories": scene["category"].name, "unit": revision.unit.code,
            "town": subject.town.label, "status": "在业", "verified_on": subject.verified_on.isoformat(), **columns,
        }  # fmt: skip

    fresh = row(subjects[0], key="S99999999", name="新来的旅馆")
    book = import_files.workbook("subjects", subjects=[row(subjects[1], risk_grade="C"), row(subjects[2], risk_grade="B"), fresh])
    batch = import_files.bring(clerk, "subjects", book)
    import_files.commit(clerk, batch)
    inspector = factories.inspector(unit=revision.unit)
    pair = {"inspector": inspector.number, "subject": subjects[3].key, "relation": "近亲属", "starts_on": "2026-01-01"}
    import_files.commit(clerk, import_files.bring(clerk, "recusals", import_files.workbook("recusals", recusals=[pair])))
    draw = submitted(subjects, revision, scene["clerks"][0])
    told = facts_for_approval(draw)["recent"]
    found = {(g.what, g.inside, g.who) for g in told.groups}
    assert {("grade", 1, str(clerk)), ("added", 1, str(clerk)), ("recusal", 1, str(clerk))} <= found
    assert {what for what, _inside, _who in found} <= {"grade", "added", "recusal", "other", "scope"}
    text = shown(draw)
    assert "import of the file" in text
    assert "新来的旅馆" not in text


@pytest.mark.proves("T3")
def test_no_name_number_or_code_of_anybody_stands_on_it(scene: dict[str, Any]) -> None:
    subjects = scene["subjects"]
    reason = f"{subjects[3].name}（{subjects[3].key}，{subjects[4].uscc}，电话13812345678）已核对"
    regrade(scene["clerks"][1], subjects[1], "C", reason)
    draw = submitted(subjects, scene["revision"], scene["clerks"][0])
    inspector = draw.inspectors.all()[0]
    for state in ("submitted", "committed"):
        text = shown(draw)
        said = {word for row in draw.roster.all() for word in (row.name, row.public_id, row.nonce, row.code) if word}
        said |= {word for row in draw.inspectors.all() for word in (row.name, row.public_id, row.nonce, row.code) if word}
        said |= {word for s in subjects for word in (s.name, s.key, s.uscc, s.contact, s.phone) if word} | {"13812345678"}
        assert not {word for word in said if word in text}, state
        assert "(left out)" in text
        assert inspector.name not in text
        if state == "submitted":
            commands.approve_draw(actor=factories.user(Role.SUPERVISOR), draw_id=draw.pk, version=draw.version)
            draw.refresh_from_db()


def test_every_warning_is_said(scene: dict[str, Any], settings: Any) -> None:
    settings.DRAW_SOURCE_LEAD = 1800
    Subject.objects.filter(pk=scene["subjects"][0].pk).update(verified_on=clock.today() - dt.timedelta(days=800))
    draw = submitted(
        scene["subjects"], scene["revision"], scene["clerks"][0], quotas={"B": 12}, people=2,
        sources=[
            Announced("fucai3d", f"202631{n}", clock.now().replace(microsecond=0) + dt.timedelta(minutes=50 + 20 * n)) for n in range(5)
        ],
        planned=clock.now() + dt.timedelta(hours=4),
    )  # fmt: skip
    text = shown(draw)
    for part in (
        "fewer than 60 bits", "leave nothing to chance: B", "1 entries were not verified for 12 months", "/office/subjects/?freshness=stale",
        "some winners will wait for a team", "Approve before", "nothing is left to chance",
    ):  # fmt: skip
        assert part in text, part
    with at(clock.now() + dt.timedelta(minutes=25)):
        assert "Too late: the order had to stand by" in shown(draw)
    RosterEntry.objects.filter(draw=draw).update(slips=3)
    assert "no longer agrees with its digest" in shown(draw)


def test_it_shows_what_differs_from_the_last_draw_on_the_matter() -> None:
    last = public_draws.drawn(entries=12, quota=3)
    revision = last.matter
    old = list(last.roster.values_list("subject_id", flat=True))
    category = revision.categories.get()
    Subject.objects.filter(pk__in=old[:2]).update(status=Subject.Status.CLOSED)
    for _ in range(5):
        factories.subject(categories=[category], unit=revision.unit, risk_grade="B")
    with at(clock.now() + dt.timedelta(hours=3)):
        draw = submitted([], revision, factories.user(Role.CLERK, unit=revision.unit), people=3, team_size=3)
        facts = facts_for_approval(draw)
        text = shown(draw)
    told = {row.label: (row.before, row.now, row.differs) for row in facts["compared"]}
    roster = set(draw.roster.values_list("subject_id", flat=True))
    gone = len(set(old) - roster)
    assert facts["last"] == last
    assert any(now == f"{len(roster)}（+5，−{gone}）" or now == f"{len(roster)} (+5, −{gone})" for _before, now, _differs in told.values())
    assert ("2", "3", True) in told.values()
    assert [(s.before[:2], s.now[:2]) for s in facts["strata_compared"]] == [((12, 3), (len(roster), draw.quotas["B"]))]
    assert str(last.number) in text


def test_reading_it_costs_few_queries_however_many_changes_there_were(
    scene: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    for subject in scene["subjects"][:6]:
        regrade(scene["clerks"][1], subject, "C", f"{subject.name}评定")
    factories.recusal(factories.inspector(unit=scene["revision"].unit), scene["subjects"][0])
    draw = submitted(scene["subjects"], scene["revision"], scene["clerks"][0])
    draw = Draw.objects.select_related("matter__matter", "unit", "plan_item").get(pk=draw.pk)
    with django_assert_max_num_queries(15):
        facts_for_approval(draw)
    client = Client()
    client.force_login(factories.user(Role.SUPERVISOR), backend="registries.people.backend.Accounts")
    with django_assert_max_num_queries(15):
        client.get(f"/admin/inspections/draw/{draw.pk}/decide/")


def test_what_a_change_was_follows_from_its_weightiest_column() -> None:
    assert recent._weightiest(["status", "risk_grade", "version"]) == "status"
    assert recent._weightiest(["risk_grade", "address"]) == "grade"
    assert recent._weightiest(["categories"]) == "scope"
    assert recent._weightiest(["name"]) == "name"
    assert recent._weightiest(["verified_on"]) == "verified"
    assert recent._weightiest(["address"]) == "other"
