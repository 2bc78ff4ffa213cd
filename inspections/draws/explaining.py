"""What a preparation says about itself, in words: whether inspectors suffice, what cures small cells, caps and modes.

Reads the preview that the last save kept, so that a page costs no more queries than one without it.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from inspections.draws import cells
from inspections.draws.candidates import DRAWN_BEFORE, VISITS_PER_YEAR
from inspections.draws.caps import cap_in_words
from inspections.draws.models import Draw
from inspections.draws.quotas import merged_quota
from inspections.draws.states import SlipRule
from inspections.draws.sufficiency import Finding, in_a_sentence
from registries.ledger.change import translated
from registries.ledger.sentences import Sentence
from registries.matters.queries import limits_of
from registries.matters.rules import Limits, spelled

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
    limits, share = limits_of(draw.matter), preview.get("share")
    return {
        "enough": finding,
        "enough_said": translated(in_a_sentence(finding)) if finding else "",
        "cures": buttons(preview),
        "merged": [stratum["label"] for stratum in preview["strata"] if stratum["code"] in draw.merged_strata.values()],
        "apart": APART,
        "watched": [category.name for category in draw.matter.full_coverage.all()],
        "watched_out": left_out.get("full-coverage", 0),
        "cap": translated(cap_in_words(limits)),
        "per_year": VISITS_PER_YEAR,
        "capped": sum(left_out.get(reason, 0) for reason in DRAWN_BEFORE),
        "bounds": bounds_in_words(limits),
        "share": translated(Sentence(*share)) if share else "",
        "kept_out": by_reason((name, number, unit, Sentence(*why)) for name, number, unit, *why in preview.get("kept_out", ())),
    }


def by_reason(kept_out: Iterable[tuple[str, str, str, Sentence]]) -> list[tuple[str, list[str]]]:
    """Reason → inspectors (name, number, unit) left out for it, the most frequent reason first."""
    found: dict[str, list[str]] = {}
    for name, number, unit, why in kept_out:
        found.setdefault(translated(why), []).append(f"{name} {number} {unit}")
    return sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))


def bounds_in_words(limits: Limits) -> str:
    """The least and the highest ratio that the matter list sets, or nothing."""
    given = {name: spelled(one) for name, one in (("least", limits.ratio_least), ("most", limits.ratio_most)) if one is not None}
    if len(given) == 2:
        return _("The matter list asks for %(least)s %% to %(most)s %% of the subjects in the roster.") % given
    if "least" in given:
        return _("The matter list asks for at least %(least)s %% of the subjects in the roster.") % given
    return _("The matter list allows at most %(most)s %% of the subjects in the roster.") % given if given else ""


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
