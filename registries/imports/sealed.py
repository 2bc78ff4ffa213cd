"""Columns of an import that hold what people's files say, names and telephone numbers included: encrypted like those.

The registry encrypts persons, phones and ID numbers (``registries/fields.py``); a file on its way there must not keep
them in plain beside it.
"""

import json
import os
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from registries.fields import NONCE_BYTES, SealedTextField

if TYPE_CHECKING:
    Binary = models.BinaryField[Any, Any]
else:  # generic for the type checker only
    Binary = models.BinaryField


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class SealedJSONField(SealedTextField):
    """JSON that is encrypted in the database and plain in Python. An empty value stays an empty text."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """Decrypt and parse on the way out."""
        text = super().from_db_value(value)
        return json.loads(text) if text else self.get_default()

    def get_prep_value(self, value: Any) -> Any:
        """Write and encrypt on the way in."""
        return super().get_prep_value(_ENCODER.encode(value) if value else "")


class SealedBytesField(Binary):
    """A file that is encrypted in the database: ``<key name>:<nonce ‖ AES-256-GCM ciphertext>``. Empty stays empty."""

    @property
    def place(self) -> bytes:
        """What is authenticated with the value: the column's full name."""
        return f"{self.model._meta.label_lower}.{self.name}".encode()

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> bytes | None:
        """Decrypt on the way out."""
        stored = bytes(value or b"")
        if not stored:
            return None if value is None else b""
        name, _colon, raw = stored.partition(b":")
        key = settings.FIELD_KEYS.get(name.decode())
        if key is None:
            raise ImproperlyConfigured(f"The column key {name.decode()!r} is missing: add it to the key file.")
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self.place)

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        if not value:
            return value
        name, key = next(iter(settings.FIELD_KEYS.items()))
        nonce = os.urandom(NONCE_BYTES)
        return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, bytes(value), self.place)
