"""抽取见证书 as PDF: hashes, seed, counts, sources and the ledger's head, with a QR code to the public page."""

from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string

from inspections.draws import queries, shelf
from inspections.draws.files import read_order, read_reveal
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.protocol import keys_from, seed
from inspections.draws.struck import strikes_of
from registries.ledger.queries import history
from registries.paper import pdf


def facts_of(draw: Draw) -> dict[str, Any]:
    """What the certificate says, all of it recomputed from the stored files."""
    order, reveal = read_order(shelf.body(draw, "order.txt")), read_reveal(shelf.body(draw, "reveal.txt"))
    shaken = seed(draw.order_hash, reveal.values, reveal.secret)
    keys = keys_from(shaken)
    entry = history(draw).filter(verb="draws.result").last()
    strike = strikes_of(draw).last()
    address = f"{settings.PUBLIC_URL}/draws/{draw.number}/"
    labels = queries.stratum_labels(order.quotas, draw.merged_strata)
    sizes = draw.scope_counts.get("entries", {})
    return {
        "draw": draw,
        "strike": strike,
        "source_struck": strike.source.what if strike else "",
        "order": order,
        "sources": list(zip(order.sources, reveal.values, strict=True)),
        "seed": shaken,
        "keys": keys,
        "hashes": {file.name: shelf.sha256(draw, file.name) for file in shelf.kept(draw).order_by("name")},
        "strata": [(labels[s], sizes.get(s, 0), quota) for s, quota in order.quotas.items()],
        "winners": draw.drawn.filter(kind=DrawnEntry.Kind.WINNER).count(),
        "unstaffed": draw.drawn.filter(kind=DrawnEntry.Kind.WINNER, team=None).count(),
        "reserves": draw.drawn.filter(kind=DrawnEntry.Kind.RESERVE).count(),
        "head": entry.entry if entry else None,
        "checkpoint": getattr(entry.entry, "checkpoint", None) if entry else None,
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=3, border=1),
        "bureau": settings.BUREAU_NAME,
        "demo": settings.DEMO,
    }


def pdf_of(draw: Draw) -> bytes:
    """The certificate. Raises ``MissingFonts`` rather than print boxes."""
    return pdf(render_to_string("documents/draw_certificate.html", facts_of(draw)))
