"""The tasks of the inspections floor, gathered from its rooms (Celery finds them here)."""

from inspections.draws.tasks import issue_certificate, run_draw, sweep_draws
