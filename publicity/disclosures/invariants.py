"""What must always hold of disclosures: what is due is out, and what is out is the reviewed result of its case."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef

from inspections.cases.states import CaseState
from publicity.disclosures import queries
from publicity.disclosures.failing import told
from publicity.disclosures.models import COPIED, Disclosure, DisclosureVersion
from publicity.disclosures.states import Form
from registries import clock
from registries.ledger.findings import Finding, invariant, late
from registries.ledger.sentences import Sentence, say

RELEASED_WITHIN = dt.timedelta(hours=1)


@invariant("disclosures")
def disclosures() -> Iterator[Sentence | Finding]:
    """Results that were due yesterday or released an hour ago and are not out, with the reason if one is known; results out before
    their review, the last day aside. Late: what nobody signed in time."""
    now = clock.now()
    due = queries.due(queries.publishing_day(now) - dt.timedelta(days=1)).exclude(released_at__gt=now - RELEASED_WITHIN)
    held = queries.holds_in_force(now.date()).filter(case=OuterRef("pk"))
    for case in due.exclude(Exists(held)).select_related("duty"):
        why = told(case.duty) if hasattr(case, "duty") else None
        if why is None:
            yield say("The result of case %(number)s is due and not public.", number=case.number)
        else:
            yield say("The result of case %(number)s is due and not public: %(why)s", number=case.number, why=why.english)
    early = Disclosure.objects.filter(form=Form.WHOLE).exclude(case__state__in=[CaseState.REVIEWED, CaseState.CLOSED])
    for number in early.values_list("case__number", flat=True):
        yield say("The result of case %(number)s is public, but the case is not reviewed.", number=number)
    unsigned = queries.overdue(now.date()).filter(state__in=[CaseState.ON_SITE, CaseState.ASSIGNED])
    for number in unsigned.values_list("number", flat=True):
        yield late("disclosures", say("The result of case %(number)s is overdue: its record is not signed.", number=number))


@invariant("penalties")
def penalties() -> Iterator[Sentence | Finding]:
    """Penalty decisions whose day was yesterday and that are not public."""
    yesterday = clock.now() - dt.timedelta(days=1)
    for followup in queries.penalties_owed().filter(pk__in=queries.penalties_due(yesterday)):
        yield say("The penalty decision of case %(number)s is due and not public.", number=followup.case.number)


@invariant("disclosure versions")
def disclosure_versions() -> Iterator[Sentence | Finding]:
    """Addresses whose columns are not those of their version in force, whose versions leave a gap, or that went without a reason."""
    same = {name: OuterRef(name) for name in COPIED}
    in_force = DisclosureVersion.objects.filter(disclosure=OuterRef("pk"), number=OuterRef("version"), **same)
    for address in Disclosure.objects.filter(~Exists(in_force)).values_list("public_id", flat=True):
        yield say("The result at %(address)s shows another text than its version in force.", address=address)
    counted = Disclosure.objects.annotate(kept=Count("versions")).exclude(kept=F("version"))
    for address in counted.values_list("public_id", flat=True):
        yield say("The result at %(address)s lacks one of its versions.", address=address)
    for address in Disclosure.objects.filter(removed_at__isnull=False, removal=None).values_list("public_id", flat=True):
        yield say("The result at %(address)s was taken down without a reason.", address=address)
