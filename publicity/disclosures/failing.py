"""Why a result could not be published, kept beside its term. Operational: no ledger entry of its own (the refused command has one)."""

import datetime as dt

from django.db.models import F

from publicity.disclosures.owed import Duty
from registries.ledger.sentences import Sentence, say


def noted(case_id: int, why: Sentence, now: dt.datetime) -> None:
    """Count an attempt that failed, with its sentence."""
    Duty.objects.filter(case=case_id).update(attempts=F("attempts") + 1, failed_at=now, failure=[why.text, why.values])


def broken(error: Exception) -> Sentence:
    """An error that nobody foresaw, as a sentence; its message may hold what must not be shown, so only its kind."""
    return say("The worker failed: %(error)s", error=type(error).__name__)


def told(duty: Duty) -> Sentence | None:
    """The sentence of the last attempt."""
    return Sentence(*duty.failure) if duty.failure else None
