"""Columns that hold what must not be read from a stolen database: ID numbers, phone numbers, secrets.

The keys stand outside the database (``settings.FIELD_KEYS``: name → 32 bytes, the first one writes, all of them read).
A value is stored as ``<key name>:<base64(nonce ‖ AES-256-GCM ciphertext)>``; the column's own name is authenticated
with it, so that a value moved to another column does not open.
"""

import base64
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

NONCE_BYTES = 12


_cipher = lru_cache(maxsize=16)(AESGCM)


def seal(value: str, place: str) -> str:
    """Encrypt ``value`` for the column named ``place``."""
    name, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, value.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(stored: str, place: str) -> str:
    """Decrypt what :func:`seal` made. Raises ``ImproperlyConfigured`` when its key is not at hand or does not fit."""
    name, _, body = stored.partition(":")
    if name not in settings.FIELD_KEYS:
        raise ImproperlyConfigured(f"The column key {name!r} is missing: add it to the key file.")
    raw = base64.b64decode(body)
    try:
        return _cipher(settings.FIELD_KEYS[name]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag as error:
        raise ImproperlyConfigured(f"A value of {place} does not open with the key {name!r}.") from error


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database and plain in Python. Empty stays empty. It cannot be filtered on."""

    @property
    def place(self) -> str:
        """What is authenticated with the value: the column's full name."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Decrypt on the way out."""
        return unseal(value, self.place) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        text = super().get_prep_value(value)
        return seal(text, self.place) if text else text

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse look-ups: the same text is stored differently each time, so a filter would find nothing."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
