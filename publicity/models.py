"""The publicity tables, gathered from their rooms."""

from publicity.disclosures.models import Disclosure

__all__ = ["Disclosure"]
