"""The record's form for a case as it stands, for the page and for what phones send."""

from typing import Any

from inspections.cases import queries
from inspections.cases.forms import RecordForm
from inspections.cases.models import Case, Record
from inspections.cases.rules import Draft
from inspections.cases.shares import Share
from inspections.cases.vocabulary import NOTHING, offered


def record_form(case: Case, record: Record | None, data: Any = None, share: Share | None = None) -> RecordForm:
    """With what was typed (``data``), or else with what the record holds; before the visit there is none, and nothing in it.

    Of a partner's officer (``share``) with their own checklists and the common facts only.
    """
    initial = None
    if data is None:
        initial = RecordForm.initial_of(queries.draft_of(record) if record else Draft(), record.version if record else 0)
    items = queries.items_of(case)
    if share is None:
        return RecordForm(data, initial=initial, items=items, may=offered(case, record))
    return RecordForm(data, initial=initial, items=share.items(items), may=NOTHING, head=share.head)
