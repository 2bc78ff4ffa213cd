"""How a public page is served: GET and HEAD alone, an ETag of its content, and for how long others may keep it.

A refusal (404) carries none of it: what is unknown now may be published in a minute.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page, require_safe

SECOND = 1
"""What is asked for every other second by a hall full of screens."""
MINUTE = 60
"""A page that lives: published rows show within a minute everywhere."""
YEAR = 365 * 86400
"""What never changes once it is public: a file of a bundle, a certificate, a checkpoint."""

View = Callable[..., HttpResponseBase]


def published(seconds: int) -> Callable[[View], View]:
    """Serve the view's answer to anybody, kept for ``seconds`` at most, asked for again by its ETag."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                patch_cache_control(response, public=True, max_age=seconds, **({"immutable": True} if seconds == YEAR else {}))
            return response

        served: View = require_safe(conditional_page(kept))
        return served

    return wrap


def streamed(pieces: Iterator[bytes], mark: str, content_type: str, size: int | None = None) -> StreamingHttpResponse:
    """An answer sent as it is read. ``mark`` is the ETag, because nobody holds the whole to hash it."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response.headers["ETag"] = f'"{mark}"'
    if size is not None:
        response.headers["Content-Length"] = str(size)
    return response
