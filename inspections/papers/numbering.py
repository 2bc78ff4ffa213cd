"""Numbers of documents: the next one of a unit, kind and year, taken inside the transaction that makes the document.

A rollback gives the number again; a document that is withdrawn keeps its number, void, with the reason. So there is no gap.
"""

import datetime as dt

from django.conf import settings

from inspections.cases.models import Case
from inspections.papers import rules
from inspections.papers.models import DocumentNumber
from inspections.papers.states import WORDS
from registries import clock
from registries.codes.serials import next_number
from registries.people.models import Unit, User


def take_number(*, unit: Unit, kind: str, actor: User, now: dt.datetime, case: Case | None = None) -> DocumentNumber:
    """The next number of this unit's word and kind in this year, for a document of ``case``. The caller names the row in ``Change.also``."""
    year = now.astimezone(clock.BEIJING).year
    word = rules.word_of(settings.BUREAU_WORD, unit.document_word)
    serial = next_number(f"paper/{word}/{kind}/{year}")
    text = rules.number_text(word, WORDS[kind], year, serial)
    return DocumentNumber.objects.create(
        unit=unit, word=word, kind=kind, year=year, serial=serial, text=text, case=case, taken_by=actor, taken_at=now
    )
