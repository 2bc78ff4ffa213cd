"""Turning a document template into a PDF: WeasyPrint without any network, and only where Chinese fonts are present."""

import functools
import shutil
import subprocess
from pathlib import Path

from django.conf import settings

FAMILY = "Noto Serif CJK SC"


class MissingFonts(RuntimeError):
    """The machine has no Chinese fonts: a PDF would show boxes. Install fonts-noto-cjk."""


@functools.cache
def fonts_present() -> bool:
    """Whether fontconfig knows a Chinese serif face."""
    lister = shutil.which("fc-list")
    if lister is None:
        return any(Path("/usr/share/fonts").rglob("NotoSerifCJK*"))
    found = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S603
    return FAMILY in found.stdout


def pdf(html: str) -> bytes:
    """The PDF of a complete HTML document. Fetches nothing but ``data:`` URLs; the style sheet is handed in."""
    if not fonts_present():
        raise MissingFonts("Chinese fonts are missing: apt-get install fonts-noto-cjk")
    import weasyprint  # it needs pango, so only the worker loads it

    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
    sheet = weasyprint.CSS(filename=str(settings.BASE_DIR / "static/css/document.css"), url_fetcher=fetcher)
    made: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=[sheet])
    return made
