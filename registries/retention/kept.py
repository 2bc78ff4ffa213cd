"""The lines of the registries floor and of the framework's own tables."""

import datetime as dt

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from registries import clock
from registries.ledger.change import refuse
from registries.ledger.models import LedgerPayload
from registries.people.models import Session
from registries.reads import READS
from registries.retention.lines import Line, keep
from registries.retention.rules import why_not_forget_log

NEVER = _("never by the program")
OFFICE_FILES = _("archive rules for the office's files (Archives Law); they prove how an inspection came about")


def some(rows: QuerySet[Model], most: int) -> int:
    """Delete at most so many of these rows; returns how many went."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)


def _sessions() -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=clock.now() - dt.timedelta(days=1))


def _read_before() -> QuerySet[LedgerPayload]:
    before = clock.now() - dt.timedelta(days=settings.AUDIT_LOG_DAYS)
    return LedgerPayload.objects.filter(verb__in=READS, public=False, entry__time__lt=before.isoformat(timespec="microseconds"))


def _forget_reads(most: int) -> int:
    refuse(why_not_forget_log(settings.AUDIT_LOG_DAYS))
    return some(_read_before(), most)


keep(
    Line(
        "ledger",
        _("The ledger: every change, refusal and public fact, and its checkpoints"),
        ("registries.ledgerentry", "registries.ledgerpayload", "registries.checkpoint", "registries.checkpointdelivery", "registries.refusaltally"),
        _("for good; of acts of reading the chain keeps the hash, what they say goes (next line)"),
        _("Cybersecurity Law: six months at least; the chain proves every draw"),
        NEVER,
    ),
    Line(
        "reads",
        _("What entries say about reading personal data"),
        (),
        _("3 years unless set otherwise (AUDIT_LOG_DAYS), never less than 180 days"),
        _("Cybersecurity Law: six months at least; Personal Information Protection Law, article 56"),
        _("the timer"),
        lambda: _read_before().count(),
        _forget_reads,
    ),
    Line(
        "sessions",
        _("Sessions of people who signed in"),
        ("sessions.session", "registries.session"),
        _("until they end, and a day to tell why"),
        _("Personal Information Protection Law, article 19: no longer than needed"),
        _("the timer"),
        lambda: _sessions().count(),
        lambda most: some(_sessions(), most),
    ),
    Line(
        "sign-ins",
        _("Tries to sign in, names as keyed digests, with addresses"),
        ("registries.signintries",),
        _("a day after the last try"),
        _("Personal Information Protection Law, article 19: no longer than needed"),
        _("the sign-in itself"),
    ),
    Line(
        "factors",
        _("Past passwords and recovery codes as hashes, second factors encrypted, new passwords asked for"),
        ("registries.pastpassword", "registries.passwordreset", "registries.factor", "registries.recoverycode"),
        _("as long as the account; of past passwords the last five"),
        _("who did what must be told for as long as the ledger stands"),
        NEVER,
    ),
    Line(
        "alarms",
        _("Alarms about sign-in and opened break-glass accounts"),
        ("registries.alarm", "registries.breakglass"),
        _("for good"),
        _("who did what must be told for as long as the ledger stands"),
        NEVER,
    ),
    Line(
        "imports",
        _("Uploaded workbooks and their rows, encrypted"),
        ("registries.import", "registries.importrow"),
        _("7 days when nobody takes them over; otherwise with the registry they were taken into"),
        _("Personal Information Protection Law, article 19; a taken import can be taken back and proved by its rows"),
        _("the sweep of imports"),
    ),
    Line(
        "accounts",
        _("Accounts, units and roles"),
        ("registries.user", "registries.unit", "auth.group", "auth.permission", "contenttypes.contenttype", "admin.logentry"),
        _("for good; whoever leaves is disabled"),
        _("who did what must be told for as long as the ledger stands"),
        NEVER,
    ),
    Line(
        "people",
        _("Inspectors and assistants, with certificates, leave, training, conflicts"),
        tuple(f"registries.{name}" for name in ("inspector", "certificate", "leave", "recusal", "training", "inspectorgroup", "assistant")),
        _("as long as the office needs to prove who could be drawn; numbers are encrypted"),
        OFFICE_FILES,
        NEVER,
    ),
    Line(
        "subjects",
        _("Subjects, permits, complaints, violations, exclusions, yearly reviews, comparisons"),
        tuple(
            f"registries.{name}"
            for name in ("subject", "subjectcategory", "permit", "complaint", "violation", "exclusion", "campaign", "comparison", "difference")
        ),
        _("as long as they may be inspected, and with their cases after that; numbers are encrypted"),
        OFFICE_FILES,
        NEVER,
    ),
    Line(
        "matters",
        _("Matter list, code tables, holidays: nothing of persons"),
        tuple(
            f"registries.{name}"
            for name in (
                "matter", "matterrevision", "legalbasis", "checklistitem", "material", "outcome", "edition", "editionpaper", "code", "serial",
                "holidayyear", "holidayday",
            )
        ),
        _("for good"),
        _("published editions stand"),
        NEVER,
    ),
    Line(
        "own",
        _("Searches and columns that people keep for themselves"),
        ("registries.savedsearch", "registries.chosencolumns"),
        _("until their owner drops them"),
        _("the owner's wish"),
        _("the owner"),
    ),
    Line(
        "running",
        _("Heartbeats, self-checks, key rotations: nothing of persons"),
        ("registries.heartbeat", "registries.selfcheck", "registries.keyrotation", "registries.attempt"),
        _("for good"),
        _("they prove that the office was whole"),
        NEVER,
    ),
)  # fmt: skip
