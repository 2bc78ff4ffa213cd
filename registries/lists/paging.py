"""Pages of a list that may be very long: one look at the database tells the first thousand rows and mostly their number too."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    Pages = Paginator[int]
else:  # generic for the type checker only
    Pages = Paginator

AT_FIRST = 1000


class LongPaginator(Pages):
    """Pages over primary keys. A question that few rows fit is answered by one scan; one that many fit stops early."""

    def __init__(self, rows: QuerySet[Any], per_page: int) -> None:
        self.keys = rows.values_list("pk", flat=True)
        super().__init__(self.keys, per_page)

    @cached_property
    def first(self) -> list[int]:
        """The first keys."""
        return list(self.keys[:AT_FIRST])

    @cached_property
    def count(self) -> int:
        """How many rows there are; they are counted only when they are many."""
        return len(self.first) if len(self.first) < AT_FIRST else self.keys.order_by().count()

    def page(self, number: Any) -> Any:
        """The keys of one page."""
        number = self.validate_number(number)
        top = min(number * self.per_page, self.count)
        bottom = (number - 1) * self.per_page
        return Page(self.first[bottom:top] if top <= len(self.first) else self.keys[bottom:top], number, self)
