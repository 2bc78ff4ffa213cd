"""The session engine: Django's own rows with whose they are, since when, seen when; idle and absolute limits; ended ones told why."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError, transaction

from registries import clock
from registries.ledger.context import address
from registries.people import rules
from registries.people.models import Session, User

SEEN_EVERY = dt.timedelta(minutes=1)
"""How often at most that somebody is there is written down."""


class SessionStore(DatabaseStore):
    """A session; ``row`` once it is loaded, ``ended`` why it is over (a word of ``rules.ENDED``)."""

    row: Session | None = None
    ended: str = ""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our own table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row, if it is neither over nor ended from elsewhere."""
        found = Session.objects.filter(pk=self.session_key).first()
        now = clock.now()
        if found is not None:
            self.ended = rules.why_over(
                ended=found.ended_because, began=found.began_at, seen=found.seen_at, now=now, idle=idle(), most=absolute()
            )
        if found is None or self.ended:
            self._session_key = None
            return None
        self.row = found
        return found

    def save(self, must_create: bool = False) -> None:
        """Write the data. A row that was ended meanwhile is never brought back."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Django's own, not in its stubs
        values: dict[str, Any] = {"session_data": self.encode(data), "user_id": data.get(SESSION_KEY)}
        if must_create:
            return self._insert(values)
        if not Session.objects.filter(pk=self.session_key, ended_because="").update(**values):
            raise UpdateError
        return None

    def _insert(self, values: dict[str, Any]) -> None:
        now, old = clock.now(), self.row
        kept = old is not None and old.user_id is not None and str(old.user_id) == str(values["user_id"])
        began = old.began_at if old is not None and kept else now
        row = Session(
            session_key=str(self.session_key),
            **values,
            began_at=began,
            seen_at=now,
            expire_date=_until(began, now),
            address=old.address if old is not None and kept else address.get(),
            device=old.device if old is not None and kept else "",
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error
        self.row = row

    def seen(self, now: dt.datetime) -> None:
        """That the person is there, at most once a minute."""
        if self.row is not None and not dt.timedelta(0) <= now - self.row.seen_at < SEEN_EVERY:
            Session.objects.filter(pk=self.row.pk, ended_because="").update(seen_at=now, expire_date=_until(self.row.began_at, now))

    def renewed(self) -> None:
        """Give the session a new key, if its person's roles have changed since."""
        if self.row is not None and self.row.renew:
            self.cycle_key()

    @classmethod
    def clear_expired(cls) -> None:
        """Remove rows that are over for a day."""
        Session.objects.filter(expire_date__lt=clock.now() - dt.timedelta(days=1)).delete()


def idle() -> dt.timedelta:
    """How long somebody may be away."""
    return dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def absolute() -> dt.timedelta:
    """After how long everybody signs in again."""
    return dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _until(began: dt.datetime, now: dt.datetime) -> dt.datetime:
    return min(began + absolute(), now + idle())


def end(user: User, why: str, *, keep: str | None = None, only: str | None = None) -> int:
    """End a person's sessions (all but ``keep``, or ``only`` one), emptied, with the word why; returns how many."""
    rows = Session.objects.filter(user=user, ended_because="")
    if keep is not None:
        rows = rows.exclude(pk=keep)
    if only is not None:
        rows = rows.filter(pk=only)
    return rows.update(ended_because=why, session_data="", expire_date=clock.now())


def renew(user: User) -> None:
    """The person's roles have changed: their sessions get new keys at the next request."""
    Session.objects.filter(user=user, ended_because="").update(renew=True)
