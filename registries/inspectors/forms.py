"""The filters of the inspector registry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.inspectors.models import Inspector
from registries.people.models import Unit
from registries.people.queries import units_in_use

ALL = pgettext_lazy("filter", "all")


class InspectorFilterForm(forms.Form):
    """What to show of the registry."""

    q = forms.CharField(label=_("Name or staff number"), required=False, max_length=40)
    unit = forms.ModelChoiceField(label=_("Unit"), required=False, queryset=Unit.objects.none(), empty_label=ALL)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ALL), *Inspector.Status.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ModelChoiceField):
            unit.queryset = units_in_use()
