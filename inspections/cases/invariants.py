"""What must always hold of cases: one for every winner, soon after the draw, each with the one thing its state asks for."""

import datetime as dt
import itertools
from collections.abc import Iterator

from django.db.models import F, Q

from inspections.cases import awaiting
from inspections.cases.evidence import Photo
from inspections.cases.models import Case, Review
from inspections.cases.states import STRUCK, CaseState, Decision
from inspections.draws.replaced import HistoryRow, in_place
from registries import clock
from registries.ledger.findings import Finding, invariant
from registries.ledger.sentences import Sentence, say
from registries.sealedfiles import keeping

OPENED_WITHIN = dt.timedelta(seconds=60)


@invariant("cases")
def cases() -> Iterator[Sentence | Finding]:
    """Winners without a case; teams drawn that are not on theirs; cases that do not follow the history; reviews nobody made."""
    waiting = awaiting.winners_without_case().filter(draw__drawn_at__lt=clock.now() - OPENED_WITHIN)
    for number, code in waiting.values_list("draw__number", "entry__code"):
        yield say("The winner %(code)s of draw %(number)s has no case.", number=number, code=code)
    unstaffed = awaiting.draws_awaiting_staffing().filter(drawn_at__lt=clock.now() - OPENED_WITHIN)
    for number in unstaffed.values_list("number", flat=True):
        yield say("A team drawn by order %(number)s is not on its case.", number=number)
    left = HistoryRow.objects.filter(subject_out__isnull=False, subject_out__case__isnull=False)
    goes_on = Case.objects.filter(drawn__in=left.values("subject_out")).exclude(state=CaseState.CALLED_OFF)
    for number in goes_on.values_list("number", flat=True):
        yield say("Case %(number)s goes on, but its subject was replaced.", number=number)
    missing = in_place().filter(came_by__isnull=False).exclude(case__state__in=set(CaseState.values) - {CaseState.CALLED_OFF})
    for number, code in missing.values_list("draw__number", "entry__code"):
        yield say("The reserve %(code)s of draw %(number)s stepped in and has no case.", number=number, code=code)
    struck = Q(called_off_because=STRUCK, drawn__correction__lt=F("draw__corrections"))
    stray = Case.objects.filter(state=CaseState.CALLED_OFF).exclude(drawn__left_by__isnull=False).exclude(struck)
    for number in stray.values_list("number", flat=True):
        yield say("Case %(number)s was called off, but no line of a history says why.", number=number)
    waits = Case.objects.filter(state=CaseState.ASSIGNED, drawn__correction__lt=F("draw__corrections"))
    for number in waits.values_list("number", flat=True):
        yield say("Case %(number)s waits for a visit, but the result that drew it was struck.", number=number)
    yield from _lost_files()
    accepted = Review.objects.filter(decision=Decision.ACCEPT).values("case")
    for number in Case.objects.filter(state__in=[CaseState.REVIEWED, CaseState.CLOSED]).exclude(pk__in=accepted).values_list("number", flat=True):
        yield say("Case %(number)s counts as reviewed, but nobody accepted its record.", number=number)


def _lost_files() -> Iterator[Sentence]:
    """Photos whose file is not there; one look into the place for every 256th part of them."""
    rows = Photo.objects.order_by("sha256").values_list("pk", "case__number", "sha256").iterator()
    for shard, some in itertools.groupby(rows, key=lambda row: row[2][:2]):
        try:
            there = keeping.kept_in(shard)
        except OSError as error:
            yield say("The place where photos are kept does not answer: %(why)s.", why=str(error))
            return
        for pk, number, sha256 in some:
            if sha256 not in there:
                yield say("The file of photo %(pk)s of case %(number)s is gone.", pk=pk, number=number)
