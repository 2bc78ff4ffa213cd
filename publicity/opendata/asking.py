"""What may be asked of the API: parameters, one table for reading them and for OpenAPI. Pure.

Nothing is ignored: an unknown name, a value twice, or one that cannot be, is refused.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from registries.ledger.sentences import Sentence, say

SIZE, MOST = 50, 500
"""Rows of a page unless asked otherwise, and at most."""
_TEXT = re.compile(r"[^\x00-\x1f\x7f]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,9}")


class Unreadable(ValueError):
    """A request that cannot be answered as it stands; ``why`` says so in a sentence."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.english)
        self.why = why


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: texts of at most ``longest`` characters, days, whole numbers from ``least`` to ``most``, one of ``choices``."""

    name: str
    kind: Literal["text", "day", "integer", "choice"]
    meaning: Any
    longest: int = 120
    least: int = 0
    most: int = 9999
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """The parameter in JSON Schema."""
        schemas: dict[str, dict[str, Any]] = {
            "text": {"type": "string", "maxLength": self.longest, "pattern": r"^[^\u0000-\u001f\u007f]*$"},
            "day": {"type": "string", "format": "date"},
            "integer": {"type": "integer", "minimum": self.least, "maximum": self.most},
            "choice": {"type": "string", "enum": list(self.choices)},
        }
        return schemas[self.kind]

    def read(self, text: str) -> Any:
        """The value, or :class:`Unreadable`."""
        if self.kind == "day":
            return _day(self.name, text)
        if self.kind == "integer":
            if not _INTEGER.fullmatch(text) or not self.least <= int(text) <= self.most:
                raise Unreadable(say("%(name)s is a whole number from %(least)s to %(most)s.", name=self.name, least=self.least, most=self.most))
            return int(text)
        if self.kind == "choice" and text not in self.choices:
            raise Unreadable(say("%(name)s is one of: %(choices)s.", name=self.name, choices=", ".join(self.choices)))
        if len(text) > self.longest or not _TEXT.fullmatch(text):
            raise Unreadable(say("%(name)s is a text of at most %(longest)s characters, in one line.", name=self.name, longest=self.longest))
        return text


def _day(name: str, text: str) -> dt.date:
    try:
        if _DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise Unreadable(say("%(name)s is a day as 2026-11-23.", name=name))


def read(parameters: Iterable[Parameter], asked: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The values asked for, by name; empty texts, as a form sends them, ask for nothing. ``asked``: name → all values given."""
    known = {parameter.name: parameter for parameter in parameters}
    found: dict[str, Any] = {}
    for name, values in asked.items():
        if name not in known:
            raise Unreadable(say("There is no parameter of this name here. There are: %(names)s.", names=", ".join(known)))
        if len(values) != 1:
            raise Unreadable(say("%(name)s is given more than once.", name=name))
        value = known[name].read(values[0])
        if value != "":
            found[name] = value
    return found
