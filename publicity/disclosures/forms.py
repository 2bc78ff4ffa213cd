"""The forms of holds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class HoldForm(forms.Form):
    """Ask that a result be held back."""

    basis = forms.CharField(
        label=_("Legal basis of the hold"), max_length=200, help_text=_("Instrument and article, such as 政府信息公开条例第十四条.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
    until = forms.DateField(
        label=_("Last day"),
        help_text=_("On the day after it the result goes out by itself."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class LiftForm(forms.Form):
    """End a hold before its day."""

    reason = forms.CharField(label=_("Why the hold is lifted"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Say why the hold is lifted.")
