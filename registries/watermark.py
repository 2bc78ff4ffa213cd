"""What a file that leaves the office carries: who took it, when, and the number under which the ledger tells of it.

A workbook has it at the foot of every printed page, a report at its end. A CSV file is for machines: its name has the number, and
the ledger the rest. Formal documents (notices, records, certificates) stay as they are, byte by byte; the ledger keeps their hash.
"""

import secrets
from typing import NamedTuple

from django.utils.translation import gettext as _

from registries import clock
from registries.people.models import User


class Mark(NamedTuple):
    """The mark of one export: its number, and the line that is printed."""

    number: str
    line: str

    def named(self, stem: str, ending: str) -> str:
        """The name of the file."""
        return f"{stem}-{self.number}.{ending}"


def mark(user: User) -> Mark:
    """A new mark for a file that this person takes now."""
    now = clock.now().astimezone(clock.BEIJING)
    number = f"{now:%Y%m%d}-{secrets.token_hex(3)}"
    unit = f"({user.unit.short_name})" if user.unit is not None else ""
    told = {"number": number, "who": f"{user.name or user.username}{unit}", "moment": f"{now:%Y-%m-%d %H:%M}"}
    return Mark(number, _("Export %(number)s, taken by %(who)s on %(moment)s. For official use; do not pass on.") % told)
