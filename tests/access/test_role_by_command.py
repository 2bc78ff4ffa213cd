"""Role × command: whoever has not the right is refused, and the attempt stands in the ledger."""

import json
from importlib import import_module

import pytest

from registries.ledger.change import Refused
from registries.ledger.commands import COMMANDS
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.roles import RIGHTS, Role, who_may
from tests import factories

pytestmark = pytest.mark.django_db

NO_COMMANDS = {
    "registries.use_office",
    "registries.enter_admin",
    "registries.daily_checkpoint",
    "registries.export_registry",
    "registries.import_foundation",
    "registries.import_registry",
}
"""Rights that open a door, belong to the timer or narrow another command, without a command of their name."""

AUDITORS_OWN = {
    "registries.set_own_password",
    "registries.enrol_factor",
    "registries.drop_factor",
    "registries.renew_recovery_codes",
    "registries.enter_code",
    "registries.enter_recovery_code",
    "registries.end_own_sessions",
    "registries.note_alarm",
    "registries.confirm_reset",
    "registries.refuse_reset",
    "registries.export_registry",
    "registries.ask_self_check",
    "registries.read_inspector_data",
    "registries.find_inspector",
    "registries.find_person",
    "registries.report_person",
    "registries.complete_export",
    "registries.take_refused",
    "inspections.read_drawn",
    "publicity.read_objector",
    "inspections.open_roster",
    "inspections.audit_roster",
    "inspections.read_sealed_copy",
    "registries.save_search",
    "registries.forget_search",
    "registries.choose_columns",
    "registries.export_list",
    "inspections.export_report",
    "inspections.choose_messages",
    "inspections.read_messages",
    "inspections.renew_calendar",
    "inspections.revoke_calendar",
    "inspections.take_paper",
}
"""What an auditor does writes no business row: that it was read, asked or checked, what was found, and how they like to look."""

ONES_OWN = {"inspections.read_messages", "inspections.choose_messages", "inspections.renew_calendar", "inspections.revoke_calendar"}
"""What was told to a person is that person's; system administrators are told what is red on the server."""

ROOMS = ("people", "keys", "retention", "backups")
for module in ("config.urls", "registries.tasks", "inspections.tasks", "publicity.tasks", *(f"registries.{room}.commands" for room in ROOMS)):
    import_module(module)  # whatever is imported brings its commands with it


def person(role: Role) -> User:
    if role in (Role.SYSTEM, Role.PUBLIC):
        return User.objects.get(username=role.value)
    return factories.user(role, unit=factories.unit())


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_right_is_refused_and_the_refusal_recorded(role: Role) -> None:
    actor = person(role)
    for name, command in COMMANDS.items():
        if role in who_may(name):
            continue
        with pytest.raises(Refused) as caught:
            command(actor=actor)
        assert caught.value.reason.startswith("Your role does not allow this"), name
        entry = LedgerPayload.objects.latest("entry_id")
        assert (entry.verb, entry.actor) == (name, actor)
        assert "refused" in json.loads(entry.body)


def test_an_account_without_a_role_and_a_disabled_one_may_do_nothing() -> None:
    nobody = factories.user()
    gone = factories.user(Role.CLERK, Role.SUPERVISOR, Role.REVIEWER, Role.INSPECTOR, is_active=False)
    for command in COMMANDS.values():
        for actor in (nobody, gone):
            with pytest.raises(Refused):
                command(actor=actor)


def test_every_command_has_a_row_in_the_table_of_rights() -> None:
    assert COMMANDS.keys() <= RIGHTS.keys()


def test_every_right_to_do_something_belongs_to_a_command() -> None:
    doing = {name for name in RIGHTS if not name.partition(".")[2].startswith("view_")}
    assert doing - NO_COMMANDS - COMMANDS.keys() == set()


def test_auditors_write_nothing_and_administrators_touch_no_business() -> None:
    business = {name for name in COMMANDS if name.startswith(("inspections.", "publicity."))} - ONES_OWN
    for name in business:
        assert not {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN} & set(who_may(name)), name
    for name in COMMANDS:
        if name not in AUDITORS_OWN:
            assert Role.AUDITOR not in who_may(name), name


def test_roles_are_given_by_one_administrator_and_accounts_made_by_another() -> None:
    assert who_may("registries.grant_role") == who_may("registries.revoke_role") == (Role.SECURITY_ADMIN,)
    assert who_may("registries.create_account") == who_may("registries.reset_password") == (Role.SYSTEM_ADMIN,)
