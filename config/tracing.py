"""Every request and every task has a number, which stands in each of its log lines, in the answer, and on the pages that say what failed.

Made here; a proxy's is taken only from a proxy of ours (``PROXY_COUNT``) and only if it looks like one. The number of a request goes with the
messages that it sends to the worker. One line is written per request and per task: who (the number of the account), what (method and
pattern of the address, never the address itself, whose parts and query could name somebody), what came of it, how long it took.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
_LIKE_ONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))

number: ContextVar[str] = ContextVar("number", default="")
"""Of the request or task that this code runs for; empty outside of both."""
requests = logging.getLogger("sunlot.request")
tasks = logging.getLogger("sunlot.task")


def new() -> str:
    """A number nobody can guess: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class TraceMiddleware:
    """Number the request, answer it, write its line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer under a number of its own."""
        token, started, status = number.set(_given(request) or new()), time.monotonic(), 500
        try:
            response = self.get_response(request)
            status = response.status_code
            response.headers[HEADER] = number.get()
            return response
        finally:
            requests.info("request", extra={"told": _line(request, status, time.monotonic() - started)})
            number.reset(token)


def _given(request: HttpRequest) -> str:
    """What our own proxy calls the request; empty without one."""
    named = request.headers.get(HEADER, "") if settings.PROXY_COUNT else ""
    return named if _LIKE_ONE.fullmatch(named) else ""


def route(request: HttpRequest) -> str:
    """The pattern of the address: ``office/cases/<str:number>/``. An address that nobody knows is “?”: it may say anything."""
    if request.path.startswith(settings.STATIC_URL):
        return settings.STATIC_URL
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match is not None else "?"


def _line(request: HttpRequest, status: int, seconds: float) -> dict[str, Any]:
    user = getattr(request, "_cached_user", None)  # asked for by somebody already: the log costs no query
    return {
        "user": user.pk if user is not None else None,
        "method": request.method if request.method in _METHODS else "?",
        "route": route(request),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }


# --- the queue -----------------------------------------------------------------------------------------------------------

_begun: ContextVar[float] = ContextVar("begun", default=0.0)


def hand_on(headers: dict[str, Any] | None = None, **_: object) -> None:
    """Before a message leaves: the number of the request or task that sends it goes along."""
    if headers is not None and number.get():
        headers["trace"] = number.get()


def take_up(task: Any = None, **_: object) -> None:
    """Before a task runs: under the number of whoever sent it, or one of its own."""
    named = str(getattr(task.request, "trace", None) or "")
    number.set(named if _LIKE_ONE.fullmatch(named) else new())
    _begun.set(time.monotonic())


def tell(task: Any = None, task_id: str = "", state: str = "", **_: object) -> None:
    """After a task: its line. Its arguments are numbers of rows and stay out all the same."""
    told = {"task": task.name, "task_id": task_id, "state": state, "ms": round((time.monotonic() - _begun.get()) * 1000, 1)}
    tasks.info("task", extra={"told": told})
    number.set("")
