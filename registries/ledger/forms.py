"""What to show of the ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.ledger.words import WORDS

ALL = pgettext_lazy("filter", "all")
OUTCOMES = [("", ALL), ("change", _("done")), ("refused", _("refused")), ("public", _("public facts"))]


class LedgerFilterForm(forms.Form):
    """Who, what, on which object, between which days."""

    who = forms.CharField(label=_("Who"), required=False, max_length=40, help_text=_("Name or account"))
    what = forms.ChoiceField(label=_("What"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=OUTCOMES)
    kind = forms.ChoiceField(label=_("Object"), required=False)
    number = forms.CharField(label=_("Number of the object"), required=False, max_length=40)
    first = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("what", sorted((v, str(t)) for v, t in WORDS.items())), ("kind", kinds)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", str(ALL)), *choices]
