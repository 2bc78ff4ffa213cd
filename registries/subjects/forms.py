"""Forms of the subject registry: filters, an entry, a category."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.codes.models import CodeTable
from registries.codes.queries import codes
from registries.people.models import Unit
from registries.people.queries import units_in_use
from registries.subjects.commands import Entry
from registries.subjects.models import Subject, SubjectCategory

if TYPE_CHECKING:
    SubjectModelForm = forms.ModelForm[Subject]
    CategoryModelForm = forms.ModelForm[SubjectCategory]
else:  # generic for the type checker only
    SubjectModelForm = CategoryModelForm = forms.ModelForm

ALL = pgettext_lazy("filter", "all")
FRESHNESS = [("", ALL), ("stale", _("to be confirmed")), ("fresh", _("confirmed within a year"))]


def _choose(form: forms.BaseForm, **rows: Any) -> None:
    """Give fields their rows."""
    for name, queryset in rows.items():
        field = form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queryset


def _any(label: Any) -> Any:
    """An optional choice among rows, given later."""
    return forms.ModelChoiceField(label=label, required=False, queryset=Unit.objects.none(), empty_label=ALL)


class SubjectFilterForm(forms.Form):
    """What to show of the registry."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    category = _any(_("Category"))
    unit = _any(_("Responsible unit"))
    town = _any(_("Township"))
    grade = forms.ChoiceField(label=_("Risk grade"), required=False, choices=[("", ALL), *Subject.Grade.choices])
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ALL), *Subject.Status.choices])
    freshness = forms.ChoiceField(label=_("Confirmation"), required=False, choices=FRESHNESS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = SubjectCategory.objects.filter(active=True)
        _choose(self, category=categories, unit=units_in_use(), town=codes(CodeTable.TOWN))


class SubjectForm(SubjectModelForm):
    """An entry. The command saves it, not the form."""

    reason = forms.CharField(
        label=_("Why is it changed?"),
        max_length=200,
        help_text=_("Such as: seen on site, told by the market office. It stands in the history."),
    )

    class Meta:
        model = Subject
        fields = (
            "name",
            "uscc",
            "old_number",
            "kind",
            "categories",
            "unit",
            "town",
            "address",
            "contact",
            "phone",
            "risk_grade",
            "graded_on",
            "grade_source",
            "status",
        )
        widgets = {
            "categories": forms.CheckboxSelectMultiple,
            "contact": forms.TextInput,
            "phone": forms.TextInput,
            "graded_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "uscc": _("18 characters, as on the licence."),
            "contact": _("Kept encrypted; never published."),
            "phone": _("Kept encrypted; never published."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(
            self,
            categories=SubjectCategory.objects.filter(Q(active=True) | Q(subjects=self.instance.pk)).distinct(),
            unit=units_in_use(),
            town=codes(CodeTable.TOWN),
        )

    def clean_uscc(self) -> str:
        """Capital letters, no spaces."""
        return "".join((self.cleaned_data["uscc"] or "").split()).upper()

    def entry(self) -> Entry:
        """What the command takes."""
        cleaned = {name: self.cleaned_data[name] for name in self.Meta.fields}
        unit, town, categories = cleaned.pop("unit"), cleaned.pop("town"), cleaned.pop("categories")
        return Entry(unit_id=unit.pk, town_id=town.pk, categories=tuple(row.pk for row in categories), **cleaned)


class CategoryForm(CategoryModelForm):
    """A subject category. The command saves it, not the form."""

    class Meta:
        model = SubjectCategory
        fields = ("code", "name", "publicity", "active")
        help_texts = {
            "publicity": _("Explosives, toxic chemicals, firearms and vaults are published as counts only."),
            "active": _("Retired categories stay where they were used."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
