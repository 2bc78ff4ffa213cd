"""When an item is green, amber or red, and what that says. Pure."""

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from registries.heartbeats.rules import AHEAD, is_silent
from registries.ledger.sentences import Sentence, say

GIB = 1024**3
LEAST_FREE, SCARCE = 1 * GIB, 5 * GIB
SCARCE_SHARE = 0.10
BACKUP_LATE, BACKUP_MISSING = dt.timedelta(hours=26), dt.timedelta(hours=50)
SWEEP_SILENT = dt.timedelta(minutes=15)
CERTIFICATE_SOON, CERTIFICATE_NOW = dt.timedelta(days=30), dt.timedelta(days=7)
QUEUE_LONG = 500
QUEUE_SLOW = 2.0


class Light(enum.IntEnum):
    """The number is what machines read."""

    GREEN = 0
    AMBER = 1
    RED = 2


class Reading(NamedTuple):
    """One item as it is now: its light, what it means, what to do about it, when it was last seen, its figures by name."""

    light: Light
    what: Sentence
    todo: Sentence | None = None
    seen_at: dt.datetime | None = None
    figures: Mapping[str, float] | None = None


def softened(reading: Reading) -> Reading:
    """The same where nothing of it matters yet (a demo): amber at most."""
    return reading._replace(light=min(reading.light, Light.AMBER))


def _age(seen: dt.datetime | None, now: dt.datetime, name: str) -> Mapping[str, float] | None:
    return {name: (now - seen).total_seconds()} if seen is not None else None


def worker(seen: dt.datetime | None, now: dt.datetime) -> Reading:
    """The worker did a task within ten minutes."""
    figures = _age(seen, now, "worker_age_seconds")
    if not is_silent(seen, now):
        return Reading(Light.GREEN, say("The worker works."), None, seen, figures)
    todo = say("Start the worker's service and read its log. Nothing is lost: what is due stands in the database.")
    return Reading(Light.RED, say("The worker does nothing: draws, disclosures and documents wait."), todo, seen, figures)


def beat(seen: dt.datetime | None, now: dt.datetime) -> Reading:
    """The timer ticked within ten minutes."""
    figures = _age(seen, now, "beat_age_seconds")
    if not is_silent(seen, now):
        return Reading(Light.GREEN, say("The timer ticks."), None, seen, figures)
    todo = say("Start the timer's service (beat), on one machine alone.")
    return Reading(Light.RED, say("The timer stands still: nothing that is due is sent to the worker."), todo, seen, figures)


def second_trigger(seen: dt.datetime | None, now: dt.datetime) -> Reading:
    """``manage.py sweep`` ran within a quarter of an hour."""
    figures = _age(seen, now, "sweep_age_seconds")
    if seen is not None and -AHEAD <= now - seen <= SWEEP_SILENT:
        return Reading(Light.GREEN, say("The second trigger runs every five minutes."), None, seen, figures)
    todo = say("Switch on the systemd timer of “manage.py sweep”.")
    return Reading(Light.AMBER, say("The second trigger is silent: nothing would go out if queue, worker or timer failed."), todo, seen, figures)


def queue(waiting: int | None, seconds: float, why: str = "") -> Reading:
    """The queue answers, soon, and is not full. ``waiting`` None: it does not answer."""
    if waiting is None:
        todo = say("Start Redis, or see why it is out of reach from this machine. Nothing is lost; the second trigger does the work meanwhile.")
        return Reading(Light.RED, say("The queue does not answer (%(why)s): work waits for the second trigger.", why=why), todo)
    figures = {"queue_messages": float(waiting), "queue_seconds": seconds}
    if waiting > QUEUE_LONG or seconds > QUEUE_SLOW:
        todo = say("Look whether the worker keeps up, and whether more of them are needed.")
        return Reading(Light.AMBER, say("The queue is slow or long: %(count)s messages wait.", count=waiting), todo, None, figures)
    return Reading(Light.GREEN, say("The queue answers; %(count)s messages wait.", count=waiting), None, None, figures)


def disk(free: int, total: int) -> Reading:
    """Room for what comes in."""
    figures = {"disk_free_bytes": float(free), "disk_total_bytes": float(total)}
    gib = f"{free / GIB:.1f}"
    todo = say("Make room: let old backups and logs go, or enlarge the disk. What is kept is never deleted to make room.")
    if free < LEAST_FREE:
        return Reading(Light.RED, say("Only %(gib)s GiB are free: soon nothing can be kept any more.", gib=gib), todo, None, figures)
    if free < SCARCE or free < total * SCARCE_SHARE:
        return Reading(Light.AMBER, say("%(gib)s GiB are free, which is little.", gib=gib), todo, None, figures)
    return Reading(Light.GREEN, say("%(gib)s GiB are free.", gib=gib), None, None, figures)


def photos(*, answers: bool) -> Reading:
    """The place of photos and scans, a folder or a bucket."""
    if answers:
        return Reading(Light.GREEN, say("The place of photos and scans answers."))
    todo = say("Look whether the server of the bucket runs and its key still holds.")
    return Reading(Light.RED, say("The place of photos and scans does not answer: new ones stay on the phones, kept ones are not shown."), todo)


def fonts(*, present: bool) -> Reading:
    """Chinese fonts, without which no document is set."""
    if present:
        return Reading(Light.GREEN, say("Chinese fonts are installed."))
    todo = say("Install fonts-noto-cjk on every machine with a worker, and start the worker again.")
    return Reading(Light.RED, say("Chinese fonts are missing: no document can be set."), todo)


def certificate(ends: dt.datetime | None, now: dt.datetime, *, told: bool, wanted: bool) -> Reading:
    """The certificate of the site. ``told``: somebody said where it lies; ``wanted``: the site is served with TLS."""
    if not told:
        if not wanted:
            return Reading(Light.GREEN, say("The site is served without TLS here; there is no certificate to watch."))
        todo = say("Set TLS_CERTIFICATE_FILE to the certificate that the proxy serves.")
        return Reading(Light.AMBER, say("Nobody watches the site's certificate."), todo)
    if ends is None:
        todo = say("See whether TLS_CERTIFICATE_FILE names the certificate and whether the service may read it.")
        return Reading(Light.RED, say("The site's certificate cannot be read."), todo)
    left = ends - now
    figures = {"certificate_seconds_left": left.total_seconds()}
    day = f"{ends:%Y-%m-%d}"
    todo = say("Ask for the new certificate, put it in place and reload nginx.")
    if left <= dt.timedelta(0):
        return Reading(Light.RED, say("The site's certificate ended on %(day)s: browsers warn every visitor.", day=day), todo, None, figures)
    if left <= CERTIFICATE_SOON:
        light = Light.RED if left <= CERTIFICATE_NOW else Light.AMBER
        return Reading(light, say("The site's certificate ends on %(day)s.", day=day), todo, None, figures)
    return Reading(Light.GREEN, say("The site's certificate holds until %(day)s.", day=day), None, None, figures)


def auditor_key(*, present: bool, keepers: bool) -> Reading:
    """The auditor's public key and the keepers of checkpoints."""
    if not present:
        todo = say("Have the auditor make a pair of keys and set AUDITOR_PUBLIC_KEY.")
        return Reading(Light.RED, say("The auditor's public key is not set: secrets of draws have no second copy."), todo)
    if not keepers:
        return Reading(Light.AMBER, say("Nobody outside the bureau holds checkpoints."), say("Set CHECKPOINT_KEEPERS to addresses outside the bureau."))
    return Reading(Light.GREEN, say("The auditor's public key is set, and checkpoints leave the house."))


def holidays(missing: Sequence[int], this_year: int) -> Reading:
    """The arrangement of this year's holidays, from November on of the next one's."""
    if not missing:
        return Reading(Light.GREEN, say("The holidays are entered."))
    light = Light.RED if min(missing) <= this_year else Light.AMBER
    years = "、".join(str(year) for year in missing)
    todo = say("Enter them as the State Council has published them.")
    return Reading(light, say("The holidays of %(years)s are not entered: terms by working days are unknown.", years=years), todo)


def backup(last: dt.datetime | None, first_entry: dt.datetime | None, now: dt.datetime) -> Reading:
    """The last backup, not older than a day. An office younger than that is not late yet."""
    figures = _age(last, now, "backup_age_seconds")
    todo = say("Run “manage.py backup”, see why its timer did not, and whether the folder has room.")
    if last is not None and -AHEAD <= now - last <= BACKUP_LATE:
        return Reading(Light.GREEN, say("The last backup is not older than a day."), None, last, figures)
    if last is None:
        young = first_entry is None or now - first_entry <= BACKUP_LATE
        what = say("No backup was ever made: what happens to this disk happens to everything.")
        return Reading(Light.AMBER if young else Light.RED, what, todo)
    light = Light.AMBER if dt.timedelta(0) <= now - last <= BACKUP_MISSING else Light.RED
    what = say("The last backup is of %(when)s: all later work would be lost with this disk.", when=f"{last:%Y-%m-%d %H:%M}")
    return Reading(light, what, todo, last, figures)


def self_check(alarm: Sentence | None, finished: dt.datetime | None, now: dt.datetime) -> Reading:
    """The nightly self-check."""
    figures = _age(finished, now, "self_check_age_seconds")
    if alarm is not None:
        return Reading(Light.RED, alarm, say("Call the auditor, who reads the findings. Change nothing before."), finished, figures)
    if finished is None:
        return Reading(Light.AMBER, say("No self-check has finished yet."), say("The first one runs as soon as the worker works."))
    return Reading(Light.GREEN, say("The last self-check found nothing wrong."), None, finished, figures)


def database(waiting: int, amiss: Sequence[str], entries: int, seconds: float) -> Reading:
    """The database answers, is migrated, and its triggers stand."""
    figures = {"database_seconds": seconds, "ledger_entries": float(entries), "migrations_waiting": float(waiting)}
    if waiting:
        todo = say("Finish the upgrade: run “manage.py migrate”, then start the services again.")
        return Reading(Light.RED, say("%(count)s migrations wait: database and program are not of the same version.", count=waiting), todo, None, figures)
    if amiss:
        todo = say("Call the auditor: a rule that the database itself keeps was taken away.")
        return Reading(Light.RED, say("The database is not in order: %(what)s", what=amiss[0]), todo, None, figures)
    return Reading(Light.GREEN, say("The database answers; all migrations are applied and all triggers stand."), None, None, figures)
