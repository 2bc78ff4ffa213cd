"""Columns that hold what must not be read from a stolen database: ID numbers, phone numbers, secrets.

The keys stand outside the database (``settings.FIELD_KEYS``: name → 32 bytes, the first one writes, all of them read).
A value is stored as ``<key name>:<base64(nonce ‖ AES-256-GCM ciphertext)>``; the column's own name is authenticated
with it, so that a value moved to another column does not open.

A column that can be searched for a whole value has a blind index before that: ``<32 hex figures>.<key name>:…``. It is an
HMAC-SHA-256 of the normal spelling, under a key of its own that is derived from the same key, and of the column's name: without the
key nobody tells whose it is, and the same number in two columns looks different (docs/adr/0013).
"""

import base64
import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import models
from django.db.models.lookups import Lookup

if TYPE_CHECKING:
    WholeLookup = Lookup[Any]
else:  # generic for the type checker only
    WholeLookup = Lookup

NONCE_BYTES = 12
TOKEN = 32
"""Figures of a blind index: 128 bits."""
KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""What a key may be called: no dot and no colon, which end a name in a stored value."""
HEAD = TOKEN + 1 + 32 + 1
"""So many characters of a stored value hold its index, the name of its key and the colon."""

_cipher = lru_cache(maxsize=16)(AESGCM)


def writing_key() -> tuple[str, bytes]:
    """The key that writes: name and 32 bytes."""
    return next(iter(settings.FIELD_KEYS.items()))


def reading_key(name: str) -> bytes:
    """The key of this name. Raises ``ImproperlyConfigured`` when it is not at hand."""
    if name not in settings.FIELD_KEYS:
        raise ImproperlyConfigured(f"The column key {name!r} is missing: add it to the key file.")
    key: bytes = settings.FIELD_KEYS[name]
    return key


def head_of(stored: str) -> tuple[str, str]:
    """The blind index ("" without one) and the key's name of a stored value, or of its first :data:`HEAD` characters."""
    token, _dot, name = stored.partition(":")[0].rpartition(".")
    return token, name


def seal(value: str, place: str) -> str:
    """Encrypt ``value`` for the column named ``place``."""
    name, key = writing_key()
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, value.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(stored: str, place: str) -> str:
    """Decrypt what :func:`seal` made. Raises ``ImproperlyConfigured`` when its key is not at hand or does not fit."""
    _token, name = head_of(stored)
    key, raw = reading_key(name), base64.b64decode(stored.partition(":")[2])
    try:
        return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag as error:
        raise ImproperlyConfigured(f"A value of {place} does not open with the key {name!r}.") from error


# --- the blind index ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _index_key(key: bytes) -> bytes:
    return hmac.digest(key, b"sunlot blind index 1", hashlib.sha256)


def token(key: bytes, value: str, place: str) -> str:
    """The blind index of a value in its normal spelling, for the column named ``place``."""
    return hmac.digest(_index_key(key), f"{place}\0{value}".encode(), hashlib.sha256).hex()[:TOKEN]


def plain_id(text: str) -> str:
    """An ID number as it is compared: half-width, without gaps, the check character large."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def plain_phone(text: str) -> str:
    """A phone number as it is compared: its figures, without the country's 86."""
    figures = "".join(one for one in unicodedata.normalize("NFKC", text) if one.isdecimal())
    return re.sub(r"^(?:00)?86(?=1\d{10}$)", "", figures)


def plain_contact(text: str) -> str:
    """A phone number if it is nothing else, any other contact in small letters without gaps."""
    normal = "".join(unicodedata.normalize("NFKC", text).split())
    return plain_phone(normal) if re.fullmatch(r"[+()\d.·-]{7,}", normal) else normal.casefold()


# --- the columns -------------------------------------------------------------------------------------------------------


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # takes no brackets at run time
    """Text that is encrypted in the database and plain in Python. Empty stays empty. It cannot be filtered on."""

    sealed = True
    LOOKUPS: ClassVar[tuple[str, ...]] = ("isnull",)

    @property
    def place(self) -> str:
        """What is authenticated with the value: the column's full name."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """Decrypt on the way out."""
        return unseal(value, self.place) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        text = super().get_prep_value(value)
        return self.stored(text) if text else text

    def stored(self, text: str) -> str:
        """A text as it stands in the database."""
        return seal(text, self.place)

    def resealed(self, stored: str) -> str:
        """The same text under the key that writes now."""
        return self.stored(unseal(stored, self.place))

    def is_current(self, head: str) -> bool:
        """Whether a value with this head is under the key that writes now."""
        return head_of(head)[1] == writing_key()[0]

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse look-ups: the same text is stored differently each time, so a filter would find nothing."""
        return super().get_lookup(lookup_name) if lookup_name in self.LOOKUPS else None


class SearchableTextField(SealedTextField):
    """Sealed text that can be found by its whole value: ``column__whole="138…"``, in whatever spelling."""

    LOOKUPS = ("isnull", "whole", "whole_of")
    NORMAL: ClassVar[Callable[[str], str]] = plain_contact

    def stored(self, text: str) -> str:
        """The text with its blind index."""
        _name, key = writing_key()
        return f"{token(key, type(self).NORMAL(text), self.place)}.{super().stored(text)}"

    def is_current(self, head: str) -> bool:
        """Also that it has an index, which is always under the key of the value."""
        return super().is_current(head) and bool(head_of(head)[0])

    def tokens(self, value: str) -> list[str]:
        """What the index of this value may be: under every key that is at hand. None for nothing."""
        normal = type(self).NORMAL(value)
        return [token(key, normal, self.place) for key in settings.FIELD_KEYS.values()] if normal else []


class SealedIdField(SearchableTextField):
    """An ID number."""

    NORMAL = plain_id


class SealedPhoneField(SearchableTextField):
    """A phone number."""

    NORMAL = plain_phone


@SearchableTextField.register_lookup
class Whole(WholeLookup):
    """The blind index of the column is that of the value; the database has an index on just this expression."""

    lookup_name = "whole"
    prepare_rhs = False

    def wanted(self) -> list[str]:
        """The indexes that fit."""
        found: list[str] = self.lhs.output_field.tokens(str(self.rhs))
        return found

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """``SUBSTR(column, 1, 32) IN (…)``, spelled as Django spells it in the index."""
        column, params = self.process_lhs(compiler, connection)
        tokens = self.wanted()
        if not tokens:
            raise EmptyResultSet
        cut = "SUBSTRING" if connection.vendor == "postgresql" else "SUBSTR"
        return f"{cut}({column}, 1, {TOKEN}) IN ({', '.join(['%s'] * len(tokens))})", (*params, *tokens)


@SearchableTextField.register_lookup
class WholeOf(Whole):
    """The same for any of several values."""

    lookup_name = "whole_of"

    def wanted(self) -> list[str]:
        """The indexes of all of them."""
        return [one for value in self.rhs for one in self.lhs.output_field.tokens(str(value))]
