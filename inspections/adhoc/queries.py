"""Reading ad-hoc requests: whose they are, which matters may be asked for, which subjects a search finds."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import RequestState
from registries.lists.searching import words
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.people.models import User
from registries.people.queries import own_units
from registries.subjects.models import Subject
from registries.subjects.queries import about
from registries.subjects.searching import fitting


def visible_requests(user: User) -> QuerySet[AdhocRequest]:
    """The requests of the units this person keeps, attempts on excluded subjects among them; newest first."""
    requests = AdhocRequest.objects.select_related("subject", "unit", "matter__matter", "asked_by", "approved_by")
    units = own_units(user)
    return requests if units is None else requests.filter(unit_id__in=units)


def matters_to_ask_for(user: User) -> QuerySet[MatterRevision]:
    """The published matters of the units this person keeps."""
    rows = published_revisions()
    units = own_units(user)
    return rows if units is None else rows.filter(unit_id__in=units)


def open_request(subject: Subject, matters: Sequence[MatterRevision]) -> AdhocRequest | None:
    """A request for this subject on one of these matters that waits, or whose visit is not over (cases are read by relation)."""
    same = Q(matter__matter__in=[m.matter_id for m in matters]) | Q(joint_matters__matter__in=[m.matter_id for m in matters])
    over = Q(draws__cases__ended_on__isnull=False) | Q(draws__cases__state="called-off")
    waiting = AdhocRequest.objects.filter(same, about(subject.pk), state__in=[RequestState.SUBMITTED, RequestState.APPROVED])
    return waiting.exclude(over).order_by("pk").first()


def subjects_found(text: str) -> list[Subject]:
    """At most twenty subjects whose name, initials, codes or address hold these words; nothing for an empty search."""
    if not words(text):
        return []
    return list(fitting(Subject.objects.filter(merged_into=None), text).select_related("unit", "town").order_by("key")[:20])
