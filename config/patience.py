"""For how long a page may make the database work: public ones for two seconds (``PUBLIC_QUERY_SECONDS``), others for a minute."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from config import tracing

CANCELLED = "57014"
"""PostgreSQL: a statement took longer than it may."""


class PatienceMiddleware:
    """No statement of a public page runs longer than ``PUBLIC_QUERY_SECONDS`` on PostgreSQL; whose does is told to ask for less.

    The limit belongs to a connection and stays until somebody else needs another one, so that a process that serves nothing
    but public pages sets it once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the limit of this kind of page."""
        if connection.vendor != "postgresql":
            return self.get_response(request)
        public = request.method in ("GET", "HEAD") and not request.path.startswith(("/office/", "/admin/"))
        with connection.execute_wrapper(_Limit(settings.PUBLIC_QUERY_SECONDS if public else settings.QUERY_SECONDS)):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A sentence instead of an error, where it was the limit."""
        if not isinstance(exception, OperationalError) or getattr(exception.__cause__, "sqlstate", "") != CANCELLED:
            return None
        response = render(request, "503.html", {"request_number": tracing.number.get()}, status=503)
        response.headers["Retry-After"] = "10"
        return response


class _Limit:
    """Sets the limit before the first statement of a request, if the connection has another one."""

    def __init__(self, seconds: float) -> None:
        self.wanted = int(seconds * 1000)
        self.looked = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not self.looked:
            self.looked = True
            _set(context["connection"], self.wanted)
        return execute(sql, params, many, context)


def _set(wrapper: Any, wanted: int) -> None:
    raw = wrapper.connection
    if raw is None or getattr(wrapper, "sunlot_limit", None) == (raw, wanted):
        return
    with raw.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {wanted}".encode())
    # inside a transaction it may be taken back with it: then it is set again the next time
    wrapper.sunlot_limit = None if wrapper.in_atomic_block else (raw, wanted)
