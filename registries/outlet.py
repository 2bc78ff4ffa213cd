"""A stream between an archive that is written and a response that is sent; who writes and who sends stands elsewhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Outlet(io.RawIOBase):
    """It only goes forward: what the archive writes waits here until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Keep these bytes; how many they were."""
        before = len(self.waiting)
        self.waiting += memoryview(data)
        return len(self.waiting) - before

    def taken(self) -> bytes:
        """What has come since it was last taken."""
        data = bytes(self.waiting)
        self.waiting.clear()
        return data
