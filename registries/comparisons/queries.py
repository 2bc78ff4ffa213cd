"""Reading comparisons: those a person may see, their lines, and which missing ones were registered since."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from registries.comparisons.models import Comparison, Difference
from registries.people.models import User
from registries.people.queries import own_units
from registries.subjects.models import Subject


def visible_comparisons(user: User) -> QuerySet[Comparison]:
    """The comparisons of the units this person keeps; of all for the bureau's clerks, reviewers, supervisors, auditors."""
    rows = Comparison.objects.select_related("category", "unit", "compared_by")
    units = own_units(user)
    return rows if units is None else rows.filter(Q(unit_id__in=units) | Q(compared_by=user))


def lines(comparison: Comparison, kind: str) -> QuerySet[Difference]:
    """The lines of one kind, in the order of the list."""
    return comparison.differences.filter(kind=kind).select_related("subject__unit").defer("subject__contact", "subject__phone")


def registered_since(rows: Sequence[Difference]) -> dict[str, Subject]:
    """Code → the entry that was registered meanwhile, for missing lines."""
    codes = [row.listed.get("code", "").upper() for row in rows if row.kind == Difference.Kind.MISSING]
    found = Subject.objects.filter(uscc__in=[code for code in codes if code]).defer("contact", "phone")
    return {str(row.uscc): row for row in found}
