"""The task by which the worker shows that it works: sent by the timer, done by the worker."""

from celery import shared_task

from registries import clock
from registries.heartbeats import beating


@shared_task(name="registries.sweep_heartbeat", acks_late=True)
def sweep_heartbeat() -> None:
    """The worker works."""
    beating.beats(beating.WORKER, clock.now())
