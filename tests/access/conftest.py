"""The county that the matrix walks: built once for its modules, which stand side by side; every test takes back what it did to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.access.county import County
from tests.access.county import county as built

_STANDING: list[tuple[ExitStack, County]] = []


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction in which durable commands may run, as in Django's own test cases, and of which nothing stays."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def county(request: pytest.FixtureRequest, django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Two brigades with everything. It stands until a module comes that does not walk it: others must not meet its rows."""
    if not _STANDING:
        stack, media = ExitStack(), Path(tmp_path_factory.mktemp("county"))
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(taken_back())
        with override_settings(MEDIA_ROOT=media):
            _STANDING.append((stack, built(media)))
    yield _STANDING[0][1]
    items = request.session.items
    last = max(at for at, item in enumerate(items) if item.path == request.path)
    if last + 1 == len(items) or not items[last + 1].path.name.startswith("test_matrix"):
        _STANDING.pop()[0].close()
