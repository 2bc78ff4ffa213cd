"""All settings, read from top to bottom. Everything that differs between places comes from the environment (``.env.example``).

``DEMO=1`` is for the demo and the tests: short lead times for seed sources and a lottery of its own, labelled 演示.
Production never sets it; ``config/checks.py`` refuses to start when something of the demo is left in production.
"""

import base64
from pathlib import Path
from typing import Any

import environ
import kombu.transport
from django.core.exceptions import ImproperlyConfigured

from config.evidence import storage_of

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(str(BASE_DIR / ".env"))

# --- where and how we run -------------------------------------------------------------------------------------------

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def _secret(name: str, *, required: bool = True) -> str:
    """A secret from the environment (``NAME``) or from the file it names (``NAME_FILE``)."""
    value: str = env.str(name, default="")
    file: str = env.str(f"{name}_FILE", default="")
    if value:
        return value
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    if DEMO or not required:
        return ""
    raise ImproperlyConfigured(f"Set {name} or {name}_FILE (see .env.example), or DEMO=1 to try things out.")


def _address(name: str, default: str) -> str:
    """The address of a server from the environment (``NAME``), or from the file ``NAME_FILE`` when a password stands in it."""
    file: str = env.str(f"{name}_FILE", default="")
    return Path(file).read_text(encoding="utf-8").strip() if file else str(env.str(name, default=default))


SECRET_KEY = _secret("SECRET_KEY") or "demo-" + "0" * 60
FIELD_KEYS: dict[str, bytes] = {
    name: base64.b64decode(key)
    for name, _colon, key in (line.partition(":") for line in _secret("FIELD_KEYS").split() if line)
} or {"demo": b"sunlot demo key, never for real."}
"""Keys of the encrypted columns: name → 32 bytes; the first writes, all read (``registries/fields.py``)."""

# --- the bureau -----------------------------------------------------------------------------------------------------

BUREAU_NAME = env.str("BUREAU_NAME", default="沂源县公安局")
TRAINING_HOURS_REQUIRED = env.int("TRAINING_HOURS_REQUIRED", default=0)  # in 12 months, to be drawn; 0 = not asked for
BUREAU_WORD = env.str("BUREAU_WORD", default="源公")
DIVISION_CODE = env.str("DIVISION_CODE", default="370323")
SUPERVISION_PHONE = env.str("SUPERVISION_PHONE", default="0533-0000000" if DEMO else "")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="mailto:security@localhost" if DEMO else "")  # mailto:, tel: or https: for /.well-known/security.txt; empty = no such page
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")

# --- draws (draw protocol 1, §§2–3) -----------------------------------------------------------------------------------

DRAW_SOURCE_LEAD = env.int("DRAW_SOURCE_LEAD", default=1 if DEMO else 1800)
DRAW_SOURCE_GAP = env.int("DRAW_SOURCE_GAP", default=1 if DEMO else 900)
DRAW_FILE_PART = env.int("DRAW_FILE_PART", default=4 * 1024 * 1024)  # bytes of a kept file in one row
DRAW_SHARD_ENTRIES = env.int("DRAW_SHARD_ENTRIES", default=1_000_000)  # above so many, several workers hash one roster
DRAW_SHARD_LEASE = env.int("DRAW_SHARD_LEASE", default=120)  # seconds after which a lost worker's shard is done again
DEMO_LOTTERY = env.bool("DEMO_LOTTERY", default=DEMO)
AUDITOR_PUBLIC_KEY = env.str("AUDITOR_PUBLIC_KEY", default="")
LEDGER_ORIGIN = env.str("LEDGER_ORIGIN", default=f"{DIVISION_CODE}.sunlot")
AUDIT_LOG_DAYS = env.int("AUDIT_LOG_DAYS", default=1095)  # what entries say of reading personal data; never less than 180
CHECKPOINT_KEEPERS: list[str] = env.list("CHECKPOINT_KEEPERS", default=[])

# --- disclosure (guideline 四.4) ----------------------------------------------------------------------------------------

DISCLOSURE_DAYS = 20
DISCLOSURE_UNASKED_FROM_DAY = env.int("DISCLOSURE_UNASKED_FROM_DAY", default=15)
DISCLOSURE_YEARS = env.int("DISCLOSURE_YEARS", default=5)  # on line, counted from the publication
DISCLOSURE_YEARS_OF_PERSONS = env.int("DISCLOSURE_YEARS_OF_PERSONS", default=2)
DISCLOSURE_MASKS_TRADERS = env.bool("DISCLOSURE_MASKS_TRADERS", default=False)  # individual businesses named like a person, where problems were found
PUBLISH_HOUR = env.int("PUBLISH_HOUR", default=0 if DEMO else 9)  # what nobody released goes out from this hour of its day on

# --- open data ------------------------------------------------------------------------------------------------------------

OPENDATA_LICENCE = env.str("OPENDATA_LICENCE", default="CC BY 4.0")
OPENDATA_LICENCE_URL = env.str("OPENDATA_LICENCE_URL", default="https://creativecommons.org/licenses/by/4.0/")

# --- the public site --------------------------------------------------------------------------------------------------

PUBLIC_REQUESTS_PER_MINUTE = env.int("PUBLIC_REQUESTS_PER_MINUTE", default=1200)  # of one address; 0 = no limit of any kind
PUBLIC_SEARCHES_PER_MINUTE = env.int("PUBLIC_SEARCHES_PER_MINUTE", default=60)
PUBLIC_FORMS_PER_MINUTE = env.int("PUBLIC_FORMS_PER_MINUTE", default=20)
SIGN_INS_PER_MINUTE = env.int("SIGN_INS_PER_MINUTE", default=60)  # of one address: a whole office may share it
REPORTS_PER_MINUTE = 20
PUBLIC_QUERY_SECONDS = env.float("PUBLIC_QUERY_SECONDS", default=2.0)  # PostgreSQL: the longest statement of a public page
QUERY_SECONDS = 60
PUBLIC_PAGES_KEPT = not DEBUG  # made pages and counts are kept until anything public changes
PUBLIC_MARK_SECONDS = env.int("PUBLIC_MARK_SECONDS", default=1)  # for so long a process does not ask whether anything has
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": entries}}
    for name, entries in {"default": 1000, "figures": 100}.items()
}

# --- Django ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.SunlotAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_htmx",
    "registries.apps.RegistriesConfig",
    "inspections.apps.InspectionsConfig",
    "publicity.apps.PublicityConfig",
]
MIDDLEWARE = [
    "config.tracing.TraceMiddleware",
    "config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "registries.people.language.LanguageMiddleware",
    "registries.people.gates.NetworkMiddleware",
    "publicity.site.limits.LimitMiddleware",
    "config.patience.PatienceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "publicity.site.serving.KeptMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.uploads.UploadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "registries.ledger.context.AddressMiddleware",
    "registries.people.access.FreshPasswordMiddleware",
    "registries.people.factors.guard.SecondFactorMiddleware",
    "registries.people.gates.SeenMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                ("config.templates.Loader", ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.house",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database: SQLite by default, PostgreSQL by DATABASE_URL ------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": environ.Env.db_url_config(_address("DATABASE_URL", f"sqlite:///{DATA_DIR}/sunlot.sqlite3"))
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000;",
    }
    _database["CONN_MAX_AGE"] = 60  # opening the file and setting it up costs more than a page
    # a file, because a real worker process must see the test database
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _database["CONN_MAX_AGE"] = 60
    _database.setdefault("OPTIONS", {}).update(
        options=f"-c statement_timeout={QUERY_SECONDS * 1000} -c idle_in_transaction_session_timeout=60000",
        # a cable pulled between two machines is noticed after a minute, not after a quarter of an hour
        connect_timeout=5, keepalives_idle=30, keepalives_interval=10, keepalives_count=3, tcp_user_timeout=60_000,
    )  # fmt: skip

# --- queue: Redis is only a doorbell, every intent is a row (docs/adr/0003) -----------------------------------------------

kombu.transport.TRANSPORT_ALIASES["fsqueue"] = "config.fsqueue:Transport"
CELERY_BROKER_URL = _address("CELERY_BROKER_URL", "fsqueue://localhost/")
if CELERY_BROKER_URL.startswith("fsqueue"):
    _queue = DATA_DIR / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "processed_folder": str(_queue / "done"),
        "store_processed": True,
        "polling_interval": 0.2,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "max_retries": 0,
    }
LIMITS_URL = "" if CELERY_BROKER_URL.startswith("fsqueue") else CELERY_BROKER_URL  # where all processes count together (registries/counting.py)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A polled queue acknowledges only between polls of two seconds, so its one worker takes whatever is there (0 = no limit).
CELERY_WORKER_PREFETCH_MULTIPLIER = 0 if CELERY_BROKER_URL.startswith("fsqueue") else 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("WORKER_MAX_MEMORY_KB", default=400_000)  # twice what a child starts with: a PDF's fonts are given back
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_ENABLE_UTC = True
_SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=2 if DEMO else 30)
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": seconds, "options": {"expires": 60}}
    for name, seconds in {
        "registries.sweep_imports": _SWEEP_SECONDS,
        "inspections.sweep_draws": _SWEEP_SECONDS,
        "inspections.sweep_cases": _SWEEP_SECONDS,
        "inspections.sweep_papers": _SWEEP_SECONDS,
        "publicity.sweep_disclosures": _SWEEP_SECONDS,
        "publicity.sweep_terms": 600,
        "publicity.sweep_opendata": _SWEEP_SECONDS,
        "inspections.sweep_messages": 20 if DEMO else 300,
        "registries.sweep_heartbeat": 10 if DEMO else 60,
        "registries.sweep_ledger": 60,
        "registries.sweep_editions": 60,
        "registries.sweep_self_checks": 60,
        "registries.sweep_accounts": 60,
    }.items()
}

# --- sign-in and sessions -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "registries.User"
AUTHENTICATION_BACKENDS = ["registries.people.backend.Accounts"]
PASSWORD_HASHERS = ["registries.people.hashers.Argon2id"]
PASSWORD_WORDS = ["sunlot", "choucha", "gongan", "gonganju", "jingcha", "police", "yiyuan", "admin", "password", "公安", "沂源", "警察", "密码"]
PASSWORD_DAYS = env.int("PASSWORD_DAYS", default=90)  # after so many days another one is chosen; 0 = never (docs/security/accounts.md)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "registries.people.passwords.LengthValidator", "OPTIONS": {"least": 8, "administrators": 12}},
    {"NAME": "registries.people.passwords.ClassesValidator"},
    {"NAME": "registries.people.passwords.CommonValidator"},
    {"NAME": "registries.people.passwords.WordsValidator"},
    {"NAME": "registries.people.passwords.LikenessValidator", "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "registries.people.passwords.PastValidator"},
]
LOGIN_URL = "/office/sign-in/"
LOGIN_REDIRECT_URL = "/office/"
LOGOUT_REDIRECT_URL = "/office/sign-in/"
SIGN_IN_TRIES = 5  # of one account from one address; then a quarter of an hour of nothing
SIGN_IN_ALARM = env.int("SIGN_IN_ALARM", default=30)  # failures within a quarter of an hour, over all accounts and addresses; 0 = no alarm
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
OFFICE_NETWORKS: list[str] = env.list("OFFICE_NETWORKS", default=[])
SESSION_ENGINE = "registries.people.sessions"
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=15)
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=not DEMO)
CONFIRM_SECONDS = env.int("CONFIRM_SECONDS", default=0 if DEMO else 300)  # how long a confirmation counts; 0 = nobody is asked

# --- transport security ---------------------------------------------------------------------------------------------------

TLS = env.bool("TLS", default=not DEMO and not DEBUG)
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_HSTS_PRELOAD = TLS
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if TLS else "sessionid"  # a browser takes such a name from this host alone, over TLS, for all of it
CSRF_COOKIE_NAME = "__Host-csrftoken" if TLS else "csrftoken"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "frame-src": ["'none'"],
        "upgrade-insecure-requests": TLS,
        "report-uri": ["/csp-report/"],
        "report-to": ["csp"],
    }
}

# --- operation (docs/backup.md) ---------------------------------------------------------------------------------------------

BACKUP_PUBLIC_KEYS: list[str] = env.list("BACKUP_PUBLIC_KEYS", default=[AUDITOR_PUBLIC_KEY] if AUDITOR_PUBLIC_KEY else [])
HEALTH_TOKEN = _secret("HEALTH_TOKEN", required=False)  # whoever sends it reads the details of /healthz, and /metrics
TLS_CERTIFICATE_FILE = env.str("TLS_CERTIFICATE_FILE", default="")  # the certificate that the proxy serves, to see how long it lasts
SECURE_REDIRECT_EXEMPT = [r"^(livez|healthz|metrics)$"]  # asked on the loopback, without TLS

# --- language: Chinese, English by the visitor's choice ---------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if TLS else "language"  # deploy/nginx/sunlot.conf keeps public pages by these two names
SIZE_COOKIE_NAME = "__Host-size" if TLS else "size"
LANGUAGE_COOKIE_AGE = 365 * 86400
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- files -------------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
EVIDENCE_BUCKET = _address("EVIDENCE_BUCKET", "")  # an S3-like bucket for the sealed photos and scans, instead of a folder (config/evidence.py)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": storage_of(EVIDENCE_BUCKET),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.ManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # the proxy reads them, as somebody else
    },
}
WHITENOISE_USE_FINDERS = DEMO or DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = Path(env.str("MEDIA_DIR", default=str(DATA_DIR / "media")))  # shared, when several machines do the work
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOADS_PER_DAY = env.int("UPLOADS_PER_DAY", default=2000)  # of one account, through all doors together
UPLOAD_MB_PER_DAY = env.int("UPLOAD_MB_PER_DAY", default=2000)

# --- mail and log --------------------------------------------------------------------------------------------------------------

EMAIL_URL = _address("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="sunlot@localhost")
EMAIL_TIMEOUT = 20
DIGEST_HOUR = env.int("DIGEST_HOUR", default=8)  # from this hour on the morning mail leaves
LOG_FORMAT = env.str("LOG_FORMAT", default="words" if DEMO or DEBUG else "json")  # config/logs.py
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.Lines" if LOG_FORMAT == "json" else "config.logs.Words"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "sunlot": {"level": "INFO"},
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "django": {"handlers": [], "propagate": True},  # Django's own handlers would write each line a second time, in their own shape
        "django.server": {"handlers": [], "propagate": True},
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
