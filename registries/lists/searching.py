"""What a search compares: texts in one normal form, with the initials of their pinyin. Pure.

A row keeps one search text, ``parts joined by a blank``; no part holds a blank itself, so that a word found in the text
stands in one of its parts. Display always uses what people wrote.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

LONGEST = 600
"""The characters of a search text that are kept."""


def normalised(text: str) -> str:
    """One spelling: full-width forms and letters narrowed, lower case, without blanks, brackets and other punctuation."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")


@lru_cache(maxsize=8192)
def _initial(character: str) -> str:
    sound = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return sound[0][:1] if sound else ""


def initials(text: str) -> str:
    """The first letters of the pinyin of a text, letters and digits as they are: 沂源县7号 → ``yyx7h``.

    Read in the phrase (重庆 → ``cq``); what is no Han character, letter or digit has none.
    """
    plain = normalised(text)
    sounds = lazy_pinyin(plain, style=Style.NORMAL, errors=list)
    return "".join(sound[:1] for sound in sounds if sound)


def readings(text: str) -> list[str]:
    """The initials people may type: as the phrase is read and, where it differs, character by character (乐 l or y)."""
    whole = initials(text)
    single = "".join(c if c.isascii() else _initial(c) for c in normalised(text))
    return [whole] if single == whole else [whole, single]


def search_text(name: str, others: Iterable[str] = ()) -> str:
    """What is kept of a row: its name, the initials of the name, and other parts (codes, place) in normal form."""
    parts = [normalised(name), *readings(name), *(normalised(part) for part in others)]
    return " ".join(dict.fromkeys(part for part in parts if part))[:LONGEST]


def words(asked: str) -> list[str]:
    """The words of a question, each in normal form; a row fits when its search text holds all of them."""
    return [word for word in map(normalised, asked.replace("\u3000", " ").split()) if word]
