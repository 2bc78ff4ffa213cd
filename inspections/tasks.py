"""The tasks of the inspections floor, gathered from its rooms (Celery finds them here)."""

from inspections.cases.tasks import open_cases, sweep_cases
from inspections.draws.tasks import hash_shard, issue_certificate, run_draw, sweep_draws
from inspections.messages.tasks import sweep_messages

__all__ = ["hash_shard", "issue_certificate", "open_cases", "run_draw", "sweep_cases", "sweep_draws", "sweep_messages"]
