"""What of signing in waits for the administrators: alarms nobody has noted, new passwords that two people give."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.queries import Viewer
from inspections.desk.task import MOST, Task
from registries.people import queries, rules
from registries.people.models import Alarm


def alarms(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Alarms ring until somebody says what was found; supervisors hear of break-glass accounts while they are open."""
    rows = queries.open_alarms()
    if not looks.user.has_perm("registries.note_alarm"):
        rows = rows.filter(Exists(queries.open_glass()), kind=Alarm.Kind.GLASS)
    for one in rows[:MOST]:
        yield Task(_("Alarm"), str(one.get_kind_display()), one.words, _("Look now"), reverse("alarms"), now.date())


def resets_to_confirm(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Somebody who decides has forgotten the password; another administrator confirms a new one."""
    for one in queries.resets_to_confirm(looks.user)[:MOST]:
        text = _("A new password is asked for. Make sure with the person that it is wanted.")
        yield Task(_("Password"), str(one.user), text, _("Confirm or refuse"), reverse("resets"), now.date())


def resets_confirmed(_looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Confirmed within the day: the system administrator can set it."""
    for one in queries.open_resets().filter(confirmed_at__gt=now - rules.RESET_TERM)[:MOST]:
        text = _("The new password is confirmed: set the one-time password and hand it over.")
        yield Task(_("Password"), str(one.user), text, _("To the account"), reverse("account", args=[one.user_id]), now.date())
