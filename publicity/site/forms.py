"""The filters of the search for results: everything stands in the query string, so that a search can be sent to somebody."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from publicity.site import queries

ANY = ("", _("all"))


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ResultsFilter(forms.Form):
    """A name or code, and what to narrow it by. Values nobody ever published are refused like any other typing error."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=120)
    matter = forms.ChoiceField(label=_("Matter"), required=False)
    town = forms.ChoiceField(label=_("Township"), required=False)
    result = forms.ChoiceField(label=_("Result"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    draw = forms.ChoiceField(label=_("Draw"), required=False)
    since = forms.DateField(label=_("Inspected from"), required=False, widget=_day())
    until = forms.DateField(label=_("Inspected until"), required=False, widget=_day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "matter": [(code, f"{code} {name}") for code, name in queries.published_matters()],
            "town": queries.choices_of("town_name"),
            "result": queries.choices_of("result_code", "result_label"),
            "unit": queries.choices_of("unit_name"),
            "draw": sorted(queries.choices_of("draw_number"), reverse=True),
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
            field.choices = [ANY, *values]

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        asked: dict[str, Any] = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            raise ValidationError(_("The last day is before the first."))
        return asked
