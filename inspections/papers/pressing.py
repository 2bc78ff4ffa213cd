"""Printing many documents in one file, in the worker: its progress stands in the row, where any page reads it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F

from inspections.cases import queries as cases
from inspections.cases.models import Case
from inspections.cases.picturing import form_html
from inspections.cases.shares import Share
from inspections.papers import drafting, printing, queries, rules
from inspections.papers.models import Bundle, Letter, Notice
from inspections.papers.states import OPEN, BundleState, Sheet
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.sentences import say

EVERY = 5
"""After how many documents the row says how far it is."""
PRINTED_WITH = ("unit", "subject__town", "draw__plan_item__plan", "draw__request", "draw__approved_by", "disclosure")
"""What the documents of a case are printed with."""
LOST = say("The printing broke off several times. Tell the administrator.")


def pressed(bundle_id: int) -> dict[str, Any] | None:
    """Take the bundle, print it, and return what :func:`keep_bundle` keeps; None when there is nothing (more) to do."""
    if not _taken(bundle_id):
        return None
    bundle = Bundle.objects.defer("pdf").get(pk=bundle_id)
    if bundle.attempts > rules.MOST_ATTEMPTS:
        return {"failure": Refused(LOST).sentence}
    why = rules.why_not_print(fonts=printing.ready())
    if why is not None:
        return {"failure": Refused(why).sentence}
    made = printing.bound(_documents(bundle), lambda done: _tell(bundle, done))
    return {"pdf": made.pdf, "pages": made.pages} if made is not None else None


def _taken(bundle_id: int) -> bool:
    """Whether this worker may print it now: one that another is printing is left alone unless it stood still."""
    now = clock.now()
    due = queries.bundles_due(now).filter(pk=bundle_id).order_by()
    return bool(due.update(state=BundleState.PRINTING, attempts=F("attempts") + 1, progressed_at=now, done=0))


def _tell(bundle: Bundle, done: int) -> bool:
    """Write how many are set; False when somebody has stopped it."""
    if done % EVERY and done != bundle.total:
        return True
    return bool(Bundle.objects.filter(pk=bundle.pk, state__in=OPEN).update(done=done, progressed_at=clock.now()))


def _documents(bundle: Bundle) -> Iterator[str]:
    """The documents, one by one, in the order they were asked for."""
    if bundle.sheet == Sheet.NOTICE:
        for pk in bundle.items:
            yield printing.html_of(queries.facts_of(Notice.objects.get(pk=pk)))
        return
    if bundle.sheet == Sheet.LETTERS:
        for pk in bundle.items:
            yield printing.html_of(queries.letter_facts(Letter.objects.select_related("number").get(pk=pk)))
        return
    for pk in bundle.items:
        yield sheet_of(bundle.sheet, Case.objects.select_related(*PRINTED_WITH).get(pk=pk))


def sheet_of(sheet: str, case: Case, share: Share | None = None) -> str:
    """Record, result form or index of a case, as it stands; before the record is complete, its empty form. ``share``: that part."""
    if sheet == Sheet.INDEX:
        return printing.html_of(drafting.index_of(case))
    record = cases.last_record(case)
    if sheet == Sheet.RECORD and (record is None or record.submitted_at is None):
        return form_html(case, share)
    notice = queries.notice_of(case)
    facts = drafting.case_facts(case, record, notice=notice.number.text if notice else "", share=share)
    return printing.html_of(facts, printing.RECORD if sheet == Sheet.RECORD else printing.RESULT)
