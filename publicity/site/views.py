"""The public pages: GET only, no session, no person. What may be seen is decided in the queries; unknown and unpublished are one 404."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from inspections.draws import shelf
from inspections.draws.models import Draw
from inspections.draws.states import DrawState
from inspections.draws.wording import reason_label
from publicity.site import differing, example, finding, marks, orders, queries, results, slips, struck, wording
from publicity.site.bundle import mark, zipped
from publicity.site.serving import MINUTE, YEAR, published, streamed
from registries import clock
from registries.ledger.queries import head, latest_checkpoint
from registries.matters import papers
from registries.matters.queries import edition_before, edition_changes
from registries.pages import page_of
from registries.people.access import PUBLIC, access

NEWEST = 6
SITEMAP = ("home", "results", "statistics", "matters", "editions", "plans", "draws", "slips", "ledger", "checkpoints", "how", "accessibility")
IN_SITEMAP = 5000
"""The newest of each that are listed; a sitemap may hold 50,000 addresses."""
LINES = 100
"""Lines of a result on one page."""
TEXT = "text/plain; charset=utf-8"
WRITTEN_ON = dt.date(2026, 11, 23)
"""When the pages that only explain were last written."""
T = TypeVar("T")


def _found(thing: T | None) -> T:
    """The thing, or the 404 that unknown and unpublished share."""
    if thing is None:
        raise Http404
    return thing


def _latest(*moments: dt.datetime | None) -> dt.datetime | None:
    """The last of these moments."""
    return max((moment for moment in moments if moment is not None), default=None)


# --- home, and the pages that explain --------------------------------------------------------------------------------


@access(PUBLIC)
@published(MINUTE, marks.everything)
def home(request: HttpRequest) -> HttpResponse:
    """The front page: search, newest results, how a draw works, punctuality, the next draws."""
    now = clock.now()
    units = queries.punctuality()
    coming = list(orders.next_orders(now)[:3])
    return render(
        request,
        "public/home.html",
        {
            "newest": results.rows_of(finding.page((), finding.Place(), NEWEST)[0]),
            "units": units,
            "shown": sum(finding.counts(()).values()),
            "all_units": queries.overall(units),
            "counts": orders.state_counts(now),
            "coming": coming,
            "edition": queries.edition_in_force(),
            "updated": queries.last_published(),
            "site": settings.PUBLIC_URL,
        },
    )


@access(PUBLIC)
@published(MINUTE, marks.nothing)
def how(request: HttpRequest) -> HttpResponse:
    """How a draw works, with one to follow by hand."""
    return render(request, "public/how.html", {"example": example.follow(), "updated_on": WRITTEN_ON})


@access(PUBLIC)
@published(MINUTE, marks.nothing)
def accessibility(request: HttpRequest) -> HttpResponse:
    """What these pages promise to everybody who reads them, however they read."""
    return render(request, "public/accessibility.html", {"updated_on": WRITTEN_ON})


@access(PUBLIC)
@published(MINUTE)
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read all that is public."""
    told = f"User-agent: *\nDisallow: /office/\nDisallow: /admin/\nSitemap: {settings.PUBLIC_URL}/sitemap.xml\n"
    return HttpResponse(told, content_type=TEXT)


@access(PUBLIC)
@published(MINUTE)
def security_contact(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116); nothing where the bureau has named nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = dt.datetime.combine(clock.today() + dt.timedelta(days=90), dt.time(), dt.UTC)
    told = (
        f"Contact: {settings.SECURITY_CONTACT}\nExpires: {until:%Y-%m-%dT%H:%M:%SZ}\nPreferred-Languages: zh, en\n"
        f"Canonical: {settings.PUBLIC_URL}{request.path}\n"
    )
    return HttpResponse(told, content_type=TEXT)


@access(PUBLIC)
@published(MINUTE)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages that lead everywhere, and the newest results and draws."""
    places = [reverse(f"public-{name}") for name in SITEMAP]
    places += [reverse("public-result", args=[row.public_id]) for row in results.rows_of(finding.page((), finding.Place(), IN_SITEMAP)[0])]
    places += [reverse("public-draw", args=[number]) for number in orders.in_state("", clock.now()).values_list("number", flat=True)[:IN_SITEMAP]]
    body = render_to_string("public/sitemap.xml", {"addresses": [settings.PUBLIC_URL + place for place in places]})
    return HttpResponse(body, content_type="application/xml")


# --- the matter list -----------------------------------------------------------------------------------


@access(PUBLIC)
@published(MINUTE, marks.everything)
def matter_list(request: HttpRequest) -> HttpResponse:
    """The edition in force, whole."""
    edition = queries.edition_in_force()
    context = {
        "edition": edition,
        "groups": queries.matters_by_unit(edition) if edition else [],
        "updated": edition.published_at if edition else None,
    }
    return render(request, "public/matters/list.html", context)


@access(PUBLIC)
@published(MINUTE, marks.everything)
def matter_page(request: HttpRequest, code: str) -> HttpResponse:
    """One matter as last published: content, legal bases, checklist, and the editions it stood in. ``?revision=`` shows an older one."""
    asked = request.GET.get("revision", "")
    matter = _found(queries.published_matter(code, int(asked) if asked.isdecimal() and len(asked) < 6 else None))
    context = {"matter": matter, "revision": matter.revision, "updated": matter.editions[0].published_at}
    return render(request, "public/matters/page.html", context)


@access(PUBLIC)
@published(MINUTE, marks.everything)
def edition_list(request: HttpRequest) -> HttpResponse:
    """Every published edition."""
    context = page_of(request, queries.editions())
    newest = context["page"].object_list[0] if context["page"].object_list else None
    return render(request, "public/matters/editions.html", context | {"updated": newest.published_at if newest else None})


@access(PUBLIC)
@published(MINUTE, marks.everything)
def edition_page(request: HttpRequest, number: int) -> HttpResponse:
    """One edition: what it changed against the one before, and its matters."""
    edition = _found(queries.editions().filter(number=number).first())
    before = edition_before(edition)
    changes = [
        (change, [(field.field, differing.lines(field.before, field.after)) for field in change.fields])
        for change in (edition_changes(edition, before) if before else [])
    ]
    context = {
        "edition": edition,
        "before": before,
        "changes": changes,
        "revisions": edition.revisions.select_related("matter", "unit").order_by("matter__code"),
        "updated": edition.published_at,
    }
    return render(request, "public/matters/edition.html", context)


@access(PUBLIC)
@published(MINUTE)
def edition_sheet(request: HttpRequest, number: int) -> HttpResponse:
    """An edition as a workbook."""
    edition = _found(queries.editions().filter(number=number).first())
    return papers.download(papers.workbook_of(edition), papers.file_name(edition, "xlsx"))


@access(PUBLIC)
@published(YEAR)
def edition_paper(request: HttpRequest, number: int) -> HttpResponse:
    """An edition as PDF, as the worker made it."""
    edition = _found(queries.editions().exclude(paper=None).filter(number=number).first())
    return papers.download(bytes(edition.paper.pdf), papers.file_name(edition, "pdf"))


# --- draws -----------------------------------------------------------------------------------------------------------


@access(PUBLIC)
@published(MINUTE, marks.everything)
def draw_list(request: HttpRequest) -> HttpResponse:
    """Every order ever committed: open, overdue, drawn or voided."""
    now = clock.now()
    asked = request.GET.get("state", "")
    context = page_of(request, orders.in_state(asked, now))
    rows = [
        (draw, wording.standing(draw, now), sum(orders.sizes_of(draw).values()), _quota(draw), wording.KINDS.get(draw.mode, ""))
        for draw in context["page"]
    ]
    context |= {
        "rows": rows,
        "counts": orders.state_counts(now),
        "asked": asked if asked in wording.STANDINGS else "",
        "standings": wording.STANDINGS.values(),
        "updated": _latest(
            *(moment for draw in context["page"] for moment in (draw.committed_at, draw.drawn_at, draw.voided_at))
        ),
    }
    return render(request, "public/draws/list.html", context)


@access(PUBLIC)
@published(MINUTE, marks.everything)
def slip_table(request: HttpRequest) -> HttpResponse:
    """What gives slips under each rule, an example, and what slips mean for the chance; all computed by what acts."""
    return render(request, "public/draws/slips.html", slips.told() | {"updated_on": WRITTEN_ON})


def _quota(draw: Draw) -> int:
    return sum(int(quota) for quota in draw.quotas.values())


def _order(number: str) -> Any:
    """The committed order of this number with what decides about its files, or 404."""
    return _found(orders.order(number))


@access(PUBLIC)
@published(MINUTE)
def draw_page(request: HttpRequest, number: str) -> HttpResponse:
    """One order from its commitment to its results, and everything needed to check it."""
    draw = _order(number)
    bodies = orders.open_bodies(draw, ("order.txt", "reveal.txt", "result.txt"))
    order, result = orders.read(bodies)
    strata = orders.strata_of(draw, order)
    labels = {stratum.code: stratum.label for stratum in strata}
    opened = orders.opened(draw)
    outcome = orders.outcome(order, result, bodies, labels, opened) if result else None
    sources = orders.sources_of(draw)
    facts = queries.facts_on(draw)
    audit = orders.audit_of(draw)
    files = orders.files_of(draw)
    context = {
        "draw": draw,
        "standing": wording.standing(draw, clock.now()),
        "order": order,
        "mode": wording.MODES[order.mode.partition(":")[0]],
        "strata": strata,
        "quota": sum(order.quotas.values()),
        "idle": [stratum for stratum in strata if stratum.idle],
        "scope": _scope(draw) | {"strata": orders.scope_of(draw)},
        "sources": sources,
        "outcome": outcome,
        "page": Paginator(outcome.rows, LINES).get_page(request.GET.get("page")) if outcome else None,
        "files": [(file, wording.FILES[file.name], wording.OPENS.get(file.opens, "")) for file in files],
        "openings": bool(opened),
        "visits_over": orders.visits_are_over(draw),
        "results": orders.results_of(draw),
        "audit": audit,
        "awaited": orders.audit_is_awaited(draw, clock.now()),
        "facts": [fact for fact in facts if fact.action != "draws.replace"],
        "after": orders.after_of(draw, opened) if draw.drawn_at else None,
        "unnamed": orders.unnamed(draw, opened),
        "struck": struck.told(draw),
        "successors": orders.successors_of(draw) if draw.state == DrawState.VOIDED else [],
        "checkable": _missing(draw, files) is not None,
        "updated": _latest(*orders.moments_of(draw, audit), *(source.settled_at for source in sources)),
    }
    return render(request, "public/draws/page.html", context)


def _scope(draw: Draw) -> dict[str, Any]:
    """In scope by the registry − left out, per reason = entries."""
    counts = draw.scope_counts
    left_out = [(reason_label(reason), count) for reason, count in counts.get("left_out", {}).items()]
    return {
        "in_scope": counts.get("in_scope", 0),
        "left_out": left_out,
        "out": sum(count for _label, count in left_out),
        "entries": sum(orders.sizes_of(draw).values()),
        "inspectors": counts.get("inspectors", 0),
    }


def _missing(draw: Any, files: Sequence[orders.PublicFile]) -> list[str] | None:
    """The files a check has to do without, or None while nothing can be checked at all."""
    closed = [file.name for file in files if not file.is_open]
    needed = ("reveal.txt", "result.txt", "roster.txt")
    return None if draw.drawn_at is None or any(name in closed for name in needed) else closed


@access(PUBLIC)
@published(MINUTE)
def draw_verify(request: HttpRequest, number: str) -> HttpResponse:
    """The page that computes the draw anew in the visitor's browser; before that is possible, when it will be."""
    draw = _order(number)
    missing = _missing(draw, orders.files_of(draw))
    context: dict[str, Any] = {"draw": draw, "missing": missing, "updated": _latest(draw.committed_at, draw.drawn_at)}
    if missing is None:
        return render(request, "public/draws/verify_later.html", context)
    names = [file.name for file in orders.files_of(draw) if file.is_open]
    if orders.openings(draw) is not None:
        names.append(orders.OPENINGS)
    addresses = {name.removesuffix(".txt"): reverse("public-draw-file", args=[draw.number, name]) for name in names}
    return render(request, "public/draws/verify.html", context | {"files": addresses})


@access(PUBLIC)
def draw_file(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """A file of the bundle, the very bytes that were kept: for ever, but those of a result until it is struck."""
    seconds = MINUTE if name in (*shelf.OF_A_RESULT, "history.txt") else YEAR
    return published(seconds)(_file)(request, number, name)


def _file(request: HttpRequest, number: str, name: str) -> StreamingHttpResponse:
    file = _found(next((one for one in orders.open_files(_order(number)) if one.name == name), None))
    return streamed(file.pieces(), file.sha256, TEXT, file.size)


@access(PUBLIC)
@published(MINUTE)
def draw_openings(request: HttpRequest, number: str) -> HttpResponse:
    """``openings.txt`` as of now; it grows with the disclosures."""
    return HttpResponse(_found(orders.openings(_order(number))), content_type=TEXT)


@access(PUBLIC)
@published(MINUTE)
def draw_bundle(request: HttpRequest, number: str) -> StreamingHttpResponse:
    """All that is public of a draw in one zip, the same bytes for the same files."""
    draw = _order(number)
    folder = f"draw-{draw.number}"
    files = orders.bundle(draw)
    response = streamed(zipped(files, folder), mark(files, folder), "application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{folder}.zip"'
    return response


@access(PUBLIC)
@published(MINUTE)
def draw_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate of the result that stands, as it was issued."""
    certificate = _found(orders.certificate(_order(number)))
    response = HttpResponse(bytes(certificate.pdf), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="draw-{number}.pdf"'
    return response


# --- the ledger ------------------------------------------------------------------------------------------------------


def _ledger() -> dict[str, Any]:
    """What every page of the ledger shows: its head and the newest checkpoint."""
    newest = head()
    return {
        "head": newest,
        "checkpoint": latest_checkpoint(),
        "origin": settings.LEDGER_ORIGIN,
        "updated": dt.datetime.fromisoformat(newest.time) if newest else None,
    }


@access(PUBLIC)
@published(MINUTE)
def ledger_facts(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint and all that is exact and public for ever: what happened to draws."""
    context = page_of(request, queries.public_payloads())
    facts = [queries.fact_of(payload) for payload in context["page"]]
    return render(request, "public/ledger/facts.html", context | {"facts": facts} | _ledger())


@access(PUBLIC)
@published(MINUTE)
def ledger_entries(request: HttpRequest) -> HttpResponse:
    """Every entry: hashes and general actions."""
    return render(request, "public/ledger/entries.html", page_of(request, queries.entries()) | _ledger())


@access(PUBLIC)
@published(MINUTE)
def ledger_export(request: HttpRequest) -> HttpResponseBase:
    """The whole chain, line by line, as ``verify_draw.py --ledger`` reads it."""
    newest = head()
    response = StreamingHttpResponse(queries.exported(newest.seq if newest else 0), content_type="application/x-ndjson")
    response.headers["ETag"] = f'"{newest.entry_hash if newest else "empty"}"'
    response.headers["Content-Disposition"] = 'attachment; filename="ledger.jsonl"'
    return response


@access(PUBLIC)
@published(MINUTE)
def checkpoint_list(request: HttpRequest) -> HttpResponse:
    """Every checkpoint, newest first."""
    return render(request, "public/ledger/checkpoints.html", page_of(request, queries.checkpoints()) | _ledger())


@access(PUBLIC)
@published(YEAR)
def checkpoint_text(request: HttpRequest, seq: int) -> HttpResponse:
    """The exact four lines of a checkpoint."""
    return HttpResponse(_found(queries.checkpoint(seq)).text, content_type=TEXT)
