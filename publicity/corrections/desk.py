"""What waits for people of objections, statements, changes and follow-ups that were settled after the publication."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.queries import Viewer
from inspections.desk.queries import offered
from inspections.desk.task import MOST, Task
from inspections.messages.models import Message
from inspections.messages.queries import TOLD, Note
from inspections.messages.rules import key_of
from publicity.corrections import queries
from publicity.corrections.models import Objection, Proposal
from publicity.corrections.states import Kind, ProposalState, Stage, What
from publicity.disclosures.states import Because
from registries.ledger.sentences import say
from registries.people.models import User


@offered("publicity.take_objection")
def objections(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Objections that nobody has taken, and those this person handles, by their last day."""
    rows = queries.visible_objections(looks.user).exclude(kind=Kind.STATEMENT).order_by("due_on", "pk")
    for row in queries.without_part(rows.filter(state=Stage.RECEIVED), looks.user)[:MOST]:
        yield _task(row, _("Somebody without a part in the case examines it."), _("Take it"))
    for row in rows.filter(state=Stage.TAKEN, handler=looks.user)[:MOST]:
        yield _task(row, _("You are examining this."), _("Decide"))


@offered("publicity.show_statement")
def statements(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Statements of the inspected that wait for their check."""
    rows = queries.visible_objections(looks.user).filter(kind=Kind.STATEMENT, state=Stage.RECEIVED).order_by("due_on", "pk")
    for row in queries.without_part(rows, looks.user)[:MOST]:
        yield _task(row, _("The inspected want their view beside the result."), _("Check the statement"))


@offered("publicity.approve_proposal")
def changes(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Proposed changes that another supervisor decides; a withdrawal has its last day."""
    for row in queries.waiting_proposals().exclude(asked_by=looks.user).order_by("due_on", "pk")[:MOST]:
        url = reverse("admin:publicity_proposal_decide", args=[row.pk])
        withdrawal = row.what == What.WITHDRAWAL
        text = _("The result is to be withdrawn within three working days of the event.") if withdrawal else row.get_because_display()
        due = row.due_on or (row.objection.due_on if row.objection else None)
        yield Task(_("Change of a result"), str(row.disclosure.case), text, _("Approve or return"), url, due, str(row.disclosure.case))


@offered("publicity.propose_correction")
def followed(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Published results whose follow-up was settled since: an update is offered to the clerk."""
    if looks.user.has_perm("publicity.approve_proposal"):
        return
    for result in queries.followed_since(looks.user)[:MOST]:
        url = f"{reverse('result-correct', args=[result.public_id])}?because={Because.FOLLOWED}"
        text = _("A follow-up was settled after the publication.")
        yield Task(_("Change of a result"), str(result.case), text, _("Update the result"), url, mark=str(result.case))


def decided_changes(user: User, since: dt.datetime) -> Iterator[Note]:
    """What a supervisor decided on a change that this person proposed."""
    for one in Proposal.objects.filter(asked_by=user, decided_at__gte=since).select_related("disclosure__case"):
        number = str(one.disclosure.case.number)
        approved = one.state == ProposalState.APPROVED
        text = say("The change of the result was approved and is public.") if approved else say("The change of the result was returned to you.")
        kind = Message.Kind.DECIDED if approved else Message.Kind.RETURNED
        yield Note(kind, key_of("change", one.pk, one.state), say("Case %(number)s", number=number), text, reverse("case-page", args=[number]))


TOLD.append(decided_changes)


def _task(row: Objection, text: str, label: str) -> Task:
    url = reverse("objection-page", args=[row.pk])
    return Task(str(row.get_kind_display()), f"{row.number} · {row.disclosure.case}", text, label, url, row.due_on, row.number)
