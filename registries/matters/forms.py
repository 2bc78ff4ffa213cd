"""Forms for a revision of a matter (with its bases and checklist), filters, and an edition."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries import clock
from registries.codes.models import Code, CodeTable
from registries.codes.queries import requirements
from registries.matters import wordings
from registries.matters.commands import BasisContent, Content, ItemContent, MaterialContent, OutcomeContent
from registries.matters.models import ChecklistItem, LegalBasis, Material, MatterRevision
from registries.matters.queries import SHOWN
from registries.matters.rules import spelled
from registries.matters.states import Standing
from registries.people.models import Unit
from registries.people.queries import units_in_use

if TYPE_CHECKING:
    RevisionModelForm = forms.ModelForm[MatterRevision]
    BasisModelForm = forms.ModelForm[LegalBasis]
    ItemModelForm = forms.ModelForm[ChecklistItem]
    MaterialModelForm = forms.ModelForm[Material]
else:  # generic for the type checker only
    RevisionModelForm = BasisModelForm = ItemModelForm = MaterialModelForm = forms.ModelForm

ALL = pgettext_lazy("filter", "all")

METHODS = (
    ("site", _("on site")),
    ("paper", _("on paper")),
    ("findings", _("findings of other departments")),
    ("test", _("testing")),
    ("third", _("third party")),
    ("network", _("network monitoring")),
)
"""The six ways of inspection for people, as ``rules.METHODS`` names them."""

TABLES = (CodeTable.FIELD, CodeTable.SPECIALTY, CodeTable.RESULT, CodeTable.DISPOSAL)
"""The code tables that the page of a revision offers."""

SPARE_ROWS = 3
"""Empty rows a form offers for more bases and items."""


class DayInput(forms.DateInput):
    """A calendar field, in the one spelling browsers take."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("What is inspected"), ("code", "cooperation", "area", "name", "sub_item", "content", "categories", "kind", "method")),
    (_("Who inspects"), ("unit", "inspecting_body", "initiator", "partners", "team_size", "requirements")),
    (_("How it is watched"), ("regulation", "full_coverage")),
    (
        _("How much and how often"),
        (
            "ratio_percent",
            "ratio_wording",
            "ratio_least",
            "ratio_most",
            "frequency",
            "least_times",
            "most_times",
            "period",
            "period_years",
        ),
    ),
    (_("Publicity and remarks"), ("publicity", "secrecy_check", "remarks")),
)
"""The parts of the page on which a matter is revised."""


class RevisionForm(RevisionModelForm):
    """The content of a matter. The command saves it, not the form."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        validators=[RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z_-]*\Z", _("Only letters and figures."))],
        help_text=_("Such as ZA01; it never changes and stands in draws."),
    )
    class Meta:
        model = MatterRevision
        fields = SHOWN
        widgets = {
            "content": forms.Textarea(attrs={"rows": 6}),
            "remarks": forms.Textarea(attrs={"rows": 2}),
            "categories": forms.CheckboxSelectMultiple,
            "full_coverage": forms.CheckboxSelectMultiple,
            "requirements": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "team_size": _("Two at least."),
            "ratio_wording": _("As the list words it, such as 不低于3%. The button below reads the numbers from it."),
            "ratio_least": _("Plans and quotas below it are refused. Leave empty for none."),
            "ratio_most": _("Plans and quotas above it are refused. Key matters have none."),
            "frequency": _("As the list words it, such as 每2年不超过1次."),
            "least_times": _("Visits to one subject. Leave empty for none."),
            "most_times": _("The cap on visits to one subject. Leave empty for none."),
            "full_coverage": _("Every subject of these classes is visited; they are left out of draws. Tick none if all are drawn."),
            "secrecy_check": _("Results on this matter go out only after another person has recorded this check."),
            "requirements": _("What every inspector on the visit must hold. Leave empty if any may go."),
        }

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["code", *SHOWN])
        if code:
            self.fields["code"].initial = code
            self.fields["code"].disabled = True
        self.codes = list(Code.objects.filter(table__in=TABLES, active=True))
        self._offer("unit", units_in_use())
        needs = [row for row in self.codes if row.table in (CodeTable.FIELD, CodeTable.SPECIALTY)]
        self._offer("requirements", requirements(), needs)
        listed: list[Any] | None = None
        for name in ("categories", "full_coverage"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                classes = field.queryset.filter(active=True)
                listed = list(classes) if listed is None else listed
                self._offer(name, classes, listed)

    def _offer(self, name: str, rows: Any, listed: "Sequence[Any] | None" = None) -> None:
        """Say what a field lets one choose; ``listed`` are the rows read already, so that they are read once."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows
            if listed is not None:
                field.choices = [(row.pk, str(row)) for row in listed]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the parts of the page."""
        return [(str(title), [self[name] for name in names]) for title, names in GROUPS]

    def propose(self) -> list[str]:
        """Fill the numbers in from the words as they were sent; returns what was understood, in words."""
        ratio = wordings.ratio_of(f"{self['ratio_wording'].value()}；{self['frequency'].value()}")
        times = wordings.times_of(f"{self['frequency'].value()}")
        proposed = {
            "ratio_least": ratio.least,
            "ratio_most": ratio.most if self["kind"].value() != MatterRevision.Kind.KEY else None,
            "least_times": times.least,
            "most_times": times.most,
            "period": times.period,
            "period_years": times.years,
        }
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        for name, value in proposed.items():
            sent[name] = "" if value is None else str(value)
        self.data = sent
        return understood(ratio, times)

    def clean(self) -> dict[str, Any]:
        """Say beside the field which of two numbers is too small."""
        cleaned = super().clean() or {}
        for least, most, wrong in (
            ("ratio_least", "ratio_most", _("The highest ratio is below the least one.")),
            ("least_times", "most_times", _("The times at most are fewer than the times at least.")),
        ):
            low, high = cleaned.get(least), cleaned.get(most)
            if low is not None and high is not None and high < low:
                self.add_error(most, wrong)
        return cleaned

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


class MaterialForm(RowForm, MaterialModelForm):
    """One material."""

    class Meta:
        model = Material
        fields = ("name", "note")

    def content(self) -> MaterialContent:
        """What the command takes."""
        return MaterialContent(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class OutcomeForm(RowForm, forms.Form):
    """One possible result and what may follow it; ``vocabulary`` are the results and disposals to choose from."""

    result = forms.TypedChoiceField(label=_("inspection result"), coerce=int, empty_value=None)
    disposal = forms.TypedChoiceField(
        label=_("disposal"), coerce=int, required=False, empty_value=None, help_text=_("Leave open if any may follow.")
    )
    meaning = forms.CharField(label=_("what it means here"), max_length=300, required=False)

    def __init__(self, *args: Any, vocabulary: "dict[str, list[tuple[int, str]]]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in vocabulary.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "–"), *rows]

    def content(self) -> OutcomeContent:
        """What the command takes."""
        cleaned = self.cleaned_data
        return OutcomeContent(cleaned["result"], cleaned["disposal"], cleaned["meaning"])


def vocabulary(rows: "Iterable[Code]") -> "dict[str, list[tuple[int, str]]]":
    """The results and disposals among these rows of the code tables, to choose from in every :class:`OutcomeForm`."""
    tables = {CodeTable.RESULT.value: "result", CodeTable.DISPOSAL.value: "disposal"}
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in tables.values()}
    for row in rows:
        if row.table in tables:
            found[tables[row.table]].append((row.pk, row.label))
    return found


BasisFormSet = forms.formset_factory(BasisForm, extra=SPARE_ROWS, can_delete=True)
ItemFormSet = forms.formset_factory(ItemForm, extra=SPARE_ROWS, can_delete=True, can_order=True)
MaterialFormSet = forms.formset_factory(MaterialForm, extra=SPARE_ROWS, can_delete=True)
OutcomeFormSet = forms.formset_factory(OutcomeForm, extra=SPARE_ROWS, can_delete=True)

LISTS: "tuple[tuple[str, Any, type[forms.BaseFormSet[Any]]], ...]" = (
    ("bases", _("Legal bases"), BasisFormSet),
    ("items", _("Checklist"), ItemFormSet),
    ("materials", _("Materials to have at hand"), MaterialFormSet),
    ("outcomes", _("Possible results and disposals"), OutcomeFormSet),
)
"""The lists of a revision: their name, title and form set."""


def without_verdict(form: "forms.BaseForm") -> None:
    """Show what was typed without judging it yet (a row was asked for, or a proposal)."""
    form.errors.clear()


def understood(ratio: wordings.Ratio, times: wordings.Times) -> list[str]:
    """What was read from the words of ratio and frequency, sentence by sentence."""
    said = []
    if ratio.least is not None:
        said.append(_("at least %(number)s %% of the subjects") % {"number": spelled(ratio.least)})
    if ratio.most is not None:
        said.append(_("at most %(number)s %% of the subjects") % {"number": spelled(ratio.most)})
    span = {"years": times.years}
    over = _("while a permit is valid") if times.period == wordings.PERMIT else _("in %(years)s year(s)") % span
    if times.least is not None:
        said.append(_("at least %(number)s visits %(over)s") % {"number": times.least, "over": over})
    if times.most is not None:
        said.append(_("at most %(number)s visits %(over)s") % {"number": times.most, "over": over})
    return [str(one) for one in said]


class MatterFilterForm(forms.Form):
    """What to show of the matter list."""

    q = forms.CharField(label=_("Code or words"), required=False, max_length=60)
    unit = forms.ModelChoiceField(label=_("Responsible unit"), required=False, queryset=Unit.objects.none(), empty_label=ALL)
    method = forms.ChoiceField(label=_("Method"), required=False, choices=[("", ALL), *METHODS])
    needs = forms.ChoiceField(
        label=_("Inspectors"), required=False, choices=[("", ALL), ("no", _("any may go")), ("yes", _("with a qualification"))]
    )
    regulation = forms.ChoiceField(
        label=_("Mode of regulation"), required=False, choices=[("", ALL), *MatterRevision.Regulation.choices]
    )
    standing = forms.ChoiceField(label=_("State"), required=False, choices=[("", ALL), *Standing.choices])
    setter = forms.CharField(label=_("Set by"), required=False, max_length=40)
    since = forms.DateField(label=_("Set since"), required=False, widget=DayInput)
    until = forms.DateField(label=_("Set until"), required=False, widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ModelChoiceField):
            unit.queryset = units_in_use()


class ReasonForm(forms.Form):
    """Why a matter is retired or restored."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class EditionForm(forms.Form):
    """Title and a word on what is new."""

    title = forms.CharField(label=_("Title"), max_length=120)
    note = forms.CharField(label=_("What is new"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        year = clock.today().year
        kwargs.setdefault("initial", {"title": f"随机抽查事项清单({year}年版)"})
        super().__init__(*args, **kwargs)
