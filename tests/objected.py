"""Published results, what people say against them, and those who may decide: for the tests of corrections."""

from typing import Any

from inspections.cases.models import Case
from publicity.corrections import commands, proposing
from publicity.corrections.models import Objection, Proposal
from publicity.corrections.states import Kind
from publicity.disclosures import commands as publishing
from publicity.disclosures.models import Disclosure
from registries.people.models import User
from registries.people.queries import public_user
from registries.people.roles import Role
from tests import factories


def published(case: Case | None = None, **columns: Any) -> Disclosure:
    """A case whose result was published as the worker publishes it."""
    columns = {"result": factories.result("problem-pending"), "findings": "未登记3人次"} | columns
    made = factories.reviewed_case(case, released=True, **columns)
    publishing.publish_case(actor=factories.system(), case_id=made.pk)
    return Disclosure.objects.get(case=made)


def objection(result: Disclosure | None = None, **different: Any) -> Objection:
    """Sent as the public sends it."""
    result = result or published()
    token = f"token-{Objection.objects.count()}-{result.pk}"
    said = {"kind": Kind.OBJECTION.value, "text": "登记齐全，请复核。", "address": "192.0.2.7", "token": token} | different
    commands.send_objection(actor=public_user(), disclosure_id=result.pk, **said)
    return Objection.objects.latest("pk")


def reviewer() -> User:
    """Somebody who may handle an objection."""
    return factories.user(Role.REVIEWER)


def supervisor() -> User:
    """Somebody who may approve a change."""
    return factories.user(Role.SUPERVISOR)


def clerk_of(result: Disclosure) -> User:
    """A clerk of the unit that inspected."""
    return factories.user(Role.CLERK, unit=result.case.unit)


def taken(row: Objection | None = None) -> tuple[Objection, User]:
    """An objection with its handler."""
    row, handler = row or objection(), reviewer()
    commands.take_objection(actor=handler, objection_id=row.pk)
    row.refresh_from_db()
    return row, handler


def correction(result: Disclosure, actor: User | None = None, **different: Any) -> Proposal:
    """The clerk proposes other findings."""
    said: dict[str, Any] = {"version": result.version, "values": {"findings": "未登记2人次"}, "explanation": "人次统计有误。"} | different
    proposing.propose_correction(actor=actor or clerk_of(result), disclosure_id=result.pk, **said)
    return Proposal.objects.latest("pk")

