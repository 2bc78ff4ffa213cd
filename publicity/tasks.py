"""The tasks of the publicity floor, gathered from its rooms (Celery finds them here)."""

from publicity.corrections.tasks import sweep_terms
from publicity.disclosures.tasks import publish_case, sweep_disclosures
from publicity.opendata.tasks import sweep_opendata

__all__ = ["publish_case", "sweep_disclosures", "sweep_opendata", "sweep_terms"]
