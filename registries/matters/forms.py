"""Forms for a revision of a matter (with its bases and checklist), filters, and an edition."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries import clock
from registries.codes.queries import requirements
from registries.matters.commands import BasisContent, Content, ItemContent
from registries.matters.models import ChecklistItem, LegalBasis, MatterRevision
from registries.matters.queries import SHOWN
from registries.people.models import Unit
from registries.people.queries import units_in_use

if TYPE_CHECKING:
    RevisionModelForm = forms.ModelForm[MatterRevision]
    BasisModelForm = forms.ModelForm[LegalBasis]
    ItemModelForm = forms.ModelForm[ChecklistItem]
else:  # generic for the type checker only
    RevisionModelForm = BasisModelForm = ItemModelForm = forms.ModelForm

SPARE_ROWS = 3
"""Empty rows a form offers for more bases and items."""


class DayInput(forms.DateInput):
    """A calendar field, in the one spelling browsers take."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RevisionForm(RevisionModelForm):
    """The content of a matter. The command saves it, not the form."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        validators=[RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z_-]*\Z", _("Only letters and figures."))],
        help_text=_("Such as ZA01; it never changes and stands in draws."),
    )
    active = forms.BooleanField(
        label=_("in use"), required=False, initial=True, help_text=_("Retired matters are left out of the next edition.")
    )

    class Meta:
        model = MatterRevision
        fields = SHOWN
        widgets = {
            "content": forms.Textarea(attrs={"rows": 3}),
            "remarks": forms.Textarea(attrs={"rows": 2}),
            "categories": forms.CheckboxSelectMultiple,
            "full_coverage": forms.CheckboxSelectMultiple,
            "requirements": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "team_size": _("Two at least."),
            "full_coverage": _("Every subject of these classes is visited; they are left out of draws. Tick none if all are drawn."),
            "requirements": _("What every inspector on the visit must hold. Leave empty if any may go."),
        }

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["code", *SHOWN, "active"])
        if code:
            self.fields["code"].initial = code
            self.fields["code"].disabled = True
        for name, rows in (("unit", units_in_use()), ("requirements", requirements())):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows
        for name in ("categories", "full_coverage"):
            categories = self.fields[name]
            if isinstance(categories, forms.ModelMultipleChoiceField):
                categories.queryset = categories.queryset.filter(active=True) if categories.queryset is not None else None

    def content(self) -> Content:
        """What the command takes."""
        cleaned = {name: self.cleaned_data[name] for name in SHOWN}
        unit = cleaned.pop("unit")
        for name in ("categories", "full_coverage", "requirements"):
            cleaned[name] = tuple(row.pk for row in cleaned[name])
        return Content(unit_id=unit.pk, **cleaned)


class RowForm:
    """A row of a form set: an empty one is not meant."""

    def is_filled(self) -> bool:
        """Whether anything was written into the row."""
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return any(value for name, value in cleaned.items() if name not in ("ORDER", "DELETE"))


class BasisForm(RowForm, BasisModelForm):
    """One citation."""

    class Meta:
        model = LegalBasis
        fields = ("instrument", "document_number", "article", "in_force_from", "in_force_until")
        widgets = {"in_force_from": DayInput, "in_force_until": DayInput}
        help_texts = {"instrument": _("Without book-title marks, such as 旅馆业治安管理办法.")}

    def content(self) -> BasisContent:
        """What the command takes."""
        return BasisContent(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class ItemForm(RowForm, ItemModelForm):
    """One checklist item."""

    class Meta:
        model = ChecklistItem
        fields = ("title", "content", "guidance", "article")
        widgets = {"content": forms.Textarea(attrs={"rows": 2}), "guidance": forms.Textarea(attrs={"rows": 2})}

    def content(self) -> ItemContent:
        """What the command takes."""
        return ItemContent(**{name: self.cleaned_data[name] for name in self.Meta.fields})


BasisFormSet = forms.formset_factory(BasisForm, extra=SPARE_ROWS, can_delete=True)
ItemFormSet = forms.formset_factory(ItemForm, extra=SPARE_ROWS, can_delete=True, can_order=True)


class MatterFilterForm(forms.Form):
    """What to show of the matter list."""

    q = forms.CharField(label=_("Code or words"), required=False, max_length=60)
    unit = forms.ModelChoiceField(
        label=_("Responsible unit"), required=False, queryset=Unit.objects.none(), empty_label=pgettext_lazy("filter", "all")
    )
    regulation = forms.ChoiceField(
        label=_("Mode of regulation"),
        required=False,
        choices=[("", pgettext_lazy("filter", "all")), *MatterRevision.Regulation.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ModelChoiceField):
            unit.queryset = units_in_use()


class EditionForm(forms.Form):
    """Title and a word on what is new."""

    title = forms.CharField(label=_("Title"), max_length=120)
    note = forms.CharField(label=_("What is new"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        year = clock.today().year
        kwargs.setdefault("initial", {"title": f"随机抽查事项清单({year}年版)"})
        super().__init__(*args, **kwargs)
