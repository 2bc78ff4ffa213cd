"""The key of an authenticator and its codes (RFC 6238: SHA-1, 6 digits, 30 seconds, as every app knows them), its QR picture,
and recovery codes. The algorithm is django-otp's; what was taken already is remembered by the commands."""

import base64
import datetime as dt
import secrets
from typing import NamedTuple
from urllib.parse import quote, urlencode

import segno
from django.contrib.auth.hashers import check_password, make_password
from django_otp.oath import TOTP

from registries.people.factors.rules import LETTERS, RECOVERY_CODES, is_code

KEY_BYTES = 20
AROUND = 1
"""So many steps before and after the present one are taken too: phones' clocks differ."""
MARK = 4
REST = 8


def fresh_key() -> str:
    """A new key, in the letters that authenticators take (32 of them)."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def step_of(key: str, code: str, now: dt.datetime, *, after: int = 0) -> int | None:
    """The step whose code this is, of those around the present one and later than ``after``; None when it is of none."""
    if not is_code(code):
        return None
    totp = TOTP(base64.b32decode(key))
    totp.time = now.timestamp()
    return totp.t() if totp.verify(int(code), tolerance=AROUND, min_t=after + 1) else None


def code_at(key: str, now: dt.datetime) -> str:
    """What the authenticator shows at this moment."""
    totp = TOTP(base64.b32decode(key))
    totp.time = now.timestamp()
    return f"{totp.token():06}"


def address(key: str, *, username: str, issuer: str) -> str:
    """What the QR picture says, as authenticators read it."""
    asked = urlencode({"secret": key, "issuer": issuer, "algorithm": "SHA1", "digits": 6, "period": 30}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(username)}?{asked}"


class Picture(NamedTuple):
    """A QR code as one path of an SVG: side in modules, and the path's data."""

    side: int
    path: str


def picture(text: str) -> Picture:
    """The QR code of ``text`` with the white edge that readers need."""
    rows = tuple(segno.make(text, error="m").matrix_iter(border=3))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return Picture(len(rows), "".join(dark))


class Recovery(NamedTuple):
    """A recovery code as the database keeps it."""

    mark: str
    hashed: str


def fresh_recovery() -> tuple[list[str], list[Recovery]]:
    """Ten recovery codes, as they are printed (``abcd-efgh-jkmn``) and as they are kept. Hashing takes its time on purpose."""
    marks: set[str] = set()
    while len(marks) < RECOVERY_CODES:
        marks.add(_letters(MARK))
    rests = {mark: _letters(REST) for mark in sorted(marks)}
    shown = [f"{mark}-{rest[:4]}-{rest[4:]}" for mark, rest in rests.items()]
    return shown, [Recovery(mark, make_password(rest)) for mark, rest in rests.items()]


def opens(hashed: str, code: str) -> bool:
    """Whether this recovery code (in one word) is the kept one."""
    return check_password(code[MARK:], hashed)


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))
