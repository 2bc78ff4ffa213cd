"""From where the present request comes. Set by the middleware, read when an entry is written."""

from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def visitor(request: HttpRequest) -> str:
    """The visitor's address: the connection's, or what the outermost of our own proxies (``PROXY_COUNT``) saw."""
    count = settings.AXES_IPWARE_PROXY_COUNT
    passed = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")] if count else []
    return passed[-count][:64] if len(passed) >= count > 0 else str(request.META.get("REMOTE_ADDR", ""))


address: ContextVar[str] = ContextVar("address", default="")

withheld: ContextVar[frozenset[str]] = ContextVar("withheld", default=frozenset())
"""Commands that the present request does not run before the person has confirmed who they are; none outside of requests."""


class Unconfirmed(Exception):
    """A command of :data:`withheld` was called. No refusal: nothing was decided, the page asks and goes on (``people/factors/guard.py``)."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class AddressMiddleware:
    """Keep the visitor's address for the ledger while the request runs (behind a proxy: as axes resolves it)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Run the request with its address set."""
        token = address.set(visitor(request))
        try:
            return self.get_response(request)
        finally:
            address.reset(token)
