"""The life of a case as a state machine: whoever tries what in whatever order finds no way around the documents.

No way to close without them, to disclose without two signatures and a review, or to lose an answer. What is refused changes nothing.
"""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from inspections.cases import announcing, queries, rules, visiting
from inspections.cases import commands as cases
from inspections.cases.clearing import check_disclosure
from inspections.cases.models import Case, Record
from inspections.cases.rules import Draft, Line
from inspections.cases.states import CaseState, Decision
from inspections.draws.models import Draw
from inspections.followups import commands, sending
from inspections.followups.models import FollowUp
from inspections.followups.rules import PROBLEM, Order
from inspections.followups.states import Kind, State
from publicity.disclosures.commands import publish_case
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.ledger.change import Refused
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make

pytestmark = pytest.mark.django_db

ORDERS = ("rectification", "penalty", "transfer")
GOOD, BAD = "clean", "problem-pending"


class Life(RuleBasedStateMachine):
    """One case with its re-checks, two inspectors, two reviewers, a clerk, a supervisor; what was typed last is kept beside it.

    The rules go on with the work; ``meddle`` tries any command, by anybody, at any moment, with and without what it asks for.
    """

    draws: ClassVar[dict[bool, Draw]] = {}
    asks_for_check = False
    changed = False

    @initialize(asks=st.booleans(), start=st.sampled_from(["", GOOD, BAD, BAD]))
    def open(self, asks: bool, start: str) -> None:
        """A drawn case whose matter may ask for a check before disclosure; as it is, or visited and accepted with a result."""
        self.asks_for_check = asks
        case = make.case(self.draws[asks])
        team = [one.user for one in make.team_of(case) if one.user]
        team[1].groups.add(Group.objects.get(name=Role.REVIEWER.value))
        self.reviewer, self.checker = make.user(Role.REVIEWER), make.user(Role.REVIEWER, Role.SUPERVISOR)
        self.clerk, self.supervisor = make.user(Role.CLERK, unit=case.unit), make.user(Role.SUPERVISOR)
        both = make.user(Role.CLERK, Role.REVIEWER, unit=case.unit)
        self.people: list[User] = [*team, self.reviewer, self.checker, self.clerk, self.supervisor, both]
        self.system = make.system()
        self.pks = [case.pk]
        self.typed: dict[int, Draft] = {}
        self.disposal = make.code("disposal").pk
        if start:
            self.begin(self.people[0])
            self.complete(start)
            assert self.review(self.reviewer, True, "")

    def tried(self, call: Callable[[], Any]) -> bool:
        """Whether it was done; a refusal is the other lawful answer."""
        try:
            call()
        except Refused:
            return False
        self.changed = True
        return True

    def case(self, place: int = -1) -> Case:
        return Case.objects.get(pk=self.pks[place])

    def record(self) -> Record | None:
        return queries.last_record(self.case())

    def draft(self, result: str, remark: str) -> Draft:
        answer = "" if not result else "no" if result == BAD else "yes"
        lines = {item.pk: Line(answer, remark) for item in queries.items_of(self.case())}
        code = make.result(result).pk if result else None
        return Draft(clock.today(), code, "" if result == GOOD else remark, self.disposal if result == BAD else None, "经理", lines)

    def open_followup(self, *kinds: Kind) -> FollowUp | None:
        rows = FollowUp.objects.filter(case__in=self.pks, state=State.OPEN)
        return (rows.filter(kind__in=kinds) if kinds else rows).order_by("pk").first()

    # --- the steps, each by anybody ---

    def begin(self, who: User, right: bool = True, *_: Any) -> bool:
        how: dict[str, Any] = {"no_notice": "突击检查"} if right else {}
        done = self.tried(lambda: cases.begin_visit(actor=who, case_id=self.pks[-1], **how))
        assert right or not done or announcing.state_of(self.case()) == "served", "a visit begins with its notice or a reason"
        if done:
            self.typed[self.pks[-1]] = Draft()
        return done

    def save(self, who: User, right: bool, remark: str, result: str = "") -> bool:
        record, draft = self.record(), self.draft(result, remark)
        version = record.version - (not right) if record else 1
        done = self.tried(lambda: cases.save_record(actor=who, case_id=self.pks[-1], version=version, draft=draft))
        assert right or not done, "what a colleague saved is not overwritten unseen"
        if done:
            self.typed[self.pks[-1]] = draft.kept()
        return done

    def submit(self, who: User, right: bool = True, *_: Any) -> bool:
        record = self.record()
        version = record.version - (not right) if record else 1
        return self.tried(lambda: cases.submit_record(actor=who, case_id=self.pks[-1], version=version))

    def take_back(self, who: User, *_: Any) -> bool:
        return self.tried(lambda: cases.take_back_record(actor=who, case_id=self.pks[-1]))

    def sign(self, who: User, right: bool = True, *_: Any) -> bool:
        record = self.record()
        shown = rules.fingerprint(queries.content_of(record)) if record and right else "0" * 64
        done = self.tried(lambda: cases.sign_record(actor=who, case_id=self.pks[-1], content_hash=shown))
        assert right or not done, "nobody signs what they were not shown"
        return done

    def acknowledge(self, who: User, right: bool = True, *_: Any) -> bool:
        record = self.record()
        shown = rules.fingerprint(queries.content_of(record)) if record and right else "0" * 64
        refused: dict[str, Any] = {"kind": "refused", "witness": "社区网格员李某"}
        return self.tried(lambda: visiting.acknowledge_record(actor=who, case_id=self.pks[-1], content_hash=shown, **refused))

    def review(self, who: User, right: bool, remark: str) -> bool:
        case, decision = self.case(), Decision.ACCEPT if right else Decision.RETURN
        done = self.tried(
            lambda: cases.review_case(actor=who, case_id=case.pk, version=case.version, decision=decision.value, remark=remark)
        )
        assert not done or right or remark, "a return says why"
        return done

    def check(self, who: User, right: bool, remark: str, place: int = -1) -> bool:
        return self.tried(lambda: check_disclosure(actor=who, case_id=self.pks[place], cleared=right, remark=remark))

    def publish(self, who: User, right: bool, _remark: str = "", place: int = -1) -> bool:
        if right:
            self.tried(lambda: cases.release_case(actor=who, case_id=self.pks[place]))
        return self.tried(lambda: publish_case(actor=self.system, case_id=self.pks[place]))

    def order(self, who: User, right: bool, remark: str, kind: str = "rectification") -> bool:
        case = self.case(0 if right else -1)
        day = clock.today() + dt.timedelta(days=0 if kind == "penalty" else 9)
        what = Order(kind, "补登", remark, "县市场监督管理局" if right else "", day, remark)
        return self.tried(lambda: commands.order_followup(actor=who, case_id=case.pk, version=case.version, order=what))

    def waive(self, who: User, right: bool, remark: str) -> bool:
        case = self.case(0 if right else -1)
        return self.tried(lambda: commands.waive_followup(actor=who, case_id=case.pk, version=case.version, reason=remark))

    def flag(self, who: User, right: bool, remark: str) -> bool:
        return self.tried(lambda: commands.flag_crime(actor=who, case_id=self.pks[0 if right else -1], what=remark))

    def decide(self, who: User, right: bool, remark: str) -> bool:
        one = self.open_followup(Kind.CRIME)
        if one is None:
            return False
        key: dict[str, Any] = {"actor": who, "followup_id": one.pk, "version": one.version}
        done = self.tried(lambda: sending.approve_transfer(**key) if right else sending.refuse_transfer(**key, reason=remark))
        assert not done or who.pk != one.ordered_by_id
        return done

    def recheck(self, who: User, right: bool = True, *_: Any) -> bool:
        one = self.open_followup(Kind.RECTIFICATION)
        if one is None:
            return False
        team = [person.pk for person in make.team_of(one.case)][: 2 if right else 1]
        done = self.tried(lambda: commands.open_recheck(actor=who, followup_id=one.pk, version=one.version, inspector_ids=team))
        assert right or not done, "two inspectors go"
        if done:
            self.pks.append(one.rechecks.latest("pk").case_id)
        return done

    def settle(self, who: User, right: bool, remark: str) -> bool:
        one = self.open_followup()
        if one is None:
            return False
        key: dict[str, Any] = {"actor": who, "followup_id": one.pk, "version": one.version}
        if one.kind == Kind.RECTIFICATION:
            return self.tried(lambda: commands.conclude_rectification(**key, passed=right, remark=remark))
        if one.kind == Kind.PENALTY:
            return self.tried(lambda: sending.record_penalty(**key, number=remark, decided_on=clock.today()))
        if one.sent_at is None:
            issued = self.tried(lambda: sending.issue_letter(**key, basis=remark, addressee="县公安局刑侦大队" if right else ""))
            key["version"] += issued
            return self.tried(lambda: sending.send_followup(**key, sent_at=clock.now())) or issued
        return self.tried(lambda: sending.record_receipt(**key, number=remark, received_on=clock.today()))

    def close(self, who: User, right: bool = True, *_: Any) -> bool:
        return self.tried(lambda: commands.close_case(actor=who, case_id=self.pks[0 if right else -1]))

    # --- the work goes on ---

    def work(self) -> list[Callable[[], Any]]:
        """What a diligent office would do now, as far as there is something to do."""
        case, first, any_open = self.case(), self.case(0), self.open_followup() is not None
        if case.state == CaseState.ASSIGNED:
            return [lambda: self.begin(self.people[0], True)]
        if case.state == CaseState.ON_SITE:
            return [lambda: self.complete(GOOD), lambda: self.complete(BAD)]
        if case.state == CaseState.RECORDED:
            return [lambda: self.review(self.reviewer, True, "")] * 3 + [lambda: self.review(self.reviewer, False, "请补充")]
        steps: list[Callable[[], Any]] = [functools.partial(self.disclose, place, checked) for place in (0, -1) for checked in (True, False)]
        if any_open:
            steps += [lambda: self.carry_out(True)] * 2 + [lambda: self.carry_out(False)]
        if first.state == CaseState.REVIEWED:
            steps += [functools.partial(self.order, self.reviewer, True, "1号", kind) for kind in ORDERS]
            steps += [lambda: self.flag(self.clerk, True, "线索"), lambda: self.waive(self.reviewer, True, "当场改正")]
            steps += [lambda: self.close(self.clerk, True), lambda: self.close(self.clerk, False)]
        return steps

    def complete(self, result: str) -> None:
        if self.save(self.people[0], True, "有漏项", result):
            assert self.submit(self.people[0], True)
        self.acknowledge(self.people[0])
        for actor in self.people[:2]:
            self.sign(actor, True)

    def disclose(self, place: int, checked: bool) -> None:
        if checked:
            self.check(self.checker, True, "", place)
        self.publish(self.clerk, True, "", place)

    def carry_out(self, right: bool) -> None:
        for actor in (self.clerk, self.reviewer):
            self.settle(actor, right, "2号")
        self.decide(self.supervisor, right, "经核实不构成犯罪")
        if len(self.pks) < 4:
            self.recheck(self.clerk, True)

    @rule(data=st.data(), turn=st.integers(0, 9))
    def anybody_does_anything(self, data: st.DataObject, turn: int) -> None:
        """Mostly the work goes on; now and then somebody tries whatever comes to mind."""
        self.changed = False
        if turn < 7 and (steps := self.work()):
            data.draw(st.sampled_from(steps))()
        else:
            self.meddle(data)

    def meddle(self, data: st.DataObject) -> None:
        """Anybody tries any step, with and without what it asks for."""
        steps = (
            self.begin, self.save, self.submit, self.take_back, self.acknowledge, self.sign, self.review, self.check, self.publish, self.order,
            self.waive, self.flag, self.decide, self.recheck, self.settle, self.close,
        )  # fmt: skip
        step, who = data.draw(st.sampled_from(steps)), data.draw(st.sampled_from(self.people))
        self.meddled(step, who, data.draw(st.booleans()), data.draw(st.sampled_from(["", "有漏项"])))

    def meddled(self, step: Callable[..., bool], who: User, right: bool, remark: str) -> None:
        """Take a step; whoever inspected decides nothing."""
        done = step(who, right, remark)
        assert not (done and who in self.people[:2] and step in (self.review, self.check, self.order, self.waive, self.settle, self.close))

    # --- what always holds ---

    @invariant()
    def it_holds(self) -> None:
        """All of them, after whatever was not refused."""
        if self.changed:
            self.nothing_typed_is_lost()
            self.recorded_means_signed_by_all()
            self.followups_are_lawful()
            self.disclosed_means_signed_and_reviewed()
            self.closed_means_with_its_documents()

    def nothing_typed_is_lost(self) -> None:
        for pk, typed in self.typed.items():
            newest = Record.objects.filter(case=pk).order_by("-round")[0]
            assert queries.draft_of(newest) == typed

    def recorded_means_signed_by_all(self) -> None:
        for record in Record.objects.filter(case__in=self.pks).select_related("case", "result").prefetch_related("signatures", "acknowledgements"):
            signed = {one.inspector_id for one in record.signatures.all()}
            shown = rules.fingerprint(queries.content_of(record)) if signed else ""
            assert not signed or record.submitted_at, "nobody takes back what was signed"
            assert all(one.content_hash == shown for one in record.signatures.all()), "signed is what stands there"
            met = record.result is not None and record.result.group in rules.INSPECTED
            assert not (signed and met) or any(one.content_hash == shown for one in record.acknowledgements.all()), "the inspected comes first"
            if record.signed_at or hasattr(record, "review"):
                assert signed == {place.inspector_id for place in queries.team(record.case)}
                assert len(signed) >= 2
            if record.submitted_at and record.saved_at:
                assert record.saved_at <= record.submitted_at, "what is ready to sign is not changed"

    def followups_are_lawful(self) -> None:
        for one in FollowUp.objects.filter(case__in=self.pks):
            assert one.state != State.DONE or self.is_documented(one)
            if one.kind == Kind.CRIME:
                assert one.decided_by_id or not one.sent_at, "a supervisor decides first"
                assert one.decided_by_id != one.ordered_by_id
            if one.kind == Kind.WAIVER:
                assert not FollowUp.objects.filter(case=one.case, state=State.OPEN, ordered_at__lt=one.ordered_at).exclude(kind=Kind.CRIME).exists()

    def disclosed_means_signed_and_reviewed(self) -> None:
        for one in Disclosure.objects.filter(case__in=self.pks):
            assert one.form == "whole" or self.is_last_day(one), "reduced only on the last day"
            record = queries.accepted_record(one.case) or queries.last_record(one.case)
            assert record is not None
            assert one.form == "whole" or not one.findings
            if one.form != "whole" and one.case.state not in (CaseState.REVIEWED, CaseState.CLOSED):
                assert one.case.records.filter(signed_at__isnull=False).exists()
                continue
            assert record.signed_at is not None
            assert record.signatures.count() >= 2
            assert one.form != "whole" or one.case.released_at, "nobody waits for day 15 here"
            if one.form == "visit":
                continue
            team = {place.inspector.user_id for place in one.case.assignments.select_related("inspector")}
            assert record.review.reviewer_id not in team
            if self.asks_for_check:
                last = one.case.secrecy_checks.latest("pk")
                assert last.cleared
                assert last.checked_by_id not in {*team, record.review.reviewer_id}

    def is_last_day(self, one: Disclosure) -> bool:
        return one.published_at.date() >= one.due_on

    def closed_means_with_its_documents(self) -> None:
        for case in Case.objects.filter(pk__in=self.pks, state=CaseState.CLOSED):
            assert Disclosure.objects.filter(case=case, form="whole").exists()
            followups = list(FollowUp.objects.filter(case=case).order_by("pk"))
            assert all(one.state != State.OPEN for one in followups)
            record = queries.accepted_record(case)
            assert record is not None
            assert record.result is not None
            is_recheck = hasattr(case, "recheck")
            if record.result.group in PROBLEM and not is_recheck:
                failed = max((place for place, one in enumerate(followups) if one.state == State.FAILED), default=-1)
                assert any(one.state == State.DONE for one in followups[failed + 1 :])
            crimes = [one for one in followups if one.kind == Kind.CRIME]
            assert all(one.decided_by_id and (one.sent_at or one.remark) for one in crimes)
            if is_recheck:
                assert case.recheck.followup.state != State.OPEN

    def found_right(self, one: FollowUp) -> bool:
        """Whether the last re-check is reviewed and found it put right."""
        last = one.rechecks.order_by("-pk").first()
        record = queries.accepted_record(last.case) if last else None
        return record is not None and record.result is not None and record.result.group == "clean"

    def is_documented(self, one: FollowUp) -> bool:
        """Whether the document that settles this kind is there."""
        return bool(
            {
                Kind.RECTIFICATION: one.number and one.is_issued and self.found_right(one),
                Kind.PENALTY: one.number and one.decision_number and one.decision_on,
                Kind.TRANSFER: one.is_issued and one.sent_number and one.receipt_number,
                Kind.CRIME: one.decided_by_id and one.is_issued and one.sent_number,
                Kind.WAIVER: one.what,
            }[Kind(one.kind)]
        )


def live(examples: int, steps: int, *phases: Phase) -> None:
    unit = make.unit()
    matters = {asks: make.matter(secrecy_check=asks, unit=unit) for asks in (False, True)}
    Life.draws = {asks: make.drawn_draw(matter, winners=examples * 2, reserves=0) for asks, matter in matters.items()}
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None, phases=[Phase.generate, *phases],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_no_order_of_commands_closes_discloses_or_loses_what_it_must_not() -> None:
    live(3, 14)


@pytest.mark.full
def test_the_same_in_many_longer_lives() -> None:
    live(200, 60, Phase.shrink)
