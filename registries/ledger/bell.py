"""The doorbell of the worker (docs/adr/0003). Whoever rings waits a moment at most, and not again for a while when nobody heard.

A queue that refuses answers at once, one that is frozen does not answer at all; so another thread rings. After a bell that was
not heard this process rings no more for thirty seconds: the sweep finds the work meanwhile.
"""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotHeard

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.5
QUIET_SECONDS = 30.0


class Bell:
    """One a process."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As new: nothing was missed yet. A forked process has none of its parent's threads."""
        self._quiet_until = 0.0
        self._ringer: ThreadPoolExecutor | None = None
        self._one = threading.Lock()

    def ring(self, task: str, ids: dict[str, int]) -> bool:
        """Send the message; whether the queue has it, as far as is known after a moment."""
        if time.monotonic() < self._quiet_until:
            log.info("the queue was out of reach a moment ago; the sweep will find %s", task)
            return False
        sent = self._thread().submit(current_app.send_task, task, kwargs=ids)
        try:
            sent.result(WAIT_SECONDS)
        except (OperationalError, NotHeard, OSError):
            sent.cancel()
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("the queue is out of reach; the sweep will find %s", task)
            return False
        return True

    def _thread(self) -> ThreadPoolExecutor:
        with self._one:
            if self._ringer is None:
                self._ringer = ThreadPoolExecutor(1, "bell")
            return self._ringer


bell = Bell()
os.register_at_fork(after_in_child=bell.reset)
