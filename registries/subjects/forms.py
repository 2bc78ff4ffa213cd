"""Forms of the subject registry: filters, an entry and its grade and status, permits, signals, exclusions, a category."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.codes.models import CodeTable
from registries.codes.queries import codes
from registries.people.models import Unit
from registries.people.queries import units_in_use
from registries.spreadsheets.layouts import COMPLAINT_CHANNELS
from registries.subjects.commands import GONE, Entry, PermitTerms
from registries.subjects.figures import BY
from registries.subjects.models import Permit, Subject, SubjectCategory

if TYPE_CHECKING:
    SubjectModelForm = forms.ModelForm[Subject]
    CategoryModelForm = forms.ModelForm[SubjectCategory]
    PermitModelForm = forms.ModelForm[Permit]
else:  # generic for the type checker only
    SubjectModelForm = CategoryModelForm = PermitModelForm = forms.ModelForm

ALL = pgettext_lazy("filter", "all")
REMARKS = [
    ("", ALL),
    ("never-visited", _("never visited")),
    ("signals", _("with signals")),
    ("excluded", _("out of scope by law")),
    ("expiring", _("permit ends within 60 days")),
    ("lapsed", _("permit lapsed")),
    ("no-permit", _("no permit entered")),
    ("no-code", _("no credit code")),
]
FRESHNESS = [("", ALL), ("stale", _("to be confirmed")), ("fresh", _("confirmed within a year"))]


def day_input() -> forms.DateInput:
    """A day, chosen from a calendar where the browser has one."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A field for one day."""
    return forms.DateField(label=label, widget=day_input(), **options)


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
    """What to show of the registry. What is asked for most stands first; the rest folds away while nothing is asked of it."""

    FIRST = ("q", "category", "unit", "grade", "remark")

    q = forms.CharField(
        label=_("Name, initials, code or place"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("such as 如家, rj, 9137… or 历山路")}),
    )
    category = _any(_("Category"))
    unit = _any(_("Responsible unit"))
    town = _any(_("Township"))
    grade = forms.ChoiceField(label=_("Risk grade"), required=False, choices=[("", ALL), *Subject.Grade.choices])
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ALL), *Subject.Status.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", ALL), *Subject.Kind.choices])
    freshness = forms.ChoiceField(label=_("Confirmation"), required=False, choices=FRESHNESS)
    before = forms.DateField(label=_("Last confirmed before"), required=False, widget=day_input())
    remark = forms.ChoiceField(label=_("Remarks"), required=False, choices=REMARKS)
    own = forms.BooleanField(label=_("own units only"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = SubjectCategory.objects.filter(active=True)
        _choose(self, category=categories, unit=units_in_use(), town=codes(CodeTable.TOWN))

    def first(self) -> list[forms.BoundField]:
        """The fields that always stand open."""
        return [self[name] for name in self.FIRST]

    def more(self) -> list[forms.BoundField]:
        """The others."""
        return [field for field in self if field.name not in self.FIRST]

    def more_asked(self) -> bool:
        """Whether one of the others is filled in."""
        return any(field.value() for field in self.more())


class StatisticsForm(forms.Form):
    """What the lines of the statistics stand for, and of which entries."""

    by = forms.ChoiceField(label=_("A line for each"), required=False, choices=[(code, label) for code, (label, _column) in BY.items()])
    unit = _any(_("Responsible unit"))
    category = _any(_("Category"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, unit=units_in_use(), category=SubjectCategory.objects.filter(active=True))


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
            "station",
            "town",
            "address",
            "contact",
            "phone",
        )
        widgets = {
            "categories": forms.CheckboxSelectMultiple,
            "contact": forms.TextInput,
            "phone": forms.TextInput,
        }
        help_texts = {
            "uscc": _("18 characters, as on the licence; blank when there is none."),
            "old_number": _("15 digits, as on licences before 2015; it stays beside the credit code."),
            "unit": _("Answers for the entry and confirms it once a year."),
            "station": _("Looks after it on the spot, if another unit does."),
            "contact": _("Kept encrypted; never published."),
            "phone": _("Kept encrypted; never published."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(
            self,
            categories=SubjectCategory.objects.filter(Q(active=True) | Q(subjects=self.instance.pk)).distinct(),
            unit=units_in_use(),
            station=units_in_use(),
            town=codes(CodeTable.TOWN),
        )

    def clean_uscc(self) -> str:
        """Capital letters, no spaces."""
        return "".join((self.cleaned_data["uscc"] or "").split()).upper()

    def entry(self) -> Entry:
        """What the command takes."""
        cleaned = {name: self.cleaned_data[name] for name in self.Meta.fields}
        unit, town, categories = cleaned.pop("unit"), cleaned.pop("town"), cleaned.pop("categories")
        station = cleaned.pop("station")
        now = self.instance
        standing = {name: getattr(now, name) for name in ("risk_grade", "graded_on", "grade_source", "status")}
        return Entry(
            unit_id=unit.pk,
            station_id=station.pk if station else None,
            town_id=town.pk,
            categories=tuple(row.pk for row in categories),
            **standing,
            **cleaned,
        )


class RegisterForm(SubjectForm):
    """A subject that was found: registered first, inspected after."""

    reason = forms.CharField(
        label=_("How was it found?"),
        max_length=200,
        help_text=_("Such as: seen on a walk through the town, named in a list of permit holders."),
    )
    another = forms.BooleanField(
        label=_("It is another one than an entry of the same name or number"), required=False
    )
    risk_grade = forms.ChoiceField(label=_("Risk grade"), choices=Subject.Grade.choices, initial=Subject.Grade.B)

    def entry(self) -> Entry:
        """What the command takes."""
        return replace(super().entry(), risk_grade=self.cleaned_data["risk_grade"])


class GradeForm(forms.Form):
    """A new risk grade with its day and source."""

    grade = forms.ChoiceField(label=_("Risk grade"), choices=Subject.Grade.choices, widget=forms.RadioSelect)
    graded_on = day_field(_("Graded on"))
    source = forms.CharField(label=_("Who gave the grade"), max_length=80, help_text=_("Such as: county market office, credit platform."))


class StatusForm(forms.Form):
    """A new status with day and reason."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[one for one in Subject.Status.choices if one[0] != Subject.Status.MERGED],
        widget=forms.RadioSelect,
    )
    since = day_field(_("Since"))
    reason = forms.CharField(label=_("Why?"), max_length=200, help_text=_("Such as: deregistered by the market office, seen closed on the spot."))


class PermitForm(PermitModelForm):
    """A permit. The command saves it, not the form."""

    class Meta:
        model = Permit
        fields = ("name", "number", "issuer", "issued_on", "valid_from", "valid_until", "long_term")
        widgets = {name: day_input() for name in ("issued_on", "valid_from", "valid_until")}
        help_texts = {
            "name": _("As on the permit, such as 特种行业许可证."),
            "valid_until": _("Blank when it is long-term."),
        }

    def terms(self) -> PermitTerms:
        """What the command takes."""
        return PermitTerms(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    def validate_constraints(self) -> None:
        """The command's rules say it in their own sentences."""

    def validate_unique(self) -> None:
        """The command says whose permit it is."""


class EndForm(forms.Form):
    """The day and the reason of an end: of a permit, an exclusion, a violation on record."""

    day = day_field(_("Last day"))
    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ComplaintForm(forms.Form):
    """A complaint that was received."""

    received_on = day_field(_("received on"))
    channel = forms.ChoiceField(label=_("channel"), choices=[(c.value, c.label) for c in COMPLAINT_CHANNELS])
    content = forms.CharField(
        label=_("what is complained of"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it is about, without names or numbers of persons."),
    )


class DecisionForm(forms.Form):
    """What came out when a complaint was looked into."""

    upheld = forms.TypedChoiceField(
        label=_("Outcome of the complaint"),
        choices=[("yes", _("upheld")), ("no", _("not upheld"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    decided_on = day_field(_("decided on"))
    decision = forms.CharField(label=_("what was found"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ViolationForm(forms.Form):
    """A violation that was established."""

    found_on = day_field(_("date"))
    document_number = forms.CharField(label=_("document number"), max_length=60)
    facts = forms.CharField(
        label=_("facts"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("What it is about, without names or numbers of persons.")
    )
    serious = forms.BooleanField(label=_("serious: it counts in draws for 24 months"), required=False, initial=True)


class ExclusionForm(forms.Form):
    """An exclusion by law."""

    basis = forms.CharField(label=pgettext_lazy("of an exclusion", "legal basis"), max_length=200, help_text=_("Law and article that take it out of scope"))
    reason = forms.CharField(label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    starts_on = day_field(_("from"))
    ends_on = day_field(_("until"), required=False, help_text=_("Last day; blank when there is none."))


class AssignForm(forms.Form):
    """To whom several entries are given."""

    unit = forms.ModelChoiceField(label=_("Responsible unit"), queryset=Unit.objects.none())
    station = forms.ModelChoiceField(label=_("Station or squad"), queryset=Unit.objects.none(), required=False, empty_label=_("as it is"))
    reason = forms.CharField(label=_("Why is it changed?"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, unit=units_in_use(), station=units_in_use())

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        unit, station = self.cleaned_data["unit"], self.cleaned_data["station"]
        return {"unit_id": unit.pk, "station_id": station.pk if station else None, "reason": self.cleaned_data["reason"]}


class GoneForm(forms.Form):
    """What became of several entries."""

    status = forms.ChoiceField(label=_("What became of them?"), choices=[(one.value, one.label) for one in GONE], widget=forms.RadioSelect)
    since = day_field(_("Since"))
    reason = forms.CharField(label=_("Why?"), max_length=200, help_text=_("Such as: deregistered by the market office, seen closed on the spot."))


class MergeForm(forms.Form):
    """How one knows that two entries are the same."""

    reason = forms.CharField(label=_("How do you know that both are the same?"), max_length=200)


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
