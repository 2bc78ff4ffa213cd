"""Turning a document template into a PDF: WeasyPrint without any network, and only where Chinese fonts are present."""

import functools
import gc
import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from registries.binding import Binder

FAMILY = "Noto Serif CJK SC"
AT_ONCE = 20
"""Documents laid out together before they are written: each holds about 2 MB until then."""


class MissingFonts(RuntimeError):
    """The machine has no Chinese fonts: a PDF would show boxes. Install fonts-noto-cjk."""


@functools.cache
def fonts_present() -> bool:
    """Whether fontconfig knows a Chinese serif face."""
    lister = shutil.which("fc-list")
    if lister is None:
        return any(Path("/usr/share/fonts").rglob("NotoSerifCJK*"))
    found = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return FAMILY in found.stdout


class Bound(NamedTuple):
    """Many documents in one PDF, and how many pages they have."""

    pdf: bytes
    pages: int


def pdf(html: str) -> bytes:
    """The PDF of a complete HTML document. Fetches nothing but ``data:`` URLs; the style sheet is handed in."""
    return _Press().written(html)


def bound(documents: Iterable[str], progress: Callable[[int], bool]) -> Bound | None:
    """Complete HTML documents as one PDF, each with page numbers of its own.

    ``progress`` is called with how many are set; when it says False the rest is left and None comes back. Some at a time are
    laid out, so that the memory does not grow with their number.
    """
    press, binder, n = _Press(), Binder(), 0
    for some in batched(documents, AT_ONCE):
        set_ = []
        for html in some:
            set_.append(press.set(html))
            n += 1
            if not progress(n):
                return None
        pages = [page for document in set_ for page in document.pages]
        set_[0].copy(pages).write_pdf(finisher=lambda _document, made: binder.add(made))
        del set_, pages
        gc.collect()  # boxes and pages know one another, and a font is 25 MB
    return Bound(binder.written(), binder.pages) if n else None


def batched(documents: Iterable[str], size: int) -> Iterator[list[str]]:
    """The documents, ``size`` at a time."""
    rest = iter(documents)
    while some := list(itertools.islice(rest, size)):
        yield some


class _Press:
    """WeasyPrint with the documents' style sheet read once."""

    def __init__(self) -> None:
        if not fonts_present():
            raise MissingFonts("Chinese fonts are missing: apt-get install fonts-noto-cjk")
        import weasyprint  # it needs pango, so only the worker loads it
        from PIL import ImageFile
        from weasyprint.text.fonts import FontConfiguration

        ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process; half a photo stays refused

        self.html = weasyprint.HTML
        self.fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
        self.fonts = FontConfiguration()
        file = str(settings.BASE_DIR / "static/css/document.css")
        self.sheet = weasyprint.CSS(filename=file, url_fetcher=self.fetcher, font_config=self.fonts)

    def set(self, html: str) -> Any:
        """The pages of one document."""
        return self.html(string=html, url_fetcher=self.fetcher).render(stylesheets=[self.sheet], font_config=self.fonts)

    def written(self, html: str) -> bytes:
        """The PDF of one document."""
        made: bytes = self.set(html).write_pdf()
        return made
