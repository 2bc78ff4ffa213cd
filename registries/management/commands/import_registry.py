"""``manage.py import_registry``: bring a table into a registry from the console, or say what would become of it."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registries.imports import console
from registries.imports.kinds import KINDS
from registries.ledger.change import Refused
from registries.people.models import User
from registries.people.queries import system_user
from registries.spreadsheets.gate import Unreadable

FIRST = 20


class Command(BaseCommand):
    """Read a file, judge every row, take it over."""

    help = (
        "Import a table (.xlsx, .xlsm, .xls, XML, .csv, .tsv) into a registry: counts, refused cells, and the exit status 0, 1 "
        "(some rows refused) or 2 (not readable). All rows are taken over, or none: with --only-good all but the refused. "
        "--dry-run changes nothing and needs no prepared database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Kind and file; machines read JSON."""
        parser.add_argument("kind", choices=list(KINDS), help="what the table holds")
        parser.add_argument("file", help="the file, of any form; its name says nothing")
        parser.add_argument("--mapping", metavar="M", help='JSON, or a file of it: {"column": "heading or letter", "certificates.number": "C"}')
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--only-good", action="store_true", help="leave refused rows out instead of taking nothing over")
        parser.add_argument("--user", metavar="NAME", help="the account that imports, with its rights and its unit; the system if not said")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print, exit."""
        kind = KINDS[options["kind"]]
        try:
            choices = _choices(options["mapping"])
            content = console.read(options["file"])
            if options["dry_run"]:
                told = console.dry_run(kind, content, choices)
            else:
                told = self._bring(kind.code, content, choices, options)
        except Unreadable as no:
            self._say(console.unreadable(kind.code, no.sentence, dry=options["dry_run"]), options)
            sys.exit(console.UNREADABLE)
        except Refused as refused:
            self._say(console.unreadable(kind.code, refused.sentence, dry=options["dry_run"]), options)
            sys.exit(console.UNREADABLE)
        self._say(told, options)
        sys.exit(console.status(told))

    def _bring(self, kind: str, content: bytes, choices: dict[str, str], options: dict[str, Any]) -> dict[str, Any]:
        if not console.prepared():
            raise CommandError("The database is not prepared. Run “manage.py migrate” first, or use --dry-run.", returncode=console.UNREADABLE)
        actor = system_user() if not options["user"] else User.objects.filter(username=options["user"], is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no account “{options['user']}”.", returncode=console.UNREADABLE)
        name = str(options["file"]).replace("\\", "/").rpartition("/")[2]
        return console.bring(KINDS[kind], content, choices, file_name=name, actor=actor, only_good=options["only_good"])

    def _say(self, told: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"file": options["file"], **told}, ensure_ascii=False))
            return
        if told["error"]:
            self.stderr.write(told["error"])
            return
        counts = told["counts"]
        what = "would be " if told["dry_run"] or not told["taken_over"] else ""
        self.stdout.write(f"{counts['added']} {what}added, {counts['changed']} {what}changed, {counts['same']} left alone, {counts['refused']} refused.")
        for sheet in told["sheets"]:
            for line in (*(one["words"] for one in sheet["left_out"]), *sheet["doubts"]):
                self.stdout.write(f"{sheet['sheet']}: {line}")
        for one in told["refused"][:FIRST]:
            self.stdout.write(f"{one['sheet']} {one['row']} {one['column']} {one['value']!r}: {one['reason']} {one['remedy']}")
        if len(told["refused"]) > FIRST:
            self.stdout.write(f"… {len(told['refused']) - FIRST} more; --json names them all.")
        if not told["dry_run"] and not told["taken_over"]:
            self.stdout.write("Nothing was taken over.")


def _choices(mapping: str | None) -> dict[str, str]:
    """The columns chosen by hand, from JSON or a file of it."""
    if not mapping:
        return {}
    text = mapping if mapping.lstrip().startswith("{") else console.read(mapping).decode("utf-8-sig", "replace")
    try:
        read = json.loads(text)
    except ValueError as error:
        raise CommandError(f"--mapping is no JSON: {error}", returncode=console.UNREADABLE) from error
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise CommandError("--mapping must be one JSON object of texts.", returncode=console.UNREADABLE)
    return read
