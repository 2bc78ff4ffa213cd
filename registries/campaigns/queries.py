"""Reading yearly reviews: which runs, what is left of it, how far each unit is. Nothing is counted ahead."""

from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from registries.campaigns.models import Campaign
from registries.people.models import Unit
from registries.subjects.models import Subject


def running() -> Campaign | None:
    """The review that has not ended, if there is one."""
    return Campaign.objects.filter(ended_on=None).first()


def concerned() -> QuerySet[Subject]:
    """The entries that a review asks about: those in operation."""
    return Subject.objects.filter(status=Subject.Status.ACTIVE)


def left(campaign: Campaign, units: set[int] | None) -> QuerySet[Subject]:
    """What is still to be confirmed in these units (None: all)."""
    rows = concerned().filter(verified_on__lt=campaign.since)
    return rows if units is None else rows.filter(unit_id__in=units)


class Progress(NamedTuple):
    """How far a unit is: its entries in operation, those confirmed."""

    unit: str
    unit_id: int
    entries: int
    confirmed: int

    @property
    def left(self) -> int:
        """Entries still to be confirmed."""
        return self.entries - self.confirmed

    @property
    def percent(self) -> int:
        """Whole per cent confirmed; 100 only when nothing is left."""
        return self.confirmed * 100 // self.entries if self.entries else 100


def progress(campaign: Campaign) -> list[Progress]:
    """Per unit, as of now; of a review that ended, as it ended."""
    if campaign.ended_on is not None:
        counted = {int(pk): (numbers[0], numbers[1]) for pk, numbers in campaign.outcome.items()}
    else:
        rows = concerned().order_by().values_list("unit_id")
        numbers = rows.annotate(entries=Count("pk"), confirmed=Count("pk", filter=Q(verified_on__gte=campaign.since)))
        counted = {unit: (entries, confirmed) for unit, entries, confirmed in numbers}
    units = Unit.objects.in_bulk(list(counted))
    found = [Progress(str(units[pk]), pk, *numbers) for pk, numbers in counted.items() if pk in units]
    return sorted(found, key=lambda one: (one.percent, -one.entries, one.unit))
