"""How public pages write hashes, drawn values and results."""

import datetime as dt
from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registries.codes.models import ResultGroup

register = template.Library()

TONES: dict[str, str] = {
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
    return TONES.get(group, "neutral")


@register.filter
def ms(moment: dt.datetime | None) -> str:
    """A moment as whole milliseconds since 1970, for scripts that count to it; nothing for none."""
    return "" if moment is None else str(round(moment.timestamp() * 1000))


ROW = (
    '<li class="entry entry-split"><h3 class="entry-title"><a href="/results/{}/">{}</a></h3>'
    '<p class="entry-chip"><span class="chip chip-{}">{}</span></p><p class="entry-meta"><span>{}</span> <span>{}</span> <span>{}</span> '
    "<span>{} <time>{}</time></span> <span class=\"strong\">{}</span></p></li>\n"
)


@register.simple_tag
def result_rows(rows: Iterable[tuple[str, str, str, str, str, str, str, str, str]]) -> SafeString:
    """The lines of a list of results. Written here, because fifty of them in a template cost more than the rest of the page.

    Of each: number, title, label, tone, matters, unit, township, day, remark (``publicity.site.results.Row``).
    """
    inspected = _("inspected")
    return format_html(
        '<ul class="entries">\n{}</ul>',
        format_html_join(
            "",
            ROW,
            (
                (number, title, tone, label, matters, unit, town, inspected, day, remark)
                for number, title, label, tone, matters, unit, town, day, remark in rows
            ),
        ),
    )
