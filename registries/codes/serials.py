"""Numbers without gaps: the next one of a series is taken inside the transaction that uses it."""

from registries.codes.models import Serial


def next_number(series: str) -> int:
    """The next number of ``series``, from 1. Its row is locked, so that a number lost to a rollback is given again."""
    Serial.objects.get_or_create(series=series)
    row = Serial.objects.select_for_update(no_key=True).get(series=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
