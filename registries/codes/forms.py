"""The form for a row of a code table."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registries.codes.models import Code, CodeTable, ResultGroup


class CodeForm(forms.Form):
    """Code, name, group (results only), place in lists, in use or not."""

    code = forms.CharField(label=_("Code"), max_length=32, help_text=_("Short and for ever; it stands in draws and exports."))
    label = forms.CharField(label=_("Name"), max_length=80)
    group = forms.ChoiceField(label=_("Counts as"), choices=ResultGroup.choices)
    position = forms.IntegerField(
        label=_("Place in lists"), min_value=0, max_value=9999, initial=0, help_text=_("Smaller numbers stand first.")
    )
    active = forms.BooleanField(
        label=_("in use"), required=False, initial=True, help_text=_("Retired rows stay where they were used.")
    )

    def __init__(self, *args: Any, table: CodeTable, row: Code | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if table != CodeTable.RESULT:
            del self.fields["group"]
        if row is not None:
            self.fields["code"].disabled = True
            self.initial = {name: getattr(row, name) for name in self.fields}
