"""What of the server's condition rings on desks: each red item, on those of the system administrators, while it is red (loaded with the app)."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.queries import Viewer
from inspections.desk.queries import offered
from inspections.desk.task import Task
from registries.ledger.change import translated
from registries.operations import probing


@offered("registries.view_red_items")
def operation(_looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """No day is named, so that it is told of once while it lasts."""
    for one in probing.red(now):
        text = translated(one.reading.todo) if one.reading.todo else ""
        url = f"{reverse('office-operation')}#{one.item.name}"
        yield Task(str(one.item.title), translated(one.reading.what), text, _("See what to do"), url)
