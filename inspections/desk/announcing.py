"""What of the notices waits for a unit's clerk: visits whose notice is to be made, and notices to be handed over before the visit."""

import calendar
import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.cases.models import Assignment, Case
from inspections.cases.queries import Viewer, office_cases
from inspections.cases.states import CaseState
from inspections.desk.task import MOST, Task, named
from inspections.papers.models import Notice


def notices(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Both; those to be handed over by the first day of their visit, those to be made by the end of the months of their plan's item."""
    yield from _to_hand_over(looks)
    yield from _to_make(office_cases(looks).filter(state=CaseState.ASSIGNED))


def _to_hand_over(looks: Viewer) -> Iterator[Task]:
    rows = Notice.objects.filter(case__state=CaseState.ASSIGNED, number__voided_at=None, served_at=None).defer("facts")
    kept = rows if looks.units is None else rows.filter(case__unit__in=looks.units)
    for one in named(kept.select_related("number"), "case__subject").order_by("first_day", "pk")[:MOST]:
        text = f"{one.case.number} · {one.number.text}"
        url = reverse("notice-serve", args=[one.case.number])
        yield Task(_("Notice"), one.case.subject.name, text, _("Hand over the notice"), url, one.first_day, one.case.number)


def _to_make(waiting: QuerySet[Case]) -> Iterator[Task]:
    """One line a draw, however many cases of it have none; a re-check, which no draw made, has its own."""
    stands = Notice.objects.filter(case=OuterRef("pk"), number__voided_at=None)
    whole = Assignment.objects.filter(case=OuterRef("pk"), ended_at=None)
    bare = waiting.filter(~Exists(stands), Exists(whole)).order_by()
    item = ("draw__plan_item__last_month", "draw__plan_item__plan__year")
    grouped = bare.annotate(title=Coalesce("draw__number", "number")).values("draw", "title", *item)
    for row in grouped.annotate(many=Count("pk"), first=Min("number"))[:MOST]:
        month, year = (row[name] for name in item)
        due = dt.date(year, month, calendar.monthrange(year, month)[1]) if year else None
        url = reverse("notice-new", args=[row["first"]]) if row["many"] == 1 else reverse("draw-papers", args=[row["draw"]])
        text = ngettext("%(count)s visit has no notice yet.", "%(count)s visits have no notice yet.", row["many"]) % {"count": row["many"]}
        yield Task(_("Notice"), row["title"], text, _("Make the notice"), url, due, row["title"])
