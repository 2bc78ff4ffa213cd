"""The tasks of the registries floor, gathered from its rooms (Celery finds them here)."""

from registries.heartbeats.tasks import sweep_heartbeat
from registries.imports.tasks import check_import, sweep_imports
from registries.ledger.tasks import sweep_ledger
from registries.matters.tasks import issue_edition_paper, sweep_editions
from registries.people.tasks import sweep_accounts
from registries.selfchecks.tasks import run_self_check, sweep_self_checks

__all__ = [
    "check_import",
    "issue_edition_paper",
    "run_self_check",
    "sweep_accounts",
    "sweep_editions",
    "sweep_heartbeat",
    "sweep_imports",
    "sweep_ledger",
    "sweep_self_checks",
]
