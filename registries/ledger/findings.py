"""What a self-check finds, and the checks there are: rooms add theirs from ``invariants.py``. Nothing here writes."""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

MOST = 500
"""Findings of one check that are kept; that there are more is said."""

log = logging.getLogger("sunlot.invariants")


class Finding(NamedTuple):
    """One thing that is not as it must be, in a sentence that names the row. A ``warning`` is late, not wrong."""

    check: str
    what: Sentence
    warning: bool = False

    @property
    def english(self) -> str:
        """The sentence as the terminal and the log say it."""
        return self.what.english


Check = Callable[[], Iterable[Sentence | Finding]]
CHECKS: dict[str, Check] = {}
"""Every check by its name, in the order in which the floors were loaded."""


def invariant(name: str) -> Callable[[Check], Check]:
    """Make a function that yields what is wrong, sentence by sentence, the check ``name``."""

    def keep(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return keep


def late(name: str, what: Sentence) -> Finding:
    """A warning of the check ``name``."""
    return Finding(name, what, warning=True)


def run_checks() -> list[Finding]:
    """Run every check. One that fails is a finding itself and never hides the others."""
    return [finding for name in list(CHECKS) for finding in run_check(name)]


def run_check(name: str) -> Iterator[Finding]:
    """What one check finds, at most :data:`MOST` sentences and one that says that there are more."""
    found = iter(CHECKS[name]())
    try:
        for one in islice(found, MOST):
            yield one if isinstance(one, Finding) else Finding(name, one)
        if next(found, None) is not None:
            yield Finding(name, say("There is more than the %(most)s findings listed here.", most=MOST))
    except Exception as error:
        log.exception("the check %s failed", name)
        yield Finding(name, say("The check itself failed: %(error)s", error=f"{type(error).__name__}: {error}"))
