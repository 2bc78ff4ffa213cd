"""What the pages of every floor share: who asks, pages of a list, running a command and telling how it went."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from registries import overtaken
from registries.ledger.change import Change, Refused
from registries.overtaken import Seen
from registries.people.models import User

ROWS = 50


def signed_in(request: HttpRequest) -> User:
    """The person who asks; the view's ``@access`` has seen to it that there is one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int = ROWS) -> dict[str, Any]:
    """The asked page of a list as ``page``, and the filters to keep in its links as ``query`` (for ``_pages.html``)."""
    page: Page[Model] = Paginator(rows, size).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    return {"page": page, "query": kept.urlencode(), "filtered": any(kept.values())}


def act(
    request: HttpRequest, command: Callable[..., Change], *, done: str = "", form: BaseForm | None = None, shown: Seen | None = None, **arguments: Any
) -> Change | None:
    """Run a command for the person who asks. Says ``done`` on the next page; a refusal goes to the form or to a message.

    ``shown`` is the row as the page showed it: where somebody else was first, the refusal says who and when (``registries.overtaken``).
    """
    try:
        change = command(actor=signed_in(request), **arguments)
    except Refused as refused:
        first = overtaken.who_was_first(shown, signed_in(request)) if shown is not None else ""
        if form is None:
            messages.error(request, f"{first} {refused.sentence}".strip())
            return None
        if first:
            overtaken.note(form, first)
        form.add_error(None, refused.sentence)
        return None
    if done:
        messages.success(request, done)
    return change
