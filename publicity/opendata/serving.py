"""How the API, the files and the feeds are answered: to every site, every refusal as problem details.

Refusals are RFC 9457. Unknown and undisclosed are one and the same 404. Who asks too much is refused before (``site/limits.py``).
"""

import functools
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from publicity.opendata.asking import Unreadable
from publicity.site.marks import Mark
from publicity.site.serving import MINUTE, while_stands
from registries.ledger.change import translated
from registries.ledger.sentences import Sentence, say

METHODS = "GET, HEAD, OPTIONS"
ALSO = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Repr-Digest, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""On every answer: any site may load open data into its pages."""
PROBLEM = "application/problem+json"
TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 410: "Gone", 503: "Service Unavailable"}
NOTHING = say("There is nothing public under this address.")

View = Callable[..., HttpResponseBase]


class Refusal(Exception):
    """An answer that is none: its status, why, and what else the notice says."""

    def __init__(self, status: int, why: Sentence, **more: Any) -> None:
        super().__init__(why.english)
        self.status, self.why, self.more = status, why, more


def as_one(told: Any) -> str:
    """Compact JSON, Chinese as it is."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def as_text(text: str, content_type: str = "application/json", status: int = 200) -> HttpResponse:
    """An answer of this JSON."""
    return HttpResponse(text.encode(), content_type=content_type, status=status)


def as_json(told: Any, content_type: str = "application/json", status: int = 200) -> HttpResponse:
    """An answer of what is told, as JSON."""
    return as_text(as_one(told), content_type, status)


def problem(status: int, why: Sentence, **more: Any) -> HttpResponse:
    """Problem details: what is wrong in a sentence."""
    told = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": translated(why), **more}
    return as_json(told, PROBLEM, status)


def open_to_all(view: View) -> View:
    """GET and HEAD for every site; refusals as problem details; for a minute at others, asked for again by the ETag of the content.

    Nothing is ever written, so that a POST without a token is told 405 like any other.
    """

    @conditional_page
    def fresh(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=MINUTE)
        return response

    return _opened(view, fresh)


def open_while_stands(mark: Mark) -> Callable[[View], View]:
    """The same for what is known to stand before it is made, and is kept here too (``site/serving.py``)."""
    return lambda view: _opened(view, while_stands(view, MINUTE, mark, ALSO))


def _opened(view: View, fresh: View) -> View:
    @csrf_exempt
    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _answer(fresh, request, args, kwargs)
        for name, value in ALSO.items():
            response.headers[name] = value
        return response

    return answered


def _answer(fresh: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = METHODS
        return response
    if request.method not in ("GET", "HEAD"):
        response = problem(405, say("Open data are read, with GET, and never written."))
        response.headers["Allow"] = METHODS
        return response
    try:
        return fresh(request, *args, **kwargs)
    except Unreadable as unreadable:
        return problem(400, unreadable.why)
    except Refusal as refusal:
        response = problem(refusal.status, refusal.why, **refusal.more)
        if refusal.status == 503:
            response.headers["Retry-After"] = str(MINUTE)
        return response
