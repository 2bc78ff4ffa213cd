"""``manage.py found_office``: the three first administrators, with one-time passwords printed once."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registries.ledger.change import Refused
from registries.people.commands import Founder, found_office
from registries.people.passwords import one_time
from registries.people.queries import has_system_administrator, system_user
from registries.people.roles import Role

FOUNDERS: tuple[tuple[Role, str, str], ...] = (
    (Role.SYSTEM_ADMIN, "sysadmin", "系统管理员"),
    (Role.SECURITY_ADMIN, "secadmin", "安全管理员"),
    (Role.AUDITOR, "auditor", "审计员"),
)


class Command(BaseCommand):
    """Make the system administrator, the security administrator and the auditor of a new office."""

    help = (
        "Make the three administrators of a new office (system, security, audit). Their passwords are random and printed "
        "once, or asked for with --ask; each must be changed at the first sign-in. Refuses when the office was founded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Account names can be chosen."""
        parser.add_argument("--ask", action="store_true", help="ask for each password instead of making a random one")
        for role, username, _name in FOUNDERS:
            parser.add_argument(f"--{role.value}", default=username, metavar="ACCOUNT", help=f"default: {username}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, print what each of them signs in with."""
        if has_system_administrator():
            raise CommandError("The office was founded already: there is a system administrator.")
        founders = {
            role.value: Founder(options[role.value.replace("-", "_")], name, self._password(role, ask=options["ask"]))
            for role, _username, name in FOUNDERS
        }
        try:
            found_office(actor=system_user(), founders=founders)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        for role, founder in founders.items():
            shown = "(as you chose it)" if options["ask"] else founder.password
            self.stdout.write(f"{role:15} {founder.username:15} {shown}")
        self.stdout.write("Each of them chooses an own password at the first sign-in.")

    def _password(self, role: Role, *, ask: bool) -> str:
        return getpass.getpass(f"Password for the {role.value}: ") if ask else one_time()
