"""The tasks of the registries floor, gathered from its rooms (Celery finds them here)."""
