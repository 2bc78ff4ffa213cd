"""Numbers that only count up: nothing made here is random, and no two things are alike."""

import itertools

_counter = itertools.count(1)


def following() -> int:
    """A number that nothing made in this process has yet."""
    return next(_counter)
