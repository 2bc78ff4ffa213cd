"""The rules of the code tables, pure: how a code is spelled, what a result code must say."""

import re
from collections.abc import Iterable

from registries.ledger.sentences import Sentence, say

TAG = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""How draws spell what inspectors must hold (draw protocol 1, §1)."""
TAGGED_TABLES = ("field", "specialty")
"""Tables whose codes are tags in draws; a code stands in one of them only."""


def why_not_code(*, table: str, code: str, taken_as_tag: bool) -> Sentence | None:
    """Why a row of ``table`` may not be called ``code``."""
    if table not in TAGGED_TABLES:
        return None
    if TAG.fullmatch(code) is None:
        return say("Codes of fields and specialties are small letters, figures, . _ and -, 32 at most, such as hotel.")
    if taken_as_tag:
        return say("The code %(code)s stands in the other table already; draws would take one for the other.", code=code)
    return None


def why_not_group(*, table: str, group: str, groups: Iterable[str]) -> Sentence | None:
    """A result code says what it means for the statistics; other codes have no group."""
    if table == "result" and group not in set(groups):
        return say("A result code needs its group: it decides whether the visit counts as an inspection.")
    if table != "result" and group:
        return say("Only result codes have a group.")
    return None


def why_not_renamed(*, was: tuple[str, str], now: tuple[str, str]) -> Sentence | None:
    """Table and code stay for ever: old rows and published draws name them."""
    return None if was == now else say("The code of a row never changes. Retire this row and make a new one.")
