"""Two brigades with the same rows of everything, and one person for every way of standing to them: what the matrix walks.

``own`` is the brigade of the people, ``foreign`` the other; an *absent* row is one that neither has.
"""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspections.cases.evidence import Photo
from inspections.cases.models import Case, Replacement
from inspections.cases.photos import photo, store
from inspections.draws.models import DrawCertificate, SourceEntry, SourceEvidence
from inspections.draws.states import DrawState
from inspections.draws.struck import Strike
from inspections.followups.commands import order_followup
from inspections.followups.models import FollowUp
from inspections.followups.rules import Order
from inspections.messages.commands import renew_calendar
from inspections.messages.models import CalendarAddress, Message
from inspections.papers import queries as papers
from inspections.papers import rules as paper_rules
from inspections.papers.commands import make_notice, serve_notice
from inspections.papers.models import Bundle, DocumentNumber, Notice
from inspections.plans.models import PlanFile, TaskReport
from publicity.corrections.models import Proposal
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Hold, PenaltyDisclosure
from registries import clock
from registries.campaigns.models import Campaign
from registries.codes.models import CodeTable
from registries.comparisons.models import Comparison
from registries.imports.models import Import, ImportRow
from registries.inspectors.models import Assistant, InspectorGroup, Leave, Training
from registries.ledger import record
from registries.ledger.models import Checkpoint
from registries.lists.models import SavedSearch
from registries.matters.models import Edition, EditionPaper, MatterRevision
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects.models import Complaint, Violation
from tests import factories as make
from tests import objected, open_data, public_draws
from tests.integration.test_visits import picture

ABSENT = "999999"
PDF = b"%PDF-1.4 sample"


@dataclass
class Side:
    """A brigade and its rows by name; ``parts`` are the values that stand in addresses."""

    unit: Unit
    rows: dict[str, Any]
    parts: dict[str, Any]
    team: list[User]

    def standing_in(self, name: str, other: str) -> "Side":
        """The same brigade with another of its rows in the place of one."""
        return replace(self, rows={**self.rows, name: self.rows[other]})


@dataclass
class County:
    """Both brigades, and everybody by name."""

    own: Side
    foreign: Side
    people: dict[str, User | None]
    media: Path

    def side(self, whose: str) -> Side | None:
        """The brigade of that name; None for *absent*."""
        return {"own": self.own, "foreign": self.foreign}.get(whose)


def county(media: Path) -> County:
    """Everything, built without commands but for the signed-in people's own things."""
    bureau = make.unit("县公安局", kind=Unit.Kind.BUREAU)
    own, foreign = make.unit("治安大队", parent=bureau), make.unit("交警大队", parent=bureau)
    make.holidays(clock.today().year)
    sides = side(own, "甲"), side(foreign, "乙")
    shared = _in_public(sides[0])
    make.edition(*(one.rows["revision"] for one in sides))
    for one in sides:
        one.rows |= shared
    return County(*sides, people(bureau, *sides), media)


def _in_public(side_: Side) -> dict[str, Any]:
    """What the public site has one of: a whole draw with its files, the day's files and checkpoint, a review of the registry."""
    today, by = clock.today(), side_.rows["clerk"]
    category = make.category("旧货")
    whole = public_draws.drawn(entries=3, quota=1, category=category, revision=make.matter(unit=side_.unit, categories=[category]))
    DrawCertificate.objects.create(draw=whole, pdf=PDF, sha256="0" * 64, issued_at=clock.now())
    record.daily_checkpoint(today, make.system().pk)
    open_data.kept()
    return {
        "public draw": whole,
        "checkpoint": Checkpoint.objects.latest("pk").entry,
        "campaign": Campaign.objects.create(year=today.year, since=today, due_on=today.replace(year=today.year + 1), started_by=by, started_on=today),
    }


def people(bureau: Unit, own: Side, foreign: Side) -> dict[str, User | None]:
    """Everybody who may ask, and who may not."""
    station = make.unit("城关派出所", kind=Unit.Kind.STATION, parent=own.unit)
    partner = make.unit("文化和旅游局", kind=Unit.Kind.PARTNER)
    roles = (Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    found: dict[str, User | None] = {
        "visitor": None,
        "disabled clerk": make.user(Role.CLERK, unit=own.unit, is_active=False),
        "nobody": make.user(unit=own.unit),
        "clerk": make.user(Role.CLERK, unit=own.unit),
        "clerk of the bureau": make.user(Role.CLERK, unit=bureau),
        "clerk of a station": make.user(Role.CLERK, unit=station),
        "inspector on the team": own.team[0],
        "inspector not on it": make.inspector(unit=own.unit).user,
        "partner": make.user(Role.PARTNER, unit=partner),
        **{role.value: make.user(role, unit=bureau) for role in roles},
    }
    for side_, whose in ((own, own.team[0]), (foreign, foreign.team[0])):
        side_.rows["message"] = Message.objects.create(
            user=whose, kind="waiting", key=f"k{whose.pk}", title=["x", {}], text=["x", {}], url="/office/", posted_at=clock.now()
        )
        side_.rows["search"] = SavedSearch.objects.create(user=whose, list_code="subjects", name="常用", query="q=1")
        renew_calendar(actor=whose)
        side_.parts["secret"] = CalendarAddress.objects.get(user=whose).secret
    return found


def side(unit: Unit, mark: str) -> Side:
    """One brigade's rows of every kind."""
    category, town = make.category(f"旅馆{mark}"), make.town()
    revision = make.matter(unit=unit, categories=[category])
    subjects = [make.subject(f"{mark}{n}号旅馆", categories=[category], unit=unit, town=town) for n in range(9)]
    colleagues = [make.inspector(f"{mark}警官{n}", unit=unit) for n in range(2)]
    clerk = make.user(Role.CLERK, unit=unit)
    rows: dict[str, Any] = {"subject": subjects[0], "other": subjects[1], "inspector": colleagues[0], "revision": revision, "clerk": clerk}
    rows |= _registries(unit, mark, rows) | _plans(unit, revision, clerk)
    rows |= _draws(unit, revision, subjects, colleagues, rows, clerk)
    rows |= _cases(rows, clerk)
    rows |= _aftermath(rows, clerk, mark)
    return Side(unit, rows, _parts(rows, unit), [one.user for one in colleagues if one.user])


def _registries(unit: Unit, mark: str, rows: dict[str, Any]) -> dict[str, Any]:
    subject, person, clerk, today, now = rows["subject"], rows["inspector"], rows["clerk"], clock.today(), clock.now()
    group = InspectorGroup.objects.create(name=f"{mark}组", unit=unit, leader=person)
    training = Training.objects.create(held_on=today, topic="规范", hours=2, unit=unit, recorded_by=clerk)
    batch = Import.objects.create(
        kind="subjects", file_name="a.xlsx", content=b"x", sha256="0" * 64, uploaded_by=clerk, uploaded_at=now, state="checked", counts={"subjects": {"refused": 1}}
    )
    ImportRow.objects.create(batch=batch, sheet="subjects", number=2, row_class="refused", details={"cells": ["x"], "reasons": []})
    draft = Edition.objects.create(title=f"清单草案{mark}", prepared_by=clerk, prepared_at=now)
    draft.revisions.set([rows["revision"]])
    edition = rows["revision"].editions.get(number__isnull=False)
    EditionPaper.objects.create(edition=edition, pdf=PDF, digest="0" * 64, made_at=now)
    return {
        "permit": make.permit(subject),
        "exclusion": make.exclusion(rows["other"]),
        "complaint": Complaint.objects.create(subject=subject, received_on=today, channel="12345", content="噪声", recorded_by=clerk),
        "violation": Violation.objects.create(subject=subject, found_on=today, facts="未登记", document_number="1", recorded_by=clerk),
        "certificate": person.certificates.get(),
        "leave": Leave.objects.create(inspector=person, kind=Leave.Kind.ANNUAL, starts_on=today + dt.timedelta(40), ends_on=today + dt.timedelta(50)),
        "recusal": make.recusal(person, rows["other"]),
        "group": group,
        "training": training,
        "assistant": Assistant.objects.create(number=f"FJ{mark}", name="辅警", unit=unit),
        "import": batch,
        "comparison": Comparison.objects.create(
            category=subject.categories.all()[0], unit=unit, source="名单", file_name="a.xlsx", sha256="0" * 64, compared_by=clerk, compared_at=now
        ),
        "draft edition": draft,
        "edition": edition,
        "code": make.code(CodeTable.FIELD),
        "category": subject.categories.all()[0],
    }


def _plans(unit: Unit, revision: MatterRevision, clerk: User) -> dict[str, Any]:
    now, today = clock.now(), clock.today()
    item = make.plan_item(revision, unit=unit, source="county", report_due=today)
    draft = make.plan(unit, state="preparing", prepared_by=clerk)
    return {
        "plan": item.plan,
        "item": item,
        "draft plan": draft,
        "draft item": make.plan_item(revision, unit=unit, plan=draft),
        "submitted plan": make.plan(unit, state="submitted", reviewed_by=None, reviewed_at=None),
        "plan file": PlanFile.objects.create(plan=draft, file_name="a.pdf", file=PDF, sha256="0" * 64, kept_by=clerk, kept_at=now),
        "report": TaskReport.objects.create(item=item, reported_on=today, file_name="a.pdf", file=PDF, sha256="0" * 64, reported_by=clerk, reported_at=now),
        "request": make.adhoc_request(revision, asked_by=clerk, file=PDF, file_name="a.pdf"),
    }


def _draws(unit: Unit, revision: Any, subjects: list[Any], team: list[Any], rows: dict[str, Any], clerk: User) -> dict[str, Any]:
    now = clock.now()
    drawn = make.drawn_draw(revision, winners=7, reserves=1, subjects=subjects, teams=[team] * 7, plan_item=rows["item"])
    source = drawn.sources.order_by("position")[0]
    entry = SourceEntry.objects.create(source=source, value="1", evidence="照片", entered_by=clerk, entered_at=now)
    evidence = SourceEvidence.objects.create(entry=entry, name="a.pdf", kind="application/pdf", size=len(PDF), body=PDF, sha256="0" * 64)
    DrawCertificate.objects.create(draw=drawn, pdf=PDF, sha256="0" * 64, issued_at=now)
    strike = Strike.objects.create(draw=drawn, source=source, entry=entry, wrong="2", right="1", reason="mistyped", reported_at=now)
    submitted = make.draw(revision, state=DrawState.SUBMITTED, submitted_at=now)
    committed = make.committed_draw(make.draw(make.matter(unit=unit, categories=list(revision.categories.all()))))
    return {
        "draw": drawn,
        "source": source,
        "source evidence": evidence,
        "strike": strike,
        "preparing draw": make.draw(revision, prepared_by=clerk),
        "submitted draw": submitted,
        "committed draw": committed,
        "open source": committed.sources.order_by("position")[0],
    }


def _cases(rows: dict[str, Any], clerk: User) -> dict[str, Any]:
    draw, now, today = rows["draw"], clock.now(), clock.today()
    assigned, begun, unsigned, recorded, reviewed, problem, shown = (make.case(draw) for _ in range(7))
    make.record(begun, answered=False)
    make.record(unsigned, submitted_at=now)
    make.recorded_case(recorded)
    make.reviewed_case(reviewed)
    make.reviewed_case(problem, result=make.result("problem-pending"), findings="未登记3人次")
    kept = photo(picture(), as_evidence=True)
    store(kept)
    image = Photo.objects.create(
        case=begun, round=1, content_type=kept.content_type, size=len(kept.body), sent_sha256=kept.sent_sha256, sha256=kept.sha256, kept_by=clerk, kept_at=now
    )
    asked = Replacement.objects.create(
        case=assigned, kind="subject", reason="gone", explanation="关门", evidence="照片", evidence_digest="0" * 64, file=PDF, file_name="a.pdf",
        asked_by=clerk, asked_at=now,
    )  # fmt: skip
    make_notice(actor=clerk, case_id=assigned.pk, first_day=today, last_day=today)
    notice = Notice.objects.get(case=assigned)
    serve_notice(actor=clerk, notice_id=notice.pk, service="received", served_on=today, served_to="王某")
    asked_for = Order(kind="rectification", what="补登", day=today + dt.timedelta(days=10), basis="治安管理处罚法第一条")
    order_followup(actor=make.user(Role.REVIEWER), case_id=problem.pk, version=problem.version, order=asked_for)
    order = FollowUp.objects.get(case=problem)
    return {
        "case": assigned, "begun case": begun, "unsigned case": unsigned, "recorded case": recorded, "reviewed case": reviewed, "problem case": problem,
        "shown case": shown, "photo": image, "replacement": asked, "letter": order.letter, "notice": notice, "number": notice.number, "followup": order,
        "bundle": Bundle.objects.create(draw=draw, sheet="notice", asked_by=clerk, asked_at=now, state="ready", pdf=PDF, sha256="0" * 64),
    }  # fmt: skip


def _number(case: Case, by: User, kind: str, serial: int) -> DocumentNumber:
    return DocumentNumber.objects.create(
        unit=case.unit, word=f"源公（{case.unit.code}）", kind=kind, year=2026, serial=serial, text=f"{case.unit.code}{kind}{serial}号", case=case,
        taken_by=by, taken_at=clock.now(),
    )  # fmt: skip


def _aftermath(rows: dict[str, Any], clerk: User, mark: str) -> dict[str, Any]:
    now, today = clock.now(), clock.today()
    shown: Disclosure = objected.published(rows["shown case"])
    said = objected.objection(shown, token=f"token-{mark}", file=PDF, file_name="a.pdf")
    answered = objected.objection(shown, token=f"answered-{mark}")
    answered.document = _number(shown.case, clerk, "objection", 1)
    answered.handler, answered.taken_at, answered.decided_at = make.user(Role.REVIEWER), now, now
    answered.state, answered.findings, answered.answer = "upheld", "查阅记录", "维持"
    answered.save()
    penalty = FollowUp.objects.create(
        case=shown.case, kind="penalty", what="涉嫌违法", due_on=today, ordered_by=make.user(), ordered_at=now, decision_number="1号", decision_on=today,
        state="done", settled_at=now,
    )  # fmt: skip
    crime = FollowUp.objects.create(case=rows["problem case"], kind="crime", what="涉嫌犯罪", due_on=today, ordered_by=clerk, ordered_at=now)
    later = today + dt.timedelta(days=30)
    return {
        "result": shown,
        "objection": said,
        "token": f"token-{mark}",
        "answered": answered,
        "answered token": f"answered-{mark}",
        "penalty": penalty,
        "crime": crime,
        "hold": Hold.objects.create(case=rows["reviewed case"], basis="依据", reason="x", until=later, asked_by=clerk, asked_at=now),
        "proposal": Proposal.objects.create(
            disclosure=shown, what="correction", because="error", base=1, values={"findings": "y"}, was={"findings": "x"}, explanation="x",
            asked_by=clerk, asked_at=now,
        ),
        "penalty disclosure": PenaltyDisclosure.objects.create(
            followup=penalty, named=False, unit_name="x", decided_on=today, published_at=now, shown_until=later
        ),
    }  # fmt: skip


def _parts(rows: dict[str, Any], unit: Unit) -> dict[str, Any]:
    """What of a brigade stands in addresses otherwise than as a key."""
    return {
        "token": rows["token"],
        "address": paper_rules.address_part(rows["notice"].token, papers.key()),
        "answered token": rows["answered token"],
        "year": clock.today().year,
        "month": clock.today().month,
    }
