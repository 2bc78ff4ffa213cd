"""Forms of an entry: the entry itself, its status, a reason."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from registries.codes.models import CodeTable
from registries.codes.queries import codes
from registries.inspectors.commands import Entry
from registries.inspectors.forms.choosing import DayInput, Filled, offer, own_units_of
from registries.inspectors.models import Inspector
from registries.matters.queries import newest_revisions
from registries.people.masking import masked_id, masked_phone
from registries.people.models import User
from registries.people.queries import units_in_use
from registries.spreadsheets.identifiers import check_id_number
from registries.spreadsheets.refusals import BadCell

if TYPE_CHECKING:
    EntryModelForm = forms.ModelForm[Inspector]
else:  # generic for the type checker only
    EntryModelForm = forms.ModelForm


class EntryForm(Filled, EntryModelForm):
    """An entry. The command saves it, not the form. Phone and ID number are never shown, an empty one stays as it is."""

    number = forms.CharField(
        label=_("Staff number"),
        max_length=16,
        validators=[RegexValidator(r"^[0-9A-Za-z_-]+\Z", _("Only letters and figures."))],
        help_text=_("It never changes."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    id_number = forms.CharField(label=_("ID number"), max_length=18, required=False)
    matters = forms.MultipleChoiceField(
        label=_("matters the inspector enforces"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )

    class Meta:
        model = Inspector
        fields = (
            "number",
            "name",
            "sex",
            "unit",
            "post",
            "duty",
            "level",
            "district",
            "in_post_since",
            "fields",
            "specialties",
            "experts",
            "may_lead",
            "most_open_cases",
            "matters",
            "education",
            "major",
            "title",
            "office_phone",
            "phone",
            "id_number",
        )
        widgets = {
            "in_post_since": DayInput,
            "fields": forms.CheckboxSelectMultiple,
            "specialties": forms.CheckboxSelectMultiple,
            "experts": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry = self.instance if self.instance.pk else None
        offer(self, "fields", codes(CodeTable.FIELD))
        offer(self, "specialties", codes(CodeTable.SPECIALTY))
        offer(self, "experts", codes(CodeTable.EXPERT))
        if not codes(CodeTable.EXPERT).exists():
            del self.fields["experts"]
        offer(self, "unit", units_in_use() if entry else own_units_of(user))
        listed = newest_revisions().filter(matter__active=True).values_list("matter_id", "matter__code", "name")
        matters = self.fields["matters"]
        if isinstance(matters, forms.MultipleChoiceField):
            matters.choices = [(str(pk), f"{code} {name}") for pk, code, name in listed]
        for name in ("phone", "id_number"):
            self.initial.pop(name, None)
        if entry is None:
            self.fields["unit"].initial = user.unit_id
            return
        self.fields["number"].disabled = True
        self.initial["matters"] = [str(one.pk) for one in self.initial["matters"]]
        for name, kept in (("phone", masked_phone(entry.phone)), ("id_number", masked_id(entry.id_number))):
            if kept:
                self.fields[name].help_text = _("On record: %(kept)s. Leave empty to keep it.") % {"kept": kept}

    def clean_id_number(self) -> str:
        """Eighteen characters with the right check character."""
        text = str(self.cleaned_data["id_number"]).strip().upper()
        if text:
            try:
                check_id_number(text)
            except BadCell as bad:
                raise forms.ValidationError(f"{bad.sentence} {bad.remedy}") from bad
        return text

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        cleaned = dict(self.cleaned_data)
        unit = cleaned.pop("unit")
        for name in ("fields", "specialties", "experts"):
            cleaned[name] = tuple(row.pk for row in cleaned.get(name, ()))
        cleaned["matters"] = tuple(int(key) for key in cleaned["matters"])
        return {"entry": Entry(unit_id=unit.pk, **cleaned)}


class StatusForm(Filled, forms.Form):
    """A new status and why."""

    status = forms.ChoiceField(label=_("Status"), choices=Inspector.Status.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(Filled, forms.Form):
    """Why something ends today."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class FindForm(Filled, forms.Form):
    """Whose ID number this is. It is sent in the body, never in an address."""

    id_number = forms.CharField(label=_("ID number"), max_length=24, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_id_number(self) -> str:
        """Without blanks, in capitals."""
        return "".join(str(self.cleaned_data["id_number"]).split()).upper()
