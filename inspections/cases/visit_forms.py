"""The forms of a visit beside the record: a photo or scan, the inspected person's side, the inspector's own signature."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inspections.cases.announcing import Handed
from inspections.cases.states import Acknowledged, PhotoKind
from registries.matters.models import ChecklistItem
from registries.people.factors import proof
from registries.people.models import User


class BeginForm(forms.Form):
    """How the notice came to the inspected where it was not served before: handed over at the door, or why there is none."""

    SERVICES = (
        ("received", _("Handed over now, and signed for")),
        ("refused", _("Handed over now, signature refused before a witness")),
        ("none", _("No notice: it would defeat the purpose")),
    )
    service = forms.ChoiceField(label=_("The notice of this visit"), required=False, choices=SERVICES, widget=forms.RadioSelect)
    served_to = forms.CharField(label=_("Received by, or refused by"), required=False, max_length=80, help_text=_("Name and position."))
    witness = forms.CharField(label=_("Witness"), required=False, max_length=80, help_text=_("Needed where the signature was refused."))
    no_notice = forms.CharField(
        label=_("Why notice would defeat the purpose"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the file; the reviewer reads it."),
    )


def begun_with(said: Mapping[str, str]) -> dict[str, Any]:
    """What the command of the begin takes of what was typed or what a phone sent; the fields of what was not chosen are left out."""
    if said.get("service") in ("received", "refused"):
        return {"handed": Handed(said["service"], said.get("served_to", ""), said.get("witness", ""))}
    return {"no_notice": said.get("no_notice", "")}


class SignForm(forms.Form):
    """Confirmation by the own account: drawn by hand, or the password asked again; and the content that was shown."""

    content_hash = forms.CharField(widget=forms.HiddenInput)
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        help_text=_("Asked again, because this is your signature."),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean(self) -> dict[str, Any]:
        """One of the two. Wrong passwords are counted like those at sign-in, so that nobody can guess on an unlocked phone."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("drawn"):
            password = data.get("password") or ""
            wrong = proof.why_not_password(self.request, self.user, password)
            if wrong:
                self.add_error("password", wrong)
        return data


class AcknowledgeForm(forms.Form):
    """The inspected person's side of the record."""

    content_hash = forms.CharField(widget=forms.HiddenInput)
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("The inspected person"), choices=Acknowledged.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name and post of who signs"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witness = forms.CharField(
        label=_("Witness, with post"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Needed when the inspected person refuses to sign or is not there: somebody who was there and is not on the team."),
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the inspected person says about the record, or why there is no signature."),
    )


class PhotoForm(forms.Form):
    """A photo of an item or of the visit, or the scan of the paper form."""

    kind = forms.ChoiceField(label=_("What it is"), choices=PhotoKind.choices, widget=forms.RadioSelect)
    item = forms.TypedChoiceField(label=_("Checklist item"), required=False, coerce=int, empty_value=None)
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=_("JPEG, PNG or WebP, at most 20 MB and 40 megapixels; a scan may be a PDF."),
        error_messages={"empty": _("The file is empty. Choose the file again.")},
    )
    evidence = forms.BooleanField(
        label=_("Keep place and time of the camera as evidence"),
        required=False,
        help_text=_("Otherwise they are taken out of the photo."),
    )

    def __init__(self, *args: Any, items: Sequence[ChecklistItem], part: bool = False, **kwargs: Any) -> None:
        """``items`` in the order of the page; ``part``: of a partner's officer, who keeps nothing of the whole visit."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        whole = [("", _("– choose –"))] if part else [("", _("of the whole visit"))]
        fields["item"].choices = [*whole, *((one.pk, f"{one.position}. {one.title}") for one in items)]
