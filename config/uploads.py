"""What may be sent at once and in a day, told from the head of a request, before a byte of it is read or kept.

The doors themselves (``registries/spreadsheets/gate.py``, ``registries/evidence.py``, ``inspections/cases/photos.py``) judge what a file is.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registries import clock
from registries.counting import counted

MB = 1024 * 1024
MOST_INSIDE = 30 * MB
"""The largest door takes 20 MB; what is a little more reaches its form, which says so beside the field."""
MOST_OUTSIDE = 8 * MB
READ_AND_FORGET = 100 * MB
"""So much is read and thrown away, so that a browser comes to read the answer instead of a broken connection."""
DAY = 86_400


class UploadMiddleware:
    """Refuse what is too large, and who has sent too much today."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the head, then let it through or say why not."""
        if request.method not in ("POST", "PUT", "PATCH"):
            return self.get_response(request)
        size = _size(request)
        inside = request.path.startswith(("/office/", "/admin/")) and request.user.is_authenticated
        most = MOST_INSIDE if inside else MOST_OUTSIDE
        if size > most:
            _forget(request, size)
            return refused(request, _("At most %(most)s MB can be sent at once. Choose a smaller file or divide it.") % {"most": most // MB}, 413)
        if inside and request.content_type == "multipart/form-data" and (why := _too_much(str(request.user.pk), size)):
            return refused(request, why, 429)
        return self.get_response(request)


def _size(request: HttpRequest) -> int:
    """Bytes of the body; without a length (chunked) as many as can be, because nobody knows."""
    told = str(request.META.get("CONTENT_LENGTH") or "")
    if told.isdecimal():
        return int(told)
    return READ_AND_FORGET + 1 if "chunked" in str(request.META.get("HTTP_TRANSFER_ENCODING", "")).lower() else 0


def _too_much(who: str, size: int) -> str:
    """Why this account sends nothing more today; "" while it may."""
    now = clock.now().timestamp() + 8 * 3600  # days of Beijing
    if counted("uploads", who, DAY, now) > settings.UPLOADS_PER_DAY:
        most = settings.UPLOADS_PER_DAY
        return ngettext(
            "You have sent %(most)s file today, as many as one account may. Go on tomorrow, or ask a colleague.",
            "You have sent %(most)s files today, as many as one account may. Go on tomorrow, or ask a colleague.",
            most,
        ) % {"most": most}
    if counted("upload-kb", who, DAY, now, size // 1024) > settings.UPLOAD_MB_PER_DAY * 1024:
        return _("You have sent %(most)s MB today, as much as one account may. Go on tomorrow, or ask a colleague.") % {"most": settings.UPLOAD_MB_PER_DAY}
    return ""


def refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """The page that says why; a phone's program gets the same in JSON."""
    if request.path.endswith("/sending/"):
        from django.http import JsonResponse

        return JsonResponse({"refused": why}, status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "413.html", {"why": why}, status=status)


def _forget(request: HttpRequest, size: int) -> None:
    """Read what is on its way, if it is not endless, and keep nothing of it."""
    left, body = size, request.META.get("wsgi.input")
    while 0 < left <= READ_AND_FORGET and body is not None:
        piece = body.read(min(left, 65_536))
        if not piece:
            return
        left -= len(piece)
