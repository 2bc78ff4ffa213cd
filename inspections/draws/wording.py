"""The words of draws for people: why a subject is left out, what a slip was given for."""

from django.utils.translation import gettext_lazy as _

LEFT_OUT = {
    "not-operating": _("not in operation"),
    "excluded": _("lawfully out of scope"),
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
