"""How much one address may ask: of the public pages, of their search, of the sign-in page and of the forms; then 429 with the seconds to wait.

Counted for all processes together (``registries/counting.py``). The screens of a draw are left out: a hall full of telephones behind one
address asks for them every other second. ``PUBLIC_REQUESTS_PER_MINUTE=0`` switches all of it off.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from registries import clock
from registries.counting import counted
from registries.ledger.context import visitor

WINDOW = 10
"""Seconds: who asks for too many pages waits no longer."""
MINUTE = 60
INSIDE = ("/office/", "/admin/", "/static/")
SIGN_IN = "/office/sign-in/"
REPORTS = "/csp-report/"
FOR_PROGRAMS = ("/api/", "/feeds/")
"""Where a refusal is read by a program: problem details (RFC 9457)."""
SCREENS = ("/ceremony/", "/ceremony.json")
SEARCHED = ("q", "search")
"""What the search fields of public pages are called."""


class Limit(NamedTuple):
    """What is counted, in windows of how many seconds, and how often it may be done in one."""

    what: str
    window: int
    most: int


class LimitMiddleware:
    """Refuse an address that asks for more than it may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count, then answer or refuse."""
        if settings.PUBLIC_REQUESTS_PER_MINUTE:
            now = clock.now().timestamp()
            for limit in limits(request):
                if counted(limit.what, visitor(request), limit.window, now) > limit.most:
                    return _refused(request, math.ceil(limit.window - now % limit.window))
        return self.get_response(request)


def limits(request: HttpRequest) -> Iterator[Limit]:
    """Which limits this request counts towards."""
    path, sent = request.path, request.method == "POST"
    if sent and path == SIGN_IN:
        yield Limit("sign-in", MINUTE, settings.SIGN_INS_PER_MINUTE)
    elif sent and path == REPORTS:
        yield Limit("report", MINUTE, settings.REPORTS_PER_MINUTE)
    elif not path.startswith(INSIDE) and not path.endswith(SCREENS):
        yield Limit("page", WINDOW, settings.PUBLIC_REQUESTS_PER_MINUTE * WINDOW // MINUTE)
        if sent:
            yield Limit("form", MINUTE, settings.PUBLIC_FORMS_PER_MINUTE)
        elif any(request.GET.get(name) for name in SEARCHED):
            yield Limit("search", MINUTE, settings.PUBLIC_SEARCHES_PER_MINUTE)


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    if request.path.startswith(FOR_PROGRAMS):
        detail = _("Too many requests. Come back in %(seconds)s seconds; the files of the open data hold everything at once.") % {"seconds": seconds}
        told = {"type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": detail}
        response: HttpResponse = JsonResponse(told, status=429, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False})
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif request.path == REPORTS:
        response = HttpResponse(status=429)
    else:
        response = render(request, "429.html", {"seconds": seconds}, status=429)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response
