"""Tries to sign in: five an account and address, then a quarter of an hour of nothing; and when there are too many altogether.

A try is counted as failed *before* the password is looked at, in one locked row, so that tries at once cannot outrun the count. What
is unknown costs the same as what is known: the same rows, the same hash.
"""

import datetime as dt
import hashlib
import hmac
import unicodedata
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Sum

from registries import clock
from registries.people.models import SignInTries

WINDOW = dt.timedelta(minutes=15)
KEPT = dt.timedelta(days=1)
"""How long a row stays after its last try."""
WRITTEN_OF_ONE_ADDRESS = 100
"""So many failures of one address within the window stand in the ledger one by one; what goes beyond is only counted."""


class Try(NamedTuple):
    """What counting said: whether the password may be looked at, whether this was the last time, whether the ledger tells it."""

    evaluated: bool
    last: bool
    written: bool


def digest_of(username: str) -> str:
    """A typed account name as it is kept: nobody reads it, and equal ones are equal."""
    plain = unicodedata.normalize("NFKC", username).strip().casefold()[:200]
    return hmac.new(settings.SECRET_KEY.encode(), b"sign-in:" + plain.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def counted(username: str, address: str) -> Try:
    """Count one more try from this address to this account name, and say whether it is evaluated."""
    now = clock.now()
    with transaction.atomic():
        row = _locked(digest_of(username), address, now)
        if row.locked_until is not None and row.locked_until > now:
            SignInTries.objects.filter(pk=row.pk).update(last_at=now)
            return Try(evaluated=False, last=False, written=False)
        all_of_it = _count(_locked("", address, now), now, most=None)
        failures = _count(row, now, most=settings.SIGN_IN_TRIES)
    return Try(evaluated=True, last=failures >= settings.SIGN_IN_TRIES, written=all_of_it <= WRITTEN_OF_ONE_ADDRESS)


def succeeded(username: str, address: str) -> None:
    """It was no failure: forget the tries of this account and address, and this one of the address."""
    SignInTries.objects.filter(account=digest_of(username), address=address).delete()
    SignInTries.objects.filter(account="", address=address, failures__gt=0).update(failures=F("failures") - 1)


def unlock(username: str) -> None:
    """Forget all tries of an account: it got a new password."""
    SignInTries.objects.filter(account=digest_of(username)).delete()


def _locked(account: str, address: str, now: dt.datetime) -> SignInTries:
    SignInTries.objects.get_or_create(account=account, address=address, defaults={"since": now, "last_at": now})
    return SignInTries.objects.select_for_update(no_key=True).get(account=account, address=address)


def _count(row: SignInTries, now: dt.datetime, *, most: int | None) -> int:
    """One more failure of a locked row; the window begins anew when it is over, or was written by a clock that ran ahead."""
    if not dt.timedelta(0) <= now - row.since < WINDOW or row.locked_until is not None:
        row.failures, row.since, row.locked_until = 0, now, None
    row.failures += 1
    row.last_at = now
    if most is not None and row.failures >= most:
        row.locked_until = now + WINDOW
    row.save()
    return row.failures


class Sum15(NamedTuple):
    """Failed tries of the last quarter of an hour, over how many account names and addresses."""

    failures: int
    accounts: int
    addresses: int


def of_late(now: dt.datetime) -> Sum15:
    """What the alarm looks at."""
    rows = SignInTries.objects.filter(last_at__gt=now - WINDOW)
    one = rows.exclude(account="").aggregate(accounts=Count("pk"), failures=Sum("failures"))
    return Sum15(one["failures"] or 0, one["accounts"], rows.values("address").distinct().count())


def forget_old(now: dt.datetime) -> int:
    """Remove rows whose last try is a day old."""
    return SignInTries.objects.filter(last_at__lt=now - KEPT).delete()[0]
