"""A sentence for a person, as a pure rule gives it: the English text (a msgid) and its values. Translated at the edge."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Sentence(NamedTuple):
    """``text`` is a msgid with ``%(name)s`` places; ``values`` fill them."""

    text: str
    values: dict[str, Any]
    """May hold sentences themselves."""

    @property
    def english(self) -> str:
        """As the ledger keeps it."""
        return self.filled(lambda text: text)

    def filled(self, told: Callable[[str], str]) -> str:
        """The text as ``told`` tells it, in its places the values, of which those that are sentences are told the same way."""
        values = {name: value.filled(told) if isinstance(value, Sentence) else value for name, value in self.values.items()}
        return told(self.text) % values if values else told(self.text)


def say(text: str, **values: Any) -> Sentence:
    """A sentence; the catalogue collects its text. Doubled ``%%`` only when there are values."""
    return Sentence(text, values)


def sentence_of(kept: Any) -> Sentence:
    """A sentence from JSON, where it was kept as its text and its values; values that are sentences too are such pairs."""
    text, values = kept
    return Sentence(text, {name: sentence_of(value) if isinstance(value, (list, tuple)) else value for name, value in values.items()})
