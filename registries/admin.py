"""The admin pages of the registries floor, gathered from its rooms (importing a room's admin registers it)."""
