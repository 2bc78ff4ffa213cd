"""A list that a task from above hands down: one request, one decision, one order that draws a team for everybody on it."""

from typing import Any

import pytest

from inspections.adhoc.commands import approve_adhoc
from inspections.adhoc.listing import ask_handed
from inspections.adhoc.models import AdhocRequest
from inspections.cases import queries as cases
from inspections.cases import tasks
from inspections.cases.models import Case
from inspections.draws import commands
from inspections.draws.models import Draw, DrawnEntry
from inspections.plans import handing, progress
from inspections.reports.figures import HANDED_DOWN, WAYS
from registries.comparisons.comparing import Listed
from tests import factories as make
from tests.asking import signed_in
from tests.offices import Bureau

pytestmark = pytest.mark.django_db


def test_one_order_draws_a_team_for_everybody_on_a_list_and_opens_their_cases(time_machine: Any) -> None:
    bureau = Bureau()
    terms: dict[str, Any] = {"source": "municipal", "document_number": "淄公发〔2026〕3号", "handed_down": True}
    task = make.plan_item(bureau.revision, plan=make.plan(bureau.unit), number=3, **terms)
    named = bureau.subjects[:3]
    lines = [Listed(n, one.name, one.public_id) for n, one in enumerate(named)]
    handing.import_handed(actor=bureau.clerk, item_id=task.pk, file_name="名单.xlsx", content=b"x", lines=lines)
    request = ask_handed(actor=bureau.clerk, item_id=task.pk).obj
    assert isinstance(request, AdhocRequest)
    approve_adhoc(actor=bureau.supervisor, request_id=request.pk, version=request.version)
    made = commands.prepare_adhoc(actor=bureau.clerk, request_id=request.pk).obj
    assert isinstance(made, Draw)
    order = bureau.hurried(time_machine, bureau.announced(made))
    winners = DrawnEntry.objects.filter(draw=order, kind=DrawnEntry.Kind.WINNER)
    assert {one.entry.subject_id for one in winners} == {one.pk for one in named}
    tasks.open_cases(order.pk)
    opened = Case.objects.filter(draw=order)
    assert {(case.kind, case.subject_id) for case in opened} == {("adhoc", one.pk) for one in named}
    assert all(len(cases.team(case)) == 2 for case in opened)
    assert progress.progress_of([task])[task.pk].drawn == 3
    assert HANDED_DOWN in WAYS
    page = signed_in(bureau.clerk).get(f"/office/adhoc/{request.pk}/")
    assert [one.name for one in named if one.name not in page.content.decode()] == []
