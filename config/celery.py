"""The queue: the one Celery application that publishers, workers and the timer share.

Its settings are Django's, under ``CELERY_``; the tasks stand in each floor's ``tasks.py``.
"""

import logging.config
import os
from pathlib import Path

from celery import Celery
from celery.signals import beat_init, before_task_publish, setup_logging, task_postrun, task_prerun, worker_init, worker_ready
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from config import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["fsqueue"] = "config.fsqueue:Transport"  # a URL scheme is lower-cased, so it cannot name a class

app = Celery("sunlot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def tell_ready(**_: object) -> None:
    """Touch READY_FILE, when there is one, for whoever started this process and waits until it works."""
    if ready := os.environ.get("READY_FILE"):
        Path(ready).touch()


def log_like_the_web(**_: object) -> None:
    """Worker and beat write the same lines as the web process, instead of Celery's own, which hold arguments."""
    logging.config.dictConfig(settings.LOGGING)


def begin_safely(**_: object) -> None:
    """Worker and beat refuse an unsafe production like the web process."""
    from config.production import refuse_unsafe

    refuse_unsafe()


setup_logging.connect(log_like_the_web)
worker_init.connect(begin_safely)
beat_init.connect(begin_safely)
before_task_publish.connect(tracing.hand_on)
task_prerun.connect(tracing.take_up)
task_postrun.connect(tracing.tell)
worker_ready.connect(tell_ready)
beat_init.connect(tell_ready)
