"""What the second of two people on one row is told: that somebody was there first, who and when, and what was done (409). Reads only."""

import datetime as dt
from typing import NamedTuple, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.forms import BaseForm, PasswordInput
from django.http import QueryDict
from django.utils.translation import gettext as _

from registries import clock
from registries.ledger import queries
from registries.ledger.words import in_words
from registries.people.models import User

CODE = "overtaken"
"""Marks the error of a form that says so (``ValidationError.code``)."""


class Seen(NamedTuple):
    """A row as a page showed it: its version then, and rows beside it whose changes count as its own."""

    row: Model
    version: int
    beside: tuple[Model, ...] = ()


def version_now(row: Model) -> int | None:
    """The version that stands in the database; None where the row is gone."""
    return type(row)._base_manager.filter(pk=row.pk).values_list("version", flat=True).first()


def who_was_first(seen: Seen, user: User) -> str:
    """Who changed the row since it was shown, when, and what they did, as a sentence; "" where nobody did."""
    return "" if version_now(seen.row) in (None, seen.version) else last_hand(user, seen.row, *seen.beside)


def last_hand(user: User, *rows: Model) -> str:
    """The last change of these rows as the sentence for ``user``, whose step came after it."""
    last = queries.last_change(*rows)
    if last is None or last.actor is None:
        return _("This was changed after you opened the page. Your step was not carried out.")
    values = {"name": str(last.actor), "moment": _told(dt.datetime.fromisoformat(last.entry.time)), "what": in_words(last.verb)}
    if last.actor_id == user.pk:
        return _("You yourself were here at %(moment)s, perhaps in another window: %(what)s. Your step now was not carried out.") % values
    return _("%(name)s was first, at %(moment)s: %(what)s. Your step was not carried out.") % values


def _told(moment: dt.datetime) -> str:
    moment = moment.astimezone(clock.BEIJING)
    return f"{moment:%H:%M}" if moment.date() == clock.today() else f"{moment:%Y-%m-%d %H:%M}"


def note(form: BaseForm, sentence: str) -> None:
    """Say it above the form, and that this is why."""
    form.add_error(None, ValidationError(sentence, code=CODE))


def is_overtaken(form: BaseForm | None) -> bool:
    """Whether somebody was there before this form."""
    return form is not None and form.has_error(NON_FIELD_ERRORS, CODE)


def status_of(*forms: BaseForm | None) -> int:
    """What a page with these forms is answered with: 409 where somebody was first, 422 where something is to be put right, else 200."""
    if any(is_overtaken(one) for one in forms):
        return 409
    return 422 if any(one is not None and one.errors for one in forms) else 200


def renewed(form: BaseForm, version: int | None) -> None:
    """What was typed stays; sent again, it counts as seen in the present version, which the page shows now."""
    data = cast(QueryDict, form.data).copy()
    data[form.add_prefix("version")] = str(version)
    form.data = data


def typed(form: BaseForm | None) -> list[tuple[str, str]]:
    """What was typed into a form that is not offered any more, label by label, so that it can be copied; passwords never."""
    if form is None or not is_overtaken(form):
        return []
    words = [(str(one.label), str(one.value() or "")) for one in form.visible_fields() if not isinstance(one.field.widget, PasswordInput)]
    return [(label, value) for label, value in words if value.strip() and value not in ("on", "True")]
