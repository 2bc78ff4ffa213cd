"""Reading documents: numbers and their gaps, the notice of a case, what its public page may say, what waits to be printed."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.queries import Viewer
from inspections.cases.states import Asked, CaseState
from inspections.draws.models import Draw
from inspections.papers import rules
from inspections.papers.facts import LetterFacts, NoticeFacts, Officer, read
from inspections.papers.models import Bundle, DocumentNumber, Letter, Notice
from inspections.papers.states import OPEN, BundleState
from registries.people.queries import public_user


def key() -> bytes:
    """What the check values of addresses are written with."""
    return settings.SECRET_KEY.encode()


# --- numbers ---------------------------------------------------------------------------------------------------------


def visible_numbers(looks: Viewer) -> QuerySet[DocumentNumber]:
    """The numbers this person may see: of the own units, or all."""
    rows = DocumentNumber.objects.select_related("unit", "case", "taken_by", "voided_by")
    return rows if looks.units is None else rows.filter(unit__in=looks.units)


class Series(NamedTuple):
    """The numbers of one word and kind in one year: how many, the last, how many of them void."""

    word: str
    kind: str
    year: int
    taken: int
    last: int
    void: int

    @property
    def missing(self) -> int:
        """How many are neither used nor void: none, unless somebody changed rows past the program."""
        return self.last - self.taken


def series(numbers: QuerySet[DocumentNumber]) -> list[Series]:
    """The whole series that these numbers belong to, the newest year first."""
    seen = Q(pk__in=[])
    for row in numbers.order_by().values("word", "kind", "year").distinct():
        seen |= Q(**row)
    rows = (
        DocumentNumber.objects.filter(seen)
        .order_by("-year", "word", "kind")
        .values("year", "word", "kind")
        .annotate(taken=Count("pk"), last=Max("serial"), void=Count("pk", filter=Q(voided_at__isnull=False)))
    )
    return [Series(row["word"], row["kind"], row["year"], row["taken"], row["last"], row["void"]) for row in rows]


def is_used(number: DocumentNumber) -> bool:
    """Whether the letter of this number was sent, or settled what it ordered, as far as the rooms above say of it."""
    sent = Q(letter__followup__sent_at__isnull=False) | ~Q(letter__followup__state="open")
    return DocumentNumber.objects.filter(sent, pk=number.pk, letter__followup__isnull=False).exists()


def letter_facts(letter: Letter) -> LetterFacts:
    """What stands on an order or letter, as it was frozen."""
    return read(letter.number.kind, letter.facts)


# --- notices ---------------------------------------------------------------------------------------------------------


def notice_of(case: Case) -> Notice | None:
    """The notice of a case that is not void, or None."""
    return case.notices.filter(number__voided_at=None).select_related("number", "served_by").first()


def numbers_of(case: Case) -> list[DocumentNumber]:
    """Every number taken for a case, void ones too, the oldest first."""
    return list(case.document_numbers.select_related("notice__served_by", "letter", "voided_by").order_by("taken_at", "pk"))


def facts_of(notice: Notice) -> NoticeFacts:
    """What stands on a notice, as it was frozen."""
    return NoticeFacts.read(notice.facts)


def found(part: str) -> Notice | None:
    """The notice at a public address once it is handed over; None for every other address, right or wrong.

    The database is asked in each case, so that the time of the answer says nothing either.
    """
    token = rules.token_in(part, key())
    digest = rules.digest_of(token or part)
    notice = Notice.objects.filter(token_digest=digest).select_related("number", "case__unit", "case__subject").first()
    return notice if token is not None and notice is not None and notice.served_at is not None else None


class OfficerNow(NamedTuple):
    """An officer of a notice: still on the team (``place``), or not any more."""

    officer: Officer
    place: Assignment | None


def officers_now(notice: Notice) -> list[OfficerNow]:
    """The officers of a notice, each with their place on the team if they still have one."""
    places = {place.inspector.number: place for place in notice.case.assignments.filter(ended_at=None).select_related("inspector")}
    return [OfficerNow(officer, places.get(officer.number)) for officer in facts_of(notice).officers]


def team_changed(notice: Notice, officers: Iterable[OfficerNow]) -> bool:
    """Whether somebody of the notice left the team, or somebody came who is not on it."""
    named = [one.place for one in officers]
    on_team = notice.case.assignments.filter(ended_at=None).count()
    return None in named or on_team != len(named)


def requests_of(notice: Notice) -> list[Replacement]:
    """The recusals that were asked for through notices of this case, the newest first."""
    asked = Replacement.objects.filter(case=notice.case_id, asked_by=public_user()).select_related("assignment__inspector")
    return list(asked.defer("file").order_by("-pk"))


def requests_since(case_id: int, moment: dt.datetime) -> int:
    """How many recusals were asked for through the notice of a case since a moment."""
    return Replacement.objects.filter(case=case_id, asked_by=public_user(), asked_at__gte=moment).count()


def waiting_for(place: Assignment) -> bool:
    """Whether the replacement of this officer was asked for and is not decided."""
    return Replacement.objects.filter(assignment=place, state=Asked.WAITING).exists()


def cases_without_notice(draw: Draw) -> QuerySet[Case]:
    """The cases of a draw that wait for their visit and have no notice that stands."""
    have = Notice.objects.filter(number__voided_at=None).values("case")
    return Case.objects.filter(draw=draw, state=CaseState.ASSIGNED).exclude(pk__in=have).order_by("number")


# --- many at once ----------------------------------------------------------------------------------------------------


def visible_bundles(looks: Viewer) -> QuerySet[Bundle]:
    """What was printed together for draws of the own units."""
    rows = Bundle.objects.select_related("draw__matter", "asked_by").defer("pdf", "items")
    return rows if looks.units is None else rows.filter(draw__unit__in=looks.units)


def bundles_due(now: dt.datetime) -> QuerySet[Bundle]:
    """What waits for the worker, or stood still because a worker was lost."""
    stalled = Q(state=BundleState.PRINTING, progressed_at__lt=now - rules.STALLED)
    return Bundle.objects.filter(Q(state=BundleState.WAITING) | stalled).order_by("pk")


def bundles_expired(now: dt.datetime) -> QuerySet[Bundle]:
    """Printed more than a week ago: its PDF is dropped."""
    return Bundle.objects.filter(state=BundleState.READY, finished_at__lt=now - dt.timedelta(days=rules.KEPT_DAYS))


def is_open(bundle: Bundle) -> bool:
    """Whether it is still being worked on."""
    return bundle.state in OPEN
