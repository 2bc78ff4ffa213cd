"""``manage.py auditor_key``: make the auditor's pair of keys, open a sealed copy. For a machine of the auditor's own."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.draws.sealing import new_private_key, opened, public_key_of
from registries.backups.age import identity


class Command(BaseCommand):
    """Needs no database and no network."""

    help = (
        "new FILE: write a new private key into FILE (which must not exist) and print AUDITOR_PUBLIC_KEY for the server. "
        "open --key FILE COPY: print the secret in a sealed copy, as downloaded from the order's page. "
        "age FILE: print the private key as the program age reads it, to open a backup without this one."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        new = verbs.add_parser("new", help="make a pair of keys")
        new.add_argument("file", type=Path, metavar="FILE")
        reading = verbs.add_parser("open", help="open a sealed copy")
        reading.add_argument("--key", type=Path, required=True, metavar="FILE")
        reading.add_argument("copy", type=Path, metavar="COPY")
        spelling = verbs.add_parser("age", help="print the private key in age's spelling")
        spelling.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, open or spell."""
        if options["verb"] == "new":
            self._make(options["file"])
        elif options["verb"] == "age":
            self._spell(options["file"])
        else:
            self._open(options["key"], options["copy"])

    def _make(self, file: Path) -> None:
        private = new_private_key()
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{file} cannot be made: {error.strerror}. Name a file that does not exist yet.") from error
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(private + "\n")
        self.stdout.write(f"AUDITOR_PUBLIC_KEY={public_key_of(private)}")
        self.stderr.write(f"The private key stands in {file}. Keep it off every server, and a copy of it in another place.")

    def _spell(self, file: Path) -> None:
        try:
            self.stdout.write(identity(file.read_text(encoding="ascii")))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _open(self, key: Path, copy: Path) -> None:
        try:
            texts = [file.read_text(encoding="ascii").strip() for file in (copy, key)]
            secret = opened(*texts)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        except ValueError:
            sys.exit(self.style.ERROR("This copy does not open with this key. Was it sealed for another one?"))
        self.stdout.write(secret)
