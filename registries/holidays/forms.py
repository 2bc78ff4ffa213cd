"""The form of a year's holidays: two lists of days, the notice, the reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registries.holidays.rules import Day, Unread, read_days
from registries.ledger.change import translated

_DAYS_HELP = _("One day or one range a line, then its name: 2026-10-01 至 2026-10-07 国庆节")


class HolidaysForm(forms.Form):
    """A year as its notice says. ``seen`` is the edition that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    notice = forms.CharField(
        label=_("Number of the notice"), max_length=80, help_text=_("The State Council's notice, such as 国办发明电〔2025〕7号.")
    )
    off = forms.CharField(label=_("Days off"), help_text=_DAYS_HELP, widget=forms.Textarea(attrs={"rows": 10}))
    worked = forms.CharField(
        label=_("Week-end days worked instead"), help_text=_DAYS_HELP, widget=forms.Textarea(attrs={"rows": 6}), required=False
    )
    reason = forms.CharField(label=_("Why it is changed"), max_length=200, required=False)

    def __init__(self, *args: Any, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True

    def _read(self, name: str, *, works: bool) -> list[Day]:
        try:
            return read_days(self.cleaned_data[name], works=works)
        except Unread as unread:
            raise forms.ValidationError(translated(unread.why)) from None

    def clean_off(self) -> list[Day]:
        """The days off."""
        return self._read("off", works=False)

    def clean_worked(self) -> list[Day]:
        """The days worked instead."""
        return self._read("worked", works=True)

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        found = self.cleaned_data
        days = [*found["off"], *found["worked"]]
        return {"seen": found["seen"], "notice": found["notice"], "days": days, "reason": found.get("reason", "")}
