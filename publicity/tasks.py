"""The tasks of the publicity floor, gathered from its rooms (Celery finds them here)."""

from publicity.disclosures.tasks import publish_case, sweep_disclosures

__all__ = ["publish_case", "sweep_disclosures"]
