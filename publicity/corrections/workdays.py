"""Which days are worked, as this room asks for them: the one line that knows where the holidays stand."""

from inspections.followups.workdays import works

__all__ = ["works"]
