"""What follow-ups ask for: days and hours, who may decide, what settles one, when a case may close. Pure."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

DECISION_DAYS = 3
"""Calendar days for the decision on a suspected crime (行政执法机关移送涉嫌犯罪案件的规定, art. 5)."""
SENDING = dt.timedelta(hours=24)
"""Clock hours from that decision until the transfer is sent (the same article)."""
PENALTY_DAYS = 90
"""Calendar days from the filing of a penalty case to its decision (行政处罚法, art. 60)."""
PENALTY_DISCLOSURE_DAYS = 7
"""Working days within which a penalty is disclosed (domain.md 6.3, rule C)."""
RECEIPT_DAYS = 10
"""Calendar days after which the receipt of a transfer is asked for: a rule of the house."""
LONGEST_DAYS = 366
REMINDERS = (7, 3, 1)
"""Days before the due day from which the clerk, then the reviewer, then the supervisor has it on the desk."""

CHANGED = say("This was changed meanwhile. Read it again, then decide.")
PROBLEM = ("problem", "refused")
"""Groups of results from which something must follow."""


class Line(NamedTuple):
    """A follow-up as the rule of closing takes it."""

    kind: str
    state: str


class Order(NamedTuple):
    """What a reviewer orders: kind, what about, number of the penalty case, addressee, the day that counts for the kind, and the
    provision that a rectification rests on.

    ``day`` is the due day of a rectification or transfer, the day on which a penalty case was filed.
    """

    kind: str
    what: str
    number: str = ""
    addressee: str = ""
    day: dt.date | None = None
    basis: str = ""

    def kept(self) -> "Order":
        """The same without white space at the ends."""
        return Order(self.kind, self.what.strip(), self.number.strip(), self.addressee.strip(), self.day, self.basis.strip())


def why_not_decide(*, was_on_team: bool) -> Sentence | None:
    """Whoever inspected never decides what follows from it."""
    return say("You inspected this case; another person decides what follows from it.") if was_on_team else None


def why_not_follow(*, state: str, group: str, rechecks: str) -> Sentence | None:
    """A follow-up needs a reviewed case whose result has a problem; ``rechecks`` is the case that this one re-checks."""
    if rechecks:
        return say("This is a re-check. What follows belongs to case %(number)s.", number=rechecks)
    if state == "closed":
        return say("This case is closed.")
    if state != "reviewed":
        return say("What follows is decided once the record is reviewed.")
    if group not in PROBLEM:
        return say("The result says that no problem was found: there is nothing to follow up.")
    return None


def why_not_flag(*, state: str, what: str, open_already: bool, rechecks: str) -> Sentence | None:
    """A suspected crime is reported as soon as it is seen, once at a time."""
    if rechecks:
        return say("This is a re-check. What follows belongs to case %(number)s.", number=rechecks)
    if state not in ("on-site", "recorded", "reviewed"):
        return say("A suspected crime is reported of a visit that has begun and a case that is not closed.")
    if open_already:
        return say("This case is flagged as suspected crime already.")
    return None if what else say("Say which facts point to a crime.")


def why_not_order(order: Order, today: dt.date) -> Sentence | None:
    """What an order must say, by its kind."""
    if not order.what:
        return say("Say what must be done, and why.")
    if order.kind == "penalty" and not order.number:
        return say("Give the number of the document.")
    if order.kind == "rectification" and not order.basis:
        return say("Name the provision that it rests on.")
    if order.kind == "transfer" and not order.addressee:
        return say("Name the authority that it goes to.")
    if order.day is None:
        return say("Enter the day.")
    if order.kind == "penalty":
        return say("This day has not come yet.") if order.day > today else None
    return why_not_due(order.day, today)


def why_not_due(day: dt.date, today: dt.date) -> Sentence | None:
    """A day by which something is to be done lies ahead, and not years away."""
    if day <= today:
        return say("The day must lie ahead.")
    if (day - today).days > LONGEST_DAYS:
        return say("The day is more than a year away.")
    return None


def why_not_extend(*, day: dt.date, due: dt.date, today: dt.date, reason: str) -> Sentence | None:
    """An extension moves the day back, with a reason."""
    if day <= due:
        return say("The new day must be later than %(day)s.", day=due.isoformat())
    if not reason.strip():
        return say("Say why the term is extended; it stands in the file.")
    return why_not_due(day, today)


def why_not_recheck(*, under_way: str) -> Sentence | None:
    """One re-check at a time."""
    return say("The re-check %(number)s is not over.", number=under_way) if under_way else None


def why_not_conclude(*, checked: bool, group: str, passed: bool, remark: str) -> Sentence | None:
    """A rectification is concluded on a reviewed re-check, and never against what it found."""
    if not checked:
        return say("A rectification is concluded once its re-check is reviewed.")
    if passed and group != "clean":
        return say("The re-check did not find it put right: it cannot count as passed.")
    if not passed and group == "clean":
        return say("The re-check found no problem any more: it counts as passed.")
    return None if passed or remark.strip() else say("Say what is not put right.")


def why_not_penalise(*, number: str, decided_on: dt.date, filed_on: dt.date, today: dt.date, amount: Decimal | None) -> Sentence | None:
    """A penalty has the number of its decision and a possible day and amount."""
    if not number.strip():
        return say("Give the number of the decision.")
    if decided_on > today:
        return say("This day has not come yet.")
    if decided_on < filed_on:
        return say("The case was filed on %(day)s; the decision cannot be earlier.", day=filed_on.isoformat())
    return say("An amount is never below nothing.") if amount is not None and amount < 0 else None


def why_not_issue(*, kind: str, decision_awaited: bool, standing: str, sent: bool, basis: str, addressee: str) -> Sentence | None:
    """An order or letter is issued once it is decided on, one at a time; another only after the number of the first was voided."""
    if decision_awaited:
        return say("A supervisor decides first whether it is transferred.")
    if sent:
        return say("It was sent already.")
    if standing:
        return say("%(number)s is issued already. Void it before you make another.", number=standing)
    if not basis:
        return say("Name the provision that it rests on.")
    return say("Name the authority that it goes to.") if kind != "rectification" and not addressee else None


def why_void(number: str) -> Sentence:
    """An order whose number is void orders nothing."""
    return say("%(number)s is void. Issue the order again first.", number=number)


def why_not_send(
    *, decision_awaited: bool, sent: bool, issued: bool, sent_at: dt.datetime, since: dt.datetime, now: dt.datetime
) -> Sentence | None:
    """A transfer is sent once, by the letter that was issued; that of a crime after the decision."""
    if decision_awaited:
        return say("A supervisor decides first whether it is transferred.")
    if sent:
        return say("It was sent already.")
    if not issued:
        return say("Make the letter first: it takes its number then.")
    if sent_at > now:
        return say("This moment has not come yet.")
    if sent_at < since:
        return say("It was decided on at %(moment)s; it cannot have been sent earlier.", moment=f"{since:%Y-%m-%d %H:%M}")
    return None


def why_not_receive(*, sent_on: dt.date | None, number: str, received_on: dt.date, today: dt.date) -> Sentence | None:
    """A receipt answers what was sent."""
    if sent_on is None:
        return say("It was not sent yet.")
    if not number.strip():
        return say("Give the number of the receipt, or who signed it.")
    if received_on > today:
        return say("This day has not come yet.")
    if received_on < sent_on:
        return say("It was sent on %(day)s; the receipt cannot be earlier.", day=sent_on.isoformat())
    return None


def why_not_drop(reason: str) -> Sentence | None:
    """Who decides against a transfer says why."""
    return None if reason.strip() else say("Say why it is not transferred; it stands in the file.")


def why_not_waive(*, reason: str, lines: Sequence[Line]) -> Sentence | None:
    """A waiver: with a reason, where nothing was done and nothing is open, never of a suspected crime undecided."""
    if any(line.state == "open" for line in lines):
        return say("A follow-up is still open. It is done first, not waived.")
    if _followed(lines):
        return say("Something followed already, or was waived: nothing is left to waive.")
    return None if reason.strip() else say("Say why nothing follows; it stands in the file.")


def why_not_close(*, state: str, disclosed: bool, group: str, lines: Sequence[Line], rechecks: str) -> Sentence | None:
    """A case closes (结案) reviewed and disclosed, with a follow-up done or a reasoned waiver where its result has a problem.

    ``lines`` in the order of their making; ``rechecks`` is the case whose rectification this re-check is still to settle.
    """
    if state == "closed":
        return say("This case is closed.")
    if state != "reviewed":
        return say("Only a reviewed case can be closed.")
    if rechecks:
        return say("The rectification of case %(number)s is not concluded on this re-check yet.", number=rechecks)
    if any(line.kind == "crime" and line.state == "open" for line in lines):
        return say("This case is flagged as suspected crime: it closes when the transfer is sent or decided against, never on a penalty alone.")
    if any(line.state == "open" for line in lines):
        return say("A follow-up of this case is still open.")
    if group in PROBLEM and not _followed(lines):
        return say("The result has a problem: the case closes with a follow-up done, or with a reasoned waiver.")
    return None if disclosed else say("The result is not disclosed yet. A case closes afterwards.")


def _followed(lines: Sequence[Line]) -> bool:
    """Whether a follow-up was done or waived, and after the last rectification that failed."""
    failed = max((place for place, line in enumerate(lines) if line.state == "failed"), default=-1)
    return any(line.state == "done" for line in lines[failed + 1 :])


def working_day(after: dt.date, days: int, works: Callable[[dt.date], bool | None]) -> dt.date | None:
    """The ``days``-th working day after a day; None where the calendar of a year on the way is missing."""
    day, counted = after, 0
    while counted < days:
        day += dt.timedelta(days=1)
        at_work = works(day)
        if at_work is None:
            return None
        counted += at_work
    return day


def hours_left(until: dt.datetime, now: dt.datetime) -> tuple[str, Sentence]:
    """(``late`` or ``soon``; how long still) for a term that is counted by the clock."""
    left = until - now
    hours = int(abs(left).total_seconds() // 3600)
    if left < dt.timedelta(0):
        return "late", say("Overdue for less than an hour") if hours == 0 else say("%(hours)s hours overdue", hours=hours)
    return "soon", say("Less than an hour left") if hours == 0 else say("%(hours)s hours left", hours=hours)
