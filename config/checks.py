"""System checks: every view declares its access, every trigger stands, production holds nothing of the demo."""

import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from inspections.standing import TRIGGERS as INSPECTIONS_TRIGGERS
from publicity.standing import TRIGGERS as PUBLICITY_TRIGGERS
from registries import triggers
from registries.backups import age
from registries.fields import KEY_NAME
from registries.keys.columns import missing_keys
from registries.people.models import User
from registries.retention.rules import LEAST_LOG_DAYS
from registries.standing import TRIGGERS as REGISTRIES_TRIGGERS

TRIGGERS = (*REGISTRIES_TRIGGERS, *INSPECTIONS_TRIGGERS, *PUBLICITY_TRIGGERS)
triggers.EXPECTED[:] = TRIGGERS


def views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address pattern with its view, except the admin's, which the admin site guards."""
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from views(pattern.url_patterns, where)
        else:
            yield where, pattern.callback


@register(Tags.security)
def every_view_declares_access(**_: Any) -> list[CheckMessage]:
    """A view without ``@access`` is a hole; refuse to start."""
    return [
        Error(
            f"The view at {where!r} does not declare who may open it.",
            hint="Put @access(PUBLIC) or @access('app.right') on it (registries/people/access.py).",
            id="sunlot.E001",
        )
        for where, view in views(get_resolver().url_patterns)
        if not hasattr(view, "access")
    ]


@register(Tags.database)
def every_trigger_stands(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """The rules the database keeps must be there after every migration."""
    return triggers.missing(TRIGGERS, databases)


@register(Tags.database)
def no_superuser(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Nobody may do everything; the database's constraint says so too, unless somebody has lifted it."""
    found = []
    for using in databases or []:
        if User._meta.db_table in connections[using].introspection.table_names():
            found += list(User.objects.using(using).filter(is_superuser=True).values_list("username", flat=True))
    hint = "Find out who did it, then take it away by SQL; `manage.py break_glass` opens an administrator's account for some hours."
    return [Error(f"The account {name} is a superuser.", hint=hint, id="sunlot.E050") for name in found]


@register(Tags.security, deploy=True)
def signing_in_is_guarded(**_: Any) -> list[CheckMessage]:
    """Production: sessions end, failed tries are seen, addresses are the visitors' own, the office is not open to the world."""
    wrong: list[CheckMessage] = []
    if not 1 <= settings.SESSION_IDLE_MINUTES <= 60 or settings.SESSION_COOKIE_AGE > 12 * 3600:
        wrong.append(Error("SESSION_IDLE_MINUTES must be 1 to 60.", hint="GB/T 22239: 15 unless there is a reason.", id="sunlot.E051"))
    if settings.SIGN_IN_ALARM <= 0:
        wrong.append(Error("SIGN_IN_ALARM is off: many failed sign-ins ring nowhere.", id="sunlot.E052"))
    if not settings.OFFICE_NETWORKS:
        hint = "List the networks of the bureau (CIDR, separated by commas); others get 404 from /office/ and /admin/."
        wrong.append(Warning("OFFICE_NETWORKS is empty: the office answers every address.", hint=hint, id="sunlot.W054"))
    if settings.PASSWORD_DAYS <= 0:
        hint = "GB/T 22239 asks for a regular change; docs/security/accounts.md tells why ASVS does not."
        wrong.append(Warning("PASSWORD_DAYS is 0: passwords are never changed.", hint=hint, id="sunlot.W055"))
    return wrong


@register(Tags.database)
def every_key_is_there(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """No value may need a key that is not in the file, and the names of keys are plain."""
    wrong: list[CheckMessage] = [
        Error(f"The name of the column key {name!r} may hold letters, figures, - and _ only, at most 32.", id="sunlot.E060")
        for name in settings.FIELD_KEYS
        if not KEY_NAME.fullmatch(name)
    ]
    if "default" not in (databases or ()):
        return wrong
    return wrong + [
        Error(
            f"Values of {place} need the column key {name!r}, which is not in FIELD_KEYS.",
            hint="Put the key back into the file behind the first one, and run `python3 manage.py rotate_keys` before it is taken out.",
            id="sunlot.E061",
        )
        for place, name in missing_keys()
    ]


@register(Tags.security)
def logs_are_kept_long_enough(**_: Any) -> list[CheckMessage]:
    """Cybersecurity Law: six months at least at least."""
    if settings.AUDIT_LOG_DAYS >= LEAST_LOG_DAYS:
        return []
    return [Error(f"AUDIT_LOG_DAYS is less than {LEAST_LOG_DAYS}.", hint="Logs are kept for six months at least.", id="sunlot.E062")]


@register(Tags.security, deploy=True)
def nothing_of_the_demo(**_: Any) -> list[CheckMessage]:
    """Production refuses the demo's lottery, its short leads and its keys."""
    wrong: list[CheckMessage] = []
    if settings.DEMO or settings.DEMO_LOTTERY:
        wrong.append(Error("DEMO or DEMO_LOTTERY is on.", hint="Unset both in production.", id="sunlot.E010"))
    if settings.DRAW_SOURCE_LEAD < 1800 or settings.DRAW_SOURCE_GAP < 900:
        wrong.append(
            Error(
                "DRAW_SOURCE_LEAD or DRAW_SOURCE_GAP is shorter than 1800 and 900 seconds.",
                hint="Draw protocol 1, §§2–3: an order must stand 30 minutes before its first source.",
                id="sunlot.E011",
            )
        )
    if any(len(key) != 32 for key in settings.FIELD_KEYS.values()) or "demo" in settings.FIELD_KEYS:
        wrong.append(Error("FIELD_KEYS must hold keys of 32 bytes of your own.", id="sunlot.E012"))
    if not settings.REQUIRE_SECOND_FACTOR:
        wrong.append(
            Error(
                "REQUIRE_SECOND_FACTOR is off.",
                hint="Supervisors, reviewers, auditors and administrators sign in with a second factor (docs/security/second-factor.md).",
                id="sunlot.E063",
            )
        )
    if not 0 < settings.CONFIRM_SECONDS <= 900:
        wrong.append(
            Error(
                "CONFIRM_SECONDS must be between 1 and 900.",
                hint="What weighs is confirmed again when the last confirmation is older; 300 is the default.",
                id="sunlot.E064",
            )
        )
    if not settings.AUDITOR_PUBLIC_KEY:
        wrong.append(
            Error("AUDITOR_PUBLIC_KEY is not set: no sealed copy of a draw's secret.", id="sunlot.E013")
        )
    if not settings.CHECKPOINT_KEEPERS:
        wrong.append(Error("CHECKPOINT_KEEPERS is empty: nobody outside holds a checkpoint.", id="sunlot.E014"))
    if settings.CHECKPOINT_KEEPERS and not settings.EMAIL_URL:
        wrong.append(Warning("EMAIL_URL is not set: checkpoints cannot leave the house.", id="sunlot.W015"))
    return wrong


@register(Tags.security, deploy=True)
def backups_and_watching(**_: Any) -> list[CheckMessage]:
    """Backups can be closed, and the token that opens the details cannot be guessed."""
    wrong: list[CheckMessage] = []
    try:
        age.Closing(io.BytesIO(), settings.BACKUP_PUBLIC_KEYS)
    except age.Unreadable as error:
        wrong.append(Error(f"BACKUP_PUBLIC_KEYS: {error}", hint="`manage.py auditor_key new FILE` prints one.", id="sunlot.E070"))
    if settings.HEALTH_TOKEN and len(settings.HEALTH_TOKEN) < 32:
        wrong.append(Error("HEALTH_TOKEN is shorter than 32 characters.", hint="`openssl rand -hex 32` makes one.", id="sunlot.E071"))
    return wrong
