"""A visit on its way, through the commands of cases: begun, its record filled in, acknowledged, signed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Sum

from inspections.cases import commands, queries, rules, visiting
from inspections.cases.models import Case
from inspections.cases.rules import Draft, Line
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.models import LedgerEntry, LedgerPayload, RefusalTally
from registries.people.models import User
from tests import factories as make


def last_entry() -> dict[str, Any]:
    """What the newest ledger entry says."""
    payload = LedgerPayload.objects.order_by("-entry_id")[0]
    body: dict[str, Any] = json.loads(payload.body)
    return body


def members(case: Case) -> list[User]:
    """The accounts of the team, the leader's first."""
    return [one.user for one in make.team_of(case) if one.user]


def whole_draft(case: Case, **changes: Any) -> Draft:
    """A complete, clean draft of today."""
    lines = {item.pk: Line("yes") for item in queries.items_of(case)}
    values: dict[str, Any] = {"result_id": make.result().pk, "present": "经理王某", "answers": lines, **changes}
    return Draft(**{"inspected_on": clock.today(), **values})


def begun() -> tuple[Case, User, User]:
    """A case whose visit has begun, and its two inspectors."""
    case = make.case()
    first, second = members(case)
    commands.begin_visit(actor=first, case_id=case.pk, no_notice="突击检查")
    case.refresh_from_db()
    return case, first, second


def to_sign() -> tuple[Case, User, User]:
    """A case whose record is ready to sign."""
    case, first, second = begun()
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=whole_draft(case))
    commands.submit_record(actor=first, case_id=case.pk, version=2)
    acknowledged(case)
    return case, first, second


def acknowledged(case: Case) -> None:
    """The inspected person's side of what stands there, noted by the leader: refused, with a witness."""
    visiting.acknowledge_record(
        actor=members(case)[0], case_id=case.pk, content_hash=shown(case), kind="refused", witness="社区网格员李某"
    )


def shown(case: Case) -> str:
    """The fingerprint of what the signing page shows."""
    record = queries.last_record(case)
    assert record is not None
    return rules.fingerprint(queries.content_of(record))


def signed() -> Case:
    """A case signed by both."""
    case, first, second = to_sign()
    for actor in (first, second):
        commands.sign_record(actor=actor, case_id=case.pk, content_hash=shown(case))
    case.refresh_from_db()
    return case


def gathered() -> int:
    """How many refusals the ledger knows of, written or counted."""
    return RefusalTally.objects.aggregate(sum=Sum("count"))["sum"] or 0


def refused(call: Callable[[], object]) -> str:
    """Run what must be refused; returns the reason and asserts that the refusal is recorded, and nothing else."""
    before, entries = gathered(), LedgerEntry.objects.count()
    with pytest.raises(Refused) as caught:
        call()
    assert gathered() == before + 1
    assert LedgerEntry.objects.count() <= entries + 1
    return caught.value.reason
