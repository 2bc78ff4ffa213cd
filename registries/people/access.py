"""Who may open a view. Every view says so with ``@access``; the boot check refuses to start otherwise."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from registries.people.passwords import is_too_old

PUBLIC = "public"
"""Anybody, without a session: the view reads published rows only."""

View = Callable[..., HttpResponseBase]


def access(right: str) -> Callable[[View], View]:
    """Open the view to everybody (``PUBLIC``) or to signed-in people whose role has ``right`` (``roles.py``)."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if right != PUBLIC:
                if not request.user.is_authenticated:
                    return to_sign_in(request)
                if not request.user.has_perm(right):
                    raise PermissionDenied
            response = view(request, *args, **kwargs)
            if right != PUBLIC:
                response.headers["Cache-Control"] = "no-store"
            return response

        vars(guarded)["access"] = right
        return guarded

    return wrap


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, which says why the session is over if one is."""
    answer = redirect_to_login(request.get_full_path())
    ended = getattr(getattr(request, "session", None), "ended", "")
    if ended:
        answer["Location"] += f"&ended={ended}"
    return answer


class FreshPasswordMiddleware:
    """Whoever got a password from an administrator, or has an old one, chooses an own one before anything else."""

    OPEN = ("/office/password/", "/office/sign-out/", "/static/", "/language/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Send them to the password page."""
        inside = request.path.startswith(("/office/", "/admin/"))
        if inside and not request.path.startswith(self.OPEN):
            user = request.user
            if user.is_authenticated and (user.must_change_password or is_too_old(user)):
                return redirect("/office/password/")
        return self.get_response(request)
