"""Reading what a person keeps for a list."""

from typing import NamedTuple

from django.db.models import Value

from registries.lists.listing import ListColumn, Listing
from registries.lists.models import ChosenColumns, SavedSearch
from registries.people.models import User


class Saved(NamedTuple):
    """A search that is kept."""

    pk: int
    name: str
    query: str


def kept(user: User, listing: Listing) -> tuple[list[ListColumn], list[Saved]]:
    """The columns that this person sees, and the searches they keep, by name. One query."""
    mine = {"user": user, "list_code": listing.code}
    searches = SavedSearch.objects.filter(**mine).order_by().values_list("pk", "name", "query")
    chosen = ChosenColumns.objects.filter(**mine).order_by().values_list("pk", Value(""), "columns")
    saved, columns = list[Saved](), None
    for pk, name, text in searches.union(chosen, all=True):
        if name:
            saved.append(Saved(pk, name, text))
        else:
            columns = text.split(",")
    return listing.chosen(columns), sorted(saved, key=lambda one: one.name)
