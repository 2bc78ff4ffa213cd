"""The settings of the tests: the product's own, on throw-away data, with what would only cost time taken out."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sunlot-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 50)
os.environ.setdefault("DEMO", "1")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

# A file, so that a real worker process can see the test database.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes 0.2 s on purpose
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
PUBLIC_REQUESTS_PER_MINUTE = 0  # all tests come from one address
PUBLIC_PAGES_KEPT = False  # rows are made past the commands here, and taken back
PUBLIC_MARK_SECONDS = 0
WHITENOISE_AUTOREFRESH = True  # looks a file up when it is asked for; every test client would list all of them first
PASSWORD_DAYS = 0  # clocks are moved by months here
SESSION_IDLE_MINUTES = 480
