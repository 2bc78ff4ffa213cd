"""Disclosed penalty decisions: the list, and one at its address for ever."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from publicity.disclosures import queries
from publicity.disclosures.models import Disclosure
from publicity.site import marks
from publicity.site.serving import MINUTE, published
from registries import clock
from registries.pages import page_of
from registries.people.access import PUBLIC, access


@access(PUBLIC)
@published(MINUTE, marks.everything)
def penalty_list(request: HttpRequest) -> HttpResponse:
    """Every decision that is shown, the newest first; ``q`` looks in names, codes and numbers of decisions."""
    typed = request.GET.get("q", "").strip()[:60]
    found = queries.penalties(clock.today())
    if typed:
        found = found.filter(Q(subject_name__icontains=typed) | Q(subject_code=typed) | Q(number__icontains=typed))
    context = page_of(request, found)
    rows = context["page"].object_list
    return render(request, "public/penalties/list.html", context | {"typed": typed, "updated": rows[0].published_at if rows else None})


@access(PUBLIC)
@published(MINUTE, marks.everything)
def penalty_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One decision and the inspection it came from; 410 with the reason once it is taken down or its term is over."""
    penalty = queries.penalty(public_id)
    if penalty is None:
        raise Http404
    over = penalty.shown_until < clock.today()
    if over or penalty.removed_at is not None:
        context = {"penalty": penalty, "over": penalty.removed_at is None, "updated": penalty.removed_at}
        return render(request, "public/penalties/gone.html", context, status=410)
    result = Disclosure.objects.filter(case=penalty.followup.case_id, removed_at=None, named=True).first() if penalty.named else None
    return render(request, "public/penalties/page.html", {"penalty": penalty, "result": result, "updated": penalty.published_at})
