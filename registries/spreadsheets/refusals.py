"""How a cell is refused: where it stands, what it says, what is wrong with it, and what to do."""

import datetime as dt
from dataclasses import dataclass

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a row is refused. `row` is the file's row number, `heading` the official heading ("" for the whole row)."""

    row: int
    heading: str
    value: str
    sentence: str
    remedy: str


class BadCell(ValueError):
    """A cell cannot be read; whoever knows the row and column makes a `Refusal` of it."""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy


def shown(cell: object, *, private: bool = False) -> str:
    """A cell as a refusal may show it: one line, no control characters, at most 60 characters; private ones masked."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    text = "".join(character if character.isprintable() else "�" for character in str(cell).strip())
    if private and len(text) > 8:
        return f"{text[:6]}{'*' * min(len(text) - 8, 10)}{text[-2:]}"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
