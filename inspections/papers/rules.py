"""The rules of documents, pure: how numbers are spelled, when a notice is made, handed over or voided, who may ask for a recusal."""

import datetime as dt
import hmac
from collections.abc import Sequence
from hashlib import sha256

from registries.ledger.sentences import Sentence, say

_WIDE = {ord("("): "（", ord(")"): "）"}
TOKEN_BYTES = 16
"""Random bytes of a notice's address: nobody can count or guess them."""
CHECK_LENGTH = 8
MOST_REQUESTS = 3
"""Requests for a recusal that one notice takes within a day; its address is known to the inspected alone."""
RECUSAL_DAYS = 2
"""公安机关办理行政案件程序规定 art. 21: a request is decided within two days."""
KEPT_DAYS = 7
"""How long the PDF of many documents is kept; it can be printed again at any time."""
STALLED = dt.timedelta(minutes=3)
MOST_ATTEMPTS = 3


def word_of(bureau: str, unit: str) -> str:
    """``源公（治）``: the bureau's word, and in brackets the unit's, which may be given as 治 or as 源公(治)."""
    unit = unit.strip().translate(_WIDE)
    if not unit:
        return bureau
    return unit if unit.startswith(bureau) else f"{bureau}（{unit.strip('（）')}）"


def number_text(word: str, kind: str, year: int, serial: int) -> str:
    """``源公（治）检通字〔2026〕12号``: the year in six-cornered brackets, no leading zero (GB/T 9704)."""
    return f"{word}{kind}〔{year}〕{serial}号"


def gaps(serials: Sequence[int]) -> list[int]:
    """The numbers between 1 and the last that are missing."""
    return sorted(set(range(1, max(serials, default=0) + 1)) - set(serials))


def check_of(token: str, key: bytes) -> str:
    """The check value of a token: eight figures that only this server can write."""
    return hmac.new(key, b"notice:" + token.encode(), sha256).hexdigest()[:CHECK_LENGTH]


def address_part(token: str, key: bytes) -> str:
    """What stands in the address of a notice: the token and its check value."""
    return token + check_of(token, key)


def token_in(part: str, key: bytes) -> str | None:
    """The token in an address, or None when its check value is not this server's."""
    token, check = part[:-CHECK_LENGTH], part[-CHECK_LENGTH:]
    right = hmac.compare_digest(check_of(token, key).encode(), check.encode())
    return token if right and len(token) == 2 * TOKEN_BYTES else None


def digest_of(token: str) -> str:
    """By what a token is found: its SHA-256, so that no index holds a working address."""
    return sha256(token.encode()).hexdigest()


def spelled_check(check: str) -> str:
    """``4F2C 9A1B``, as it stands under the QR code and on the page."""
    return f"{check[:4]} {check[4:]}".upper()


def why_not_notice(
    *, state: str, standing: bool, team: int, certified: bool, least: int, first: dt.date, last: dt.date, today: dt.date
) -> Sentence | None:
    """Why no notice can be made: the visit has begun, one stands already, the team is not whole, or the days are impossible."""
    if state != "assigned":
        return say("A notice is made before the visit; this one has begun, is over or was called off.")
    if standing:
        return say("This case has a notice already. Void it before you make another.")
    if team < least:
        return say("The team is not complete: a notice names at least %(least)s inspectors.", least=least)
    if not certified:
        return say("An inspector of the team has no valid certificate on the days of the visit; a notice cannot name them.")
    if first < today:
        return say("The visit cannot be announced for a day that has passed.")
    if last < first:
        return say("The last day of the visit comes before the first.")
    return None


def why_not_serve(*, voided: bool, served: bool, made_on: dt.date, on: dt.date, today: dt.date, to: str, witness: str, how: str) -> Sentence | None:
    """Why a notice cannot be recorded as handed over."""
    if voided:
        return say("This notice is void. Hand over the one that replaces it.")
    if served:
        return say("This notice was handed over already.")
    if on < made_on:
        return say("The notice was made on %(day)s; it cannot have been handed over before.", day=made_on.isoformat())
    if on > today:
        return say("A day in the future cannot be the day it was handed over.")
    if not to.strip():
        return say("Say who received it, or who refused it.")
    if how == "refused" and not witness.strip():
        return say("Where the signature is refused a witness is named.")
    return None


def why_not_void(*, voided: bool, reason: str, keeps: bool, used: bool = False) -> Sentence | None:
    """A number is voided once, with a reason, by its own unit; it stays listed. Not once its document was sent or done its work."""
    if not keeps:
        return say("There is no such document in your unit.")
    if voided:
        return say("This number is void already.")
    if used:
        return say("This document was sent already, or what it ordered is settled: its number stays.")
    if not reason.strip():
        return say("Say why the number is void; it stays in the list with this reason.")
    return None


def why_not_request(*, current: bool, lately: int, waiting: bool, reason: str, name: str) -> Sentence | None:
    """Why the inspected cannot ask that this officer be replaced."""
    if not current:
        return say("This officer is not on the team any more.")
    if waiting:
        return say("A recusal of this officer was asked for already; the decision follows.")
    if lately >= MOST_REQUESTS:
        return say("This notice takes no more requests today. Call the number on the notice.")
    if not reason.strip():
        return say("Say why this officer should not inspect you.")
    if not name.strip():
        return say("Give your name, so that the decision can be told to you.")
    return None


def why_not_print(*, fonts: bool) -> Sentence | None:
    """No document is printed with boxes for characters."""
    return None if fonts else say("Chinese fonts are missing on this machine, so no document can be printed. Tell the administrator.")


def decided_by(asked_on: dt.date) -> dt.date:
    """The last day of the two in which a request for a recusal is decided; the day of the request is not counted."""
    return asked_on + dt.timedelta(days=RECUSAL_DAYS)
