"""The invariants of the registries floor, gathered from its rooms (loaded with the app)."""

from registries.attempts.invariants import held_work
from registries.heartbeats.invariants import heartbeats
from registries.holidays.invariants import holidays
from registries.imports.invariants import imports
from registries.people.invariants import accounts
from registries.selfchecks.invariants import watch
from registries.standing import stands_as_made

watch(stands_as_made)

__all__ = ["accounts", "heartbeats", "held_work", "holidays", "imports"]
