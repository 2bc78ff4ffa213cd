"""The auditor's box: a public key on the server closes it, the private key that stands on no server opens it (NaCl sealed box)."""

import base64
import binascii

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox


def new_private_key() -> str:
    """A new private key, base64 of 32 bytes."""
    return base64.b64encode(bytes(PrivateKey.generate())).decode()


def public_key_of(private_key: str) -> str:
    """The public key of a private one, both base64 of 32 bytes."""
    return base64.b64encode(bytes(PrivateKey(base64.b64decode(private_key)).public_key)).decode()


def sealed(secret: str, public_key: str) -> str:
    """The secret in a box, base64; empty where no key is set (production refuses to start like that)."""
    if not public_key:
        return ""
    box = SealedBox(PublicKey(base64.b64decode(public_key)))
    return base64.b64encode(box.encrypt(secret.encode())).decode()


def opened(box: str, private_key: str) -> str:
    """What is in the box. `ValueError` when the box or the key is not one, or the box was closed for another key."""
    try:
        return SealedBox(PrivateKey(base64.b64decode(private_key, validate=True))).decrypt(base64.b64decode(box, validate=True)).decode()
    except (binascii.Error, CryptoError, ValueError, TypeError) as error:
        raise ValueError("this box does not open with this key") from error
