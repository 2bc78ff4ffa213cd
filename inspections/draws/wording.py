"""The words of draws for people: why a subject is left out, what a slip was given for."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registries.ledger.sentences import Sentence

LEFT_OUT = {
    "not-operating": _("not in operation"),
    "excluded": _("lawfully out of scope"),
    "full-coverage": _("class watched by full coverage"),
    "drawn-this-year": _("already drawn on this matter this year"),
    "yearly-cap": _("at the yearly cap of all brigades"),
    "other-category": _("category not chosen"),
    "other-town": _("township not chosen"),
    "other-grade": _("risk grade not chosen"),
}

SLIPS_FOR = {
    "equal": _("one slip each"),
    "grade": _("risk grade"),
    "complaints": _("upheld complaints"),
    "violations": _("serious violations"),
    "years": _("years without a visit"),
}


def reason_label(reason: str) -> str:
    """A reason for leaving a subject out, in words."""
    return str(LEFT_OUT.get(reason, reason))


AUDITED = {
    "entries": _("entries opened"),
    "omissions": _("left out, looked at"),
    "missing": _("missing"),
    "twice": _("twice"),
    "invented": _("invented"),
    "altered": _("altered"),
    "files": _("files that do not agree"),
    "registry": _("registry rows changed past the ledger"),
    "changed": _("changed since the submission"),
    "unproved": _("changed since, not provable"),
}
"""What the auditor's check counts, in the order of its page."""


def sentence(what: Sentence) -> str:
    """A sentence of a rule in the reader's language."""
    return gettext(what.text) % what.values if what.values else gettext(what.text)
