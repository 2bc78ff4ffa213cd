"""What an unsafe production is refused for: asked by ``check --deploy``, and by the processes themselves before they begin (``refuse_unsafe``).

Settings alone; what only the database can tell (its locale, its checksums) is a warning and needs ``check --deploy --database default``.
"""

import ipaddress
import logging
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.db import DatabaseError, connection, connections, transaction

from config.checks import every_key_is_there

log = logging.getLogger("sunlot.production")
YEAR = 31_536_000
KEYS_SECONDS = 5
"""How long the processes wait for one answer about column keys before they begin; ``check --database default`` waits for all of it."""
KEY_FILES = ("SECRET_KEY_FILE", "FIELD_KEYS_FILE")
FIRST = ("config.tracing.TraceMiddleware", "config.headers.HeadersMiddleware", "django.middleware.security.SecurityMiddleware")
"""What must surround everything else, in this order."""
NEEDED = (
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "publicity.site.limits.LimitMiddleware",
    "config.patience.PatienceMiddleware",
    "registries.people.gates.NetworkMiddleware",
    "registries.people.gates.SeenMiddleware",
    "registries.people.factors.guard.SecondFactorMiddleware",
)


class Fault(NamedTuple):
    """What is wrong, and what to set."""

    number: str
    sentence: str
    hint: str


@register(Tags.security, deploy=True)
def nothing_unsafe(**_: Any) -> list[CheckMessage]:
    """Every fault of the settings as an error."""
    return [Error(fault.sentence, hint=fault.hint, id=f"sunlot.{fault.number}") for fault in faults()]


def faults() -> Iterator[Fault]:
    """Every fault of the settings."""
    for look in (_program, _hosts, _transport, _cookies, _browsers, _queue, _broker, _database, _keys, _log):
        yield from look()


def refuse_unsafe() -> None:
    """End the process with what is wrong, in production; whoever tries things out (DEMO, DEBUG) is left alone."""
    if settings.DEMO or settings.DEBUG:
        return
    wrong = [one for one in run_checks(tags=[Tags.security], include_deployment_checks=True) if one.is_serious()]
    wrong = wrong or _keys_that_rows_need()
    connection.close()  # the process forks after this
    if wrong:
        lines = "\n".join(f"{one.id}: {one.msg} {one.hint or ''}".rstrip() for one in wrong)
        sys.exit(f"Sunlot does not start with these settings (python3 manage.py check --deploy --database default):\n{lines}")


def _keys_that_rows_need() -> list[CheckMessage]:
    """What is wrong with the column keys, as far as the database answers in time: the processes begin without it and say so on every page."""
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{KEYS_SECONDS}s"])
            return every_key_is_there(databases=["default"])
    except DatabaseError as error:
        log.warning("column keys not looked at: %s", type(error).__name__)
        return []


def _program() -> Iterator[Fault]:
    if settings.DEBUG:
        yield Fault("E120", "DEBUG is on: errors show settings and data to everybody.", "Unset DEBUG.")
    key = settings.SECRET_KEY
    if len(key) < 50 or len(set(key)) < 10 or key.startswith(("demo-", "django-insecure-")):
        yield Fault("E121", "SECRET_KEY can be guessed.", "Put 50 or more random characters into the file SECRET_KEY_FILE names.")
    if "argon2" not in settings.PASSWORD_HASHERS[0].lower():
        yield Fault("E122", "Passwords are not hashed with Argon2.", "Leave PASSWORD_HASHERS as it is.")
    if tuple(settings.MIDDLEWARE[: len(FIRST)]) != FIRST or not set(NEEDED) <= set(settings.MIDDLEWARE):
        yield Fault("E123", "A middleware that protects every answer is missing or not in its place.", "Leave MIDDLEWARE as it is.")


def _hosts() -> Iterator[Fault]:
    hosts = settings.ALLOWED_HOSTS
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        yield Fault("E124", "ALLOWED_HOSTS does not name this site exactly.", "List each name that visitors type, without “*” and without a leading dot.")
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme != "https" or url.hostname not in hosts:
        yield Fault("E125", "PUBLIC_URL, which is printed on documents, is no https address of ALLOWED_HOSTS.", "Set PUBLIC_URL to https://, followed by one of these names.")


def _transport() -> Iterator[Fault]:
    if not (settings.SECURE_SSL_REDIRECT and settings.SECURE_HSTS_SECONDS >= YEAR and settings.SECURE_HSTS_INCLUDE_SUBDOMAINS):
        yield Fault("E126", "Visitors can come without TLS.", "Unset TLS, or set TLS=true.")
    if settings.PUBLIC_REQUESTS_PER_MINUTE <= 0 or min(settings.PUBLIC_SEARCHES_PER_MINUTE, settings.SIGN_INS_PER_MINUTE, settings.PUBLIC_FORMS_PER_MINUTE) <= 0:
        yield Fault("E128", "One address may ask without limit.", "Set PUBLIC_REQUESTS_PER_MINUTE above 0.")


def _cookies() -> Iterator[Fault]:
    secure = settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    lax = {settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE} <= {"Lax", "Strict"}
    if not (secure and lax and settings.SESSION_COOKIE_HTTPONLY):
        yield Fault("E129", "A cookie leaves over plain HTTP, to other sites, or is open to scripts.", "Leave the cookie settings as they are, with TLS on.")


def _browsers() -> Iterator[Fault]:
    policy = settings.CONTENT_SECURITY_POLICY.get("DIRECTIVES", {})
    sources = {source for values in policy.values() if isinstance(values, Sequence) and not isinstance(values, str) for source in values}
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "blob:", "https:", "http:"} & sources
    if loose or policy.get("default-src") != ["'self'"] or policy.get("frame-ancestors") != ["'none'"] or policy.get("object-src") != ["'none'"]:
        yield Fault("E130", "The Content-Security-Policy lets in what it should keep out.", "Leave CONTENT_SECURITY_POLICY as it is.")


def _queue() -> Iterator[Fault]:
    files = settings.CELERY_BROKER_URL.startswith("fsqueue")
    longest = settings.CELERY_TASK_TIME_LIMIT
    if not (
        settings.CELERY_TASK_ACKS_LATE
        and settings.CELERY_TASK_REJECT_ON_WORKER_LOST
        and settings.CELERY_TASK_IGNORE_RESULT
        and settings.CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP
        and settings.CELERY_WORKER_PREFETCH_MULTIPLIER in ((0, 1) if files else (1,))
        and 0 < settings.CELERY_TASK_SOFT_TIME_LIMIT < longest <= 600
        and (files or settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 0) > longest)
    ):
        yield Fault("E131", "Work could be lost, or be done by several workers at once.", "Leave the CELERY_ settings as they are (docs/adr/0003).")
    if settings.CELERY_ACCEPT_CONTENT != ["json"]:
        yield Fault("E132", "A message in the queue could be a program.", "Leave CELERY_ACCEPT_CONTENT at json.")


def _broker() -> Iterator[Fault]:
    for name, address in (("CELERY_BROKER_URL", settings.CELERY_BROKER_URL), ("LIMITS_URL", settings.LIMITS_URL)):
        url = urlsplit(address)
        if url.scheme not in ("redis", "rediss"):
            continue
        if len(url.password or "") < 12:
            yield Fault("E133", f"{name} has no password, or a short one.", "Set requirepass (or an ACL) in Redis, and write redis://:password@host:port/number.")
        if url.scheme == "redis" and _is_public(url.hostname or ""):
            yield Fault("E134", f"{name} goes to a public address without TLS.", "Keep Redis on 127.0.0.1 or a private network, or use rediss://.")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global or host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    except ValueError:
        return False  # a name: who keeps the network knows where it leads


def _database() -> Iterator[Fault]:
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        first = str(options.get("init_command", "")).replace(" ", "").lower()
        kept = all(word in first for word in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"))
        if options.get("transaction_mode") != "IMMEDIATE" or not kept or options.get("timeout", 0) < 5:
            yield Fault("E135", "SQLite is not set to keep what it has acknowledged.", "Leave DATABASES as it is: IMMEDIATE, WAL, synchronous=FULL, foreign_keys=ON.")
        return
    told = str(options.get("options", ""))
    if not (database.get("CONN_HEALTH_CHECKS") and "statement_timeout=" in told and "idle_in_transaction_session_timeout=" in told):
        yield Fault("E136", "A connection to PostgreSQL could be dead or hang for ever.", "Leave the options of DATABASES as they are.")
    if not database.get("PASSWORD") and not str(database.get("HOST", "")).startswith("/") and database.get("HOST"):
        yield Fault("E137", "PostgreSQL is reached over the network without a password.", "Write postgresql://user:password@host:port/name into DATABASE_URL.")


def _is_near(host: str) -> bool:
    """Whether what is said to it stays on this machine: a socket, the loopback, or nothing set."""
    try:
        return not host or host.startswith("/") or host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register(Tags.security, deploy=True)
def nothing_leaves_in_the_clear(**_: Any) -> list[CheckMessage]:
    """Warn of every server elsewhere that is spoken to without TLS, or whose certificate nobody looks at (ASVS 12.3.1, 12.3.2)."""
    database, mail = settings.DATABASES["default"], settings.EMAIL_HOST
    queues = [urlsplit(address) for address in {settings.CELERY_BROKER_URL, settings.LIMITS_URL}]
    asked = (
        ("PostgreSQL", not _is_near(str(database.get("HOST", ""))) and database.get("OPTIONS", {}).get("sslmode") != "verify-full",
         "Add ?sslmode=verify-full&sslrootcert=FILE to DATABASE_URL."),
        ("Redis", any(one.scheme == "redis" and not _is_near(one.hostname or "") for one in queues), "Write rediss:// into CELERY_BROKER_URL."),
        ("The mail server", bool(settings.EMAIL_URL) and not _is_near(mail) and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL),
         "Write smtp+tls:// or smtp+ssl:// into EMAIL_URL."),
        ("The bucket of photos", settings.EVIDENCE_BUCKET.startswith("s3+http:") and not _is_near(urlsplit(settings.EVIDENCE_BUCKET).hostname or ""),
         "Write s3:// into EVIDENCE_BUCKET."),
    )  # fmt: skip
    return [Warning(f"{name} is spoken to over the network without verified TLS.", hint=hint, id="sunlot.W145") for name, wrong, hint in asked if wrong]


def _keys() -> Iterator[Fault]:
    for name in KEY_FILES:
        file = Path(os.environ.get(name) or os.devnull)
        if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o007:
            yield Fault("E138", f"The file of {name} can be read by every account of this machine.", f"chmod o-rwx {file}")
    static, media = Path(settings.STATIC_ROOT).resolve(), Path(settings.MEDIA_ROOT).resolve()
    if media == static or static in media.parents:
        yield Fault("E139", "Evidence would stand in the folder that everybody may download from.", "Leave MEDIA_ROOT outside STATIC_ROOT.")


def _log() -> Iterator[Fault]:
    if settings.LOG_FORMAT != "json":
        yield Fault("E140", "The log would quote rows in the texts of errors.", "Unset LOG_FORMAT, or set LOG_FORMAT=json.")


ASKED = {
    "W141": ("SELECT datctype FROM pg_database WHERE datname = current_database()", ("C", "POSIX"),
             "The database has the locale C: Chinese names are not found by their parts.", "Make it anew with LC_CTYPE C.UTF-8 or zh_CN.UTF-8."),
    "W142": ("SHOW data_checksums", ("off",), "The database keeps no data checksums: bit rot is not noticed.", "Stop it, run pg_checksums --enable, start it."),
    "W143": ("SHOW synchronous_commit", ("off",), "The database acknowledges before it has written.", "Set synchronous_commit = on."),
    "W144": ("SHOW fsync", ("off",), "The database does not wait for the disk.", "Set fsync = on."),
}  # fmt: skip
"""Warning → question, answers that are wrong, sentence, hint."""


@register(Tags.database, deploy=True)
def the_database_is_set_up_well(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """What only PostgreSQL itself can tell; nothing where it does not answer."""
    wrong: list[CheckMessage] = []
    for alias in databases or ():
        if connections[alias].vendor != "postgresql":
            continue
        try:
            with connections[alias].cursor() as cursor:
                for number, (question, bad, sentence, hint) in ASKED.items():
                    cursor.execute(question)
                    if cursor.fetchone()[0] in bad:
                        wrong.append(Warning(sentence, hint=hint, id=f"sunlot.{number}"))
        except DatabaseError:
            continue
    return wrong
