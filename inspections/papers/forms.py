"""What is typed about documents: the days of a visit, how a notice was handed over, why a number is void, which numbers to list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.papers.states import Kind, Service, Sheet
from registries.people.models import Unit


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NoticeForm(forms.Form):
    """The days between which the visit takes place."""

    first_day = forms.DateField(label=_("Visit from"), widget=_day())
    last_day = forms.DateField(
        label=_("Visit until"), required=False, widget=_day(), help_text=_("Leave it empty for a visit on one day.")
    )

    def clean(self) -> dict[str, Any]:
        """One day where the last is left out."""
        given: dict[str, Any] = super().clean() or {}
        given["last_day"] = given.get("last_day") or given.get("first_day")
        return given


class ServiceForm(forms.Form):
    """When, how and to whom."""

    service = forms.ChoiceField(label=_("How it was handed over"), choices=Service.choices, widget=forms.RadioSelect)
    served_on = forms.DateField(label=_("Handed over on"), widget=_day())
    served_to = forms.CharField(
        label=_("Received by"), max_length=80, help_text=_("Name and position; where the signature was refused, who refused it.")
    )
    witness = forms.CharField(label=_("Witness"), max_length=80, required=False, help_text=_("Needed where the signature was refused."))


class VoidForm(forms.Form):
    """Why a number is void."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("It stays in the list beside the number.")
    )


class NumberFilter(forms.Form):
    """Which numbers to list."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("all"))
    kind = forms.ChoiceField(label=_("Kind of document"), required=False, choices=[("", _("all")), *Kind.choices])
    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2100)
    void = forms.BooleanField(label=_("Void numbers only"), required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = units


class SheetForm(forms.Form):
    """Which document of every case is printed."""

    sheet = forms.ChoiceField(label=_("Document"), choices=Sheet.choices)


class RecusalForm(forms.Form):
    """What the inspected sends from the page of a notice."""

    officer = forms.ChoiceField(label=_("Which officer should not inspect you"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: a relative, a dispute, an interest in the matter."),
    )
    name = forms.CharField(label=_("Your name"), max_length=40)
    phone = forms.CharField(label=_("Your telephone"), max_length=32, required=False, help_text=_("Seen only by whoever decides."))

    def __init__(self, *args: Any, officers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = officers
