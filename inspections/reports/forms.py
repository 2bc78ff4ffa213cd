"""What a report is asked for: year, month, unit."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.reports.rules import Period
from registries.people.models import Unit
from registries.people.queries import units_in_use

EARLIEST = 2015
"""The year the double random began (国办发〔2015〕58号)."""


class PeriodForm(forms.Form):
    """A year, a month of it or the whole, a unit or all that one reads."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    month = forms.TypedChoiceField(label=_("Month"), required=False, coerce=int, empty_value=None)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("all units"))

    def __init__(self, data: Any, *, today: dt.date, units: set[int] | None) -> None:
        given = data.copy()
        given.setdefault("year", str(today.year))
        super().__init__(given)
        cast("forms.ChoiceField", self.fields["year"]).choices = [(str(year), str(year)) for year in range(today.year + 1, EARLIEST - 1, -1)]
        cast("forms.ChoiceField", self.fields["month"]).choices = [("", _("the whole year")), *((str(month), str(month)) for month in range(1, 13))]
        rows = units_in_use().exclude(kind=Unit.Kind.PARTNER)
        field = cast("forms.ModelChoiceField[Unit]", self.fields["unit"])
        field.queryset = rows if units is None else rows.filter(pk__in=units)
        self.units = list(field.queryset)
        field.choices = [("", field.empty_label), *((unit.pk, str(unit)) for unit in self.units)]

    @property
    def period(self) -> Period:
        """What was asked for. The form is valid."""
        return Period(self.cleaned_data["year"], self.cleaned_data["month"])
