"""Sealed files in tests: where one lies on the disk, and a place of memory alone, in which nothing has a path."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import InMemoryStorage
from django.test import override_settings

from registries.sealedfiles import keeping


def path_of(sha256: str) -> Path:
    """Where the file of this digest lies, while files lie in a folder."""
    return Path(keeping.place().path(keeping.name_of(sha256)))


class Memory(InMemoryStorage):
    """Django's storage in memory, in which a file takes the place of an older one, as in a bucket."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name that was asked for."""
        return name

    def _save(self, name: str, content: Any) -> str:
        self.delete(name)
        return str(super()._save(name, content))  # type: ignore[misc]


@contextlib.contextmanager
def kept_in(backend: str, **options: Any) -> Iterator[None]:
    """Sealed files stand elsewhere until the block ends; the folder for them is one that takes nothing."""
    places = {**settings.STORAGES, "evidence": {"BACKEND": backend, "OPTIONS": options}}
    with override_settings(STORAGES=places, MEDIA_ROOT="/proc/nowhere"):
        yield


MEMORY = f"{__name__}.{Memory.__name__}"
