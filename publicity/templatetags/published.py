"""How public pages write hashes, drawn values and results."""

import datetime as dt

from django import template

from registries.codes.models import ResultGroup

register = template.Library()

TONES = {
    ResultGroup.CLEAN: "good",
    ResultGroup.PROBLEM: "bad",
    ResultGroup.NOT_INSPECTABLE: "neutral",
    ResultGroup.REFUSED: "bad",
}


@register.filter
def groups(text: str, size: int = 8) -> list[str]:
    """A hash in groups of eight digits, so that two people can compare it aloud."""
    return [text[at : at + size] for at in range(0, len(text), size)]


@register.filter
def balls(value: str) -> list[list[str]]:
    """``01,05+07`` as its groups of balls; a value that is no balls is one group of one."""
    return [group.split(",") for group in value.split("+")]


@register.filter
def tone(group: str) -> str:
    """The tone of a result's chip."""
    return TONES.get(ResultGroup(group), "neutral") if group in ResultGroup.values else "neutral"


@register.filter
def ms(moment: dt.datetime | None) -> str:
    """A moment as whole milliseconds since 1970, for scripts that count to it; nothing for none."""
    return "" if moment is None else str(round(moment.timestamp() * 1000))
