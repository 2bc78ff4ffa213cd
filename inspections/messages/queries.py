"""What a person is to be told now, from the rows of the office; and what they were told. Nothing here writes.

A note is made of sentences (msgids and values) and calls things by their numbers. The desk knows names; only ``mark`` of its tasks is taken from it, never their titles.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation

from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import RequestState
from inspections.cases.models import Assignment, Replacement, Review
from inspections.cases.queries import viewer
from inspections.cases.states import Asked, Decision
from inspections.desk.queries import todo
from inspections.desk.task import Task
from inspections.draws.models import Draw
from inspections.draws.states import DrawState
from inspections.messages.models import CalendarAddress, Digest, Message, Wishes
from inspections.messages.rules import FEW, TOLD_FOR, digest_of, key_of, reminder
from inspections.plans.models import Plan
from inspections.plans.states import PlanState
from registries.ledger.sentences import Sentence, say
from registries.people.factors.queries import factor_of
from registries.people.models import PasswordReset, User
from registries.people.queries import people
from registries.people.roles import who_may

Kind = Message.Kind
STANDING = (Kind.WAITING, Kind.DEADLINE)
"""Told of while the work waits; the other kinds are news, told once."""
RIGHT = "inspections.read_messages"


class Note(NamedTuple):
    """A message before it is posted."""

    kind: str
    key: str
    title: Sentence
    text: Sentence
    url: str
    due_on: dt.date | None = None


TOLD: list[Callable[[User, dt.datetime], Iterator[Note]]] = []
"""What the floor above tells as news: the person and since when. Nothing is imported upward."""


# --- who, and what they were told ---------------------------------------------------------------------------------------


def readers() -> QuerySet[User]:
    """The people who are told anything."""
    return people().filter(is_active=True, groups__name__in=[role.value for role in who_may(RIGHT)]).distinct()


def messages_of(user: User) -> QuerySet[Message]:
    """What this person was told, unread and still open first."""
    return Message.objects.filter(user=user)


def unread(user: User) -> QuerySet[Message]:
    """What still wants this person's eye."""
    return messages_of(user).filter(read_at=None, closed_at=None)


def unread_count() -> Combinable:
    """How many messages want the eye of the person of the row; what every page shows."""
    mine = Message.objects.filter(user=OuterRef("pk"), read_at=None, closed_at=None).order_by().values("user")
    return Coalesce(Subquery(mine.annotate(count=Count("pk")).values("count")), 0)


def calendar_of(user: User) -> CalendarAddress | None:
    """The address of this person's calendar, if they have one."""
    return CalendarAddress.objects.filter(user=user).first()


def whose_calendar(secret: str) -> User | None:
    """The person whose calendar this secret opens; nobody once it was renewed or revoked, or the account is closed."""
    found = CalendarAddress.objects.filter(digest=digest_of(secret)).select_related("user__unit").first()
    return found.user if found is not None and found.user.has_perm(RIGHT) else None


def wishes_of(user: User) -> Wishes:
    """How this person wants to be told; as it is for everybody where they have said nothing."""
    return Wishes.objects.filter(user=user).first() or Wishes(user=user)


def without_digest(day: dt.date) -> QuerySet[User]:
    """Those with an e-mail address, who want the mail, whose mail of the day has not left."""
    left = Digest.objects.filter(day=day, sent_at__isnull=False)
    unwanted = Wishes.objects.filter(morning_mail=False)
    return readers().exclude(email="").exclude(pk__in=left.values("user")).exclude(pk__in=unwanted.values("user"))


# --- what is to be told -------------------------------------------------------------------------------------------------


def tasks_of(user: User, now: dt.datetime) -> list[Task]:
    """What waits for this person, in English: kind and label of each are msgids then, to be told in any language."""
    with translation.override("en"):
        return [row.task for row in todo(viewer(user), now)]


def name_of(task: Task) -> Sentence:
    """How a task is called where no subject may be named: its kind, and its number where it has one."""
    kind = Sentence(task.kind, {})
    return Sentence("%(kind)s %(mark)s", {"kind": kind, "mark": task.mark}) if task.mark else kind


def standing_notes(tasks: list[Task], today: dt.date) -> list[Note]:
    """What waits, and the deadlines that have come near: these stand while the work does."""
    groups: defaultdict[tuple[str, str], list[Task]] = defaultdict(list)
    notes = []
    for task in tasks:
        groups[task.kind, task.label].append(task)
        step = reminder(task.due, today) if task.due else None
        if step is not None and task.due is not None:
            key = key_of(Kind.DEADLINE, task.kind, task.mark, task.url, task.due, step)
            notes.append(Note(Kind.DEADLINE, key, name_of(task), Sentence(task.label, {}), task.url, task.due))
    for (kind, label), alike in groups.items():
        what = Sentence(label, {})
        if len(alike) <= FEW:
            notes += [Note(Kind.WAITING, key_of(Kind.WAITING, kind, one.mark, label, one.url), name_of(one), what, one.url) for one in alike]
        else:
            title = Sentence("%(kind)s · %(label)s", {"kind": Sentence(kind, {}), "label": what})
            text = say("%(count)s are waiting.", count=len(alike))
            notes.append(Note(Kind.WAITING, key_of(Kind.WAITING, kind, label, today), title, text, reverse("desk")))
    return list({note.key: note for note in notes}.values())


def anything_new(user: User, standing: Sequence[Note], fresh: Sequence[Note]) -> bool:
    """Whether this person has to be told anything, or something waits no more. Two queries."""
    open_ = set(Message.objects.filter(user=user, kind__in=STANDING, closed_at=None).values_list("key", flat=True))
    told = set(Message.objects.filter(user=user).exclude(kind__in=STANDING).values_list("key", flat=True))
    return open_ != {note.key for note in standing} or any(note.key not in told for note in fresh)


def news(user: User, now: dt.datetime) -> list[Note]:
    """What was returned to this person or decided on their asking, in the last two weeks: told once."""
    since = now - TOLD_FOR
    above = (note for told in TOLD for note in told(user, since))
    own = (_reviews, _replacements, _requests, _plans, _draws, _resets, _factor)
    return [*(note for told in own for note in told(user, since)), *above]


def _resets(user: User, since: dt.datetime) -> Iterator[Note]:
    """That administrators gave them a new password, whether they wanted one or not."""
    for one in PasswordReset.objects.filter(user=user, used_at__gte=since).select_related("asked_by", "confirmed_by"):
        text = say(
            "%(asked)s set a one-time password for your account, %(confirmed)s confirmed it. If you did not want that, tell the auditor.",
            asked=one.asked_by.username,
            confirmed=one.confirmed_by.username if one.confirmed_by else "",
        )
        yield Note(Kind.DECIDED, key_of("password", one.pk), say("New password"), text, reverse("own-account"))


def _reviews(user: User, since: dt.datetime) -> Iterator[Note]:
    mine = Assignment.objects.filter(inspector__user=user, ended_at=None).values("case")
    for one in Review.objects.filter(case__in=mine, reviewed_at__gte=since).select_related("case"):
        back = one.decision == Decision.RETURN
        kind, text = (Kind.RETURNED, say("The reviewer has returned the record.")) if back else (Kind.DECIDED, say("The reviewer has accepted the record."))
        yield Note(kind, key_of("review", one.pk), say("Case %(number)s", number=str(one.case.number)), text, reverse("case-page", args=[one.case.number]))


def _replacements(user: User, since: dt.datetime) -> Iterator[Note]:
    for one in Replacement.objects.filter(asked_by=user, decided_at__gte=since).select_related("case"):
        text = say("The replacement was accepted.") if one.state == Asked.ACCEPTED else say("The replacement was refused.")
        yield Note(Kind.DECIDED, key_of("replacement", one.pk), say("Case %(number)s", number=str(one.case.number)), text, reverse("case-page", args=[one.case.number]))


def _requests(user: User, since: dt.datetime) -> Iterator[Note]:
    for one in AdhocRequest.objects.filter(asked_by=user, decided_at__gte=since):
        approved = one.state == RequestState.APPROVED
        text = say("The ad-hoc inspection was approved.") if approved else say("The ad-hoc inspection was refused.")
        kind = Kind.DECIDED if approved else Kind.RETURNED
        yield Note(kind, key_of("request", one.pk, one.state), say("Ad-hoc inspection %(code)s", code=str(one)), text, reverse("adhoc-page", args=[one.pk]))


def _plans(user: User, since: dt.datetime) -> Iterator[Note]:
    mine = Plan.objects.filter(prepared_by=user)
    for one in mine.filter(Q(state=PlanState.PUBLISHED, published_at__gte=since) | Q(state=PlanState.PREPARING) & ~Q(returned_because="")):
        done = one.state == PlanState.PUBLISHED
        kind, text = (Kind.DECIDED, say("The plan was approved and published.")) if done else (Kind.RETURNED, say("The plan was returned to you."))
        yield Note(kind, key_of("plan", one.pk, one.state, one.returned_because), Sentence("%(title)s", {"title": one.title}), text, reverse("plan", args=[one.pk]))


def _factor(user: User, since: dt.datetime) -> Iterator[Note]:
    factor = factor_of(user)
    if factor is not None and factor.cleared_at is not None and factor.cleared_at >= since:
        text = say("A security administrator cleared it. If you did not ask for that, tell the auditor at once.")
        yield Note(Kind.DECIDED, key_of("factor", factor.cleared_at), say("Second factor"), text, reverse("own-factor"))
    if factor is not None and factor.locked_until is not None and factor.locked_until >= since:
        text = say("Five wrong codes were entered after your password. If that was not you, change your password and tell the auditor.")
        yield Note(Kind.DECIDED, key_of("factor locked", factor.enrolled_at), say("Second factor"), text, reverse("own-password"))


def _draws(user: User, since: dt.datetime) -> Iterator[Note]:
    mine = Draw.objects.filter(prepared_by=user).select_related("plan_item", "request")
    for one in mine.filter(Q(committed_at__gte=since) | Q(state=DrawState.PREPARING) & ~Q(returned_because="")):
        back = one.state == DrawState.PREPARING
        kind, text = (Kind.RETURNED, say("The draw was returned to you.")) if back else (Kind.DECIDED, say("The draw was approved and committed."))
        yield Note(kind, key_of("draw", one.pk, back, one.returned_because), say("Draw %(number)s", number=str(one)), text, reverse("draw-page", args=[one.pk]))
