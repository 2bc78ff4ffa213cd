"""Forms that ask for a code: at sign-in, when setting up, and to confirm who acts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registries.people.factors import proof


class CodeForm(forms.Form):
    """The code of the authenticator."""

    code = proof.code_field(autofocus=True)


class RecoveryForm(forms.Form):
    """A recovery code."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}),
        help_text=_("One of the ten on your sheet that you have not used yet, such as abcd-efgh-jkmn."),
        error_messages={"required": _("Enter the code.")},
    )


class SetUpForm(forms.Form):
    """A first code, which shows that the phone has taken the key."""

    code = proof.code_field()


class ConfirmForm(forms.Form):
    """Who acts: by code, or by password without a second factor. Only shown; ``guard`` reads the answer."""

    def __init__(self, *args: Any, has_factor: bool, wrong: str = "", **kwargs: Any) -> None:
        super().__init__({} if wrong else None, *args, **kwargs)
        made = proof.code_field if has_factor else proof.password_field
        self.fields["confirm-with"] = made(autofocus=True)
        if wrong:
            self.fields["confirm-with"].required = False
            self.add_error("confirm-with", wrong)
