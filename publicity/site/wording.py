"""The words of the public pages: files of a bundle, when they open, what is drawn, states of an order."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.draws.models import Draw
from publicity.site import rules

FILES: dict[str, Promise] = {
    "order.txt": _("the order: what is drawn, how, when and from which values; fixed before they are known"),
    "reveal.txt": _("the secret and the values that shook the slips"),
    "result.txt": _("who was drawn, as blinded codes, with every winning number"),
    "roster.txt": _("everybody in the box, as blinded codes with their slips"),
    "inspectors.txt": _("the inspectors who could be sent, as blinded codes"),
    "recusals.txt": _("who must not inspect whom, as blinded codes"),
    "history.txt": _("replacements after the draw"),
    "openings.txt": _("whose code is whose: of results that are public by name, and of everybody ever drawn when the visits are over"),
}

OPENS: dict[str, Promise] = {
    "draw": _("public with the draw"),
    "visits": _("public when all visits are over"),
}

MODES: dict[str, Promise] = {
    "lot": _("subjects and inspectors are both drawn"),
    "adhoc": _("only the inspectors are drawn: every subject listed is visited"),
    "teams": _("only the inspectors are drawn, for subjects of another draw"),
}


KINDS: dict[str, Promise] = {
    "adhoc": _("team of an ad-hoc inspection"),
    "teams": _("teams for another draw"),
}
"""What the list calls orders that draw teams alone."""


class Standing(NamedTuple):
    """Where an order stands, for the public: a word for tests and filters, what to call it, the tone of its chip."""

    word: str
    label: Any
    tone: str


STANDINGS: dict[str, Standing] = {
    "open": Standing("open", pgettext_lazy("public order", "waiting for its values"), "wait"),
    "overdue": Standing("overdue", pgettext_lazy("public order", "overdue"), "bad"),
    "drawn": Standing("drawn", pgettext_lazy("public order", "drawn"), "good"),
    "voided": Standing("voided", pgettext_lazy("public order", "voided"), "neutral"),
}


def standing(draw: Draw, now: dt.datetime) -> Standing:
    """Where a committed order stands now."""
    if rules.is_overdue(draw.state, draw.planned, now):
        return STANDINGS["overdue"]
    return STANDINGS.get(draw.state, STANDINGS["open"])
