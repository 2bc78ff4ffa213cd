"""How many are drawn from each stratum: from a ratio or a number to whole subjects. Pure.

Rounding is up and at least 1, as practice has it (domain.md 3.4.7).
"""

import math
from collections.abc import Mapping
from decimal import Decimal

from registries.ledger.sentences import Sentence
from registries.matters.rules import Limits, why_not_share


def quotas_by_ratio(sizes: Mapping[str, int], percent: Decimal) -> dict[str, int]:
    """``percent`` of each stratum, rounded up, at least 1 where the stratum has an entry."""
    return {s: min(n, max(1, math.ceil(n * percent / 100))) if n else 0 for s, n in sizes.items()}


def quotas_by_number(sizes: Mapping[str, int], number: int) -> dict[str, int]:
    """``number`` subjects spread over the strata by size, rounded up, at least 1 each."""
    total = sum(sizes.values())
    return {s: min(n, max(1, -(-number * n // total))) if n else 0 for s, n in sizes.items()}


def default_quotas(sizes: Mapping[str, int], *, percent: Decimal | None, number: int | None) -> dict[str, int]:
    """The quotas that a plan item asks for: its ratio or its number."""
    if percent is not None:
        return quotas_by_ratio(sizes, percent)
    return quotas_by_number(sizes, number or 0)


def why_not_drawn(sizes: Mapping[str, int], quotas: Mapping[str, int], limits: Limits) -> Sentence | None:
    """Why the share drawn of the roster does not keep what the matter list sets. Rounding up in each stratum is no excess."""
    number = sum(quotas.values())
    if limits.ratio_most is not None and number <= sum(quotas_by_ratio(sizes, limits.ratio_most).values()):
        limits = limits._replace(ratio_most=None)
    return why_not_share(number=number, of=sum(sizes.values()), limits=limits)


def merged_quota(parts: Mapping[str, int], suggested: Mapping[str, int]) -> int | None:
    """The quota of strata that become one: the sum of their own, or None (ask the plan) where each is as the plan has it."""
    return None if all(parts[stratum] == suggested.get(stratum) for stratum in parts) else sum(parts.values())


def reckoned(size: int, total: int, *, percent: Decimal | None, number: int | None) -> str:
    """How the plan's quota of a stratum comes about, as a calculation: ``5 % × 123 = 6.15 → 7``."""
    if percent is not None:
        share, sign = f"{_plain(percent)} % × {size}", _plain(Decimal(size) * percent / 100)
        quota = quotas_by_ratio({"": size}, percent)[""]
    else:
        exact = Decimal(number or 0) * size / (total or 1)
        share, sign = f"{number or 0} × {size} ÷ {total}", _plain(exact.quantize(Decimal("0.01")))
        quota = min(size, max(1, math.ceil(exact))) if size else 0
    return f"{share} = {sign} → {quota}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
