"""``manage.py restore``: an empty system filled from a backup, looked at from end to end, and what is next in words."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from publicity.opendata.digest import digest
from registries.backups import restoring
from registries.backups.commands import note_restore
from registries.backups.database import Failed
from registries.people.queries import system_user

NEXT = (
    "What was written after entry {entries} ({made_at}) is lost. Ask the keepers for their newest checkpoint: if it is above {entries}, what lies between has to be entered again.",
    "Accounts, roles and passwords are as they were then: disable again whom you disabled since. Everybody signs in anew.",
    "Draws that were due are drawn from their committed orders and come out the same; what was published since goes out again, under new addresses.",
    "The system this was made from must never run again beside this one.",
    "Take the private key away from this machine. Start web, worker and timer, and make a backup.",
)


class Command(BaseCommand):
    """Wants an empty database (no table), an empty folder of evidence, the same version and the same column keys."""

    help = (
        "FILE --key KEYFILE: read the backup through, hold every part against its manifest, fill the empty system, and look whether ledger, rows, "
        "triggers and public data are what they were. Writes nothing into a system that holds anything. Exits 1 when something is not as it was."
    )
    requires_system_checks: list[str] = []  # there is no table yet

    def add_arguments(self, parser: CommandParser) -> None:
        """One file, one key."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help="the private key that opens it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, look, tell."""
        try:
            key = options["key"].read_text(encoding="ascii").strip()
            manifest = restoring.restore(options["file"], key)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        except Failed as failed:
            raise CommandError(str(failed)) from failed
        wrong = restoring.amiss(manifest, digest)
        note_restore(actor=system_user(), made_at=manifest["made_at"], entries=manifest["ledger"]["entries"], head=manifest["ledger"]["head"])
        for sentence in wrong:
            self.stdout.write(f"WRONG {sentence}")
        if wrong:
            self.stdout.write("Everything was restored, and it is not in order. Start nothing before the auditor has looked.")
            sys.exit(1)
        self.stdout.write("Restored. Ledger, rows, triggers and public data are what they were. What is next:")
        for number, sentence in enumerate(NEXT, start=1):
            self.stdout.write(f"{number}. {sentence.format(made_at=manifest['made_at'], **manifest['ledger'])}")
