"""Forms for signing in, accounts, roles and units."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from registries.people import queries
from registries.people.models import Unit, User
from registries.people.rules import PERSONAL
from registries.people.titles import TITLES

if TYPE_CHECKING:
    UnitModelForm = forms.ModelForm[Unit]
else:  # generic for the type checker only
    UnitModelForm = forms.ModelForm


class SignInForm(AuthenticationForm):
    """Account and password; one sentence for every failure, so that it does not tell which accounts exist."""

    error_messages = {
        "invalid_login": _("The account or the password is not right, or the account is disabled."),
        "inactive": _("The account or the password is not right, or the account is disabled."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Account")
        self.fields["password"].label = _("Password")


class OwnPasswordForm(forms.Form):
    """The present password and, twice, the new one."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("new_password") and cleaned.get("again") and cleaned["new_password"] != cleaned["again"]:
            self.add_error("again", _("This is not the same as above."))
        return cleaned


class AccountForm(forms.Form):
    """Name, unit and address of an account."""

    name = forms.CharField(label=_("Full name"), max_length=40)
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("A clerk keeps the registries of this unit and the units under it."),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queries.units_in_use()


class NewAccountForm(AccountForm):
    """The same with the account name, which stays for ever."""

    username = forms.CharField(
        label=_("Account"),
        max_length=40,
        validators=[*User._meta.get_field("username").validators[:1]],
        help_text=_("For signing in: letters, figures and . _ - @ +. It cannot be changed later."),
    )
    field_order = ("username", "name", "unit", "email")


class RoleForm(forms.Form):
    """A role to grant."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, TITLES[role]) for role in PERSONAL])


class AccountFilterForm(forms.Form):
    """What to show of the accounts."""

    q = forms.CharField(label=_("Account or name"), required=False, max_length=40)
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("all")), *((role.value, TITLES[role]) for role in PERSONAL), ("none", _("no role yet"))],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("enabled", _("enabled")), ("disabled", _("disabled")), ("unused", _("unused for 90 days"))],
    )


class UnitForm(UnitModelForm):
    """A unit. The command saves it, not the form."""

    class Meta:
        model = Unit
        fields = ("code", "name", "short_name", "kind", "parent", "document_word", "phone", "active")
        help_texts = {
            "code": _("Capital letters and figures, such as ZA. It stands in document numbers and draws."),
            "short_name": _("As it stands in narrow tables, such as 治安大队."),
            "document_word": _("The word in document numbers, such as 治 in 源公(治)."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].validators.append(RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z_-]*\Z", _("Only letters and figures.")))
        parent = self.fields["parent"]
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = queries.units_in_use().exclude(pk=self.instance.pk)
            parent.empty_label = str(_("none"))

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        cleaned = dict(self.cleaned_data)
        parent = cleaned.pop("parent")
        return {**cleaned, "parent_id": parent.pk if parent else None}
