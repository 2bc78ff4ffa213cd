"""What a person is told when the program itself fails, with the number under which the administrator finds it in the log."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from config import tracing
from registries.imports import disk


@requires_csrf_token
def failed(_request: HttpRequest) -> HttpResponse:
    """500, or 507 where the disk is full. Asks neither the database nor the session: they may be what fails."""
    if disk.is_full(sys.exc_info()[1]):
        context = {"why": disk.FULL, "request_number": tracing.number.get(), "bureau_name": settings.BUREAU_NAME}
        return HttpResponse(render_to_string("507.html", context), status=507)
    return HttpResponse(render_to_string("500.html", {"request_number": tracing.number.get(), "bureau_name": settings.BUREAU_NAME}), status=500)


@requires_csrf_token
def unreadable(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a name of this site that is not its own, a form too large, a cookie that was tampered with."""
    return HttpResponse(render_to_string("400.html", {"request_number": tracing.number.get(), "bureau_name": settings.BUREAU_NAME}), status=400)
