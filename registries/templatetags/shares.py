"""How shares and days are written on pages."""

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """``0.0512`` → ``5.1 %``."""
    return f"{share * 100:.1f} %"
