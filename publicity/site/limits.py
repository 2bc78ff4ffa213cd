"""How much one address may ask of the public pages: so many requests in ten seconds, then 429 with the seconds to wait.

Counted in the process's own cache, so that a process that is asked too much refuses cheaply; a proxy in front counts for all. The screens of a
draw are left out: a hall full of telephones behind one address asks for them every other second.
"""

import math
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from registries import clock
from registries.ledger.context import visitor

WINDOW = 10
"""Seconds."""
INSIDE = ("/office/", "/admin/", "/static/")
FOR_PROGRAMS = ("/api/", "/feeds/")
"""Where a refusal is read by a program: problem details (RFC 9457)."""
SCREENS = ("/ceremony/", "/ceremony.json")


class LimitMiddleware:
    """Refuse an address that asks for more than ``PUBLIC_REQUESTS_PER_MINUTE``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count, then answer or refuse."""
        most = settings.PUBLIC_REQUESTS_PER_MINUTE * WINDOW // 60
        if most and not request.path.startswith(INSIDE) and not request.path.endswith(SCREENS):
            now = clock.now().timestamp()
            if _asked(visitor(request), int(now // WINDOW)) > most:
                return _refused(request, math.ceil(WINDOW - now % WINDOW))
        return self.get_response(request)


def _asked(address: str, window: int) -> int:
    """How often this address has asked in this window, this time included."""
    key = f"asked/{address}/{window}"
    if cache.add(key, 1, WINDOW):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out in between
        return 1


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    if request.path.startswith(FOR_PROGRAMS):
        detail = _("Too many requests. Come back in %(seconds)s seconds; the files of the open data hold everything at once.") % {"seconds": seconds}
        told = {"type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": detail}
        response: HttpResponse = JsonResponse(told, status=429, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False})
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        response = render(request, "429.html", {"seconds": seconds}, status=429)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response
