"""Reading attempts: what is held, and how many."""

from django.db.models import QuerySet

from registries.attempts import kinds
from registries.attempts.models import Attempt


def held() -> QuerySet[Attempt]:
    """Work that broke off too often and waits for a person, the oldest first."""
    return Attempt.objects.filter(begun__gte=kinds.MOST)
