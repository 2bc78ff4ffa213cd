"""From where the present request comes. Set by the middleware, read when an entry is written."""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

address: ContextVar[str] = ContextVar("address", default="")


class AddressMiddleware:
    """Keep the visitor's address for the ledger while the request runs (behind a proxy: as axes resolves it)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Run the request with its address set."""
        token = address.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return self.get_response(request)
        finally:
            address.reset(token)
