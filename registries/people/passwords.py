"""One-time passwords for new accounts, whether a chosen password is good enough, and which were chosen before."""

import datetime as dt
import re
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registries import clock
from registries.ledger.sentences import Sentence, say
from registries.people.models import PastPassword, User
from registries.people.rules import ADMINISTRATORS

LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none that looks like another or like a figure
REMEMBERED = 5
CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^a-zA-Z0-9]"))
"""Small letters, capitals, figures, everything else (Chinese characters too)."""


def one_time() -> str:
    """A random password that can be read out over the phone (about 64 bits)."""
    word = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"{word[:5].capitalize()}-{word[5:]}-{secrets.randbelow(90000) + 10000}"


class LengthValidator:
    """At least so many characters; the three administrators need more."""

    def __init__(self, least: int = 8, administrators: int = 12) -> None:
        self.least, self.administrators = least, administrators

    def validate(self, password: str, user: Any = None) -> None:
        """Count characters, not bytes."""
        least = self.administrators if isinstance(user, User) and user.pk and not ADMINISTRATORS.isdisjoint(user.role_codes) else self.least
        if len(password) < least:
            text = ngettext("At least %(least)s character is needed.", "At least %(least)s characters are needed.", least)
            raise ValidationError(text % {"least": least}, code="too_short")

    def get_help_text(self) -> str:
        """For the page."""
        return _("At least %(least)s characters; for the three administrators at least %(administrators)s.") % vars(self)


class CommonValidator(CommonPasswordValidator):
    """None of the twenty thousand that everybody uses (Django's list)."""

    def get_error_message(self) -> str:
        """In the house's words."""
        return _("Too many people use this password.")

    def get_help_text(self) -> str:
        """For the page."""
        return _("None that many people use, such as a word with a year.")


class LikenessValidator(UserAttributeSimilarityValidator):
    """Not like the person's account, name or e-mail."""

    def get_help_text(self) -> str:
        """For the page."""
        return _("Not like your account, your name or your e-mail.")


class ClassesValidator:
    """Characters of three of the four kinds."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        """Count the kinds."""
        if sum(1 for kind in CLASSES if kind.search(password)) < self.least:
            raise ValidationError(_("Use three of these: small letters, capital letters, figures, other characters."), code="too_plain")

    def get_help_text(self) -> str:
        """For the page."""
        return _("Three of these: small letters, capital letters, figures, other characters (Chinese characters too).")


class WordsValidator:
    """What everybody here would guess (``PASSWORD_WORDS``) does not count."""

    def validate(self, password: str, user: Any = None) -> None:
        """What is left without the words must still be a password."""
        left = password.casefold()
        for word in settings.PASSWORD_WORDS:
            left = left.replace(word.casefold(), "")
        if len(left) < len(password) and len(left) < 8:
            raise ValidationError(_("Without the words that everybody here would guess, too little is left of it."), code="too_near")

    def get_help_text(self) -> str:
        """For the page."""
        return _("Not made of the words that everybody here would guess (the bureau, the police, this system).")


class PastValidator:
    """None of the last five."""

    def validate(self, password: str, user: Any = None) -> None:
        """Against the hashes kept."""
        if isinstance(user, User) and user.pk and is_remembered(user, password):
            raise ValidationError(_("You had this password before. Choose one that is not among your last five."), code="had_before")

    def get_help_text(self) -> str:
        """For the page."""
        return _("None of your last five passwords.")


def is_remembered(user: User, password: str) -> bool:
    """Whether this is the present password or one of the last five."""
    kept = [user.password, *user.past_passwords.order_by("-pk").values_list("password", flat=True)[:REMEMBERED]]
    return any(check_password(password, one) for one in dict.fromkeys(kept) if one)


def remember(user: User) -> None:
    """Keep the hash of the password that was just set; forget all but the last five."""
    PastPassword.objects.create(user=user, password=user.password, set_at=clock.now())
    kept = list(user.past_passwords.order_by("-pk").values_list("pk", flat=True)[:REMEMBERED])
    user.past_passwords.exclude(pk__in=kept).delete()


def why_not_password(password: str, user: User) -> Sentence | None:
    """What the password validators (``settings.AUTH_PASSWORD_VALIDATORS``) say against it, or None."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return say("This password is too easy: %(why)s", why=" ".join(error.messages))
    return None


def good_until(user: User) -> dt.date | None:
    """The day from which the password is too old; None where passwords never are."""
    since = user.password_set_at or user.created_at
    return (since.astimezone(clock.BEIJING) + dt.timedelta(days=settings.PASSWORD_DAYS)).date() if settings.PASSWORD_DAYS > 0 else None


def is_too_old(user: User) -> bool:
    """Whether the password was chosen longer ago than ``PASSWORD_DAYS`` (0: never too old)."""
    since = user.password_set_at or user.created_at
    days: int = settings.PASSWORD_DAYS
    return days > 0 and clock.now() - since >= dt.timedelta(days=days)
