"""Sealed files in an S3-like bucket, through django-storages. Loaded only where ``EVIDENCE_BUCKET`` names one; its packages are an extra
(``config/requirements-s3.txt``).

An object gets its name when it is whole, so nothing is ever half-written. Failures of the library become :class:`OSError`, as of a disk.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

ONE_PIECE = 64 * 1024 * 1024
"""Larger than any file: each goes in one request, and no part of it stays behind when that fails."""


class BucketFiles(S3Storage):
    """A bucket of one's own; short waits, because somebody with a phone waits too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            file_overwrite=True,
            default_acl=None,
            transfer_config=TransferConfig(multipart_threshold=ONE_PIECE, use_threads=False),
            client_config=Config(
                s3={"addressing_style": "path"}, signature_version="s3v4", connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2},
                request_checksum_calculation="when_required", response_checksum_validation="when_required",  # what older S3-like servers refuse
            ),
            **options,
        )  # fmt: skip

    def _open(self, name: str, mode: str = "rb") -> "ContentFile[bytes]":
        with _as_of_a_disk(), super()._open(name, mode) as file:
            return ContentFile(file.read())

    def _save(self, name: str, content: Any) -> str:
        with _as_of_a_disk():
            return str(super()._save(name, content))

    def exists(self, name: str) -> bool:
        """Whether there is such an object."""
        with _as_of_a_disk():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Take it away, if it is there."""
        with _as_of_a_disk():
            super().delete(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files below ``path``; as the protocol has none, nothing is an empty folder."""
        with _as_of_a_disk():
            folders, files = super().listdir(path)
        return folders, files

    def get_modified_time(self, name: str) -> dt.datetime:
        """When it was written."""
        with _as_of_a_disk():
            written: dt.datetime = super().get_modified_time(name)
        return written


@contextlib.contextmanager
def _as_of_a_disk() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
