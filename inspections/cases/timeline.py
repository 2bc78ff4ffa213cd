"""What has happened to a case, in words: from the ledger, oldest first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.cases.models import Case, Review
from inspections.cases.states import Decision
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import history_of, naming
from registries.ledger.words import in_words

SAVES = ("inspections.save_record", "inspections.keep_draft")
PHOTOS = ("inspections.keep_photo", "inspections.withdraw_photo")
NOTICE, TOGETHER = "inspections.notice", ("inspections.make_notices",)


class Event(NamedTuple):
    """One line of a case's history."""

    at: dt.datetime
    who: str
    what: str
    text: str
    tone: str


def timeline(case: Case, *rows: Model) -> list[Event]:
    """All that happened to a case and these rows of it, oldest first; repeated saves are told once, photos in a row are counted."""
    about = {(one._meta.label_lower, str(one.pk)): one for one in (case, *rows)}
    events: list[Event] = []
    previous, many = None, 1
    for payload in _told(case, rows):
        event = _event(payload, about.get((payload.object_kind, payload.object_id)))
        again = (payload.verb, payload.actor_id)
        if again == previous and payload.verb in SAVES:
            events[-1] = event
        elif again == previous and payload.verb in PHOTOS:
            many += 1
            events[-1] = event._replace(text=ngettext("%(count)s photo", "%(count)s photos", many) % {"count": many})
        else:
            events.append(event)
            many = 1
        previous = again
    return events


def _told(case: Case, rows: Iterable[Model]) -> Iterable[LedgerPayload]:
    """The entries about these rows; of a notice that was made with all of its draw, the entry that made them."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for one in (case, *rows):
        wanted[one._meta.label_lower].append(one.pk)
    told = history_of(wanted)
    if NOTICE in wanted:
        told = told | naming({NOTICE: wanted[NOTICE]}, TOGETHER)
    return told.filter(public=False).exclude(verb="inspections.read_drawn")


def _event(payload: LedgerPayload, row: Model | None) -> Event:
    at, who = dt.datetime.fromisoformat(payload.entry.time), str(payload.actor or "")
    if isinstance(row, Review):
        returned = row.decision == Decision.RETURN
        what = f"{in_words(payload.verb)} – {row.get_decision_display()}"
        return Event(at, who, what, row.remark, "bad" if returned else "done")
    text = getattr(row, "summary", "") or ""
    if isinstance(row, Case) and payload.verb == "inspections.begin_visit" and row.no_notice_because:
        text = _("Without a notice: %(why)s") % {"why": row.no_notice_because}
    return Event(at, who, in_words(payload.verb), text, "bad" if payload.verb == "inspections.void_number" else "done")
