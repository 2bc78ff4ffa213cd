"""The form of a comparison: which list, against which entries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registries.people.models import Unit, User
from registries.people.queries import own_units, units_in_use
from registries.subjects.models import SubjectCategory

MOST_BYTES = 20 * 1024 * 1024


class CompareForm(forms.Form):
    """A file, where it is from, and the entries it is held against."""

    file = forms.FileField(
        label=_("List of permit holders"),
        help_text=_("Excel or text table with a column 名称, and 统一社会信用代码 or 许可证编号 where it has them."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.tsv"}),
    )
    source = forms.CharField(label=_("where the list is from"), max_length=120, help_text=_("Such as: county service hall, list of 特种行业许可证 as of June."))
    category = forms.ModelChoiceField(label=_("Category"), queryset=SubjectCategory.objects.filter(active=True))
    unit = forms.ModelChoiceField(label=_("entries of the unit"), queryset=Unit.objects.none(), required=False, empty_label=_("all units"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units, field = own_units(user), self.fields["unit"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = units_in_use() if units is None else units_in_use().filter(pk__in=units)
            field.required = units is not None
            field.initial = user.unit_id if units is not None else None

    def clean_file(self) -> Any:
        """Not too large to be read at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file
