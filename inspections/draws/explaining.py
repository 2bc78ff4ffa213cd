"""What a preparation says about itself, in words: whether inspectors suffice, what cures small cells, caps and modes.

Reads the preview that the last save kept, so that a page costs no more queries than one without it.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from inspections.draws import cells
from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR, VISITS_PER_YEAR
from inspections.draws.models import Draw
from inspections.draws.quotas import merged_quota
from inspections.draws.states import SlipRule
from inspections.draws.sufficiency import Finding, in_a_sentence
from registries.ledger.change import translated

APART = "apart"
"""The value of the button that takes merged strata apart again."""


class Button(NamedTuple):
    """A cure as a button: what is sent, what it says."""

    value: str
    text: str


def explained(draw: Draw) -> dict[str, Any]:
    """What the preparation page says besides the figures of the preview."""
    preview = draw.preview
    found = preview.get("enough")
    finding = Finding(**found) if found else None
    left_out = preview.get("left_out", {})
    return {
        "enough": finding,
        "enough_said": translated(in_a_sentence(finding)) if finding else "",
        "cures": buttons(preview),
        "merged": [stratum["label"] for stratum in preview["strata"] if stratum["code"] in draw.merged_strata.values()],
        "apart": APART,
        "watched": [category.name for category in draw.matter.full_coverage.all()],
        "watched_out": left_out.get("full-coverage", 0),
        "per_matter": VISITS_PER_MATTER_AND_YEAR,
        "per_year": VISITS_PER_YEAR,
        "capped": left_out.get("drawn-this-year", 0) + left_out.get("yearly-cap", 0),
    }


def buttons(preview: dict[str, Any]) -> list[Button]:
    """The cures that the preview found, each with its words."""
    labels = {stratum["code"]: stratum["label"] for stratum in preview["strata"]}
    read = [(value, cells.read(value, labels)) for value in preview.get("cures", ())]
    return [Button(value, _in_words(cure, labels, preview.get("slip_rule", ""))) for value, cure in read if cure]


def _in_words(cure: cells.Cure, labels: dict[str, str], rule: str) -> str:
    merged = "；".join("+".join(labels[stratum] for stratum in group) for group in cure.groups)
    slips = str(SlipRule(cure.rule).label)
    if cure.rule == rule:
        return _("Merge %(strata)s") % {"strata": merged}
    if not merged:
        return _("Slips: %(rule)s") % {"rule": slips}
    return _("Slips: %(rule)s, and merge %(strata)s") % {"rule": slips, "strata": merged}


def cured(draw: Draw, value: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments of ``change_draw`` with a cure applied to what was typed; None where the page was old.

    Strata that become one are drawn as the plan has it, or by the sum of the quotas typed for them.
    """
    strata = {stratum["code"]: stratum for stratum in draw.preview["strata"]}
    quotas = dict(arguments["quotas"])
    if value == APART:
        merged = set(draw.merged_strata.values())
        return arguments | {"merged_strata": {}, "quotas": {s: q for s, q in quotas.items() if s not in merged}}
    cure = cells.read(value, strata)
    if cure is None:
        return None
    merged_strata = cells.merge(draw.merged_strata, cure.groups)
    for group in cure.groups:
        parts = {stratum: quotas.pop(stratum) for stratum in group if stratum in quotas}
        quota = merged_quota(parts, {s: row["suggested"] for s, row in strata.items()})
        if quota is not None:
            quotas[merged_strata[cells.members_of(group[0], draw.merged_strata)[0]]] = quota
    return arguments | {"slip_rule": cure.rule, "merged_strata": merged_strata, "quotas": quotas}
