"""What must always hold of disclosures: what is due is out, and what is out is the reviewed result of its case."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef

from inspections.cases.awaiting import cases_awaiting_disclosure
from inspections.cases.states import CaseState
from publicity.disclosures.models import COPIED, Disclosure, DisclosureVersion
from registries import clock
from registries.ledger.findings import Finding, invariant
from registries.ledger.sentences import Sentence, say

RELEASED_WITHIN = dt.timedelta(hours=1)


@invariant("disclosures")
def disclosures() -> Iterator[Sentence | Finding]:
    """Cases that were due yesterday or released an hour ago and are not out; results out before their review."""
    now = clock.now()
    waiting = cases_awaiting_disclosure(now.date() - dt.timedelta(days=1)).exclude(released_at__gt=now - RELEASED_WITHIN)
    for number in waiting.values_list("number", flat=True):
        yield say("The result of case %(number)s is due and not public.", number=number)
    early = Disclosure.objects.exclude(case__state__in=[CaseState.REVIEWED, CaseState.CLOSED])
    for number in early.values_list("case__number", flat=True):
        yield say("The result of case %(number)s is public, but the case is not reviewed.", number=number)


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
