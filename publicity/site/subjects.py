"""What the public reads of one subject: its disclosed results, and of an inspection that is over and not disclosed only the day it will be.

Who was drawn and not visited yet, whose category is published as counts only, whom a secrecy check or a hold keeps back, and who does not
exist are one and the same: nothing.
"""

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from inspections.cases.models import Case
from inspections.cases.rules import promised_by
from inspections.cases.secrecy import uncleared_of
from inspections.cases.states import NO_VISIT
from publicity.disclosures.masking import masked_numbers
from publicity.disclosures.models import Disclosure
from publicity.disclosures.queries import holds_in_force
from publicity.disclosures.rules import COUNTS_ONLY
from registries import clock
from registries.subjects.models import Subject, SubjectCategory
from registries.subjects.naming import published_name


class Told(NamedTuple):
    """A subject by its published name and code, the keys of its results (newest first), and by when results still to come are due."""

    name: str
    code: str
    results: list[int]
    awaited: list[dt.date]
    changed_at: dt.datetime | None


def told(code: str) -> Told | None:
    """What is public under this code, or None where nothing is."""
    shown = list(
        Disclosure.objects.filter(subject_code=code, removed_at=None).order_by("-pk").values_list("pk", "subject_name", "changed_at")
    )
    awaited = _awaited(code)
    if not shown and not awaited:
        return None
    name = shown[0][1] if shown else masked_numbers(published_name(awaited[0].subject.kind, awaited[0].subject.name))
    days = [promised_by(case.ended_on, settings.DISCLOSURE_DAYS) for case in awaited if case.ended_on]
    return Told(name, code, [row[0] for row in shown], days, max((row[2] for row in shown), default=None))


def _awaited(code: str) -> list[Case]:
    """Inspections of the subject that are over, owe a disclosure by name and are not disclosed."""
    counts_only = SubjectCategory.objects.filter(subjects=OuterRef("subject"), publicity=COUNTS_ONLY)
    over = Case.objects.filter(
        Q(subject__uscc=code) | Q(subject__uscc=None, subject__key=code), ended_on__lte=clock.today(), disclosure=None
    )
    by_name = over.exclude(state__in=NO_VISIT).exclude(subject__kind=Subject.Kind.PERSON).filter(~Exists(counts_only))
    kept_back = holds_in_force(clock.today()).filter(case=OuterRef("pk"))
    by_name = by_name.filter(~Exists(kept_back))
    return list(by_name.exclude(pk__in=uncleared_of(over).values("pk")).select_related("subject").order_by("ended_on"))
