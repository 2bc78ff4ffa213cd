"""Why a text cannot be published as it stands. What is found in it, and how it is starred out: ``registries/scanning.py``. Pure."""

from registries.ledger.sentences import Sentence, say
from registries.scanning import finds, masked, masked_numbers

__all__ = ["finds", "masked", "masked_numbers", "why_not_publish"]


def why_not_publish(text: str) -> Sentence | None:
    """Why this text cannot go out, or None: it holds the number of a person. Doubts are decided on by a person, not here."""
    kinds = {one.kind for one in finds(text) if one.sure}
    if "id" in kinds:
        return say("The text holds an ID number.")
    if "phone" in kinds:
        return say("The text holds a phone number.")
    if "card" in kinds:
        return say("The text holds the number of a bank card.")
    return say("The text holds a number plate.") if kinds else None
