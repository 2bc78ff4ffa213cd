"""The county that the matrix walks: built once a module, and every test takes back what it did to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.access.county import County
from tests.access.county import county as built


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction in which durable commands may run, as in Django's own test cases, and of which nothing stays."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def county(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Two brigades with everything."""
    media: Path = tmp_path_factory.mktemp("county")
    with django_db_blocker.unblock(), taken_back():
        with override_settings(MEDIA_ROOT=media):
            found = built(media)
        yield found
