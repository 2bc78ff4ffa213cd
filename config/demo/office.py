"""The sample county's office, made through the same commands that its people use: nothing goes behind their back.

The three administrators, units and code tables, accounts and roles, the registries from their workbooks, a published edition
of the matter list and a published plan. Each step is taken only if it is not there yet, so a second start goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from config.demo import accounts
from config.demo.accounts import Account
from config.demo.county.load import load_county
from inspections.plans import commands as plan_commands
from inspections.plans.commands import ItemValues
from inspections.plans.models import Plan
from inspections.plans.states import PlanState
from registries import clock
from registries.holidays import commands as holiday_commands
from registries.holidays import queries as holidays
from registries.holidays.library import proposed
from registries.inspectors import commands as inspector_commands
from registries.inspectors.models import Inspector
from registries.matters import commands as matter_commands
from registries.matters.models import Edition, MatterRevision
from registries.matters.queries import newest_revisions
from registries.matters.states import EditionState
from registries.people import commands as people_commands
from registries.people.commands import Founder
from registries.people.models import Unit, User
from registries.people.passwords import one_time
from registries.people.queries import system_user
from registries.people.roles import Role

Say = Callable[[str], None]


class Person(NamedTuple):
    """Somebody of the demo's office: account, name, role, code of the unit."""

    username: str
    name: str
    role: Role
    unit: str


FOUNDERS = (
    Person("sysadmin", "系统管理员演示", Role.SYSTEM_ADMIN, ""),
    Person("secadmin", "安全管理员演示", Role.SECURITY_ADMIN, ""),
    Person("auditor", "督察审计演示", Role.AUDITOR, ""),
)
STAFF = (
    Person("clerk", "经办人演示", Role.CLERK, "GAJ"),
    Person("clerk-za", "治安经办演示", Role.CLERK, "ZA"),
    Person("clerk-za2", "治安经办演示二", Role.CLERK, "ZA"),
    Person("reviewer", "法制审核演示", Role.REVIEWER, "FZ"),
    Person("supervisor", "分管领导演示", Role.SUPERVISOR, "GAJ"),
)


def load(say: Say, data: Path) -> None:
    """Make the office and fill its registries, as far as that is not done yet."""
    start = time.monotonic()
    _found(data)
    load_county(say, actors={"system_admin": person("sysadmin")}, folder=data / "workbooks", kinds=("units", "codes", "categories"))
    for member in STAFF:
        open_account(data, member)
    load_county(say, actors={"clerk": person("clerk")}, folder=data / "workbooks")
    _holidays(say)
    _edition(say)
    _plan(say)
    say(f"The county is loaded ({time.monotonic() - start:.0f} s).")


def person(username: str) -> User:
    """An account of the demo."""
    return User.objects.get(username=username)


def _found(data: Path) -> None:
    if User.objects.filter(username="sysadmin").exists():
        return
    kept = {p.role: accounts.issue(data, username=p.username, role=p.role.value, name=p.name) for p in FOUNDERS}
    first = {role: one_time() for role in kept}
    people_commands.found_office(
        actor=system_user(),
        founders={role.value: Founder(kept[role].username, kept[role].name, first[role]) for role in kept},
    )
    for role, account in kept.items():
        _choose_password(account, first[role])


def open_account(data: Path, member: Person) -> User:
    """An account with its role: made by the system administrator, granted by the security administrator."""
    known = User.objects.filter(username=member.username).first()
    if known is None or known.must_change_password:
        _open(data, member, known)
    if member.role.value not in person(member.username).role_codes:
        people_commands.grant_role(actor=person("secadmin"), user_id=person(member.username).pk, role=member.role.value)
    return person(member.username)


def _open(data: Path, member: Person, known: User | None) -> None:
    """Make the account, or go on where a start broke off; its person chooses a password."""
    account = accounts.issue(data, username=member.username, role=member.role.value, name=member.name)
    first = one_time()
    if known is None:
        people_commands.create_account(
            actor=person("sysadmin"),
            username=member.username,
            name=member.name,
            unit_id=Unit.objects.get(code=member.unit).pk,
            password=first,
        )
    else:
        people_commands.reset_password(actor=person("sysadmin"), user_id=known.pk, password=first)
    _choose_password(account, first)


def _choose_password(account: Account, first: str) -> None:
    people_commands.set_own_password(actor=person(account.username), old_password=first, new_password=account.password)


def open_officer(data: Path, inspector: Inspector) -> User:
    """The account of an inspector, joined to the registry entry."""
    user = open_account(
        data, Person(f"officer-{inspector.number}", inspector.name, Role.INSPECTOR, inspector.unit.code)
    )
    if inspector.user_id is None:
        inspector_commands.link_inspector(actor=person("sysadmin"), inspector_id=inspector.pk, user_id=user.pk)
    return user


def _holidays(say: Say) -> None:
    """The holidays of last year, this one and the next, as far as the built-in list knows them."""
    year, known = clock.today().year, {row.year for row in holidays.in_force()}
    for one in (year - 1, year, year + 1):
        if one not in known and (days := proposed(one)):
            notice = "国务院办公厅关于部分节假日安排的通知（示例）"
            holiday_commands.save_holidays(actor=person("sysadmin"), year=one, seen=0, notice=notice, days=days)
            say(f"The holidays of {one} are entered.")


def _edition(say: Say) -> None:
    """The first edition of the matter list, prepared by the clerk and published by the supervisor."""
    if Edition.objects.filter(state=EditionState.PUBLISHED).exists():
        return
    edition = Edition.objects.exclude(state=EditionState.PUBLISHED).first()
    if edition is None:
        title = f"沂源县公安局随机抽查事项清单（{clock.today().year}年第一版，示例）"
        matter_commands.prepare_edition(actor=person("clerk"), title=title, note="首次发布")
        edition = Edition.objects.latest("pk")
    if edition.state == EditionState.PREPARING:
        matter_commands.submit_edition(actor=person("clerk"), edition_id=edition.pk, version=edition.version)
        edition.refresh_from_db()
    matter_commands.approve_edition(actor=person("supervisor"), edition_id=edition.pk, version=edition.version)
    say(f"The matter list is published with {edition.revisions.count()} matters.")


def _plan(say: Say) -> None:
    """The year's plan: every matter that is watched by lot, at its default ratio."""
    year = clock.today().year
    if Plan.objects.filter(year=year, state=PlanState.PUBLISHED).exists():
        return
    plan = Plan.objects.filter(year=year).first()
    if plan is None:
        plan_commands.prepare_plan(actor=person("clerk"), year=year, title=f"沂源县公安局{year}年度“双随机、一公开”抽查计划（示例）")
        plan = Plan.objects.get(year=year)
    planned = set(plan.items.values_list("matter_id", flat=True))
    by_lot = newest_revisions().exclude(regulation=MatterRevision.Regulation.FULL).select_related("matter")
    for revision in by_lot if plan.state == PlanState.PREPARING else ():
        if revision.matter_id not in planned:
            plan.refresh_from_db()
            item = ItemValues(
                matter_id=revision.matter_id,
                unit_id=revision.unit_id,
                first_month=1,
                last_month=12,
                ratio_percent=revision.ratio_percent,
            )
            plan_commands.change_plan(actor=person("clerk"), plan_id=plan.pk, version=plan.version, item=item)
    plan.refresh_from_db()
    if plan.state == PlanState.PREPARING:
        plan_commands.submit_plan(actor=person("clerk"), plan_id=plan.pk, version=plan.version)
        plan.refresh_from_db()
    if plan.state == PlanState.REVIEW:
        plan_commands.review_plan(actor=person("reviewer"), plan_id=plan.pk, version=plan.version)
        plan.refresh_from_db()
    plan_commands.approve_plan(actor=person("supervisor"), plan_id=plan.pk, version=plan.version)
    say(f"The plan of {year} is published with {plan.items.count()} items.")
