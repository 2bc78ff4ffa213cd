"""The product's own Celery application, made ill: what a worker started with ``-A tests.faults.ill`` suffers stands in its environment.

ILL_SECONDS: every draw rests for so long inside its transaction, before anything is written. ILL_KILLS: the database key of a draw whose
computation kills its process. ILL_VISIBILITY: seconds after which Redis hands a message out again. ILL_LOG: a file that gets a line
``began`` and ``ended`` for each run of a draw.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any

from celery.signals import worker_process_init

from config.celery import app

SECONDS, KILLS, VISIBILITY = (float(os.environ.get(f"ILL_{name}", "0")) for name in ("SECONDS", "KILLS", "VISIBILITY"))


def told(word: str, draw_id: int) -> None:
    """One line of the log."""
    with Path(os.environ["ILL_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{word} {draw_id} {os.getpid()}\n")


def sicken(**_: object) -> None:
    """In every child of the worker."""
    from inspections.draws.commands import drawing

    honest = drawing.compute_and_keep

    def slow(draw: Any, values: Any) -> Any:
        told("began", draw.pk)
        if draw.pk == int(KILLS):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(SECONDS)
        done = honest(draw, values)
        told("ended", draw.pk)
        return done

    drawing.compute_and_keep = slow


worker_process_init.connect(sicken, weak=False)
if VISIBILITY:
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": VISIBILITY}
