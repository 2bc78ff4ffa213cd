"""Reading self-checks: which is due, which waits, what the last one found, whether there is an alarm."""

import datetime as dt
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from registries.ledger.models import LedgerEntry
from registries.ledger.sentences import Sentence
from registries.ledger.telling import kind_name
from registries.selfchecks import rules
from registries.selfchecks.models import SelfCheck


def waiting() -> QuerySet[SelfCheck]:
    """Runs asked for that have neither finished nor been given up."""
    return SelfCheck.objects.filter(finished_at=None, attempts__lt=rules.MOST_ATTEMPTS)


def is_due(now: dt.datetime) -> bool:
    """Whether the night's run must be asked for."""
    last = SelfCheck.objects.order_by("-asked_at").values_list("asked_at", flat=True).first()
    return rules.is_due(last.astimezone(now.tzinfo) if last else None, now) and not waiting().exists()


def begin(check_id: int, now: dt.datetime) -> bool:
    """Take a waiting run, unless another worker has it; the conditional update makes sure of one."""
    free = Q(started_at=None) | Q(started_at__lt=now - rules.GIVEN_UP_AFTER) | Q(started_at__gt=now)
    taken = waiting().filter(free, pk=check_id).update(started_at=now, attempts=F("attempts") + 1)
    return bool(taken)


def finished() -> QuerySet[SelfCheck]:
    """The runs with an outcome, newest first."""
    return SelfCheck.objects.filter(finished_at__isnull=False).select_related("asked_by").order_by("-finished_at")


def alarm(now: dt.datetime) -> Sentence | None:
    """What is wrong with the last run, or with there being none; None when all is well."""
    last = finished().first()
    first = LedgerEntry.objects.order_by("seq").values_list("time", flat=True).first()
    return rules.alarm(
        finished=last.finished_at if last else None,
        wrong=last.wrong if last else 0,
        first_entry=dt.datetime.fromisoformat(first) if first else None,
        now=now,
    )


class Told(NamedTuple):
    """A finding in the reader's language."""

    check: str
    sentence: str
    warning: bool


def told(check: SelfCheck) -> list[Told]:
    """What a run found, in words; tables by their names for people."""
    return [
        Told(name, gettext(text) % {key: kind_name(value) if key == "kind" else value for key, value in values.items()}, warning)
        for name, text, values, warning in check.findings
    ]
