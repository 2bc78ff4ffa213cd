"""The web process: what gunicorn serves. Settings come from the environment; see ``.env.example``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.production import refuse_unsafe  # noqa: E402 - Django stands only now

refuse_unsafe()
