"""The figures of all items as text for Prometheus (exposition format 0.0.4). Every one is asked of the database or of this machine now.

Requests are not among them: each web process would count its own. The proxy's log has them all (docs/adr/0014).
"""

import datetime as dt

from registries.operations.probing import Found, worst

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def as_text(all_: list[Found], now: dt.datetime) -> str:
    """One gauge for the light of each item (0 green, 1 amber, 2 red), one for the whole, one for each figure."""
    lines = ["# HELP sunlot_light 0 green, 1 amber, 2 red", "# TYPE sunlot_light gauge"]
    lines += [f'sunlot_light{{item="{one.item.name}"}} {int(one.reading.light)}' for one in all_]
    gauges = {"worst_light": float(worst(all_)), "read_at_seconds": now.timestamp()}
    for one in all_:
        gauges |= one.reading.figures or {}
    for name, value in sorted(gauges.items()):
        lines += [f"# TYPE sunlot_{name} gauge", f"sunlot_{name} {value:.15g}"]
    return "\n".join(lines) + "\n"
