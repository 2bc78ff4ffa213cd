"""The tasks of the registries floor, gathered from its rooms (Celery finds them here)."""

from registries.imports.tasks import check_import, sweep_imports
from registries.ledger.tasks import sweep_ledger

__all__ = ["check_import", "sweep_imports", "sweep_ledger"]
