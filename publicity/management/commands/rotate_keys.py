"""``manage.py rotate_keys``: everything that is sealed under the first key of ``FIELD_KEYS``. It stands on the top floor, over all of it."""

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.cases.photos import PLACE
from registries.fields import writing_key
from registries.keys import columns, commands, rotating
from registries.keys.models import KeyRotation
from registries.ledger.change import Refused
from registries.people.queries import system_user


class Command(BaseCommand):
    """May be killed and started again; the office works on meanwhile."""

    help = (
        "Encrypt every sealed column and file anew with the first key of FIELD_KEYS and give searchable columns their index. May be "
        "stopped at any moment and started again. --check only tells how many values need which key; it exits 1 while some need "
        "another than the first. When it exits 0, the other keys may be taken out of the file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Only one thing can be asked for."""
        parser.add_argument("--check", action="store_true", help="change nothing; tell how many values are under which key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell, or move."""
        if options["check"]:
            sys.exit(1 if self._told() else 0)
        missing = columns.missing_keys()
        if missing:
            raise CommandError("; ".join(f"{place} needs the key {name!r}, which is missing" for place, name in missing))
        try:
            commands.begin_rotation(actor=system_user())
        except Refused:
            self.stdout.write("Going on with the rotation that was begun.")
        rotation = KeyRotation.objects.get(finished_at=None)
        try:
            moved = rotating.rotate(rotation, PLACE, lambda place, count: self.stdout.write(f"{place}: {count}"))
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        commands.finish_rotation(actor=system_user(), rotation_id=rotation.pk, moved=moved)
        self.stdout.write(f"{sum(moved.values())} values are under the key {rotation.key_name!r} now.")

    def _told(self) -> int:
        """Say which key how many values need; returns how many need another than the first, or lack their index."""
        first, other = writing_key()[0], 0
        counted = [(one.place, columns.in_use(one)) for one in columns.sealed_columns()]
        for place, names in [*counted, (f"{PLACE.decode()} (files)", columns.files_in_use())]:
            for name, count in sorted(names.items()):
                lost = "" if name.partition(" ")[0] in settings.FIELD_KEYS else "  MISSING"
                self.stdout.write(f"{place:45} {name:24} {count:9}{lost}")
                other += count if name != first else 0
        self.stdout.write(f"{other} values are not under the first key ({first}), or lack their index.")
        return other
