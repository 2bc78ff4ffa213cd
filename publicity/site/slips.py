"""The published slip table: the rule table as it acts, an example and the chances, computed by the functions of the draw."""

from typing import Any

from inspections.draws.chances import inclusion_chances
from inspections.draws.slips import MOST_SLIPS, TABLE, slips_of
from inspections.draws.wording import SLIPS_FOR, slips_in_words

BOX = {1: 400, 2: 300, 3: 200, 4: 97, 8: 2, 16: 1}
"""An example box: slips → subjects with so many, 1,000 in all."""
RATES = (5, 20, 50)
"""Per cent of the box that are drawn in the example."""
EXAMPLE: dict[str, Any] = {"grade": "C", "upheld_complaints": 1, "serious_violations": 1, "full_years_without_visit": 2}
"""The subject of the example."""


def told() -> dict[str, Any]:
    """What the page shows."""
    grades = [(row.part.removeprefix("grade-"), row.each) for row in TABLE if row.part.startswith("grade-")]
    signals = [(SLIPS_FOR[row.part], row) for row in TABLE if not row.part.startswith("grade-")]
    chances = [inclusion_chances(BOX, sum(BOX.values()) * rate // 100) for rate in RATES]
    example = slips_of("full", **EXAMPLE)
    return {
        "grades": grades,
        "signals": signals,
        "most": MOST_SLIPS,
        "given": EXAMPLE,
        "example": slips_in_words(example.why, example.total),
        "total": example.total,
        "rates": RATES,
        "box": sum(BOX.values()),
        "chances": [(slips, count, [chance[slips] for chance in chances]) for slips, count in BOX.items()],
    }
