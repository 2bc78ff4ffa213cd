"""What a search compares: texts in one normal form, with the initials of their pinyin. Pure.

A row keeps one search text, ``parts joined by a blank``; no part holds a blank itself, so that a word found in the text
stands in one of its parts. Display always uses what people wrote.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

_NOISE = re.compile(r"[\W_]+")
LONGEST = 600
"""The characters of a search text that are kept."""


def normalised(text: str) -> str:
    """One spelling: full-width forms and letters narrowed, lower case, without blanks, brackets and other punctuation."""
    if text.isascii():
        return _NOISE.sub("", text.lower())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", _NOISE.sub("", folded))


def readings(text: str) -> list[str]:
    """The initials of the pinyin of a text, letters and digits as they are: 沂源县7号 → ``yyx7h``.

    First as phrases are read (重庆 c q) and then, where it differs, as the characters are read alone (重 z).
    """
    plain = normalised(text)
    sounds = _sounds()
    alone = [c if c.isascii() else sounds.get(c, "") for c in plain]
    phrased = list(alone)
    for at, phrase, spoken in _phrases_in(plain):
        phrased[at : at + len(phrase)] = spoken
    return list(dict.fromkeys(("".join(phrased), "".join(alone))))


def _phrases_in(plain: str) -> Iterator[tuple[int, str, str]]:
    """The phrases of a text that are read otherwise than their characters, the longest at each place."""
    phrases, at = _phrases(), 0
    while at < len(plain) - 1:
        found = next(((p, s) for p, s in phrases.get(plain[at : at + 2], ()) if plain.startswith(p, at)), None)
        if found:
            yield at, *found
        at += len(found[0]) if found else 1


@cache
def _sounds() -> dict[str, str]:
    """Character → the initial of its commonest reading."""
    from pypinyin.constants import PINYIN_DICT  # 54 MB, which a process that never searches does without

    return {chr(code): _initial(sounds.partition(",")[0]) for code, sounds in PINYIN_DICT.items()}


@cache
def _phrases() -> dict[str, list[tuple[str, str]]]:
    """The first two characters → phrases with their initials, the longest first; only those that need to be known."""
    from pypinyin.constants import PHRASES_DICT

    sounds = _sounds()
    found: dict[str, list[tuple[str, str]]] = {}
    for phrase, spoken in PHRASES_DICT.items():
        initials = "".join(_initial(one[0]) for one in spoken)
        if len(initials) == len(phrase) and initials != "".join(sounds.get(c, "") for c in phrase):
            found.setdefault(phrase[:2], []).append((phrase, initials))
    for some in found.values():
        some.sort(key=lambda one: -len(one[0]))
    return found


def _initial(sound: str) -> str:
    return unicodedata.normalize("NFD", sound)[:1].lower()


def search_text(name: str, others: Iterable[str] = ()) -> str:
    """What is kept of a row: its name, the initials of the name, and other parts (codes, place) in normal form."""
    parts = [normalised(name), *readings(name), *(normalised(part) for part in others)]
    return " ".join(dict.fromkeys(part for part in parts if part))[:LONGEST]


def words(asked: str) -> list[str]:
    """The words of a question, each in normal form; a row fits when its search text holds all of them."""
    return [word for word in map(normalised, asked.replace("\u3000", " ").split()) if word]
