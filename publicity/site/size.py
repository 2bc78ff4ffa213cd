"""大字版: the same pages in letters of 18 points and more, by the visitor's choice, kept in a cookie; no script needed."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from registries.people.access import PUBLIC, access

LARGE, NORMAL = "large", "normal"


def is_large(request: HttpRequest) -> bool:
    """Whether the visitor chose large letters."""
    return request.COOKIES.get(settings.SIZE_COOKIE_NAME) == LARGE


@access(PUBLIC)
def choose_size(request: HttpRequest, size: str) -> HttpResponse:
    """Keep the choice in a cookie and go back to where the visitor was (an address of ours only)."""
    if size not in (LARGE, NORMAL):
        raise Http404
    target = request.GET.get("next", "/")
    response = redirect(target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/")
    if size == LARGE:
        response.set_cookie(
            settings.SIZE_COOKIE_NAME,
            LARGE,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(settings.SIZE_COOKIE_NAME, samesite="Lax")
    return response
