"""What is asked before a person is looked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NUMBER = _("18 characters of an ID card, or a whole phone number. It is sent in the body and stands in no address and no log.")
PURPOSE = _("Such as: telephone complaint 12345, request of the person. It stands in the ledger, the number never does.")


class FindForm(forms.Form):
    """A whole number, and what for."""

    number = forms.CharField(label=_("ID number or phone"), max_length=40, help_text=NUMBER, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    purpose = forms.CharField(label=_("Purpose"), max_length=100, help_text=PURPOSE)


class ReportForm(forms.Form):
    """Whose data: by number, by account, or both; and what for."""

    number = forms.CharField(
        label=_("ID number or phone"), max_length=40, required=False, help_text=NUMBER, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    account = forms.CharField(label=_("Account"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    purpose = forms.CharField(label=_("Purpose"), max_length=100, help_text=PURPOSE)

    def clean(self) -> dict[str, Any]:
        """One of both at least."""
        data = super().clean() or {}
        if not data.get("number") and not data.get("account"):
            self.add_error("number", _("Enter a number or an account."))
        return data
