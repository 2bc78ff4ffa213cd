"""The rows of what is published whole: editions of the matter list, plans with their progress, draws. Read as the site reads them."""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from publicity.opendata.fields import Value
from publicity.site import orders, plans
from publicity.site import queries as site
from registries.matters.queries import with_content

Row = tuple[Value, ...]


def _address(name: str, *parts: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=parts)}"


def matters() -> Iterator[Row]:
    """Every matter of every published edition, the newest edition first, by code."""
    for at, edition in enumerate(site.editions()):
        for row in with_content(edition.revisions.order_by("matter__code")):
            code = row.matter.code
            yield (
                edition.number, code, f"{_address('public-matter', code)}?revision={row.number}", edition.published_at, at == 0, row.number,
                row.area, row.name, row.sub_item, row.content, sorted(str(one) for one in row.categories.all()), row.kind, row.method,
                row.regulation, row.ratio_percent, row.frequency, row.team_size, row.cooperation, row.initiator, row.partners,
                row.inspecting_body, row.unit.name, [str(one) for one in row.bases.all()], [one.title for one in row.items.all()], row.remarks,
            )  # fmt: skip


def plan_items() -> Iterator[Row]:
    """Every item of every published version of a plan, the newest plan first, and how far it has come."""
    published: Iterable[Any] = plans.plans()
    for plan in published:
        amends = plan.replaces.number if plan.replaces else ""
        for told in plans.plan_progress(plan):
            item = told.item
            yield (
                plan.number, item.code, _address("public-plan", plan.number), plan.year, plan.title, plan.published_at, plan.amendment, amends,
                plan.amended_because, not plan.replaced, item.revision, [code for code, _name in told.matters],
                [name for _code, name in told.matters], item.unit.name, item.source, item.ratio_percent, item.number, item.first_month,
                item.last_month, [number for number, _state in told.orders], told.drawn, told.disclosed,
            )  # fmt: skip


def draws() -> list[Row]:
    """Every order ever committed, voided ones too, the newest first."""
    found = []
    committed: Iterable[Any] = orders.orders().select_related("replaces").annotate(item=F("plan_item__code"))
    for draw in committed:
        entries, quota = sum(orders.sizes_of(draw).values()), sum(int(one) for one in draw.quotas.values())
        found.append((
            str(draw.number), _address("public-draw", draw.number), draw.state, draw.mode, draw.matter.matter.code, draw.matter.number,
            draw.unit.name, draw.item or "", draw.committed_at, draw.planned, draw.drawn_at, draw.voided_at, draw.void_kind, entries, quota,
            draw.team_size, draw.order_hash, draw.commitment, draw.result_hash, draw.replaces.number if draw.replaces else "", draw.corrections,
        ))  # fmt: skip
    return sorted(found, key=itemgetter(8, 0), reverse=True)
