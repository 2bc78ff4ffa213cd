"""What a search of results looks for: each result as a set of terms, and a question as what it wants of them. Pure.

A term is a character or a pair of characters of the name, two or three initials of its pinyin, the beginning of its code, or a column's
value (``u=治安大队``). Neither database needs to know Chinese: it only finds rows by whole terms (docs/adr/0012).
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from registries.lists.searching import normalised, readings, words

All = tuple[str, ...]
"""Terms that a result must hold, all of them."""
Question = tuple[tuple[All, ...], ...]
"""What is asked: of each part, one alternative at least."""

_OTHER = re.compile(r"\W")
CODE_FROM = 8
"""A code is found by its first eight characters or more; all codes of a county begin with the same eight."""
COLUMNS = {"unit": "u", "town": "t", "result": "r", "matter": "m", "draw": "d", "plan": "p"}
"""A filter's name → the letter before its terms."""
GROUPS = ("clean", "problem", "not-inspectable", "refused", "")
"""Every result stands in one of these groups; the last one is the bare visit."""
FIRST_YEAR, LAST_YEAR = 2000, 2099


def term(letter: str, value: str) -> str:
    """The term of a column's value: no blank and no punctuation, so that no database takes it apart."""
    return f"{letter}={_OTHER.sub('_', value.lower())}"


def group_term(group: str) -> str:
    """The term of a result group; of none for the bare visit."""
    return term("g", group or "none")


def terms_of(row: Any) -> str:
    """All terms of a result's columns, parted by blanks."""
    found = [*_of_name(row.subject_name), *_of_code(normalised(row.subject_code)), *_of_day(row.inspected_on), group_term(row.result_group)]
    columns = {
        "u": [row.unit_name],
        "t": [row.town_name],
        "r": [row.result_code],
        "d": [row.draw_number],
        "p": [row.plan_item_code],
        "m": [str(matter["code"]) for matter in row.matters],
    }
    found += [term(letter, value) for letter, values in columns.items() for value in values if value]
    return " ".join(dict.fromkeys(found))


def _of_name(name: str) -> Iterator[str]:
    plain = normalised(name)
    yield from plain
    yield from _pieces(plain, 2)
    for initials in readings(name) if name else ():
        yield from (f"i={piece}" for size in (2, 3) for piece in _pieces(initials, size))


def _of_code(code: str) -> list[str]:
    return [f"c={code[:size]}" for size in range(CODE_FROM, len(code))] + ([f"c={code}"] if code else [])


def _of_day(day: dt.date) -> tuple[str, str, str]:
    return f"y={day:%Y}", f"y={day:%Y%m}", f"y={day:%Y%m%d}"


def _pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(len(text) - size + 1)]


# --- the question ----------------------------------------------------------------------------------------------------


def question(asked: Mapping[str, Any]) -> Question:
    """What the search and its filters ask for: ``q``, the names of :data:`COLUMNS`, ``since`` and ``until`` (days, both included)."""
    parts = [_of_word(word) for word in words(asked.get("q") or "")]
    parts += [((term(letter, asked[name]),),) for name, letter in COLUMNS.items() if asked.get(name)]
    if asked.get("since") or asked.get("until"):
        parts.append(tuple((one,) for one in days(asked.get("since"), asked.get("until"))))
    return tuple(parts)


def _of_word(word: str) -> tuple[All, ...]:
    """A word that is written in letters and figures may be initials or the beginning of a code."""
    plain: All = tuple(_pieces(word, 2)) or (word,)
    if not word.isascii() or len(word) == 1:
        return (plain,)
    return (tuple(f"i={piece}" for piece in _pieces(word, min(3, len(word)))), (f"c={word}",))


def days(since: dt.date | None, until: dt.date | None) -> list[str]:
    """The terms of all days from ``since`` to ``until``: whole years and months where they fit, single days at the edges."""
    first = max(since or dt.date.min, dt.date(FIRST_YEAR, 1, 1))
    last = min(until or dt.date.max, dt.date(LAST_YEAR, 12, 31))
    found = []
    while first <= last:
        year_end = first.replace(month=12, day=31)
        month_end = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        if first.month == first.day == 1 and year_end <= last:
            found.append(f"y={first:%Y}")
            first = year_end
        elif first.day == 1 and month_end <= last:
            found.append(f"y={first:%Y%m}")
            first = month_end
        else:
            found.append(f"y={first:%Y%m%d}")
        first += dt.timedelta(days=1)
    return found or ["y=never"]


def span(part: tuple[All, ...]) -> tuple[dt.date, dt.date] | None:
    """The first and last day that a part of a question asks for, where it asks for days: a database that knows days reads them faster."""
    if not all(len(one) == 1 and one[0].startswith("y=2") for one in part):
        return None
    first, last = part[0][0][2:], part[-1][0][2:]
    ends = {4: "1231", 6: f"{calendar.monthrange(int(last[:4]), int(last[4:6] or 1))[1]}", 8: ""}
    return dt.date.fromisoformat((first + "0101")[:8] if len(first) != 6 else f"{first}01"), dt.date.fromisoformat(last + ends[len(last)])


def with_group(asked: Question, group: str) -> Question:
    """The same question, of one result group only."""
    return (*asked, ((group_term(group),),))


def flat(asked: Question) -> Iterable[str]:
    """Every term of a question once."""
    return dict.fromkeys(one for part in asked for alternative in part for one in alternative)
