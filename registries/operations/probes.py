"""The items of the ground floor: services, database, queue, disk, photos, fonts, certificate, keys, holidays, backups, self-checks (loaded with the app)."""

import datetime as dt
import shutil
import time
from pathlib import Path

from celery import current_app
from cryptography import x509
from django.conf import settings
from django.core.checks import ERROR
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _
from kombu import Connection
from kombu.exceptions import ChannelError
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from registries import clock, paper, triggers
from registries.heartbeats import beating
from registries.holidays import queries as calendar
from registries.ledger import queries as ledger
from registries.ledger.models import LedgerEntry
from registries.operations import rules
from registries.operations.probing import item
from registries.operations.rules import Reading
from registries.sealedfiles import keeping
from registries.selfchecks import queries as selfchecks

SECONDS_FOR_THE_QUEUE = 1


@item("database", _("Database"), "database")
def database(_now: dt.datetime) -> Reading:
    """A question, the migrations, the triggers."""
    began = time.monotonic()
    newest = ledger.head()
    seconds = time.monotonic() - began
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    amiss = [str(message.msg) for message in triggers.missing(triggers.EXPECTED, ["default"]) if message.level >= ERROR]
    return rules.database(len(waiting), amiss, newest.seq if newest else 0, seconds)


@item("worker", _("Worker"), "services")
def worker(now: dt.datetime) -> Reading:
    """By its heartbeat."""
    beating.forget()
    return rules.worker(beating.seen().get(beating.WORKER), now)


@item("beat", _("Timer"), "services")
def beat(now: dt.datetime) -> Reading:
    """By its heartbeat."""
    return rules.beat(beating.seen().get(beating.BEAT), now)


@item("sweep", _("Second trigger"), "services")
def sweep(now: dt.datetime) -> Reading:
    """By its heartbeat."""
    return rules.second_trigger(beating.seen().get(beating.SWEEP), now)


@item("queue", _("Queue"), "queue")
def queue(_now: dt.datetime) -> Reading:
    """How many messages wait; asked with a second's patience, whatever the settings say."""
    began = time.monotonic()
    try:
        waiting = _in_redis() if settings.CELERY_BROKER_URL.startswith("redis") else _in_another()
    except Exception as error:
        return rules.queue(None, 0, type(error).__name__)
    return rules.queue(waiting, time.monotonic() - began)


def _in_redis() -> int:
    """Not by Celery's connection, which tries again and again."""
    patience = Retry(NoBackoff(), 0)
    with Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=SECONDS_FOR_THE_QUEUE, socket_connect_timeout=SECONDS_FOR_THE_QUEUE, retry=patience
    ) as redis:
        return int(redis.llen(current_app.conf.task_default_queue))


def _in_another() -> int:
    with Connection(settings.CELERY_BROKER_URL, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS) as broker:
        try:
            return int(broker.channel().queue_declare(current_app.conf.task_default_queue, passive=True).message_count)
        except ChannelError:  # nobody has ever put anything into it
            return 0


@item("disk", _("Disk"), "disk")
def disk(_now: dt.datetime) -> Reading:
    """Where the data folder lies on this machine."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    return rules.disk(usage.free, usage.total)


@item("photos", _("Photos and scans"), "photos")
def photos(_now: dt.datetime) -> Reading:
    """Whether the folder or the bucket of sealed files answers at all."""
    try:
        keeping.is_kept(keeping.name_of("0" * 64))
    except OSError:
        return rules.photos(answers=False)
    return rules.photos(answers=True)


@item("backup", _("Backup"), "backup", production=True)
def backup(now: dt.datetime) -> Reading:
    """When the last one was made."""
    first = LedgerEntry.objects.order_by("seq").values_list("time", flat=True).first()
    return rules.backup(beating.seen().get(beating.BACKUP), dt.datetime.fromisoformat(first) if first else None, now)


@item("self-check", _("Self-check"), "self-check")
def self_check(now: dt.datetime) -> Reading:
    """What the last one found."""
    last = selfchecks.finished().values_list("finished_at", flat=True).first()
    return rules.self_check(selfchecks.alarm(now), last.astimezone(clock.BEIJING) if last else None, now)


@item("fonts", _("Fonts"), "fonts")
def fonts(_now: dt.datetime) -> Reading:
    """On this machine."""
    return rules.fonts(present=paper.fonts_present())


@item("certificate", _("Site certificate"), "certificate")
def certificate(now: dt.datetime) -> Reading:
    """The earliest end of any certificate in the file."""
    told = settings.TLS_CERTIFICATE_FILE
    return rules.certificate(_ends(Path(told)) if told else None, now, told=bool(told), wanted=settings.TLS)


def _ends(file: Path) -> dt.datetime | None:
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return None
    return min(one.not_valid_after_utc for one in found).astimezone(clock.BEIJING)


@item("auditor-key", _("Keys and keepers"), "keys", production=True)
def auditor_key(_now: dt.datetime) -> Reading:
    """As the settings say."""
    return rules.auditor_key(present=bool(settings.AUDITOR_PUBLIC_KEY), keepers=bool(settings.CHECKPOINT_KEEPERS))


@item("holidays", _("Holidays"), "holidays", production=True)
def holidays(now: dt.datetime) -> Reading:
    """Of this year, and of the next one from November on."""
    return rules.holidays(calendar.missing(now.date()), now.year)
