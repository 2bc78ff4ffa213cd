"""One-time passwords for new accounts, and whether a chosen password is good enough."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from registries.ledger.sentences import Sentence, say
from registries.people.models import User

LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none that looks like another or like a figure


def one_time() -> str:
    """A random password that can be read out over the phone (about 64 bits)."""
    word = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"{word[:5].capitalize()}-{word[5:]}-{secrets.randbelow(90000) + 10000}"


def why_not_password(password: str, user: User) -> Sentence | None:
    """What the password validators (``settings.AUTH_PASSWORD_VALIDATORS``) say against it, or None."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return say("This password is too easy: %(why)s", why=" ".join(error.messages))
    return None
