"""What every template may use: the bureau's name and phone, whether this is a demo, the navigation of the office."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config import tracing
from config.navigation import office_navigation
from inspections.messages import queries as messages
from publicity.site.size import is_large
from registries import clock
from registries.heartbeats import beating
from registries.ledger.change import translated

HOTLINE = "12389"
"""Where misconduct of the police is reported anywhere in the country; shown until the bureau names a number of its own."""


def house(request: HttpRequest) -> dict[str, Any]:
    """Context for all pages; the navigation only inside, for people who are signed in. Public pages read no session."""
    inside = request.path.startswith(("/office/", "/admin/"))
    user = getattr(request, "user", None) if inside else None
    signed_in = user is not None and user.is_authenticated
    return {
        "bureau_name": settings.BUREAU_NAME or _("Public security bureau"),
        "supervision_phone": settings.SUPERVISION_PHONE or HOTLINE,
        "demo": settings.DEMO,
        "request_number": tracing.number.get(),
        "large_letters": is_large(request),
        "section": request.path.split("/", 2)[1],
        "nav": office_navigation(user, request.path) if signed_in else [],
        "unread": _unread(user) if signed_in else None,
        "silent": _silent() if signed_in else "",
    }


def _silent() -> str:
    """What everybody inside is told while the worker stands still."""
    silence = beating.silence(clock.now())
    return translated(silence) if silence is not None else ""


def _unread(user: Any) -> int | None:
    """How many messages want this person's eye; None for whoever gets none."""
    return getattr(user, "unread", 0) if user.has_perm(messages.RIGHT) else None
