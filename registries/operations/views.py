"""The page of the office that says how the server is, and the three addresses that machines ask: ``/livez``, ``/healthz``, ``/metrics``.

Strangers learn whether something is wrong, never what; the rest is for the office and for whoever sends ``HEALTH_TOKEN``.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import override

from registries import clock
from registries.ledger.change import translated
from registries.operations import figures, probing
from registries.operations.probing import Found
from registries.operations.rules import Light
from registries.people.access import PUBLIC, access

TONES = {Light.GREEN: "good", Light.AMBER: "wait", Light.RED: "bad"}


@access("registries.view_operations")
def operation(request: HttpRequest) -> HttpResponse:
    """Every item in words, the worst first."""
    now = clock.now()
    all_ = sorted(probing.found(now), key=lambda one: -one.reading.light)
    items = [
        {
            "name": one.item.name,
            "title": one.item.title,
            "section": one.item.section,
            "light": one.reading.light.name,
            "tone": TONES[one.reading.light],
            "what": translated(one.reading.what),
            "todo": translated(one.reading.todo) if one.reading.todo else "",
            "seen_at": one.reading.seen_at,
        }
        for one in all_
    ]
    counts = {light.name.lower(): sum(one.reading.light == light for one in all_) for light in Light}
    return render(request, "office/operations/page.html", {"items": items, "now": now, **counts})


@access(PUBLIC)
def alive(_request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked. For whoever decides whether to send it requests."""
    return _unkept(HttpResponse("ok\n", content_type="text/plain"))


@access(PUBLIC)
def health(request: HttpRequest) -> HttpResponse:
    """200 while nothing is red, 503 otherwise; with the token every item and its sentence."""
    now = clock.now()
    all_ = probing.found(now)
    well = probing.worst(all_) != Light.RED
    told: dict[str, Any] = {"status": "ok" if well else "failing", "time": now.isoformat(timespec="seconds")}
    if _knows_token(request):
        with override("en"):
            told["items"] = [_detail(one) for one in all_]
    return _unkept(JsonResponse(told, status=200 if well else 503, json_dumps_params={"ensure_ascii": False}))


@access(PUBLIC)
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures for Prometheus, with the token; without it there is no such page."""
    if not _knows_token(request):
        raise Http404
    now = clock.now()
    return _unkept(HttpResponse(figures.as_text(probing.found(now), now), content_type=figures.CONTENT_TYPE))


def _detail(one: Found) -> dict[str, Any]:
    seen = one.reading.seen_at
    return {
        "item": one.item.name,
        "light": one.reading.light.name.lower(),
        "sentence": translated(one.reading.what),
        "todo": translated(one.reading.todo) if one.reading.todo else "",
        "seen": seen.isoformat(timespec="seconds") if seen else None,
    }


def _knows_token(request: HttpRequest) -> bool:
    return bool(settings.HEALTH_TOKEN) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.HEALTH_TOKEN}")


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
