"""The admin pages of the registries floor, gathered from its rooms (importing a room's admin registers it)."""

from registries.matters.admin import EditionAdmin, MatterRevisionAdmin

__all__ = ["EditionAdmin", "MatterRevisionAdmin"]
