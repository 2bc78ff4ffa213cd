"""The items that are looked at, and looking at them: each by itself, so that one that fails hides no other. Rooms above add theirs."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise

from registries.ledger.sentences import say
from registries.operations.rules import Light, Reading, softened

KEPT_SECONDS = 10
_KEY = "operations"
log = logging.getLogger("sunlot.operations")

Look = Callable[[dt.datetime], Reading]


class Item(NamedTuple):
    """What is looked at: its name for machines, for people, the row of docs/operations.md, whether a demo may do without it."""

    name: str
    title: Any
    section: str
    look: Look
    production: bool


class Found(NamedTuple):
    """An item with what was read of it."""

    item: Item
    reading: Reading


ITEMS: dict[str, Item] = {}
"""Every item by its name, in the order in which the floors were loaded."""


def item(name: str, title: str | Promise, section: str, *, production: bool = False) -> Callable[[Look], Look]:
    """Make a function of the moment the item ``name``. ``production``: red matters there alone."""

    def keep(look: Look) -> Look:
        ITEMS[name] = Item(name, title, section, look, production)
        return look

    return keep


def found(now: dt.datetime) -> list[Found]:
    """All items as they are now; kept for ten seconds, so that asking often costs nothing."""
    kept: dict[str, Reading] | None = cache.get(_KEY)
    if kept is None or kept.keys() != ITEMS.keys():
        kept = {name: _read(one, now) for name, one in ITEMS.items()}
        cache.set(_KEY, kept, KEPT_SECONDS)
    return [Found(ITEMS[name], reading) for name, reading in kept.items()]


def red(now: dt.datetime) -> list[Found]:
    """What needs a hand now."""
    return [one for one in found(now) if one.reading.light == Light.RED]


def worst(all_: list[Found]) -> Light:
    """The light of the whole."""
    return max((one.reading.light for one in all_), default=Light.GREEN)


def _read(one: Item, now: dt.datetime) -> Reading:
    try:
        reading = one.look(now)
    except Exception as error:
        log.warning("%s could not be looked at: %s", one.name, type(error).__name__)
        what = say("This could not be looked at (%(error)s).", error=type(error).__name__)
        return Reading(Light.RED, what, say("If several items say so, the database is out of reach. Start there."))
    return softened(reading) if settings.DEMO and one.production else reading
