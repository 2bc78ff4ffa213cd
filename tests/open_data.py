"""Open data for tests: disclosed results as plain rows, and the files made of them."""

import datetime as dt
from typing import Any

from inspections.cases.models import Case
from inspections.followups.models import FollowUp
from inspections.followups.states import Kind
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.disclosures.states import Because, Removed
from publicity.opendata import tasks
from registries import clock
from tests import factories, public_draws


def reviewed(name: str = "", **columns: Any) -> Case:
    """A reviewed case, not disclosed."""
    matter = factories.matter(**columns)
    subject = factories.subject(name, unit=matter.unit)
    return factories.reviewed_case(factories.case(factories.drawn_draw(matter, winners=1, reserves=0, subjects=[subject])))


def result(name: str = "", **columns: Any) -> Disclosure:
    """A disclosed result."""
    return public_draws.disclosed(reviewed(name), **columns)


def corrected(shown: Disclosure, because: str = Because.OBJECTION, explanation: str = "复核后更正", **columns: Any) -> Disclosure:
    """The result in its next version."""
    now = clock.now()
    made = {**shown.copied(), **columns}
    DisclosureVersion.objects.create(
        disclosure=shown, number=shown.version + 1, because=because, explanation=explanation, made_at=now, **made
    )
    for name, value in (made | {"version": shown.version + 1, "changed_at": now}).items():
        setattr(shown, name, value)
    shown.save()
    return shown


def removed(shown: Disclosure, because: str = Removed.WITHDRAWN, explanation: str = "处罚决定被撤销", after: dt.timedelta = dt.timedelta()) -> Disclosure:
    """The result, taken down."""
    now = clock.now() + after
    Removal.objects.create(disclosure=shown, because=because, explanation=explanation, basis="行政处罚法第四十八条", removed_at=now)
    shown.removed_at = now
    shown.save()
    return shown


def kept() -> None:
    """The files of what is public now, kept as the sweep does."""
    tasks.sweep_opendata()


def penalty(**columns: Any) -> PenaltyDisclosure:
    """A disclosed penalty decision."""
    case, today, now = reviewed(), clock.today(), clock.now()
    followup = FollowUp.objects.create(
        case=case, kind=Kind.PENALTY, what="涉嫌违法", due_on=today, ordered_by=factories.user(), ordered_at=now
    )
    columns = {"subject_name": case.subject.name, "number": "源公（治）行罚决字〔2026〕1号", "penalty": "罚款", "amount": 500, **columns}
    columns = {"published_at": now, "shown_until": today + dt.timedelta(days=1000), **columns}
    return PenaltyDisclosure.objects.create(followup=followup, named=True, unit_name=case.unit.name, decided_on=today, **columns)
