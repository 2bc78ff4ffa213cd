"""The words of draws for people: why a subject is left out, what a slip was given for."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LEFT_OUT = {
    "not-operating": _("not in operation"),
    "excluded": _("lawfully out of scope"),
    "full-coverage": _("class watched by full coverage"),
    "drawn-this-year": _("already drawn on this matter this year"),
    "matter-cap": _("at the highest frequency of the matter list"),
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


REMEDIES = {
    "not-operating": _("The registry says that they are not in operation. Where that is wrong, correct the subject; it is in again at the next save."),
    "excluded": _("Lawfully out of scope, on the basis named. They can be neither drawn nor inspected while it is in force."),
    "full-coverage": _("Their class is watched by full coverage: every one of them is visited, so none is drawn. The matter's revision says which classes."),
    "drawn-this-year": _("Drawn on this matter this year as often as the cap allows. A complaint or violation raises the cap by 1; otherwise they are in again next year."),
    "matter-cap": _("Drawn on this matter as often as the matter list allows. A complaint or violation raises the cap by 1; otherwise they are in again when its time has passed."),
    "yearly-cap": _("Drawn this year as often as the cap over all brigades allows. They are in again next year."),
    "other-category": _("Their category is not ticked on the preparation page. Tick it to let them in."),
    "other-town": _("Their township is not ticked on the preparation page. Tick it, or none at all, to let them in."),
    "other-grade": _("Their risk grade is not ticked on the preparation page. Tick it to let them in."),
}
"""What can be done about a reason."""


def slips_in_words(why: Mapping[str, int], total: int) -> str:
    """What gave an entry its slips: ``risk grade 3 + upheld complaints 1 = 4``."""
    parts = " + ".join(f"{SLIPS_FOR.get(part, part)} {slips}" for part, slips in why.items())
    if sum(why.values()) > total:
        return gettext("%(parts)s, at most %(most)s") % {"parts": parts, "most": total}
    return f"{parts} = {total}" if len(why) > 1 else parts


def scope_in_words(scope: Mapping[str, Mapping[str, Any]], labels: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """The subtraction per stratum for the table ``_scope.html``."""
    return [
        (
            labels[stratum],
            {
                "in_scope": row["in_scope"],
                "out": sum(row["left_out"].values()),
                "reasons": [(reason_label(reason), count) for reason, count in row["left_out"].items()],
                "entries": row["entries"],
            },
        )
        for stratum, row in scope.items()
    ]


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
