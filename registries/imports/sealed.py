"""Columns of an import that hold what people's files say, names and telephone numbers included: encrypted like those.

The registry encrypts persons, phones and ID numbers (``registries/fields.py``); a file on its way there must not keep
them in plain beside it.
"""

import json
import os
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from registries.fields import NONCE_BYTES, SealedTextField, reading_key, writing_key

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

    sealed = True

    @property
    def place(self) -> bytes:
        """What is authenticated with the value: the column's full name."""
        return f"{self.model._meta.label_lower}.{self.name}".encode()

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> bytes | None:
        """Decrypt on the way out."""
        stored = bytes(value or b"")
        if not stored:
            return None if value is None else b""
        return unseal_bytes(stored, self.place)

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return seal_bytes(bytes(value), self.place) if value else value

    def resealed(self, stored: bytes) -> bytes:
        """The same file under the key that writes now."""
        return seal_bytes(unseal_bytes(stored, self.place), self.place)

    def is_current(self, head: bytes) -> bool:
        """Whether a value that begins so is under the key that writes now."""
        return head.partition(b":")[0].decode("ascii", "replace") == writing_key()[0]


def seal_bytes(body: bytes, place: bytes) -> bytes:
    """Encrypt a file for ``place``."""
    name, key = writing_key()
    nonce = os.urandom(NONCE_BYTES)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, body, place)


def unseal_bytes(stored: bytes, place: bytes) -> bytes:
    """Decrypt what :func:`seal_bytes` made. Raises ``ImproperlyConfigured`` without its key, ``InvalidTag`` when it does not open."""
    name, _colon, raw = stored.partition(b":")
    return AESGCM(reading_key(name.decode("ascii", "replace"))).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place)
