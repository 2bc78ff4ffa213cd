"""How a public page is served: GET and HEAD alone, an ETag, for how long others may keep it, and kept here too.

A page with a mark (``marks.py``) is known to stand before it is made: whoever has it gets 304, whoever asks for it again gets the bytes that
were made last time. A page without one is told by the ETag of its content. A refusal (404) carries none of it: what is unknown now may be
published in a minute. Public pages set no cookie and open no session; they differ by the cookies of language and size alone.
"""

import functools
import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe

from publicity.site import marks
from publicity.site.size import is_large

SECOND = 1
"""What is asked for every other second by a hall full of screens."""
MINUTE = 60
"""A page that lives: published rows show within a minute everywhere."""
YEAR = 365 * 86400
"""What never changes once it is public: a file of a bundle, a certificate, a checkpoint."""
KEPT = 600
"""Seconds a page is kept here; another mark is another page."""
WORTH_ZIPPING = 1000
LEVEL = 4
"""Of gzip: a list of 50 results comes to a tenth of its size at any level."""
_GZIP = re.compile(r"\bgzip\b(?!;q=0(?![.0-9]))")

View = Callable[..., HttpResponseBase]


def published(seconds: int, mark: marks.Mark | None = None) -> Callable[[View], View]:
    """Serve the view's answer to anybody, kept for ``seconds`` at most, asked for again by its ETag.

    ``mark``: what tells that the answer still stands; without one it is made every time.
    """

    def wrap(view: View) -> View:
        if mark is not None:
            return _by_mark(view, seconds, mark)

        @functools.wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                patch_cache_control(response, public=True, max_age=seconds, **({"immutable": True} if seconds == YEAR else {}))
            return response

        served: View = require_safe(conditional_page(kept))
        return served

    return wrap


def _by_mark(view: View, seconds: int, mark: marks.Mark) -> View:
    """The view behind its mark: 304, the kept bytes, or made anew."""
    control = f"public, max-age={seconds}"

    @functools.wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tag = f'W/"{marks.release()}.{mark()}.{get_language()}{".large" if is_large(request) else ""}"'
        seen = request.headers.get("If-None-Match")
        if seen and tag in (parse_etags(seen) or ()):
            return _told(HttpResponseNotModified(), tag, control)
        zips = _GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
        key = f"page/{zips}/{tag}/{request.get_full_path()}"
        keeps = settings.PUBLIC_PAGES_KEPT and len(key) < 500
        known: tuple[int, bytes, bool] | None = cache.get(key) if keeps else None
        if known is None:
            response = view(request, *args, **kwargs)
            if response.status_code not in (200, 410) or not isinstance(response, HttpResponse):
                return response
            body = response.content
            smaller = zips and len(body) > WORTH_ZIPPING
            known = response.status_code, gzip.compress(body, LEVEL, mtime=0) if smaller else body, smaller
            if keeps:
                cache.set(key, known, KEPT)
        status, body, zipped = known
        response = HttpResponse(body, status=status)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        return _told(response, tag, control)

    only: View = require_safe(served)
    return only


def _told(response: HttpResponse, tag: str, control: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = control
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def streamed(pieces: Iterator[bytes], mark: str, content_type: str, size: int | None = None) -> StreamingHttpResponse:
    """An answer sent as it is read. ``mark`` is the ETag, because nobody holds the whole to hash it."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response.headers["ETag"] = f'"{mark}"'
    if size is not None:
        response.headers["Content-Length"] = str(size)
    return response
