"""The digest of a row: every value counts, and a column that came later counts only where it is used."""

import pytest

from registries.ledger.digests import digest_of_values, values_of
from registries.subjects.models import Complaint, Subject
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_column_at_its_default_leaves_the_digest_as_it_was_before_there_was_the_column() -> None:
    values = values_of(factories.subject())
    assert values["merged_into"] is None
    older = {name: value for name, value in values.items() if name != "merged_into"}
    assert digest_of_values(Subject, values) == digest_of_values(Subject, older)
    assert digest_of_values(Subject, {**values, "merged_into": 7}) != digest_of_values(Subject, older)


@pytest.mark.parametrize(("one", "other"), [(None, False), (None, True), (False, True)])
def test_undecided_dismissed_and_upheld_are_three_things(one: bool | None, other: bool | None) -> None:
    values = {"subject": 1, "received_on": "2026-01-01", "channel": "12345", "content": "x", "upheld": one}
    columns = {name: values.get(name) for name in Complaint.PROTECTED}
    assert digest_of_values(Complaint, columns) != digest_of_values(Complaint, {**columns, "upheld": other})
