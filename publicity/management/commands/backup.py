"""``manage.py backup``: everything but the keys in one encrypted file; or a look whether one can be relied on. It stands on the top floor, over all of them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from publicity.opendata.digest import digest
from registries.backups import making, restoring
from registries.backups.commands import note_backup
from registries.backups.database import Failed
from registries.ledger.models import LedgerPayload
from registries.people.queries import system_user


class Command(BaseCommand):
    """May run while everybody works."""

    help = (
        "FOLDER: write the database, the files of evidence and the settings that are no secret into a new file there, closed with "
        "BACKUP_PUBLIC_KEYS. The keys of the encrypted columns are not in it. --keep N: let the oldest go until N are left. "
        "--verify FILE: see whether it is the file that the ledger tells of; with --key open it and look at every part. Exits 1 when something failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Make one, or look at one."""
        parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="so many backups stay in the folder, this one among them")
        parser.add_argument("--verify", type=Path, metavar="FILE", help="look at a backup instead of making one")
        parser.add_argument("--key", type=Path, metavar="FILE", help="the private key that opens it (manage.py auditor_key new)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or look; each failure is a sentence."""
        if (options["folder"] is None) == (options["verify"] is None):
            raise CommandError("Say either the FOLDER for a new backup or --verify FILE.")
        if options["keep"] < 0:
            raise CommandError("--keep wants a number of 1 or more.")
        try:
            if options["verify"]:
                self._verify(options["verify"], options["key"])
            else:
                self._make(options["folder"], options["keep"])
        except Failed as failed:
            raise CommandError(str(failed)) from failed

    def _make(self, folder: Path, keep: int) -> None:
        made = making.make(folder, settings.BACKUP_PUBLIC_KEYS, digest, keep)
        note_backup(actor=system_user(), name=made.path.name, size=made.size, sha256=made.sha256, entries=made.entries, head=made.head)
        self.stdout.write(f"{made.path}: {made.size:,} bytes, {made.parts} parts, SHA-256 {made.sha256}.")
        self.stdout.write(f"It ends with entry {made.entries} of the ledger ({made.head or '-'}). {making.WITHOUT}")
        for name in made.let_go:
            self.stdout.write(f"Let go: {name}.")

    def _verify(self, file: Path, key: Path | None) -> None:
        try:
            found = making.sha256_of(file)
            private = key.read_text(encoding="ascii").strip() if key else ""
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        if private:
            manifest = restoring.verified(file, private)
            told = manifest["ledger"]
            self.stdout.write(f"Every part is what the manifest says. Made at {manifest['made_at']}, up to entry {told['entries']} ({told['head'] or '-'}).")
            return
        noted = LedgerPayload.objects.filter(verb="registries.note_backup", body__contains=found).exists()
        if not noted:
            raise CommandError(f"The ledger tells of no backup with the SHA-256 {found}. The file was changed, or another system made it.")
        self.stdout.write(f"These are the bytes that were written: SHA-256 {found}. To look inside, the private key is needed (--key).")
