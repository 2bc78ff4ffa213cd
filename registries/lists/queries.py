"""Reading what a person keeps for a list."""

from registries.lists.listing import ListColumn, Listing
from registries.lists.models import ChosenColumns, SavedSearch
from registries.people.models import User


def columns_for(user: User, listing: Listing) -> list[ListColumn]:
    """The columns that this person sees."""
    chosen = ChosenColumns.objects.filter(user=user, list_code=listing.code).values_list("columns", flat=True).first()
    return listing.chosen(chosen)


def saved_searches(user: User, listing: Listing) -> list[SavedSearch]:
    """The searches of this list that this person keeps, by name."""
    return list(SavedSearch.objects.filter(user=user, list_code=listing.code))
