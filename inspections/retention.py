"""What the middle floor keeps how long (``registries/retention``)."""

import datetime as dt
import itertools
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inspections.cases.evidence import Photo
from inspections.messages.models import Digest, Message
from registries import clock
from registries.retention.kept import NEVER, OFFICE_FILES, some
from registries.retention.lines import Line, keep
from registries.sealedfiles import keeping

MESSAGE_DAYS = 365
FILE_DAYS = 7


def _old_messages() -> tuple[QuerySet[Message], QuerySet[Digest]]:
    before = clock.now() - dt.timedelta(days=MESSAGE_DAYS)
    return Message.objects.filter(closed_at__lt=before), Digest.objects.filter(taken_at__lt=before)


def _ownerless() -> Iterator[str]:
    """Names of files of evidence that no row names, a week old: of a command that was refused in the end."""
    before = clock.now() - dt.timedelta(days=FILE_DAYS)
    named = set(Photo.objects.values_list("sha256", flat=True))
    return (name for name in keeping.names() if name.rpartition("/")[2] not in named and keeping.written_at(name) < before)


def _forget_files(most: int) -> int:
    gone = list(itertools.islice(_ownerless(), most))
    for name in gone:
        keeping.remove(name)
    return len(gone)


def _of(*names: str) -> tuple[str, ...]:
    return tuple(f"inspections.{name}" for name in names)


keep(
    Line(
        "messages",
        _("Messages to people and morning mails"),
        _of("message", "digest"),
        _("a year after they are settled"),
        _("Personal Information Protection Law, article 19: no longer than needed"),
        _("the timer"),
        lambda: sum(rows.count() for rows in _old_messages()),
        lambda most: sum(some(rows, most) for rows in _old_messages()),
    ),
    Line(
        "wishes",
        _("Wishes for messages, addresses of calendars"),
        _of("wishes", "calendaraddress"),
        _("until their owner changes them"),
        _("the owner's wish"),
        _("the owner"),
    ),
    Line(
        "files",
        _("Files of evidence that no record names, and half-written ones"),
        (),
        _("7 days"),
        _("Personal Information Protection Law, article 19: no longer than needed"),
        _("the timer"),
        lambda: sum(1 for _name in _ownerless()),
        _forget_files,
    ),
    Line(
        "bundles",
        _("Documents printed together, encrypted"),
        _of("bundle"),
        _("the file 7 days; that it was printed for good"),
        _("Personal Information Protection Law, article 19; it can be printed again"),
        _("the sweep of documents"),
    ),
    Line(
        "plans",
        _("Plans, tasks and lists handed down"),
        _of("plan", "planitem", "planfile", "taskreport", "handedlist", "handedsubject", "adhocrequest"),
        _("for good"),
        OFFICE_FILES,
        NEVER,
    ),
    Line(
        "draws",
        _("Draws: rosters, sources, results, teams, certificates"),
        _of(
            "draw", "drawsecret", "seedsource", "sourceentry", "sourceevidence", "rosterentry", "rosterinspector", "rosterrecusal", "rosteromission", "drawfile",
            "drawfilepart", "drawshard", "drawnentry", "teamplace", "historyrow", "strike", "rosteraudit", "drawcertificate",
        ),
        _("for good: anybody must be able to compute them again"),
        _("Guobanfa 2015 No. 58: the whole of a draw leaves a trace"),
        NEVER,
    ),
    Line(
        "cases",
        _("Cases: teams, records, answers, signatures, photos, reviews, notices, letters, follow-ups"),
        _of(
            "case", "casematter", "assignment", "record", "recordanswer", "signature", "acknowledgement", "arrival", "photo", "review", "replacement",
            "clearance", "secrecycheck", "documentnumber", "notice", "letter", "followup", "extension", "recheck",
        ),
        _("for good; drafts are part of the record until it is signed"),
        OFFICE_FILES,
        NEVER,
    ),
)  # fmt: skip
