"""Before every page of the office and the admin: the second factor is passed or set up, and what weighs is confirmed.

A command of ``confirmed.py`` that a request calls without a fresh confirmation is not run, whatever view calls it: the edge
of the command raises ``Unconfirmed``. Here that becomes a page which asks, carries what was posted and sends it on.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from registries.ledger.context import Unconfirmed, withheld
from registries.ledger.words import in_words
from registries.people.confirmed import CONFIRMED
from registries.people.factors import passing, proof, queries
from registries.people.factors.forms import ConfirmForm
from registries.people.models import User

INSIDE = ("/office/", "/admin/")
DOORS = ("/office/sign-in/", "/office/sign-out/")
SET_UP = "/office/second-factor/set-up/"
WITHOUT = (*DOORS, SET_UP, "/office/password/")
"""Where somebody gets who must have a second factor and has none yet."""
ANSWER, DOES, AGAIN, BACK = "confirm-with", "confirm-what", "confirm-again", "confirm-back"
OWN = (ANSWER, DOES, AGAIN, BACK, "csrfmiddlewaretoken")


class SecondFactorMiddleware:
    """Stands behind the sign-in: which pages a session opens, and which commands its request runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Public pages read no session, and run no command that weighs."""
        token = withheld.set(CONFIRMED if settings.CONFIRM_SECONDS else frozenset())
        try:
            stopped = self._stopped(request) if request.path.startswith(INSIDE) else None
            return stopped or self.get_response(request)
        finally:
            withheld.reset(token)

    def _stopped(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User):
            return None
        if not request.path.startswith(DOORS) and not passing.passed(request.session, user):
            logout(request)
            answer = redirect_to_login(request.get_full_path())
            answer["Location"] += "&ended=factor"
            return answer
        if queries.must_have(user) and queries.since(user) is None and not request.path.startswith(WITHOUT):
            return redirect(SET_UP)
        if passing.confirmed(request.session):
            withheld.set(frozenset())
        return None

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """A form comes back from the page that asks: see the answer, then let it through as it was."""
        inside = request.path.startswith(INSIDE) and isinstance(request.user, User)
        if not inside or request.method != "POST" or ANSWER not in request.POST or not withheld.get():
            return None
        wrong = proof.why_not(request, request.POST[ANSWER])
        if wrong:
            return asking(request, request.POST.get(DOES, ""), wrong)
        if AGAIN in request.POST:
            messages.success(request, _("Confirmed. Please send it once more now."))
            return redirect(_back(request))
        return None

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """The request called a command that weighs: ask first."""
        return asking(request, raised.name) if isinstance(raised, Unconfirmed) else None


def _back(request: HttpRequest) -> str:
    """The page from which it was sent: an address of ours, or the desk."""
    known = request.POST.get(BACK) or urlsplit(request.META.get("HTTP_REFERER", ""))._replace(scheme="", netloc="").geturl()
    return known if known.startswith(INSIDE) and url_has_allowed_host_and_scheme(known, allowed_hosts=None) else "/office/"


def asking(request: HttpRequest, name: str, wrong: str = "") -> HttpResponse:
    """The page that asks who it is, with everything that was posted as hidden fields. Files cannot be carried: then it says so.

    A question (200), not a refusal; a wrong answer is a form to mend (422), like any other of the office.
    """
    user = request.user
    has_factor = isinstance(user, User) and queries.since(user) is not None
    again = bool(request.FILES) or request.method != "POST" or AGAIN in request.POST
    carried = [] if again else [(key, value) for key, values in request.POST.lists() if key not in OWN for value in values]
    context = {
        "form": ConfirmForm(has_factor=has_factor, wrong=wrong),
        "carried": carried,
        "does": name,
        "what": in_words(name) if name in CONFIRMED else "",
        "again": again,
        "back": _back(request),
        "has_factor": has_factor,
        "minutes": max(1, settings.CONFIRM_SECONDS // 60),
    }
    response = render(request, "registration/confirm.html", context, status=422 if wrong else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
