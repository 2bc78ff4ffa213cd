"""A person's deadlines as a calendar (RFC 5545). Whole days, no names: kind, number and step of each task.

Written here because it needs five properties of one component; the tests read it with the rules of the standard.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from inspections.desk.task import Task
from inspections.messages.queries import name_of
from inspections.messages.rules import key_of
from registries.ledger.change import translated

LONGEST_LINE = 75
"""Octets of a line, its end apart (RFC 5545, 3.1)."""


def calendar(tasks: Iterable[Task], *, name: str, now: dt.datetime) -> bytes:
    """The tasks that have a day, in the language at hand, as a calendar of whole-day events; one whose day has passed stands on it still."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sunlot//Deadlines//ZH", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{escaped(name)}"]
    seen: set[str] = set()
    for task in tasks:
        key = key_of(task.kind, task.mark, task.url, task.due)
        if task.due is not None and key not in seen:
            seen.add(key)
            lines += _event(task, task.due, key, now)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def _event(task: Task, due: dt.date, key: str, now: dt.datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{key[:32]}@{settings.LEDGER_ORIGIN}",
        f"DTSTAMP:{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'{translated(name_of(task))} · {_(task.label)}')}",
        f"URL:{settings.PUBLIC_URL}/office/",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """A text as a value (RFC 5545, 3.3.11)."""
    for character, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "")):
        text = text.replace(character, written)
    return text


def folded(line: str) -> Iterator[bytes]:
    """A line as lines of at most 75 octets; the next ones begin with a space. No character is cut in two."""
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            yield part
            part = b" "
        part += octets
    yield part
