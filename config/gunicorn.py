"""gunicorn's settings, for the demo and for production alike; the environment sets what differs.

BIND (127.0.0.1:8000), WEB_CONCURRENCY (processes, 2) and WEB_THREADS (threads of each, 4); WEB_CERTIFICATE and WEB_CERTIFICATE_KEY (files)
where the proxy stands on another machine.
"""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
certfile, keyfile = os.environ.get("WEB_CERTIFICATE") or None, os.environ.get("WEB_CERTIFICATE_KEY") or None
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
accesslog = None  # it would hold whole addresses; the line of each request is the program's own (config/tracing.py)
logconfig_dict = {"formatters": {"generic": {"()": "config.logs.Words" if os.environ.get("DEMO") else "config.logs.Lines"}}}
