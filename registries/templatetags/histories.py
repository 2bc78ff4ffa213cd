"""The link from an object to its history."""

from typing import Any

from django import template
from django.db.models import Model

from registries.ledger.histories import address

register = template.Library()


@register.inclusion_tag("office/_history_link.html", takes_context=True)
def history_link(context: dict[str, Any], obj: Model | None) -> dict[str, Any]:
    """A link to the history of ``obj``, for who may read it; nothing for a row that is not kept yet."""
    return {"object": obj, "address": address(obj._meta.label_lower, obj.pk, context["request"].user) if obj is not None and obj.pk else ""}


@register.simple_tag(takes_context=True)
def history_address(context: dict[str, Any], label: str, pk: str) -> str:
    """Where the history of the object of a ledger's entry is told; empty for who may not read it, and where there is none."""
    return address(label, pk, context["request"].user)
