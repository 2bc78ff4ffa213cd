"""What the measurements stand on: the program set up on throw-away data, before anything of it is imported."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def prepared(*, sqlite: bool = False) -> Iterator[None]:
    """Set the program up and lay out its tables, on the empty database that ``DATABASE_URL`` names or on a SQLite file of its own
    (always with ``sqlite``). The folder goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="sunlot-bench-") as folder:
        own = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["DATABASE_URL"] = own if sqlite else os.environ.get("DATABASE_URL", own)
        os.environ.update(DEMO="1", DATA_DIR=folder, CELERY_BROKER_URL="fsqueue://localhost/")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.testing.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
