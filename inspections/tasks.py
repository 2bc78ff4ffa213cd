"""The tasks of the inspections floor, gathered from its rooms (Celery finds them here)."""

from inspections.cases.tasks import open_cases, sweep_cases
from inspections.draws.tasks import hash_shard, issue_certificate, run_draw, sweep_draws
from inspections.papers.tasks import print_papers, sweep_papers

__all__ = ["hash_shard", "issue_certificate", "open_cases", "print_papers", "run_draw", "sweep_cases", "sweep_draws", "sweep_papers"]
