"""Issuing an order or letter of a case: its number is taken and what stands on it is frozen, in the caller's transaction.

Which documents are issued, by whom and when, is decided by the rooms above (``followups/letters.py``). Numbers of documents of other bodies
– a penalty decision of the case system, a receipt, a court's judgment – are typed there and never taken here.
"""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import Any

from inspections.cases.models import Case
from inspections.papers.facts import LetterFacts, kept
from inspections.papers.models import Letter
from inspections.papers.numbering import take_number
from registries.people.models import User


def issue(kind: str, facts: LetterFacts, *, case: Case, actor: User, now: dt.datetime) -> Letter:
    """The letter with the next number of the case's unit. The caller names the letter and its number in ``Change.also``."""
    number = take_number(unit=case.unit, kind=kind, actor=actor, now=now, case=case)
    frozen = kept(replace(facts, number=number.text))
    return Letter.objects.create(number=number, case=case, facts=frozen, facts_digest=digest_of(frozen))


def digest_of(frozen: dict[str, Any]) -> str:
    """The SHA-256 of what was frozen, as the ledger keeps it."""
    return hashlib.sha256(json.dumps(frozen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
