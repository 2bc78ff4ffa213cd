"""A Redis of a test's own that may be frozen, killed and emptied, rung by this process in place of the tests' queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from celery import Celery, current_app
from redis import Redis

from config.testing.servers import Server, killable_redis, server_folder
from registries.ledger.bell import bell

OPTIONS = {"visibility_timeout": 900, "socket_timeout": 5, "socket_connect_timeout": 1, "socket_keepalive": True, "max_retries": 0}
"""As ``config/settings.py`` has it for Redis."""


@dataclass
class Queue:
    """Where it is, how to harm it, and how many messages wait in it."""

    url: str
    server: Server
    rung: int = 0

    @property
    def waiting(self) -> int:
        with Redis.from_url(self.url) as redis:
            return int(redis.llen("celery"))

    def lose_everything(self, how: str) -> None:
        """``flushed`` by somebody's command, or ``killed`` and started again without a file."""
        if how == "flushed":
            with Redis.from_url(self.url) as redis:
                redis.flushall()
        else:
            self.server.kill()
            self.server.start()


@contextmanager
def own_queue(patch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """This process rings there."""
    with server_folder() as folder, killable_redis(folder) as (url, server):
        patch.setenv("CELERY_BROKER_URL", url)  # Celery asks the environment first
        app = Celery("own", broker=url, set_as_current=False)
        app.conf.broker_transport_options = OPTIONS
        own = Queue(url, server)

        def send(task: str, **options: Any) -> object:
            own.rung += 1
            return app.send_task(task, **options)

        patch.setattr(current_app, "send_task", send)
        bell.reset()
        yield own
    bell.reset()
