"""What searches of the subject registry look into, kept in ``Subject.search`` by whatever writes names, codes or places."""

from collections.abc import Iterable

from django.db.models import QuerySet

from registries.lists.searching import search_text, words
from registries.subjects.models import Subject

SEARCHED = ("key", "name", "uscc", "old_number", "address")
"""The columns that a search looks into."""
AT_ONCE = 2000


def text_of(subject: Subject) -> str:
    """The search text of an entry: its name with initials, its codes, its address."""
    return search_text(subject.name, (subject.key, subject.uscc or "", subject.old_number, subject.address))


def fitting(rows: QuerySet[Subject], asked: str) -> QuerySet[Subject]:
    """Those of ``rows`` whose name, initials, codes or address hold every word that is asked for."""
    for word in words(asked):
        rows = rows.filter(search__contains=word)
    return rows


def fill(rows: Iterable[Subject]) -> None:
    """Set the search text of entries that are about to be written."""
    for row in rows:
        row.search = text_of(row)


def fill_missing() -> None:
    """Give entries written before there was a search text theirs; called after every migration, does nothing mostly."""
    rows = Subject.objects.filter(search="").only("pk", *SEARCHED)
    while some := list(rows[:AT_ONCE]):
        fill(some)
        Subject.objects.bulk_update([row for row in some if row.search], ["search"])
        if not all(row.search for row in some):
            return
