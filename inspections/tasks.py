"""The tasks of the inspections floor, gathered from its rooms (Celery finds them here)."""
