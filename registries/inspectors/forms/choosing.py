"""What the forms of this room share: the field of a day, rows to choose from, people by name, the way from a form to its command."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.inspectors.models import Inspector
from registries.people.models import User
from registries.people.queries import own_units, units_in_use

if TYPE_CHECKING:
    InspectorsField = forms.ModelMultipleChoiceField[Inspector]
    InspectorField = forms.ModelChoiceField[Inspector]
else:  # generic for the type checker only
    InspectorsField, InspectorField = forms.ModelMultipleChoiceField, forms.ModelChoiceField

ALL = pgettext_lazy("filter", "all")


class DayInput(forms.DateInput):
    """A calendar field, in the one spelling browsers take."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Filled(forms.BaseForm):
    """A form that fills a command: ``values`` are what the command takes besides who acts and on which row."""

    def values(self) -> dict[str, Any]:
        """What was typed, field by field, unless a form says otherwise."""
        return dict(self.cleaned_data)


def offer(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Say which rows a field of the form lets one choose."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


def own_units_of(user: User) -> Any:
    """The units in use whose rows this person keeps."""
    kept = own_units(user)
    return units_in_use() if kept is None else units_in_use().filter(pk__in=kept)


def colleagues(user: User, also: Any = ()) -> Any:
    """The inspectors that this person may put into a group or tick: of the own units, who has not left; and ``also``."""
    kept = own_units(user)
    rows = Inspector.objects.exclude(status=Inspector.Status.LEFT)
    rows = rows if kept is None else rows.filter(unit_id__in=kept)
    return (rows | Inspector.objects.filter(pk__in=[one.pk for one in also])).select_related("unit").order_by("unit__code", "number")


class PeopleField(InspectorsField):
    """Inspectors as tick boxes, each with number and unit."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Name, number and unit."""
        return person_label(obj)


class PersonField(InspectorField):
    """One inspector."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, number and unit."""
        return person_label(obj)


def person_label(inspector: Inspector) -> str:
    """``王建国 003215 治安大队``."""
    return f"{inspector.name} {inspector.number} {inspector.unit.short_name}"


def in_order(form: forms.BaseForm, first: str, last: str) -> None:
    """Say at the last day that it comes before the first one."""
    starts, ends = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if starts and ends and ends < starts:
        form.add_error(last, _("The last day comes before the first one."))
