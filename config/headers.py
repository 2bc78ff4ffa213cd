"""The headers of every answer, whoever gives it: a page, a refusal, a redirection, a file of the program, an error.

The outermost but one of the middlewares (the request's number comes first), so that what another one answers by itself carries them too.
The Content-Security-Policy says what stands in ``settings``, spelled by django-csp. It is the same on every answer and is made once.
"""

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

INSIDE = ("/office/", "/admin/")
FOR_ANYBODY = ("/api/", "/feeds/", "/opendata/")
"""What other sites may load into their own pages: open data."""
POWERS = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
    "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "sync-xhr", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""What a browser could give a page, and no page of ours asks for. Photos come through a file field, which needs none of it."""
FIXED = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in POWERS),
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Reporting-Endpoints": 'csp="/csp-report/"',
}


class HeadersMiddleware:
    """Put the headers on whatever leaves; what a view has said itself stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.fixed = {**FIXED, "Content-Security-Policy": build_policy(), "Referrer-Policy": settings.SECURE_REFERRER_POLICY}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then add what is missing."""
        response = self.get_response(request)
        for name, value in self.fixed.items():
            response.headers.setdefault(name, value)
        anybody = request.path.startswith(FOR_ANYBODY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if anybody else "same-origin")
        if request.path.startswith(INSIDE) or response.status_code >= 500:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
