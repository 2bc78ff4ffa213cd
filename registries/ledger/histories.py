"""Where the history of an object is told: each kind of object says who may read it and what belongs to it.

The rooms' kinds are named once a floor (``histories.py`` of each), when the app is ready. Reads only.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db.models import Model, QuerySet, Value
from django.urls import reverse

if TYPE_CHECKING:
    from registries.people.models import User


class Kind(NamedTuple):
    """A kind of object: the right that opens its history, its rows for a person, the page of one, and the tables that are part of it.

    ``parts``: table label → the path from its rows to the object. ``own``: its page tells the history itself.
    """

    label: str
    right: str
    rows: "Callable[[User], QuerySet[Any]]"
    page: Callable[[Any], str]
    parts: Mapping[str, str] = {}
    own: bool = False

    @property
    def name(self) -> str:
        """The kind for people."""
        return str(apps.get_model(self.label)._meta.verbose_name)

    def concerned(self, obj: Model) -> dict[str, list[int]]:
        """Table label → keys of the object and all that is part of it. One query."""
        found: dict[str, list[int]] = {self.label: [obj.pk]}
        rows = [
            apps.get_model(label)._base_manager.filter(**{path: obj.pk}).order_by().values_list(Value(label), "pk") for label, path in self.parts.items()
        ]
        for label, pk in rows[0].union(*rows[1:], all=True) if rows else ():
            found.setdefault(label, []).append(pk)
        return found


KINDS: dict[str, Kind] = {}


def told(*kinds: Kind) -> None:
    """Name kinds of objects."""
    KINDS.update({kind.label: kind for kind in kinds})


def address(label: str, pk: Any, user: "User") -> str:
    """Where this person reads the history of a row; empty where there is no such page for them."""
    kind = KINDS.get(label)
    return reverse("history", args=[label, pk]) if kind is not None and user.has_perm(kind.right) else ""
