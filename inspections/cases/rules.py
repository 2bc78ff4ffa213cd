"""What a case asks for: who may go, what a record must say, who may sign and review. Pure: plain values in, sentences out."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from registries.ledger.sentences import Sentence, say

AT_LEAST = 2
"""Inspectors on a visit (guideline 三.2; domain.md R2)."""

INSPECTED = ("clean", "problem")
NEEDS_REMARK = ("no", "not-checked")


class Line(NamedTuple):
    """The answer to one item and the remark beside it; an empty answer is a remark typed first."""

    answer: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Draft:
    """What the inspectors typed: day, result and disposal (keys of code rows), texts, and a line per checklist item key."""

    inspected_on: dt.date | None = None
    result_id: int | None = None
    findings: str = ""
    disposal_id: int | None = None
    present: str = ""
    answers: Mapping[int, Line] = field(default_factory=dict)

    def kept(self) -> "Draft":
        """The same without white space at the ends, without empty lines, and with one spelling of line ends."""
        lines = {item: Line(line.answer, line.remark.strip()) for item, line in self.answers.items()}
        return Draft(
            self.inspected_on,
            self.result_id,
            self.findings.replace("\r\n", "\n").strip(),
            self.disposal_id,
            self.present.strip(),
            {item: line for item, line in lines.items() if any(line)},
        )


class Member(NamedTuple):
    """One of the team on a day: ``why_not`` says why they may not inspect then (status, certificate), if so.

    ``side`` is the partner whose matters they inspect; empty for the unit that leads.
    """

    name: str
    why_not: Sentence | None = None
    recused: bool = False
    side: str = ""


class Gap(NamedTuple):
    """What a record still lacks: the field (``inspected_on``, ``answer_7``…) and the sentence for it."""

    field: str
    sentence: Sentence


def promised_by(ended_on: dt.date, days: int) -> dt.date:
    """The last of ``days`` calendar days, counted from the day after the inspection ended (guideline 四.4)."""
    return ended_on + dt.timedelta(days=days)


def countdown(due: dt.date, today: dt.date) -> tuple[str, Sentence]:
    """(``late``, ``soon`` or an empty word for the colour; how long still) for a day that something is due."""
    left = (due - today).days
    if left < 0:
        return "late", say("One day overdue") if left == -1 else say("%(days)s days overdue", days=-left)
    if left == 0:
        return "soon", say("Due today")
    return "soon" if left <= 3 else "", say("One day left") if left == 1 else say("%(days)s days left", days=left)


def stage(state: str, *, submitted: bool, returned: bool, published: bool) -> str:
    """Where the case stands in the work queue (a value of ``states.Stage``)."""
    if state in ("called-off", "joined"):
        return state
    if published:
        return "published"
    if state == "on-site":
        return "to-sign" if submitted else "returned" if returned else "begun"
    return {"assigned": "untouched", "recorded": "in-review"}.get(state, "to-publish")


def why_not_visit(team: Sequence[Member], *, excluded: bool, partners: Collection[str] = ()) -> Sentence | None:
    """Whether this team may inspect this subject on the day the members and the exclusion were looked up for (R2, R4, R5).

    Two inspectors are asked of the unit that leads and of each of its ``partners``: nobody makes up another's number.
    """
    if excluded:
        return say("This subject is lawfully out of scope: it may not be inspected. Tell your clerk.")
    sides = Counter(member.side for member in team)
    if sides[""] < AT_LEAST:
        return say("A visit needs at least two inspectors; the team is still to be drawn.")
    for partner in sorted(partners):
        if sides[partner] < AT_LEAST:
            return say("A visit needs at least two inspectors of %(unit)s too; its team is still to be drawn.", unit=partner)
    for member in team:
        if member.recused:
            return say("%(name)s has declared a conflict with this subject and may not inspect it.", name=member.name)
    for member in team:
        if member.why_not is not None:
            return say("%(name)s may not inspect on this day: no valid certificate, or not on duty.", name=member.name)
    return None


def why_not_join(*, whole: bool, moving: bool, other: str) -> Sentence | None:
    """Two visits become one when everybody who goes is there and nobody is about to change."""
    if not whole:
        return say("The visit can be joined to case %(number)s when both have all their inspectors.", number=other)
    if moving:
        return say("A team or a replacement is being decided on for one of the two cases. Join them afterwards.")
    return None


def why_not_separate(*, begun: bool, reason: str) -> Sentence | None:
    """A joint visit that has begun stays one; who takes a case out of it before says why."""
    if begun:
        return say("The joint visit has begun: it covers both cases.")
    return None if reason.strip() else say("Say why the two are not visited together.")


def why_not_replace_joined(*, name: str, other: str) -> Sentence | None:
    """Who came with a joined case was drawn for that one."""
    if not other:
        return None
    return say("%(name)s was drawn for case %(number)s. Take that case out of the joint visit first, then ask there.", name=name, number=other)


def why_not_begin(*, order: str) -> Sentence | None:
    """A visit waits for the team that a committed order draws for it, so that one visit covers all matters."""
    return say("Order %(number)s draws a team for this visit. Begin when it is there.", number=order) if order else None


def why_not_unannounced(*, handed: bool, because: str) -> Sentence | None:
    """A visit begins with its notice handed over, or with the reason why notice would defeat its purpose (domain.md 6.2)."""
    if handed:
        return None
    if not because:
        return say("The notice of this visit was not handed over. Hand it over now, or say why notice would defeat the purpose.")
    return say("Say it in at most 500 characters.") if len(because) > 500 else None


def why_not_fill(*, submitted: bool) -> Sentence | None:
    """A record is filled in until it is ready to sign."""
    if submitted:
        return say("The record is ready to sign. Take it back first if something must be changed.")
    return None


def why_not_version(seen: int, now: int, *, saved_by: str, minutes: int) -> Sentence | None:
    """A record that a colleague saved meanwhile is not overwritten unseen."""
    if seen == now:
        return None
    if minutes < 1:
        return say("%(name)s saved this record just now. Nothing of yours is lost: compare and save again.", name=saved_by)
    return say(
        "%(name)s saved this record %(minutes)s minutes ago. Nothing of yours is lost: compare and save again.",
        name=saved_by,
        minutes=minutes,
    )


def gaps(
    draft: Draft,
    *,
    items: Iterable[int],
    group: str,
    drawn_on: dt.date | None,
    today: dt.date,
    disposals: Mapping[int, str] | None = None,
) -> list[Gap]:
    """All that a record lacks before it can be signed, in the order of the page.

    ``items`` are the keys of every checklist item, ``group`` that of the chosen result (empty without one). Where the
    subject could not be inspected or refused, the checklist may stay empty, but the text must say how that was found.
    ``disposals`` are those that the matter list names after the chosen result, with their labels; None: any may follow.
    """
    wanted = list(items) if group in ("", *INSPECTED) else []
    found = _day(draft.inspected_on, drawn_on, today)
    for item in items:
        line = draft.answers.get(item, Line())
        if not line.answer and item in wanted:
            found.append(Gap(f"answer_{item}", say("Answer this item.")))
        elif line.answer in NEEDS_REMARK and not line.remark and group in ("", *INSPECTED):
            found.append(Gap(f"remark_{item}", say("Say what you found, or why it was not checked.")))
    if not group:
        found.append(Gap("result", say("Choose the result.")))
    elif group == "clean" and any(line.answer == "no" for line in draft.answers.values()):
        found.append(Gap("result", say("An item is answered “no”, but the result says that no problem was found.")))
    if group and group != "clean" and not draft.findings:
        found.append(Gap("findings", say("Describe the problems, or how it was found that no inspection was possible.")))
    if group == "problem" and draft.disposal_id is None:
        found.append(Gap("disposal", say("Say what follows from the problems.")))
    elif draft.disposal_id is not None and disposals is not None and draft.disposal_id not in disposals:
        found.append(
            Gap("disposal", say("After this result the matter list names: %(disposals)s.", disposals="、".join(disposals.values())))
        )
    if group in INSPECTED and not draft.present:
        found.append(Gap("present", say("Name who was present for the subject.")))
    return found


def _day(inspected_on: dt.date | None, drawn_on: dt.date | None, today: dt.date) -> list[Gap]:
    if inspected_on is None:
        return [Gap("inspected_on", say("Enter the day of the inspection."))]
    if inspected_on > today:
        return [Gap("inspected_on", say("This day has not come yet."))]
    if drawn_on is not None and inspected_on < drawn_on:
        return [
            Gap("inspected_on", say("The subject was drawn on %(day)s; the visit cannot be earlier.", day=drawn_on.isoformat()))
        ]
    return []


def too_early(draft: Draft, ordered_on: dt.date | None) -> list[Gap]:
    """A directed visit is never earlier than its order; None for one that was drawn."""
    if ordered_on is None or draft.inspected_on is None or draft.inspected_on >= ordered_on:
        return []
    return [Gap("inspected_on", say("The visit was ordered on %(day)s; it cannot be earlier.", day=ordered_on.isoformat()))]


def why_not_submit(found: Sequence[Gap]) -> Sentence | None:
    """A record that lacks nothing can be signed."""
    if not found:
        return None
    if len(found) == 1:
        return found[0].sentence
    return say("The draft is saved. %(count)s things are still missing before it can be signed.", count=len(found))


def why_not_take_back(*, submitted: bool, signatures: int) -> Sentence | None:
    """What was made ready to sign may be reopened as long as nobody has signed it."""
    if not submitted:
        return say("The record is not ready to sign yet; you can change it freely.")
    if signatures:
        return say("Somebody has signed; the record can no longer be taken back. The reviewer can return it.")
    return None


def why_not_sign(*, submitted: bool, signed: bool, same: bool, acknowledged: bool = True) -> Sentence | None:
    """Each of the team signs once, only what they were shown, and after the inspected person or whoever witnessed why not."""
    if not submitted:
        return say("The record is not ready to sign yet.")
    if signed:
        return say("You have signed this record already.")
    if not same:
        return say("The record was changed since you opened it. Read it again before you sign.")
    if not acknowledged:
        return say("First the inspected person signs, or you note why not and who witnessed it.")
    return None


def why_not_acknowledge(kind: str, *, name: str, witness: str, drawn: bool, scanned: bool, submitted: bool, same: bool) -> Sentence | None:
    """The inspected person signs what they were shown; a refusal or absence has a named witness, a paper form its scan."""
    if not submitted:
        return say("The record is not ready to sign yet.")
    if not same:
        return say("The record was changed since you opened it. Read it again before you sign.")
    if kind not in ("drawn", "paper", "refused", "absent"):
        return say("Choose how the inspected person stands to the record.")
    if kind in ("drawn", "paper") and not name.strip():
        return say("Name who signs for the subject, with the post.")
    if kind == "drawn" and not drawn:
        return say("The signature is missing: let them sign in the field.")
    if kind == "paper" and not scanned:
        return say("Attach the scan of the signed paper form first.")
    if kind in ("refused", "absent") and not witness.strip():
        return say("Name the witness, with the post: somebody who was there and is not on the team.")
    return None


MOST_PHOTOS = 200


def why_not_attach(*, submitted: bool, foreign: bool, again: bool, there: int = 0) -> Sentence | None:
    """A photo is kept until the record is ready to sign: of one of the case's own items, once, 200 in a case."""
    if submitted:
        return say("The record is ready to sign. Take it back first if something must be changed.")
    if foreign:
        return say("This photo belongs to no checklist item of this case.")
    if again:
        return say("This very photo is kept here already.")
    if there >= MOST_PHOTOS:
        return say("A case keeps at most %(most)s photos. Withdraw some first.", most=MOST_PHOTOS)
    return None


def why_not_withdraw(*, gone: bool, earlier: bool, submitted: bool) -> Sentence | None:
    """A photo is withdrawn before its round is ready to sign, or never."""
    if gone:
        return say("This photo was withdrawn already.")
    if earlier:
        return say("This photo belongs to a round that was signed; it stays.")
    return why_not_fill(submitted=submitted)


def why_not_review(*, was_on_team: bool, decision: str, remark: str, seen: int, now: int) -> Sentence | None:
    """Another decides than those who inspected, on the round they were shown; a return says why (R12)."""
    if was_on_team:
        return say("You inspected this case; another reviewer must decide on it.")
    if seen != now:
        return say("The case was changed since you opened it. Read it again before you decide.")
    if decision not in ("accept", "return"):
        return say("Choose whether you accept or return the record.")
    if decision == "return" and not remark.strip():
        return say("Say what must be completed or put right.")
    return None


def why_not_release(*, released: bool, uncleared: bool = False) -> Sentence | None:
    """A case is released once, and not before the check that its matter asks for."""
    if released:
        return say("This case is released already.")
    return UNCLEARED if uncleared else None


UNCLEARED = say("A matter of this case asks for a legal and secrecy check before disclosure, and none has cleared it.")


def why_not_check(*, asked: bool, disclosed: bool, had_a_hand: bool) -> Sentence | None:
    """The check before disclosure: where a matter asks for it, before disclosure, by another than who inspected or accepted."""
    if not asked:
        return say("No matter of this case asks for a check before disclosure.")
    if disclosed:
        return say("This result is disclosed already.")
    return say("You inspected this case or accepted its record; another person checks it.") if had_a_hand else None


def why_not_keep_back(*, cleared: bool, remark: str) -> Sentence | None:
    """Who keeps a result back says why."""
    return None if cleared or remark.strip() else say("Say why it must not be disclosed yet.")


def fingerprint(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a record's content, spelled as JSON with sorted keys: what a signature is bound to."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def team_signed(team: Collection[int], signers: Collection[int]) -> bool:
    """Whether everybody who is on the team has signed."""
    return len(team) >= AT_LEAST and set(team) <= set(signers)


# --- replacements (draw protocol 1, §6) and what waits for the end of the visits -----------------------------------------


def visits_over(*, winners: int, cases: int, unended: int) -> bool:
    """Whether every visit of a draw is over: a case for each winner, and none that is neither ended nor called off."""
    return 0 < winners <= cases and unended == 0


def may_ask(kind: str, reason: str, *, clerk: bool, himself: bool) -> bool:
    """Who may ask for which replacement: the unit's clerk that a subject is gone or out of scope or an inspector absent, an
    inspector that he himself is recused or absent."""
    if kind == "subject":
        return clerk and reason in ("gone", "out-of-scope")
    return (clerk and reason == "absent") or (himself and reason in ("recused", "absent"))


def why_not_ask(*, drawn: bool, allowed: bool, waiting: bool, explanation: str, evidence: str) -> Sentence | None:
    """A request for a replacement: of a drawn case, for a reason this person may give, once at a time, with evidence."""
    if not drawn:
        return say("This case was not drawn by lot; there is nobody to step in by a drawn order.")
    if not allowed:
        return say("Choose who must be replaced and why. This reason is not yours to give.")
    if waiting:
        return say("The same replacement was asked for already and waits for a supervisor.")
    if not explanation.strip():
        return say("Say what happened, so that the supervisor can decide.")
    if not evidence.strip():
        return say("Name the evidence: a document and its number, a photo, who can confirm it.")
    return None


def why_not_replace(*, order: str) -> Sentence | None:
    """Nobody is replaced while a committed order draws a team for the visit: its roster and recusals stand already."""
    return say("Order %(number)s draws a team for this visit. Decide when it is there.", number=order) if order else None


def why_not_decide(*, waiting: bool, had_a_hand: bool, seen: int, now: int, reason: str | None = None) -> Sentence | None:
    """Another decides than who asked or is on the team; a refusal (``reason`` given) says why."""
    if not waiting:
        return say("This replacement was decided already.")
    if had_a_hand:
        return say("You had a hand in this case; another supervisor must decide on the replacement.")
    if seen != now:
        return say("The request was changed since you opened it. Read it again before you decide.")
    if reason is not None and not reason.strip():
        return say("Say why you refuse it; whoever asked reads it.")
    return None


def evidence_digest(*, explanation: str, evidence: str, file_sha256: str) -> str:
    """The SHA-256 that the ledger and the line of the history hold of the evidence, spelled as JSON with sorted keys."""
    return fingerprint({"explanation": explanation, "evidence": evidence, "file": file_sha256})


TELLS_OF_ANOTHER = say("A visit that this receipt would tell of is not over. Print it afterwards.")


def why_not_receipt(*, drawn: bool, over: bool, listed: bool) -> Sentence | None:
    """A receipt is printed when the visits are over, never before: it opens a code, and with it whether it was drawn (§1)."""
    if not drawn:
        return say("This draw has no result yet.")
    if not over:
        return say("The visits of this draw are not over. A receipt would tell who is still to be visited.")
    if not listed:
        return say("This subject was neither in the roster nor left out of it.")
    return None
