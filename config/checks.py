"""System checks: every view declares its access, every trigger stands, production holds nothing of the demo."""

import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver

from inspections.standing import TRIGGERS as INSPECTIONS_TRIGGERS
from publicity.standing import TRIGGERS as PUBLICITY_TRIGGERS
from registries import triggers
from registries.backups import age
from registries.standing import TRIGGERS as REGISTRIES_TRIGGERS

TRIGGERS = (*REGISTRIES_TRIGGERS, *INSPECTIONS_TRIGGERS, *PUBLICITY_TRIGGERS)


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
        wrong.append(Error(f"BACKUP_PUBLIC_KEYS: {error}", hint="`manage.py auditor_key new FILE` prints one.", id="sunlot.E060"))
    if settings.HEALTH_TOKEN and len(settings.HEALTH_TOKEN) < 32:
        wrong.append(Error("HEALTH_TOKEN is shorter than 32 characters.", hint="`openssl rand -hex 32` makes one.", id="sunlot.E061"))
    return wrong
