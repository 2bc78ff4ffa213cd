"""Looking at what is sensitive leaves an entry: who, what of whom, for what purpose; never the value (ASVS 16.3.2).

A page that is opened again and again within the hour is one act and one entry.
"""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from registries.ledger.change import Change
from registries.pages import signed_in

ONE_ACT = 3600
"""Seconds for which opening the same thing again is the same act."""

READS = frozenset(
    (
        "registries.read_inspector_data",
        "registries.read_subject_data",
        "registries.find_inspector",
        "registries.find_person",
        "registries.report_person",
        "inspections.open_roster",
        "inspections.read_drawn",
        "inspections.read_sealed_copy",
        "inspections.take_paper",
        "publicity.read_objector",
    )
)
"""The commands that change nothing: that something was read is their entry."""


def note_read(request: HttpRequest, command: Callable[..., Change], key: str, **arguments: Any) -> None:
    """Write that this person reads what ``key`` names, unless the entry of the same act stands. Nothing is shown when it fails."""
    user = signed_in(request)
    kept = f"read:{command.__module__}.{command.__name__}:{user.pk}:{key}"
    if cache.get(kept) is None:
        command(actor=user, **arguments)
        cache.set(kept, True, ONE_ACT)
