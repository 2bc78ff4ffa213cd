"""From where the present request comes. Set by the middleware, read when an entry is written."""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def visitor(request: HttpRequest) -> str:
    """The visitor's address: the connection's, or what the outermost of our own proxies (``PROXY_COUNT``) saw.

    A proxy adds the address it saw on the right, so of a header with forged parts only the last ``PROXY_COUNT`` are ours. What is no address
    (a socket, nonsense) is the connection's, or nothing.
    """
    count = settings.PROXY_COUNT
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if count else []
    connection = str(request.META.get("REMOTE_ADDR", ""))
    return _plain(passed[-count] if len(passed) >= count > 0 else connection) or _plain(connection)


def _plain(text: str) -> str:
    """An address in its one spelling, IPv4 in IPv6 as IPv4; "" for what is none."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    return str(found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else str(found)


address: ContextVar[str] = ContextVar("address", default="")

withheld: ContextVar[frozenset[str]] = ContextVar("withheld", default=frozenset())
"""Commands that the present request does not run before the person has confirmed who they are; none outside of requests."""


class Unconfirmed(Exception):
    """A command of :data:`withheld` was called. No refusal: nothing was decided, the page asks and goes on (``people/factors/guard.py``)."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class AddressMiddleware:
    """Keep the visitor's address for the ledger while the request runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Run the request with its address set."""
        token = address.set(visitor(request))
        try:
            return self.get_response(request)
        finally:
            address.reset(token)
