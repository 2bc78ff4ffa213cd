"""The office page of a draw's roster: who is in and who is out and why. Names for its clerk, figures for everybody else.

While the draw is being prepared the page shows the registries as they stand; from the submission on, what was frozen. No
code and nothing of the result stands here: who was drawn is not told. Left out because drawn before, a subject is named
only where the reader may know of that draw, or when its visit is over.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from inspections.draws import places, queries, roster
from inspections.draws.candidates import DRAWN_BEFORE, REASONS
from inspections.draws.models import Draw
from inspections.draws.states import DrawState, Mode
from inspections.draws.wording import REMEDIES, reason_label, scope_in_words, slips_in_words
from registries import clock
from registries.pages import ROWS, signed_in
from registries.people.access import access
from registries.subjects.models import Subject
from registries.subjects.queries import exclusions_on


class Inside(NamedTuple):
    """An entry of the roster. ``why``: slips by what gave them."""

    subject_id: int
    stratum: str
    slips: int
    why: dict[str, int]
    stale: bool = False
    last_visit: dt.date | None = None


class Sides(NamedTuple):
    """Both sides of a roster on ``day``; ``frozen``: as submitted."""

    inside: list[Inside]
    outside: list[roster.Omission]
    day: dt.date
    frozen: bool


@access("inspections.view_roster")
def roster_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The subtraction per stratum; for the clerks of the draw also every entry and every omission, searched and paged."""
    draw = get_object_or_404(queries.visible_draws(signed_in(request)), pk=pk)
    sides = _sides(draw)
    labels = queries.labels_at_hand(draw, {row.stratum for row in sides.inside} | {row.stratum for row in sides.outside})
    context: dict[str, Any] = {
        "draw": draw,
        "sides": sides,
        "scope": scope_in_words(_scope(sides), labels),
        "reasons": [(reason, reason_label(reason), count) for reason, count in _reasons(sides).items()],
        "names": draw.mode == Mode.LOT and signed_in(request).has_perm("inspections.change_draw"),
        "tab": request.GET.get("out", ""),
        "q": request.GET.get("q", "").strip()[:60],
    }
    if context["names"]:
        context |= _listed(request, draw, sides, labels)
    return render(request, "office/draws/roster.html", context)


def _sides(draw: Draw) -> Sides:
    """The roster as frozen where it was submitted, else as the registries stand now."""
    if draw.state != DrawState.PREPARING or draw.keeps_roster:
        day = (draw.submitted_at or draw.prepared_at).astimezone(clock.BEIJING).date()
        inside = [
            Inside(*row) for row in draw.roster.values_list("subject_id", "stratum", "slips", "slips_why")
        ]
        outside = [roster.Omission(*row) for row in draw.omissions.values_list("subject_id", "reason", "stratum")]
        return Sides(inside, outside, day, frozen=True)
    today = clock.today()
    entries, omissions = places.subjects(draw, (), today)
    inside = [Inside(e.subject_id, e.stratum, e.slips, e.why, e.stale, e.last_visit) for e in entries]
    return Sides(inside, omissions, today, frozen=False)


def _scope(sides: Sides) -> dict[str, dict[str, Any]]:
    sizes: dict[str, int] = {}
    out: dict[str, dict[str, int]] = {}
    for row in sides.inside:
        sizes[row.stratum] = sizes.get(row.stratum, 0) + 1
    for one in sides.outside:
        counts = out.setdefault(one.stratum, {})
        counts[one.reason] = counts.get(one.reason, 0) + 1
    return roster.scope_by_stratum(sizes, out)


def _reasons(sides: Sides) -> dict[str, int]:
    counts = {reason: sum(one.reason == reason for one in sides.outside) for reason in REASONS}
    return {reason: count for reason, count in counts.items() if count}


# --- by name, for the clerk ----------------------------------------------------------------------------------------------


def _listed(request: HttpRequest, draw: Draw, sides: Sides, labels: dict[str, str]) -> dict[str, Any]:
    """One page of the tab: entries, or the subjects left out for the reason that the tab names."""
    reason = request.GET.get("out", "")
    rows: Sequence[Any] = [one for one in sides.outside if one.reason == reason] if reason in REASONS else sides.inside
    hidden = queries.secret_winners(signed_in(request)) if reason in DRAWN_BEFORE else frozenset()
    shown = [row for row in rows if row.subject_id not in hidden]
    q = request.GET.get("q", "").strip()[:60]
    if q:
        found = _matching(shown, q)
        shown = [row for row in shown if row.subject_id in found]
    listing = Paginator(sorted(shown, key=lambda row: (row.stratum, row.subject_id)), ROWS).get_page(request.GET.get("page"))
    on_page = [row.subject_id for row in listing]
    subjects = Subject.objects.filter(pk__in=on_page)
    of = {subject.pk: subject for subject in subjects}
    kept = request.GET.copy()
    kept.pop("page", None)
    return {
        "page": listing,
        "query": kept.urlencode(),
        "hidden": sum(row.subject_id in hidden for row in rows),
        "remedy": REMEDIES.get(reason, ""),
        "reason": reason_label(reason) if reason in REASONS else "",
        "rows": _out_rows(listing, of, labels, reason, sides.day) if reason in REASONS else _in_rows(draw, listing, of, labels, sides),
    }


def _matching(rows: Sequence[Any], q: str) -> set[int]:
    """Those of the rows whose name, key or credit code holds the words."""
    named = Subject.objects.filter(Q(name__icontains=q) | Q(key__icontains=q) | Q(uscc__icontains=q)).values_list("pk", flat=True)
    return set(named) & {row.subject_id for row in rows}


def _in_rows(draw: Draw, listing: Any, of: dict[int, Subject], labels: dict[str, str], sides: Sides) -> list[dict[str, Any]]:
    visits = {row.subject_id: row.last_visit for row in listing}
    if sides.frozen:
        visits |= queries.visits_before(visits, sides.day)
    return [
        {
            "subject": of[row.subject_id],
            "stratum": labels[row.stratum],
            "slips": row.slips,
            "why": slips_in_words(row.why, row.slips),
            "last_visit": visits.get(row.subject_id),
            "stale": row.stale,
        }
        for row in listing
    ]


def _out_rows(listing: Any, of: dict[int, Subject], labels: dict[str, str], reason: str, day: dt.date) -> list[dict[str, Any]]:
    bases = exclusions_on([row.subject_id for row in listing], day) if reason == "excluded" else {}
    return [
        {
            "subject": of[row.subject_id],
            "stratum": labels[row.stratum],
            "detail": _detail(of[row.subject_id], reason, bases.get(row.subject_id)),
        }
        for row in listing
    ]


def _detail(subject: Subject, reason: str, exclusion: Any) -> str:
    """What of this subject the reason is about."""
    if exclusion is not None:
        return f"{exclusion.basis} ({exclusion.starts_on:%Y-%m-%d} – {exclusion.ends_on or '…'})"
    if reason == "not-operating":
        return str(subject.get_status_display())
    return _("grade %(grade)s") % {"grade": subject.risk_grade} if reason == "other-grade" else ""
