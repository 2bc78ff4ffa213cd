"""What a request passes on its way inside: from where it may come, and that its session is alive."""

import ipaddress
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from registries import clock
from registries.ledger.context import visitor
from registries.people.sessions import SessionStore

INSIDE = ("/office/", "/admin/")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def inside(path: str) -> bool:
    """Whether an address is one of office or admin, with its last stroke or without."""
    return f"{path}/".startswith(INSIDE)


def networks(spelled: Iterable[str]) -> list[Network]:
    """The networks of ``OFFICE_NETWORKS``; refuses what is none."""
    try:
        return [ipaddress.ip_network(one.strip(), strict=False) for one in spelled if one.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(f"OFFICE_NETWORKS: {error}") from None


def is_inside(address: str, allowed: list[Network]) -> bool:
    """Whether an address lies in one of the networks; nothing is inside none, everything where there is no list."""
    if not allowed:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in allowed)


class NetworkMiddleware:
    """Office and admin answer 404 to addresses outside ``OFFICE_NETWORKS``, as if there were nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.allowed = networks(settings.OFFICE_NETWORKS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let it in, or know of nothing."""
        if inside(request.path) and not is_inside(visitor(request), self.allowed):
            raise Http404
        return self.get_response(request)


class SeenMiddleware:
    """Who is signed in and asks for something inside is there: written down once a minute. What a page asks by itself does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note that the person is there, and give the session a new key when the roles have changed."""
        if inside(request.path) and request.user.is_authenticated and isinstance(request.session, SessionStore):
            request.session.renewed()
            if request.headers.get("X-Refresh") != "1":
                request.session.seen(clock.now())
        return self.get_response(request)
