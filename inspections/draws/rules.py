"""Who may do what to a draw, and when: sentences or None. Pure; states come from ``states.MOVES`` as plain values."""

import datetime as dt
from collections.abc import Mapping, Sequence

from inspections.draws.spelling import in_words
from registries.ledger.sentences import Sentence, say

WRONG_STATE: dict[str, Sentence] = {
    "preparing": say("This draw is still being prepared."),
    "submitted": say("This draw waits for approval; it is not changed meanwhile."),
    "committed": say("This draw is committed; nothing in its order can change any more."),
    "drawn": say("This draw is done; its result is final."),
    "voided": say("This draw was voided."),
}


def why_not_move(moves: Mapping[str, tuple[tuple[str, ...], str]], move: str, state: str) -> Sentence | None:
    """Whether ``move`` is allowed from ``state``; else what the state means."""
    return None if state in moves[move][0] else WRONG_STATE[state]


def why_not_version(seen: int, now: int) -> Sentence | None:
    """A page that showed an older version must be read again."""
    if seen != now:
        return say("Somebody changed this draw meanwhile. Look at it again and repeat your step.")
    return None


def why_not_submit(
    *, entries: int, quotas: Mapping[str, int], sizes: Mapping[str, int], inspectors: int, leads: int, team_size: int
) -> Sentence | None:
    """What a roster needs before anybody can approve it."""
    if not entries:
        return say("Nobody is in the roster. Widen the filters.")
    for stratum, quota in quotas.items():
        if quota > sizes.get(stratum, 0):
            return say(
                "The quota of stratum %(stratum)s is %(quota)d, but it has only %(size)d entries.",
                stratum=stratum,
                quota=quota,
                size=sizes.get(stratum, 0),
            )
    if not sum(quotas.values()):
        return say("Every quota is 0: nothing would be drawn.")
    if inspectors < team_size:
        return say(
            "Only %(count)d inspectors are eligible; a visit needs %(size)d. Choose more units.",
            count=inspectors,
            size=team_size,
        )
    if not leads:
        return say("No eligible inspector may lead a team. Choose more units.")
    return None


def why_not_approve(
    *,
    prepared: bool,
    first_source: dt.datetime,
    now: dt.datetime,
    lead: dt.timedelta,
    open_order: str,
    stale: int,
    stale_accepted: bool,
    roster_changed: bool,
) -> Sentence | None:
    """Four eyes, enough time before the first source, no second open order, stale entries knowingly accepted.

    ``prepared``: the approver had a hand in the preparation.
    """
    if prepared:
        return say("You prepared this draw; another supervisor must approve it.")
    if roster_changed:
        return say("The roster no longer agrees with its digest at submission. Return the draw and call the auditor.")
    if first_source - now < lead:
        return say(
            "The first source is too near or past: an order must stand %(minutes)s minutes before it. "
            "Return the draw so that later sources are announced.",
            minutes=f"{lead.total_seconds() / 60:.2g}" if lead < dt.timedelta(minutes=1) else f"{lead.total_seconds() / 60:.0f}",
        )
    if open_order:
        return say("Draw %(number)s on the same plan item is still open.", number=open_order)
    if stale and not stale_accepted:
        return say("%(count)d entries were not verified for 12 months. Tick that you accept this.", count=stale)
    return None


def why_not_commit_before(*, owed: str) -> Sentence | None:
    """``owed``: an order voided after its first source that nothing committed replaces yet; its roster must not be got round."""
    if not owed:
        return None
    return say("Order %(number)s was voided after its first source: the order that replaces it comes first, with the same roster.", number=owed)


def why_not_return(*, reason: str) -> Sentence | None:
    """A return says why."""
    return None if reason.strip() else say("Say why you return it, so that the clerk can mend it.")


def closes_at(kind: str, publics: Sequence[dt.datetime]) -> dt.datetime | None:
    """When a source takes no value any more: one before witnesses at the first public source's moment (draw protocol 1, §3).

    Who knows the secret and types the dice last could choose the result, so the last word is the public's.
    """
    return min(publics, default=None) if kind == "witness" else None


def why_closed(closes: dt.datetime | None, now: dt.datetime) -> Sentence | None:
    """A value before witnesses that comes too late, said to whoever wants to type it."""
    if closes is None or now < closes:
        return None
    return say(
        "This source closed at %(moment)s, when the first public one became known: a value typed later could choose the result. "
        "The source has failed; have the order voided.",
        moment=f"{closes:%Y-%m-%d %H:%M:%S}",
    )


HANDS_OFF = say("You had the secret of this order in hand: who knows it enters no value of its sources.")


def why_not_enter(
    *,
    fits: bool,
    form: str,
    example: str,
    moment: dt.datetime,
    now: dt.datetime,
    settled: bool,
    evidence: str,
    earlier_open: bool,
    knows_secret: bool,
    closes: dt.datetime | None,
) -> Sentence | None:
    """A source value: after its moment, in its form, with evidence, before it is settled, in the order of the sources.

    ``knows_secret``: this person had the secret of the order in hand, so could choose the result by the value.
    """
    if knows_secret:
        return HANDS_OFF
    if settled:
        return say("Two people already agreed on this value; it is settled.")
    if now < moment:
        return say("This source is known only from %(moment)s on.", moment=f"{moment:%Y-%m-%d %H:%M:%S}")
    if closed := why_closed(closes, now):
        return closed
    if earlier_open:
        return say("Enter the sources in their order: the one before is not settled yet.")
    return _why_not_read(fits=fits, form=form, example=example, evidence=evidence)


def _why_not_read(*, fits: bool, form: str, example: str, evidence: str) -> Sentence | None:
    if not fits:
        return say(
            "The value must be spelled as: %(form)s; for example %(example)s. Compare it with the announcement.",
            form=in_words(form),
            example=example,
        )
    if not evidence.strip():
        return say("Say where the value can be seen: a link, a photo's number, the minutes.")
    return None


def why_not_give_secret(
    *, values: Sequence[str], planned: dt.datetime, now: dt.datetime, readable: bool, fits: bool
) -> Sentence | None:
    """The secret is entered by hand only when the draw is due and the server has lost it; it must be the one committed to."""
    if not all(values) or now < planned:
        return say("This order is not due yet; until every source is in nobody needs its secret.")
    if readable:
        return say("The server has the secret of this order and draws by itself.")
    if not fits:
        return say("This is not the secret the order committed to. Copy all 64 characters.")
    return None


def why_not_reopen(*, complete: bool, planned: dt.datetime | None, now: dt.datetime) -> Sentence | None:
    """A settled value is corrected only while nothing can be drawn from it: not all are in, or the moment has not come."""
    if complete and planned is not None and now >= planned:
        return say("Every source is in and the planned moment has come: this order is drawn now. A wrong value is struck after it.")
    return None


def why_not_correct(
    *,
    fits: bool,
    form: str,
    example: str,
    value: str,
    settled: str,
    evidence: str,
    reason: str,
    complete: bool,
    planned: dt.datetime | None,
    now: dt.datetime,
    knows_secret: bool,
    closes: dt.datetime | None,
) -> Sentence | None:
    """A correction: of a settled value, in time, to another value in its form, with evidence and a reason of the list."""
    if knows_secret:
        return HANDS_OFF
    if not settled:
        return say("This value is not settled yet; type it, and it counts when two people agree.")
    if value == settled:
        return say("This is the value that stands; there is nothing to correct.")
    if not reason:
        return say("Choose the reason of the correction.")
    return (
        why_not_reopen(complete=complete, planned=planned, now=now)
        or why_closed(closes, now)
        or _why_not_read(fits=fits, form=form, example=example, evidence=evidence)
    )


def why_not_report(
    *,
    fits: bool,
    form: str,
    example: str,
    value: str,
    drawn_from: str,
    evidence: str,
    reason: str,
    witness: bool,
    minutes: bool,
    knows_secret: bool,
    waiting: bool,
) -> Sentence | None:
    """A value that a result was drawn from is reported as wrong (draw protocol 1, §3).

    By now everybody can compute what any value would give, so nothing counts but the evidence: for a value before witnesses the
    minutes as a file (``minutes``). ``waiting``: a report about this draw waits for its supervisor.
    """
    if knows_secret:
        return HANDS_OFF
    if waiting:
        return say("A wrong value of this draw is reported already and waits for a supervisor.")
    if value == drawn_from:
        return say("This is the value that was drawn from; there is nothing to correct.")
    if not reason:
        return say("Choose the reason of the correction.")
    if witness and not minutes:
        return say("A value before witnesses is corrected after the draw by the minutes alone. Attach them as a photo, scan or PDF.")
    return _why_not_read(fits=fits, form=form, example=example, evidence=evidence)


def why_not_strike(
    *, waiting: bool, typed: bool, had_a_hand: bool, same: bool, seen: int, now: int, reason: str | None = None
) -> Sentence | None:
    """Another decides than who typed a value of the draw, prepared or approved it; a refusal (``reason`` given) says why."""
    if not waiting:
        return say("This report was decided already.")
    if typed:
        return say("You typed a value of this draw; another supervisor must decide.")
    if had_a_hand:
        return say("You had a hand in this draw; another supervisor must decide.")
    if not same:
        return say("The value was corrected meanwhile. Refuse this report; if the value is still wrong, it is reported anew.")
    if seen != now:
        return say("The report was changed since you opened it. Read it again before you decide.")
    if reason is not None and not reason.strip():
        return say("Say why you refuse it; who typed it reads it.")
    return None


SOURCE_FAILS_AFTER = dt.timedelta(minutes=30)
"""A source that two people could not agree on so long after its moment may be called failed."""


def why_not_void(
    *,
    kind: str,
    reason: str,
    first_source: dt.datetime,
    last_source: dt.datetime,
    open_source: dt.datetime | None,
    closes: dt.datetime | None,
    now: dt.datetime,
    prepared: bool,
) -> Sentence | None:
    """A void needs a kind of the closed list that fits the time (draw protocol 1, §3), and a reason.

    ``open_source``: the moment of the first source without a settled value; None when all are in. Then nothing but the
    draw may follow, because whoever voids could already know the result; so they could from ``last_source`` on, who have the
    secret in hand, and no server fails then. ``closes``: when that source takes no value any more.
    """
    if prepared:
        return say("You had a hand in this draw; another supervisor must void it.")
    if not reason.strip():
        return say("Say why; the reason is kept for ever.")
    if open_source is None:
        return say("Every source is in: this order is drawn now, whatever comes out.")
    if kind == "mistake" and now >= first_source:
        return say("Its first source has appeared: a mistake no longer voids this order.")
    if kind == "server-failed" and now >= last_source:
        return say("By now every source has appeared: the server is mended and the order drawn. Type the values.")
    if kind == "source-failed" and now < min(open_source + SOURCE_FAILS_AFTER, closes or dt.datetime.max.replace(tzinfo=dt.UTC)):
        return say("The open source may still be typed: it has failed only 30 minutes after its moment.")
    if kind not in ("mistake", "source-failed", "server-failed"):
        return say("Choose the kind of void.")
    return None


def why_not_staff(*, drawn: bool, under_way: str, places: int) -> Sentence | None:
    """Teams are found for open places of a drawn draw, by one order of a unit at a time."""
    if not drawn:
        return say("Teams are found for the winners of a drawn draw only.")
    if under_way:
        return say("Order %(number)s already finds these teams; open it.", number=under_way)
    return None if places else say("No place is open: every team is complete, or the visits have begun.")


def why_not_draw_for(*, approved: bool, order: str) -> Sentence | None:
    """The team of an ad-hoc case is drawn once, after the request was approved."""
    if not approved:
        return say("Only an approved request gets a team.")
    return say("Order %(number)s already draws the team of this request.", number=order) if order else None


def why_not_keep_places(*, closed: str) -> Sentence | None:
    """An order for teams is taken over whole, while every place in it is open; else a new order finds teams for the rest."""
    if not closed:
        return None
    return say(
        "The place of code %(code)s is not open any more, so this roster cannot be taken over. Begin a new order for the places that are.",
        code=closed[:8] + "…",
    )


def why_not_succeed(*, voided: bool, succeeded: bool) -> Sentence | None:
    """Only a voided order is replaced, and only once."""
    if not voided:
        return say("Only a voided order is replaced.")
    return say("This order was replaced already.") if succeeded else None


def why_not_run(*, values: Sequence[str], planned: dt.datetime, now: dt.datetime) -> Sentence | None:
    """The worker draws when every source is in and the planned moment has come."""
    if not all(values):
        return say("Not every announced source is in yet.")
    if now < planned:
        return say("The planned moment has not come yet.")
    return None


def why_not_audit(*, first_source: dt.datetime, audited: bool, now: dt.datetime) -> Sentence | None:
    """The auditor's check counts once, and only while no outcome can be known."""
    if audited:
        return say("The check of this roster is recorded already; its outcome stands.")
    if now >= first_source:
        return say("The first source may be known by now; a check of the roster comes too late.")
    return None
