"""A sentence for a person, as a pure rule gives it: the English text (a msgid) and its values. Translated at the edge."""

from typing import Any, NamedTuple


class Sentence(NamedTuple):
    """``text`` is a msgid with ``%(name)s`` places; ``values`` fill them."""

    text: str
    values: dict[str, Any]


def say(text: str, **values: Any) -> Sentence:
    """A sentence; the catalogue collects its text. Doubled ``%%`` only when there are values."""
    return Sentence(text, values)
