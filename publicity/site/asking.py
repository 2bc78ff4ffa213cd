"""What the address of a list of results asks: words and filters as they were typed, and what of them cannot be meant. Pure but for the reader's language.

Nothing typed is refused: an unknown value finds nothing, a day that is none is said and left out, a parameter nobody knows is ignored.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from publicity.disclosures.searching import Question, question

FIELDS = ("q", "matter", "town", "result", "unit", "plan", "draw", "since", "until")
DAYS = ("since", "until")
LONGEST = 60
"""Characters of the words that are looked for."""
_PLACE = re.compile(r"[0-9a-f]{32}")


class Asked(NamedTuple):
    """What was typed, by field; the question it comes to; what is wrong with it, by field; where in the list to begin."""

    typed: Mapping[str, str]
    question: Question
    wrong: Mapping[str, str]
    after: str
    before: str
    last: bool

    @property
    def query(self) -> str:
        """What was typed as a query string, without the place."""
        return urlencode({name: value for name, value in self.typed.items() if value})

    @property
    def narrowed(self) -> str:
        """The same without the words: what the filters ask."""
        return urlencode({name: value for name, value in self.typed.items() if value and name != "q"})


def asked(given: Mapping[str, str]) -> Asked:
    """Read a query string."""
    typed = {name: given.get(name, "").strip() for name in FIELDS}
    meant: dict[str, Any] = dict(typed)
    wrong: dict[str, str] = {}
    if len(typed["q"]) > LONGEST:
        meant["q"] = typed["q"][:LONGEST]
        wrong["q"] = _("Only the first 60 characters were looked for.")
    for name in DAYS:
        try:
            meant[name] = dt.date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            meant[name] = None
            wrong[name] = _("“%(typed)s” is no day of the form 2026-11-01; it was left out.") % {"typed": typed[name][:LONGEST]}
    if meant["since"] and meant["until"] and meant["until"] < meant["since"]:
        wrong["until"] = _("The last day is before the first.")
    places = {name: given.get(name, "") for name in ("after", "before")}
    if any(place and not _PLACE.fullmatch(place) for place in places.values()):
        wrong["place"] = no_place()
    after, before = (place if _PLACE.fullmatch(place) else "" for place in places.values())
    return Asked(typed, question(meant), wrong, after, before, "last" in given)


def no_place() -> str:
    """What is said of a place in the list that does not exist."""
    return _("There is no such place in the list; here is its beginning.")
