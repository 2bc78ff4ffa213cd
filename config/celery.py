"""The queue: the one Celery application that publishers, workers and the timer share.

Its settings are Django's, under ``CELERY_``; the tasks stand in each floor's ``tasks.py``.
"""

import os
from pathlib import Path

from celery import Celery
from celery.signals import beat_init, worker_ready
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["fsqueue"] = "config.fsqueue:Transport"  # a URL scheme is lower-cased, so it cannot name a class

app = Celery("sunlot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def tell_ready(**_: object) -> None:
    """Touch READY_FILE, when there is one, for whoever started this process and waits until it works."""
    if ready := os.environ.get("READY_FILE"):
        Path(ready).touch()


worker_ready.connect(tell_ready)
beat_init.connect(tell_ready)
