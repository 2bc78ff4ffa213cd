"""The list of cases as a file: whom, who goes, where it stands, what was found. What it may hold is what its page shows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from inspections.cases import standings
from inspections.cases.models import Assignment, Case, CaseMatter, Record
from inspections.cases.states import Decision
from registries import clock
from registries.lists.listing import ListColumn, Listing, listing

AT_ONCE = 500

NUMBER = ListColumn("number", _("Case"), lambda row: row.number)
LISTING = listing(
    Listing(
        "cases",
        "case-list",
        "inspections.view_cases",
        _("Cases"),
        (
            ListColumn("subject", _("Subject"), lambda row: row.subject.name),
            ListColumn("code", _("Code"), lambda row: row.subject.public_id),
            ListColumn("town", _("Township"), lambda row: str(row.subject.town or "")),
            ListColumn("matters", _("Matters"), lambda row: "、".join(one.revision.name for one in row.on)),
            ListColumn("kind", _("Source"), lambda row: row.get_kind_display()),
            ListColumn("draw", _("Draw"), lambda row: row.draw.number if row.draw else ""),
            ListColumn("unit", _("Unit"), lambda row: row.unit.name),
            ListColumn("team", _("Team"), lambda row: "、".join(one.inspector.name for one in row.going)),
            ListColumn("state", _("State"), lambda row: standings.standing(row, clock.today()).label),
            ListColumn("ended", _("Visit ended on"), lambda row: row.ended_on or ""),
            ListColumn("result", _("Result"), lambda row: row.accepted_label or ""),
            ListColumn("due", _("Disclosure due"), lambda row: standings.due_on(row) or ""),
            ListColumn("published", _("Disclosed on"), lambda row: row.published_at.astimezone(clock.BEIJING).date() if row.published_at else ""),
        ),
    )
)


def fitting(cases: QuerySet[Case], wanted: Mapping[str, Any], today: dt.date) -> QuerySet[Case]:
    """Those of ``with_progress`` that fit the cleaned filters of the page."""
    if wanted.get("q"):
        cases = cases.filter(Q(number__icontains=wanted["q"]) | Q(subject__name__icontains=wanted["q"]))
    if wanted.get("stage"):
        cases = standings.in_stage(cases, wanted["stage"])
    if wanted.get("kind"):
        cases = cases.filter(kind=wanted["kind"])
    if wanted.get("unit"):
        cases = cases.filter(unit=wanted["unit"])
    return standings.overdue(cases, today) if wanted.get("overdue") else cases


def filed(cases: QuerySet[Case]) -> Iterator[Any]:
    """The cases of ``with_progress`` with who goes (``going``, the leader first), on which matters (``on``) and the accepted result, some hundreds in memory at a time."""
    going = Assignment.objects.filter(ended_at=None).select_related("inspector").order_by("position")
    matters = CaseMatter.objects.select_related("revision").order_by("position")
    accepted = Record.objects.filter(case=OuterRef("pk"), review__decision=Decision.ACCEPT).order_by("-round").values("result__label")
    whole = cases.annotate(accepted_label=Subquery(accepted[:1]))
    return whole.prefetch_related(Prefetch("assignments", going, to_attr="going"), Prefetch("matters", matters, to_attr="on")).iterator(AT_ONCE)
