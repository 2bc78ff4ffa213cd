"""Forms of the yearly review."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registries.subjects.forms import day_field
from registries.subjects.rules import STALE_AFTER_MONTHS, months_before


class StartForm(forms.Form):
    """When entries must have been confirmed since, and until when there is time."""

    since = day_field(_("Entries last confirmed before"), help_text=_("These are to be looked through; a year back from today unless you choose another day."))
    due_on = day_field(_("to be done by"))
    note = forms.CharField(label=_("note to the units"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = months_before(today, STALE_AFTER_MONTHS)
        self.fields["due_on"].initial = today + dt.timedelta(days=60)
