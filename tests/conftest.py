"""What all tests share: which of them run in this pass, a throw-away data folder, a browser, a running product."""

from __future__ import annotations

import gc
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import TransactionTestCase, override_settings

from config.bootstrap import CHROMIUM, program
from config.demo import keys
from config.demo.serve import Stack
from registries import paper, triggers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Playwright's synchronous interface runs an event loop in the test's thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ON_BOTH_ENGINES = (
    "test_case", "test_clock", "test_database", "test_digests", "test_draw_voids", "test_draws", "test_flush", "test_fsqueue", "test_import_at",
    "test_import_disk", "test_import_rows", "test_import_worker", "test_inspector_commands", "test_invariants", "test_ledger", "test_matter_commands",
    "test_merged", "test_notices", "test_people", "test_plan_commands", "test_protected", "test_replacements_at", "test_reports", "test_self",
    "test_subject_commands", "test_two", "test_upgrade", "test_visits",
)  # fmt: skip
"""How the tests begin that meet what engines do differently: constraints, triggers, locks, dates, sums, the queue.

The others of integration and access run on PostgreSQL alone, production's engine, unless --full; the browser drives the whole product on SQLite.
"""
SHAPE = re.compile(r'<[a-z][^\s>]*(?: class="[^"]*")?')
_SET: set[frozenset[str]] = set()
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "stack", "county", "walked", "template"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--full`` adds the long acceptance counts."""
    parser.addoption("--full", action="store_true", help="run the long acceptance counts too (thousands of seeds, kills …)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what this pass does not want: long counts, other engines, and in the second pass what needs no server."""
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    first, second = (os.environ.get("TEST_PASS") == name for name in ("embedded", "servers"))
    wanted: list[pytest.Item] = []
    unwanted: list[pytest.Item] = []
    for item in items:
        only = item.get_closest_marker("engine")
        usually = item.get_closest_marker("usually")
        out = (
            (item.get_closest_marker("full") is not None and not config.getoption("--full"))
            or (usually is not None and engine not in usually.args and not config.getoption("--full"))
            or (only is not None and engine not in only.args)
            or (second and not _touches_database(item))
            or (first and not config.getoption("--full") and _runs_on_servers_alone(item))
        )
        (unwanted if out else wanted).append(item)
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = wanted


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


def _runs_on_servers_alone(item: pytest.Item) -> bool:
    marks = (item.get_closest_marker("engine"), item.get_closest_marker("usually"))
    anywhere = not any(mark is not None and "sqlite3" in mark.args for mark in marks)
    meant = item.path.parent.name in ("access", "integration") and not item.path.name.startswith(ON_BOTH_ENGINES)
    return anywhere and meant and _touches_database(item)


def _touches_database(item: pytest.Item) -> bool:
    return (
        item.get_closest_marker("django_db") is not None
        or bool(DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())))
        or issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    )


@pytest.fixture(scope="session", autouse=True)
def flush_past_triggers() -> Iterator[None]:
    """A transactional test ends with a flush, which is DELETE on SQLite: lift the triggers that refuse it.

    The flush ends with ``post_migrate``, which makes the triggers and the standing rows again.
    """
    operations = DatabaseWrapper.ops_class
    original = operations.execute_sql_flush

    def lifted(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            for name in triggers.present(self.connection.alias):
                cursor.execute(f'DROP TRIGGER "{name}"')
        original(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", lifted)
        yield


@pytest.fixture(autouse=True)
def own_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploads and documents of one test stay in a folder of its own."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(autouse=True)
def own_cache() -> None:
    """What a test before this one was told is forgotten: rows go back with its transaction, the cache does not."""
    cache.clear()


@pytest.fixture(autouse=True)
def press(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the documents that nobody reads, one of each shape is set a pass: half a second each, and certificates are many.

    The others are a short text that no program takes for a PDF. ``pytest.mark.papers`` has every document of a test set.
    """
    if request.node.get_closest_marker("papers") is None:
        monkeypatch.setattr(paper._Press, "written", _written)


def _written(press: paper._Press, html: str) -> bytes:
    shape = frozenset(SHAPE.findall(html))
    if shape not in _SET:
        assert press.set(html).write_pdf().startswith(b"%PDF-")
        _SET.add(shape)
    return b"%PDF-0 not set " + hashlib.sha256(html.encode()).hexdigest().encode()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all browser tests; a test opens its own context, for cookies of its own."""
    from playwright.sync_api import sync_playwright

    path = program(*CHROMIUM)
    if path is None:
        pytest.skip("browser test: Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh visitor's page at 1366 × 768, Chinese, with no cookies."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context.new_page()
    context.close()


@dataclass(frozen=True)
class Template:
    """A migrated database that nobody uses, and the keys it was made with: a running product starts from a copy of it."""

    database_url: str
    env: dict[str, str]

    def copied(self, folder: Path) -> dict[str, str]:
        """The environment of a product of its own in `folder`: this pass's engine and queue, shared with nobody."""
        if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
            shutil.copy(self.database_url.removeprefix("sqlite:///"), folder / "sunlot.sqlite3")
            return self.env | own_servers(folder)
        return self.env | own_servers(folder, self.database_url.rpartition("/")[2])


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Migrated once a pass: that takes fifteen seconds, copying none."""
    folder = tmp_path_factory.mktemp("template")
    env = {"DEMO": "1", "WEB_CONCURRENCY": "1", "DJANGO_ALLOW_ASYNC_UNSAFE": ""} | keys.make(folder / "keys")
    own = own_servers(folder)
    Stack(folder, env=env | own).manage("migrate", "--verbosity=0")
    return Template(own["DATABASE_URL"], env)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_use_migrations: bool) -> bool:
    """The database of the tests themselves is there before they begin (pytest-django asks)."""
    return django_db_use_migrations


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, django_db_keepdb: bool, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """That database is a copy of the template too; with ``--no-migrations`` pytest-django makes it from the models."""
    if not django_db_keepdb:
        return
    template: Template = request.getfixturevalue("template")
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    if connection.vendor == "sqlite":
        for leftover in ("", "-wal", "-shm"):
            Path(name + leftover).unlink(missing_ok=True)
        shutil.copy(template.database_url.removeprefix("sqlite:///"), name)
        return
    from config.testing.servers import fresh_database

    fresh_database(os.environ["DATABASE_URL"], name, template.database_url.rpartition("/")[2])


@pytest.fixture
def stack(tmp_path: Path, template: Template) -> Iterator[Stack]:
    """The running product on an empty, migrated database of its own: this pass's engine and queue, real processes.

    ``stack.url`` is where it answers, ``stack.manage("command", …)`` runs a management command beside it.
    """
    with Stack(tmp_path, env=template.copied(tmp_path)) as running:
        yield running


def own_servers(folder: Path, template: str = "") -> dict[str, str]:
    """A database (empty, or a copy of PostgreSQL's `template`) and a queue that nobody else uses, as environment variables."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return {"DATABASE_URL": f"sqlite:///{folder}/sunlot.sqlite3", "CELERY_BROKER_URL": "fsqueue://localhost/"}
    from config.testing.servers import empty_queue, fresh_database

    return {
        "DATABASE_URL": fresh_database(os.environ["DATABASE_URL"], f"stack_{uuid.uuid4().hex[:12]}", template),
        "CELERY_BROKER_URL": empty_queue(os.environ["CELERY_BROKER_URL"]),
    }
