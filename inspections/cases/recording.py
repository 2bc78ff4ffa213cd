"""The record's form for a case as it stands, for the page and for what phones send."""

from typing import Any

from django.db.models import Q

from inspections.cases import queries
from inspections.cases.forms import RecordForm
from inspections.cases.models import Case, Record
from inspections.cases.rules import Draft
from registries.codes.models import Code, CodeTable


def record_form(case: Case, record: Record | None, data: Any = None) -> RecordForm:
    """With what was typed (``data``), or else with what the record holds; before the visit there is none, and nothing in it."""
    kept = Q(pk__in=[pk for pk in (record.result_id, record.disposal_id) if pk]) if record else Q(pk=None)
    codes = Code.objects.filter(Q(active=True) | kept, table__in=[CodeTable.RESULT, CodeTable.DISPOSAL])
    initial = None
    if data is None:
        initial = RecordForm.initial_of(queries.draft_of(record) if record else Draft(), record.version if record else 0)
    return RecordForm(data, initial=initial, items=queries.items_of(case), codes=codes)
