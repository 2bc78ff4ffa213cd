"""Reading the inspector registry: who may inspect on a day, with which fields and specialties, recused from whom."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from registries.inspectors.models import Inspector, Recusal
from registries.inspectors.rules import Validity, why_not_eligible
from registries.ledger.change import Refused
from registries.ledger.sentences import Sentence
from registries.people.models import User
from registries.people.queries import people
from registries.people.roles import Role


def inspectors() -> QuerySet[Inspector]:
    """All of them, with unit, fields, specialties and certificates at hand."""
    return Inspector.objects.select_related("unit", "user").prefetch_related("fields", "specialties", "certificates")


def tags_of(inspector: Inspector) -> frozenset[str]:
    """The codes of the inspector's fields and specialties, as a draw's team requirements name them."""
    return frozenset(code.code for code in (*inspector.fields.all(), *inspector.specialties.all()))


def why_not_on(inspector: Inspector, day: dt.date) -> Sentence | None:
    """Why this inspector may not inspect on ``day`` (status and certificate only), or None."""
    validities = [Validity(c.valid_from, c.valid_until) for c in inspector.certificates.all()]
    return why_not_eligible(status=inspector.status, certificates=validities, day=day)


def eligible_inspectors(unit_ids: Iterable[int], day: dt.date) -> list[Inspector]:
    """The inspectors of these units with an active status and a certificate valid on ``day``, by staff number.

    Fields, specialties and certificates are prefetched: :func:`tags_of` asks nothing more.
    """
    rows = inspectors().filter(unit_id__in=list(unit_ids))
    return [row for row in rows if why_not_on(row, day) is None]


def recusals_on(inspector_ids: Iterable[int], day: dt.date) -> set[tuple[int, int]]:
    """The pairs (inspector, subject) of declared conflicts that stand on ``day``."""
    standing = Recusal.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    wanted = set(inspector_ids)
    return {
        (inspector, subject) for inspector, subject in standing.values_list("inspector_id", "subject_id") if inspector in wanted
    }


def why_not_in_words(inspector: Inspector, day: dt.date) -> str:
    """:func:`why_not_on` in the reader's language ("" when the person may inspect)."""
    why = why_not_on(inspector, day)
    return Refused(why).sentence if why is not None else ""


def accounts_to_join() -> QuerySet[User]:
    """Accounts with the role of inspector that are joined to none yet."""
    return people().filter(groups__name=Role.INSPECTOR, inspector__isnull=True, is_active=True)
