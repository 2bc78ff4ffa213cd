"""Where browsers report what the Content-Security-Policy has stopped: one log line each, and nothing kept.

A report comes from anybody and may say anything: only its directive, where the blocked thing came from (no path) and which kind of page it was are
written, cut short. Counted by ``limits.py``.
"""

import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from registries.people.access import PUBLIC, access

log = logging.getLogger("sunlot.csp")
MOST_BYTES = 16 * 1024
MOST_REPORTS = 10
_WORD = re.compile(r"[a-z-]{1,40}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,100}")


@csrf_exempt
@access(PUBLIC)
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Write down what was stopped; always 204, whatever was sent, except where it is too much to read (413)."""
    try:
        size = int(request.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            return HttpResponse(status=413)
        told = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):
        return HttpResponse(status=204)
    for one in _reports(told)[:MOST_REPORTS]:
        log.warning("a page was stopped from doing what the policy forbids", extra={"told": one})
    return HttpResponse(status=204)


def _reports(told: Any) -> list[dict[str, str]]:
    """Both shapes: one object (report-uri), a list of them (Reporting API)."""
    bodies = [told.get("csp-report")] if isinstance(told, dict) else [one.get("body") for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return [_kept(body) for body in bodies if isinstance(body, dict)]


def _kept(body: dict[str, Any]) -> dict[str, str]:
    def said(*names: str) -> str:
        return next((str(body[name]) for name in names if body.get(name)), "")

    directive = said("effective-directive", "effectiveDirective", "violated-directive", "violatedDirective").split(" ")[0]
    return {
        "directive": directive if _WORD.fullmatch(directive) else "?",
        "blocked": _origin(said("blocked-uri", "blockedURL")),
        "page": _page(said("document-uri", "documentURL")),
    }


def _origin(address: str) -> str:
    """Where the blocked thing came from: ``inline``, ``https://other.example``, ``data``."""
    if _WORD.fullmatch(address):
        return address
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "?"
    if not _WORD.fullmatch(parts.scheme):
        return "?"
    return f"{parts.scheme}://{host}" if _HOST.fullmatch(host) else parts.scheme


def _page(address: str) -> str:
    """The pattern of the page; of what is none of ours nothing."""
    try:
        return f"/{resolve(urlsplit(address).path).route}"
    except (Resolver404, ValueError):
        return "?"
