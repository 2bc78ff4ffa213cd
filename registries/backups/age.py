"""The age format, version 1 (age-encryption.org/v1), with X25519 recipients: public keys close a stream, a private one opens it.

A format of the world and not of ours, so that a backup can be opened without this program. Keys are base64 of 32 bytes, as
``manage.py auditor_key`` makes them. Written here because it needs four primitives that ``cryptography`` has.
"""

import base64
import hashlib
import hmac
import os
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"age-encryption.org/v1"
WRAP = VERSION + b"/X25519"
CHUNK, TAG = 64 * 1024, 16
LONGEST_LINE, MOST_LINES = 200, 200
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Unreadable(ValueError):
    """This is no such file, it was damaged or cut off, or it was closed for another key."""


class Writable(Protocol):
    """Whatever can be written into."""

    def write(self, piece: bytes, /) -> Any: ...


class Closing:
    """A stream to write into; what comes out at ``out`` only a private key of one of the public ones can read. `Unreadable`: a key is none."""

    def __init__(self, out: Writable, public_keys: list[str]) -> None:
        self.out, self.waiting, self.number = out, bytearray(), 0
        file_key, nonce = os.urandom(16), os.urandom(16)
        head = b"\n".join([VERSION, *(_stanza(file_key, _raw(key)) for key in public_keys), b"---"])
        out.write(head + b" " + _text(_mac(file_key, head)) + b"\n" + nonce)
        self.cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))

    def write(self, piece: bytes) -> int:
        """Take some more. One chunk is kept back, because the last one is marked."""
        self.waiting += piece
        while len(self.waiting) > CHUNK:
            self._let_out(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]
        return len(piece)

    def flush(self) -> None:
        """Nothing can leave before its chunk is full."""

    def close(self) -> None:
        """Write the last chunk; without it nobody takes the stream for whole."""
        self._let_out(bytes(self.waiting), last=True)

    def _let_out(self, chunk: bytes, *, last: bool) -> None:
        self.out.write(self.cipher.encrypt(_nonce(self.number, last=last), chunk, None))
        self.number += 1


class Opening:
    """What stands in a closed stream, read from front to back. Each chunk is authenticated before any of it comes out; `Unreadable`."""

    def __init__(self, closed: BinaryIO, private_key: str) -> None:
        self.closed, self.ready, self.number, self.over = closed, b"", 0, False
        file_key = _file_key(closed, X25519PrivateKey.from_private_bytes(_raw(private_key)))
        nonce = closed.read(16)
        self.cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        self.ahead = closed.read(CHUNK + TAG)

    def read(self, size: int = -1) -> bytes:
        """The next so many bytes, fewer at the end; all of the rest when none is said."""
        while not self.over and (size < 0 or len(self.ready) < size):
            self.ready += self._chunk()
        size = len(self.ready) if size < 0 else size
        found, self.ready = self.ready[:size], self.ready[size:]
        return found

    def _chunk(self) -> bytes:
        this, self.ahead = self.ahead, self.closed.read(CHUNK + TAG)
        self.over = not self.ahead
        try:
            found = self.cipher.decrypt(_nonce(self.number, last=self.over), this, None)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("The file was damaged or cut off.") from error
        if self.over and not found and self.number:
            raise Unreadable("The file ends with an empty chunk.")
        self.number += 1
        return found


def identity(private_key: str) -> str:
    """The private key as the program ``age`` wants it in a file: ``AGE-SECRET-KEY-1…`` (Bech32, BIP 173)."""
    bits = "".join(f"{byte:08b}" for byte in _raw(private_key))
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    name = "age-secret-key-"
    spelt = [ord(letter) >> 5 for letter in name] + [0] + [ord(letter) & 31 for letter in name]
    check = _bech32_check([*spelt, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> 5 * (5 - at) & 31 for at in range(6)]
    return (name + "1" + "".join(BECH32[value] for value in values)).upper()


def _bech32_check(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> at & 1 else 0
    return check


def _raw(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.strip(), validate=True)
    except ValueError as error:
        raise Unreadable("This is no key: a key is base64 of 32 bytes.") from error
    if len(raw) != 32:
        raise Unreadable("This is no key: a key is base64 of 32 bytes.")
    return raw


def _text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.new(_derived(file_key, b"", b"header"), head, hashlib.sha256).digest()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _wrapping(shared: bytes, ephemeral: bytes, public: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(shared, ephemeral + public, WRAP))


def _stanza(file_key: bytes, public: bytes) -> bytes:
    private = X25519PrivateKey.generate()
    ephemeral = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    wrapped = _wrapping(shared, ephemeral, public).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _text(ephemeral) + b"\n" + _text(wrapped)


def _lines(closed: BinaryIO) -> list[bytes]:
    lines: list[bytes] = []
    while not (lines and lines[-1].startswith(b"--- ")):
        line = closed.readline(LONGEST_LINE)
        if not line.endswith(b"\n") or len(lines) > MOST_LINES or (not lines and line != VERSION + b"\n"):
            raise Unreadable("This is no backup: it does not begin like one.")
        lines.append(line[:-1])
    return lines


def _file_key(closed: BinaryIO, private: X25519PrivateKey) -> bytes:
    lines = _lines(closed)
    public = private.public_key().public_bytes_raw()
    head, mac = b"\n".join([*lines[:-1], b"---"]), lines[-1][4:]
    for at, line in enumerate(lines):
        if line.startswith(b"-> X25519 "):
            try:
                ephemeral = _bytes(line[10:])
                shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
                file_key = _wrapping(shared, ephemeral, public).decrypt(bytes(12), _bytes(lines[at + 1]), None)
            except (InvalidTag, ValueError):
                continue
            if not hmac.compare_digest(_text(_mac(file_key, head)), mac):
                raise Unreadable("The head of the file was changed.")
            return file_key
    raise Unreadable("This file does not open with this key. Was it closed for another one?")
