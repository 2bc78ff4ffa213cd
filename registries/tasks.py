"""The tasks of the registries floor, gathered from its rooms (Celery finds them here)."""

from registries.imports.tasks import check_import, sweep_imports

__all__ = ["check_import", "sweep_imports"]
