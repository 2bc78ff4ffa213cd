"""The ceremony page for a hall's screen, and the state it polls. Public like the page of the draw; it only shows.

Five hundred visitors who ask every two seconds cost one small query each: everything else is made once a state and
language and kept; the page, whose moments pass, once a second.
"""

from typing import Any

from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from publicity.site import ceremony
from publicity.site.serving import SECOND, published
from registries import clock
from registries.people.access import PUBLIC, access

KEPT = 600
"""Seconds a state's answer is kept; a new state has a new key."""


@access(PUBLIC)
@published(SECOND)
def ceremony_page(request: HttpRequest, number: str) -> HttpResponse:
    """The whole screen as it stands now; without JavaScript it fetches itself anew."""
    now = clock.now()
    seen = _mark(number)
    key = _key(seen, f"page/{int(now.timestamp())}") if seen and not request.GET else ""
    kept = cache.get(key) if key else None
    if kept is not None:
        return HttpResponse(kept)
    on = _screen(number, seen) if seen else None
    scenes = ceremony.scenes(on) if on else [ceremony.Scene("expected", None, None)]
    context: dict[str, Any] = {
        "number": number,
        "on": on,
        "draw": on.draw if on else None,
        "outcome": on.outcome if on else None,
        "seen": seen.seen if seen else "",
        "scenes": [(scene, scene.shown(now)) for scene in scenes],
        "latest": next((scene.what.latest(now) for scene in scenes if scene.kind == "part" and scene.shown(now)), None),
        "steps": [(step, step.standing(now)) for step in ceremony.steps(on)],
        "now": now,
    }
    response = render(request, "public/draws/ceremony.html", context)
    if key:
        cache.set(key, response.content, 2)
    return response


@access(PUBLIC)
@published(SECOND)
def ceremony_state(request: HttpRequest, number: str) -> HttpResponse:
    """The state as JSON. ``seen`` changes exactly when something on the page does."""
    seen = _mark(number)
    if seen is None:
        return JsonResponse({"draw": number, "standing": "expected", "seen": "", "final": False})
    key = _key(seen, "state")
    body = cache.get(key)
    if body is None:
        on = _screen(number, seen)
        if on is None:
            raise Http404
        body = JsonResponse(ceremony.as_json(on), encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False}).content
        cache.set(key, body, KEPT)
    return HttpResponse(body, content_type="application/json")


def _mark(number: str) -> ceremony.Mark | None:
    """The mark of the order; None for one of the next numbers, which nobody has committed yet; 404 for any other."""
    seen = ceremony.mark(number)
    if seen is None and not ceremony.is_expected(number):
        raise Http404
    return seen


def _screen(number: str, seen: ceremony.Mark) -> ceremony.Screen | None:
    """The screen of a state, made once: a query that somebody made up must not read roster and result anew."""
    key = _key(seen, "screen")
    on: ceremony.Screen | None = cache.get(key)
    if on is None:
        on = ceremony.screen(number, seen)
        cache.set(key, on, KEPT)
    return on


def _key(seen: ceremony.Mark, part: str) -> str:
    return f"ceremony/{seen.order_hash}/{seen.seen}/{get_language()}/{part}"
