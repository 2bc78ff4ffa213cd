"""Several PDFs as WeasyPrint makes them, one behind the other: their objects get new numbers, their pages one common tree.

Made for the PDFs of this program alone: no links, outlines or forms.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import pydyf

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


class _Kept:
    """An object taken over as its bytes, references renumbered; what :class:`pydyf.PDF` asks of an object when it writes."""

    generation, free = 0, "n"

    def __init__(self, data: bytes, *, compressible: bool) -> None:
        self.number, self.offset = 0, 0
        self.data = data
        self.compressible = compressible

    @property
    def indirect(self) -> bytes:
        """The object with its number."""
        return b"%d 0 obj\n%s\nendobj" % (self.number, self.data)


class Binder:
    """The volume that grows: PDFs in, one PDF out."""

    def __init__(self) -> None:
        self.volume = pydyf.PDF()
        self.pages = 0

    def add(self, pdf: Any) -> None:
        """Take over the pages of a finished :class:`pydyf.PDF`, and what they need."""
        skipped = {0, pdf.pages.number, pdf.catalog.number}
        taken = [one for one in pdf.objects if one.number not in skipped and one.free != "f"]
        first = len(self.volume.objects)
        number = {one.number: first + at for at, one in enumerate(taken)}
        number[pdf.pages.number] = self.volume.pages.number
        for one in taken:
            kept = _renumbered(one, lambda found: b"%d 0 R" % number[int(found[1])])
            self.volume.add_object(kept)
        kids = [number[kid] for kid in pdf.pages["Kids"][::3]]
        for kid in kids:
            self.volume.pages["Kids"].extend([kid, 0, "R"])
        self.volume.pages["Count"] += len(kids)
        self.pages += len(kids)
        if not self.volume.info:
            self.volume.info.update(pdf.info)
            self.volume.catalog.update({key: value for key, value in pdf.catalog.items() if key == "Lang"})

    def written(self) -> bytes:
        """The volume; the same PDFs give the same bytes."""
        output = io.BytesIO()
        self.volume.write(output, b"1.7", False, True)
        return output.getvalue()


def _renumbered(one: Any, to: Callable[[re.Match[bytes]], bytes]) -> _Kept:
    """The object with the numbers that it has in the volume; of a stream only the head names other objects."""
    data: bytes = one.data
    if one.compressible:
        return _Kept(_REFERENCE.sub(to, data), compressible=True)
    head, mark, body = data.partition(b"stream\n")
    return _Kept(_REFERENCE.sub(to, head) + mark + body, compressible=False)
