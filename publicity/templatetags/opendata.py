"""How the pages of open data write kinds of columns, media types and large numbers."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from publicity.opendata.writing import TYPES

register = template.Library()

KINDS: dict[str, Promise] = {
    "text": pgettext_lazy("kind of a column", "text"),
    "code": pgettext_lazy("kind of a column", "code"),
    "integer": pgettext_lazy("kind of a column", "whole number"),
    "number": pgettext_lazy("kind of a column", "number"),
    "day": pgettext_lazy("kind of a column", "day"),
    "moment": pgettext_lazy("kind of a column", "day and time, +08:00"),
    "flag": pgettext_lazy("kind of a column", "true or false"),
    "list": pgettext_lazy("kind of a column", "list; in files parted by “ | ”"),
    "address": pgettext_lazy("kind of a column", "address"),
}


@register.filter
def kind_label(kind: str) -> Promise | str:
    """What kind of values a column holds."""
    return KINDS.get(kind, kind)


@register.filter
def media_type(form: str) -> str:
    """The media type of a form of file."""
    return TYPES[form].partition(";")[0]


@register.filter
def separated(number: int) -> str:
    """``20,000``."""
    return f"{number:,}"
