"""Reading objections, proposed changes and statements: who may see them, who had a part, how many came, what is over."""

import datetime as dt
import hashlib
import hmac
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, TruncDate

from inspections.cases.models import Assignment, Case, Review
from inspections.cases.queries import was_on_team
from inspections.followups.models import FollowUp
from inspections.followups.states import State
from publicity.corrections import rules
from publicity.corrections.models import Objection, Proposal, Statement
from publicity.corrections.states import OPEN, ProposalState, What
from publicity.disclosures.masking import masked
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.disclosures.states import Removed
from registries import clock
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.queries import of_own_units

RELEASE = "inspections.release_case"


def was_on_case(case: Case, user: User) -> bool:
    """Whether this person inspected, reviewed or released the case."""
    return (
        was_on_team(case, user)
        or Review.objects.filter(case=case, reviewer=user).exists()
        or LedgerPayload.objects.filter(verb=RELEASE, object_kind=case._meta.label_lower, object_id=str(case.pk), actor=user).exists()
    )


def without_part(rows: QuerySet[Objection], user: User) -> QuerySet[Objection]:
    """Those of these objections whose case this person neither inspected nor reviewed nor released: :func:`was_on_case` for many rows."""
    case = OuterRef("disclosure__case")
    released = LedgerPayload.objects.filter(
        verb=RELEASE, object_kind=Case._meta.label_lower, object_id=Cast(case, CharField()), actor=user
    )
    return rows.exclude(
        Exists(Assignment.objects.filter(case=case, inspector__user=user))
        | Exists(Review.objects.filter(case=case, reviewer=user))
        | Exists(released)
    )


def visible_objections(user: User) -> QuerySet[Objection]:
    """A clerk sees those about cases of the own units; reviewer, supervisor and auditor all."""
    found = Objection.objects.filter(of_own_units(user, "disclosure__case__unit"))
    return found.select_related("disclosure__case__unit", "handler", "document").defer("file")


def visible_results(user: User) -> QuerySet[Disclosure]:
    """The published results whose change this person may propose."""
    return Disclosure.objects.filter(of_own_units(user, "case__unit")).select_related("case__unit", "case__subject")


def proposals_of(result: Disclosure) -> QuerySet[Proposal]:
    """Every change ever proposed of a result, the newest first."""
    return result.proposals.select_related("asked_by", "decided_by", "objection").order_by("-pk")


def waiting_proposals() -> QuerySet[Proposal]:
    """Changes that wait for a supervisor."""
    return Proposal.objects.filter(state=ProposalState.SUBMITTED).select_related("disclosure__case", "asked_by")


def token_digest(token: str) -> str:
    """What finds a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


def followed(token: str) -> Objection | None:
    """The objection of this secret address."""
    found = Objection.objects.filter(token_digest=token_digest(token)).select_related("disclosure", "document").defer("file")
    return found.first()


# --- how much was sent -----------------------------------------------------------------------------------------------


def source_of(address: str, day: dt.date) -> str:
    """An address under the key of a day: the same address counts together for a day and cannot be read back."""
    return hmac.new(settings.SECRET_KEY.encode(), f"objection/{day}/{address}".encode(), hashlib.sha256).hexdigest()


def wait_seconds(disclosure_id: int, address: str, now: dt.datetime) -> int:
    """How long until one more objection is taken from this address about this result; 0: now."""
    local = now.astimezone(clock.BEIJING)
    sources = {source_of(address, day.date()) for day in (local, local - rules.ADDRESS_WINDOW)}
    sent = Objection.objects.filter(received_at__gt=now - rules.ADDRESS_WINDOW, source__in=sources)
    about = Objection.objects.filter(received_at__gt=now - rules.RESULT_WINDOW, disclosure=disclosure_id)
    return max(
        rules.wait(list(sent.values_list("received_at", flat=True)), most=rules.PER_ADDRESS, window=rules.ADDRESS_WINDOW, now=now),
        rules.wait(list(about.values_list("received_at", flat=True)), most=rules.PER_RESULT, window=rules.RESULT_WINDOW, now=now),
    )


# --- what is due -----------------------------------------------------------------------------------------------------


def over(today: dt.date) -> QuerySet[Disclosure]:
    """Results whose last day on line has passed and that are still shown."""
    return Disclosure.objects.filter(removed_at=None, shown_until__lt=today).order_by("shown_until", "pk")


def followed_since(user: User) -> QuerySet[Disclosure]:
    """Published results with a follow-up settled after the version in force was made: an update is offered to the clerk."""
    settled = FollowUp.objects.filter(state__in=[State.DONE, State.FAILED], settled_at__gt=F("case__disclosure__changed_at")).values("case")
    waiting = Proposal.objects.filter(state=ProposalState.SUBMITTED).values("disclosure")
    return visible_results(user).filter(removed_at=None, case__in=settled).exclude(pk__in=waiting).order_by("pk")


# --- what the public reads -------------------------------------------------------------------------------------------


class Figures(NamedTuple):
    """Objections received, decided, decided in time, open past their day; withdrawals, and those later than their day."""

    received: int
    decided: int
    in_time: int
    overdue: int
    withdrawn: int
    withdrawn_late: int


def figures(today: dt.date) -> Figures:
    """The numbers beside the list of corrections. Three queries."""
    decided = ~Q(state__in=OPEN)
    found = Objection.objects.annotate(day=TruncDate("decided_at", tzinfo=clock.BEIJING)).aggregate(
        received=Count("pk"),
        decided=Count("pk", filter=decided),
        in_time=Count("pk", filter=decided & Q(day__lte=F("due_on"))),
        overdue=Count("pk", filter=Q(state__in=OPEN, due_on__lt=today)),
    )
    gone = Proposal.objects.filter(what=What.WITHDRAWAL, state=ProposalState.APPROVED)
    late = gone.annotate(day=TruncDate("decided_at", tzinfo=clock.BEIJING)).aggregate(all=Count("pk"), late=Count("pk", filter=Q(day__gt=F("due_on"))))
    annulled = PenaltyDisclosure.objects.filter(remove_by__isnull=False).annotate(day=TruncDate("removed_at", tzinfo=clock.BEIJING))
    down = annulled.aggregate(all=Count("pk"), late=Count("pk", filter=Q(day__gt=F("remove_by"))))
    return Figures(**found, withdrawn=late["all"] + down["all"], withdrawn_late=late["late"] + down["late"])


def public_changes() -> QuerySet[DisclosureVersion, Any]:
    """Every later version, withdrawal, statement and penalty taken down as (kind, key, moment), the newest first.

    Results whose term is over are none.
    """
    versions = DisclosureVersion.objects.filter(number__gt=1).order_by().annotate(kind=Value("version"))
    removals = Removal.objects.filter(because=Removed.WITHDRAWN).order_by().annotate(kind=Value("removal"))
    statements = Statement.objects.order_by().annotate(kind=Value("statement"))
    penalties = PenaltyDisclosure.objects.filter(removed_at__isnull=False).order_by().annotate(kind=Value("penalty"))
    others = (removals.values_list("kind", "pk", "removed_at"), statements.values_list("kind", "pk", "shown_at"), penalties.values_list("kind", "pk", "removed_at"))
    return versions.values_list("kind", "pk", "made_at").union(*others, all=True).order_by("-made_at", "-pk")


def as_shown(row: Objection) -> str:
    """A statement as the public will read it: never edited, numbers of persons starred out."""
    return masked(row.text)
