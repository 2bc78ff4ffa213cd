"""What every template may use: the bureau's name and phone, whether this is a demo, the navigation of the office."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.navigation import office_navigation


def house(request: HttpRequest) -> dict[str, Any]:
    """Context for all pages; the navigation only for people who are signed in."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "bureau_name": settings.BUREAU_NAME,
        "supervision_phone": settings.SUPERVISION_PHONE,
        "demo": settings.DEMO,
        "nav": office_navigation(user, request.path) if signed_in else [],
    }
