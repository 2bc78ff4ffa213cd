"""System checks: every view declares its access, every trigger stands, production holds nothing of the demo."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver

from inspections.standing import TRIGGERS as INSPECTIONS_TRIGGERS
from publicity.standing import TRIGGERS as PUBLICITY_TRIGGERS
from registries import triggers
from registries.fields import KEY_NAME
from registries.keys.columns import missing_keys
from registries.retention.rules import LEAST_LOG_DAYS
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


@register(Tags.database)
def every_key_is_there(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """No value may need a key that is not in the file, and the names of keys are plain."""
    wrong: list[CheckMessage] = [
        Error(f"The name of the column key {name!r} may hold letters, figures, - and _ only, at most 32.", id="sunlot.E030")
        for name in settings.FIELD_KEYS
        if not KEY_NAME.fullmatch(name)
    ]
    if "default" not in (databases or ()):
        return wrong
    return wrong + [
        Error(
            f"Values of {place} need the column key {name!r}, which is not in FIELD_KEYS.",
            hint="Put the key back into the file behind the first one, and run `python3 manage.py rotate_keys` before it is taken out.",
            id="sunlot.E031",
        )
        for place, name in missing_keys()
    ]


@register(Tags.security)
def logs_are_kept_long_enough(**_: Any) -> list[CheckMessage]:
    """Cybersecurity Law: six months at least at least."""
    if settings.AUDIT_LOG_DAYS >= LEAST_LOG_DAYS:
        return []
    return [Error(f"AUDIT_LOG_DAYS is less than {LEAST_LOG_DAYS}.", hint="Logs are kept for six months at least.", id="sunlot.E032")]


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
