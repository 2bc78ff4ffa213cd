"""A queue in a folder: kombu's file-system transport, with whole files only.

The stock transport opens a message under its final name and then fills it, so a consumer may take it away empty, which
ends a Celery worker (celery/kombu#1551); it rewrites its routing tables in place, with the same flaw, and keeps every
message it has handed out or leaves it to the temporary folder. Here files are written aside and renamed, which is atomic
on one file system, and a message that was taken is deleted. For one machine; production uses Redis.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):  # type: ignore[misc]  # kombu has no types
    """Messages and routing tables appear at once and whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_in, self.data_folder_out, self.processed_folder, self.control_folder):
            os.makedirs(folder, exist_ok=True)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        name = f"{int(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _write(Path(self.data_folder_out), name, payload)

    def _get(self, queue: str) -> Any:
        for name in sorted(os.listdir(self.data_folder_in)):
            if f".{queue}.msg" not in name:
                continue
            taken = Path(self.processed_folder) / name
            try:
                os.rename(Path(self.data_folder_in) / name, taken)
            except FileNotFoundError:  # another consumer was quicker
                continue
            content = taken.read_bytes()
            taken.unlink()
            return loads(bytes_to_str(content))
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with (self.control_folder / f"{exchange}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            if bound not in table:
                _write(self.control_folder, f"{exchange}.exchange", [bound, *table])


class Transport(filesystem.Transport):  # type: ignore[misc]  # kombu has no types
    """What the alias ``fsqueue`` of a broker URL stands for."""

    Channel = Channel


def _write(folder: Path, name: str, content: object) -> None:
    # The aside name must not contain “.<queue>.msg”, by which consumers find messages.
    aside = folder / f".{uuid.uuid4()}.part"
    aside.write_bytes(str_to_bytes(dumps(content)))
    os.rename(aside, folder / name)
