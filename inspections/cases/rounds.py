"""The rounds of a record as a page tells them: who signed each, and what a reviewer said of it."""

from typing import NamedTuple

from inspections.cases.models import Record, Review, Signature


class Round(NamedTuple):
    """One round of a record: who signed it, and what a reviewer said of it, if one did."""

    record: Record
    signatures: list[Signature]
    review: Review | None


def told_rounds(records: list[Record], signed: list[Signature], decided: list[Review]) -> list[Round]:
    """The rounds of a case from what was read of it, the newest first."""
    said = {review.record_id: review for review in decided}
    return [
        Round(record, [one for one in signed if one.record_id == record.pk], said.get(record.pk)) for record in reversed(records)
    ]
