"""gunicorn's settings, for the demo and for production alike; the environment sets what differs.

BIND (127.0.0.1:8000), WEB_CONCURRENCY (processes, 2) and WEB_THREADS (threads of each, 4).
"""

import logging
import os
import re

SECRET = re.compile(r"(/office/calendar/)[^/ ?]+")


class Reticent(logging.Filter):
    """The access log without the secret part of calendar addresses."""

    def filter(self, line: logging.LogRecord) -> bool:
        """Every line is written; its parts are cleaned first."""
        if isinstance(line.args, dict):
            for name, value in line.args.items():
                if isinstance(value, str):
                    line.args[name] = SECRET.sub(r"\1…", value)
        return True


def on_starting(_server: object) -> None:
    """Before the processes are made, which inherit it."""
    logging.getLogger("gunicorn.access").addFilter(Reticent())


bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # the processes share the memory of the loaded code
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True  # otherwise a socket appears in the home folder
accesslog = "-"
