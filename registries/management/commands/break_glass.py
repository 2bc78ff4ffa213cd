"""``manage.py break_glass``: an administrator's account for some hours, when nobody who could act can sign in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registries.ledger.change import Refused
from registries.people.emergencies import Glass, break_glass, close_glass
from registries.people.passwords import one_time
from registries.people.queries import open_glass, system_user
from registries.people.roles import Role


class Command(BaseCommand):
    """Open or close a break-glass account."""

    help = (
        "Open a new system or security administrator's account for some hours, with a one-time password printed once. It stands in the "
        "ledger, rings on the desks of auditors, security administrators and supervisors, and closes by itself. There is no superuser."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, why, for how long; or which to close now."""
        parser.add_argument("account", help="a new account name, after whoever uses it")
        parser.add_argument("--name", default="", help="full name of whoever uses it")
        parser.add_argument("--reason", default="", help="why, in a sentence; everybody who audits reads it")
        parser.add_argument("--role", default=Role.SYSTEM_ADMIN.value, choices=[Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value])
        parser.add_argument("--hours", type=int, default=2, help="1 to 8, default 2")
        parser.add_argument("--close", action="store_true", help="close this break-glass account now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what holds now."""
        try:
            if options["close"]:
                self._close(options["account"])
            else:
                self._open(options)
        except Refused as refused:
            raise CommandError(refused.reason) from None

    def _open(self, options: dict[str, Any]) -> None:
        password, account = one_time(), options["account"]
        glass = Glass(account, options["name"] or account, options["role"], options["hours"], options["reason"])
        break_glass(actor=system_user(), glass=glass, password=password)
        self.stdout.write(f"{options['role']:15} {account:15} {password}")
        self.stdout.write(f"Open for {options['hours']} hours. Auditors, security administrators and supervisors are told.")

    def _close(self, account: str) -> None:
        found = open_glass().filter(user__username=account).first()
        if found is None:
            raise CommandError("There is no open break-glass account of this name.")
        close_glass(actor=system_user(), glass_id=found.pk)
        self.stdout.write("Closed.")
