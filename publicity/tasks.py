"""The tasks of the publicity floor, gathered from its rooms (Celery finds them here)."""
