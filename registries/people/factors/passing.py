"""What a session has passed: the password and waits for the code, the second factor, a confirmation not long ago."""

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from registries import clock
from registries.people.factors import queries
from registries.people.models import User

WAITS, PASSED, CONFIRMED_AT = "second_step", "second_factor", "confirmed_at"
BACKEND = "registries.people.backend.Accounts"
STEP_WITHIN = dt.timedelta(minutes=5)


class Waiting(NamedTuple):
    """Who has entered the right password and not the code yet, and where they want to go."""

    user: User
    goes_to: str


def hold(request: HttpRequest, user: User, goes_to: str) -> None:
    """The password was right: the code is next. Nobody is signed in yet."""
    request.session.cycle_key()
    request.session[WAITS] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "goes_to": goes_to,
        "at": clock.now().timestamp(),
    }


def waiting(session: SessionBase) -> Waiting | None:
    """Who waits at the second step; None after five minutes, and when account or password changed meanwhile."""
    held = session.get(WAITS)
    if held is None or clock.now().timestamp() - held["at"] > STEP_WITHIN.total_seconds():
        return None
    user = User.objects.filter(pk=held["user"]).first()
    if user is None or not user.is_open or user.get_session_auth_hash() != held["password"]:
        return None
    return Waiting(user, held["goes_to"])


def admit(request: HttpRequest, user: User) -> None:
    """Sign in after the second step. The session gets a new key."""
    login(request, user, backend=BACKEND)
    request.session.pop(WAITS, None)
    keep(request, user)


def keep(request: HttpRequest, user: User) -> None:
    """The session of this person has passed the factor they have now (or they have none), and confirmed just now who they are."""
    request.session[PASSED] = mark(queries.since(user))
    confirm(request)


def confirm(request: HttpRequest) -> None:
    """The person has just shown who they are."""
    request.session[CONFIRMED_AT] = clock.now().timestamp()


def confirmed(session: SessionBase) -> bool:
    """Whether that is not longer ago than ``CONFIRM_SECONDS``. Always, where that is 0: nobody is asked."""
    at = session.get(CONFIRMED_AT)
    within: int = settings.CONFIRM_SECONDS
    return within == 0 or (at is not None and 0 <= clock.now().timestamp() - at <= within)


def mark(since: dt.datetime | None) -> str | None:
    """How a session names the factor it has passed: a factor set up anew or cleared has another name."""
    return since.astimezone(dt.UTC).isoformat(timespec="microseconds") if since is not None else None


def passed(session: SessionBase, user: User) -> bool:
    """Whether this session has passed the factor the person has now."""
    found: bool = session.get(PASSED) == mark(queries.since(user))
    return found
