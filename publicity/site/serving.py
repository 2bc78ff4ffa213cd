"""How a public page is served: GET and HEAD alone, an ETag, for how long others may keep it, and kept here too.

A page with a mark (``marks.py``) is known to stand before it is made: whoever has it gets 304, whoever asks for it again gets the bytes that
were made last time. A page without one is told by the ETag of its content. A refusal (404) carries none of it: what is unknown now may be
published in a minute. Public pages set no cookie and open no session; they differ by the cookies of language and size alone.
"""

import functools
import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from django.utils.cache import patch_cache_control
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
SAFE = ("GET", "HEAD")
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
            made: View = require_safe(while_stands(view, seconds, mark))
            return made

        @functools.wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                patch_cache_control(response, public=True, max_age=seconds, **({"immutable": True} if seconds == YEAR else {}))
            return response

        served: View = require_safe(conditional_page(kept))
        return served

    return wrap


class Kept(NamedTuple):
    """An answer that was made: by what it stands, its ETag, the pattern of its address for the log, and what is sent."""

    mark: marks.Mark
    tag: str
    route: str
    status: int
    body: bytes
    headers: dict[str, str]


class KeptMiddleware:
    """Give what was made before to whoever asks for it again, before anything is asked that only the making of a page needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The kept answer if it still stands, else whatever answers."""
        known: Kept | None = cache.get(_key(request)) if settings.PUBLIC_PAGES_KEPT and request.method in SAFE else None
        if known is None or known.tag != _tag(request, known.mark):
            return self.get_response(request)
        request.resolver_match = ResolverMatch(_sent, (), {}, route=known.route)
        return _sent(request, known)


def while_stands(view: View, seconds: int, mark: marks.Mark, also: Mapping[str, str] | None = None) -> View:
    """The view behind its mark: 304, or made and kept. ``also``: headers of every answer, a 304 too."""

    @functools.wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tag = _tag(request, mark)
        headers = {"ETag": tag, "Cache-Control": f"public, max-age={seconds}", "Vary": "Accept-Encoding", **(also or {})}
        if _has(request, tag):
            return HttpResponseNotModified(headers=headers)
        response = view(request, *args, **kwargs)
        if response.status_code not in (200, 410) or not isinstance(response, HttpResponse):
            return response
        body, headers = response.content, {**response.headers, **headers}
        if len(body) > WORTH_ZIPPING and _zips(request):
            body, headers["Content-Encoding"] = gzip.compress(body, LEVEL, mtime=0), "gzip"
        route = request.resolver_match.route if request.resolver_match else ""
        known = Kept(mark, tag, route, response.status_code, body, headers)
        if settings.PUBLIC_PAGES_KEPT:
            cache.set(_key(request), known, KEPT)
        return _sent(request, known)

    return served


def _sent(request: HttpRequest, known: Kept) -> HttpResponse:
    if _has(request, known.tag):
        return HttpResponseNotModified(headers={name: value for name, value in known.headers.items() if not name.startswith(("Content-", "Link"))})
    return HttpResponse(known.body, status=known.status, headers=known.headers)


def _key(request: HttpRequest) -> str:
    """Under what an answer is kept: one for each language, size of letters and way of packing."""
    asked = f"{get_language()}/{is_large(request)}/{_zips(request)}/{request.get_full_path()}"
    return f"page/{blake2b(asked.encode(), digest_size=16).hexdigest()}"


def _tag(request: HttpRequest, mark: marks.Mark) -> str:
    return f'W/"{marks.release()}.{mark()}.{get_language()}{".large" if is_large(request) else ""}"'


def _has(request: HttpRequest, tag: str) -> bool:
    """Whether the visitor has this very answer."""
    seen = request.headers.get("If-None-Match")
    return seen is not None and tag in parse_etags(seen)


def _zips(request: HttpRequest) -> bool:
    return _GZIP.search(request.headers.get("Accept-Encoding", "")) is not None


def streamed(pieces: Iterator[bytes], mark: str, content_type: str, size: int | None = None) -> StreamingHttpResponse:
    """An answer sent as it is read. ``mark`` is the ETag, because nobody holds the whole to hash it."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response.headers["ETag"] = f'"{mark}"'
    if size is not None:
        response.headers["Content-Length"] = str(size)
    return response
