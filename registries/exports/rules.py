"""The rules of exports, pure."""

from registries.ledger.sentences import Sentence, say


def why_not_persons(*, asked: bool, keeps: bool) -> Sentence | None:
    """Telephones and persons leave the house only with whoever keeps them."""
    if not asked or keeps:
        return None
    return say("Contact persons, telephones and natural persons are exported by clerks alone. Export without them.")
