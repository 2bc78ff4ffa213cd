"""Forms for a plan and its items."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.plans.commands import ItemValues
from inspections.plans.models import PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.evidence import evidence_file, why_not_office_file, why_not_picture
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.people.models import Unit, User
from registries.people.queries import own_units, units_in_use

MONTHS = [(month, str(month)) for month in range(1, 13)]


class PlanForm(forms.Form):
    """Year and title of a new plan."""

    year = forms.IntegerField(label=_("Year"))
    title = forms.CharField(label=_("Title"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        year = clock.today().year
        kwargs.setdefault("initial", {"year": year, "title": f"{year}年度随机抽查工作计划"})
        super().__init__(*args, **kwargs)


class ReviewForm(forms.Form):
    """What the legal review says: a remark for the supervisor, or the reason of a return."""

    remark = forms.CharField(
        label=_("Remark, or the reason of the return"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AmendForm(forms.Form):
    """Why a published plan is amended."""

    reason = forms.CharField(
        label=_("Why the plan is amended"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Public, with the amendment.")
    )


BEGINNINGS = {b"%PDF": "application/pdf", b"PK\x03\x04": "application/zip", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"\xd0\xcf\x11\xe0": "application/msword"}
"""How a file begins that may be a report: PDF, Word or Excel (new and old), a scan."""
MOST_BYTES = 20 * 1024 * 1024


class ReportForm(forms.Form):
    """The report of a task as it was sent."""

    reported_on = forms.DateField(label=_("Reported on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    file = forms.FileField(label=_("The report"), help_text=_("PDF, Word, Excel, or a scan; at most 20 MB."))
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False, help_text=_("Such as to whom, and the number of the letter."))

    def clean_file(self) -> Any:
        """Neither too large nor something else."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        begins = file.read(8)
        file.seek(0)
        if not any(begins.startswith(known) for known in BEGINNINGS):
            raise forms.ValidationError(_("This file is none of PDF, Word, Excel, JPEG or PNG."))
        body = file.read()
        file.seek(0)
        if why := why_not_office_file(body) or why_not_picture(body):
            raise forms.ValidationError(why)
        return file


class HandedForm(forms.Form):
    """A list of subjects from above."""

    file = forms.FileField(
        label=_("List of subjects"),
        help_text=_("Excel or text table with a column 名称, and 统一社会信用代码 where it has one. The same list twice changes nothing."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.tsv"}),
    )

    def clean_file(self) -> Any:
        """Not too large to be read at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file


class DropForm(forms.Form):
    """Why a begun amendment is dropped."""

    reason = forms.CharField(label=_("Why it is dropped"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class PlanFileForm(forms.Form):
    """A file that goes with a plan."""

    file = forms.FileField(
        label=_("File (PDF or picture)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("At most 5 MB."),
        error_messages={"empty": _("The file is empty. Choose the file again.")},
    )

    def clean_file(self) -> Any:
        """A PDF or a picture by its first bytes."""
        return evidence_file(self.cleaned_data["file"])


ALL = pgettext_lazy("filter", "all")


class PlanFilterForm(forms.Form):
    """What to show of the plans: by themselves, and by what their items say."""

    q = forms.CharField(label=_("Title, number, matter"), required=False, max_length=80)
    year = forms.IntegerField(label=_("Year"), required=False)
    unit = forms.ModelChoiceField(label=_("Unit"), required=False, queryset=Unit.objects.all(), empty_label=ALL)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", ALL), *PlanState.choices])
    source = forms.ChoiceField(label=_("Source"), required=False, choices=[("", ALL), *PlanItem.Source.choices])
    side = forms.ChoiceField(
        label=_("Departments"), required=False, choices=[("", ALL), ("own", _("one department")), ("joint", _("several departments"))]
    )
    named = forms.ChoiceField(
        label=_("Subjects"), required=False, choices=[("", ALL), ("lot", _("drawn by lot")), ("named", _("named by the task"))]
    )
    month = forms.IntegerField(label=_("Month"), required=False, min_value=1, max_value=12)


class ItemForm(forms.Form):
    """One item: which matter, who, how much, when, on whose behalf."""

    matter = forms.TypedChoiceField(
        label=_("Lead matter"), coerce=int, help_text=_("Matters of the published edition; their default ratio in brackets.")
    )
    unit = forms.ModelChoiceField(label=_("Responsible unit"), queryset=Unit.objects.none(), empty_label=None)
    ratio_percent = forms.DecimalField(
        label=_("Ratio (%)"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        help_text=_("Of the subjects in scope. Give either a ratio or a number."),
    )
    number = forms.IntegerField(label=_("Number of subjects"), required=False, min_value=1, max_value=1_000_000)
    first_month = forms.TypedChoiceField(label=_("From month"), coerce=int, choices=MONTHS)
    last_month = forms.TypedChoiceField(label=_("To month"), coerce=int, choices=MONTHS, initial=12)
    source = forms.ChoiceField(label=_("Source of the task"), choices=PlanItem.Source.choices, initial="routine")
    document_number = forms.CharField(
        label=_("Document number of the task"),
        required=False,
        max_length=60,
        help_text=_("For national, provincial and municipal tasks."),
    )
    prescribed_percent = forms.DecimalField(
        label=_("Prescribed ratio (%)"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        help_text=_("What the task asks for at least. A smaller ratio or number is refused."),
    )
    report_due = forms.DateField(
        label=_("Report due"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), help_text=_("Until when the task is reported upward.")
    )
    handed_down = forms.BooleanField(
        label=_("The task names the subjects"),
        required=False,
        help_text=_("A list comes from above: no subjects are drawn, only the teams. Give their number."),
    )
    joint_matters = forms.TypedMultipleChoiceField(
        label=_("Joint matters"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Checked in the same visit: one visit, several matters."),
    )

    def __init__(self, *args: Any, user: User, item: PlanItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(revision.matter_id, _title(revision)) for revision in published_revisions()]
        for name in ("matter", "joint_matters"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        unit = self.fields["unit"]
        kept = own_units(user)
        if isinstance(unit, forms.ModelChoiceField):
            unit.queryset = units_in_use() if kept is None else units_in_use().filter(pk__in=kept)
            unit.initial = user.unit_id
        if item is not None:
            self.initial = {
                **{name: getattr(item, name) for name in self.fields if name not in ("matter", "unit", "joint_matters")},
                "matter": item.matter_id,
                "unit": item.unit_id,
                "joint_matters": [matter.pk for matter in item.joint_matters.all()],
            }

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the command would refuse as a whole."""
        cleaned = super().clean() or {}
        if not self.errors.keys() & {"ratio_percent", "number"}:
            given = [name for name in ("ratio_percent", "number") if cleaned.get(name) is not None]
            if len(given) != 1:
                self.add_error("ratio_percent", _("Give either a ratio or a number of subjects."))
        if cleaned.get("first_month") and cleaned.get("last_month") and cleaned["first_month"] > cleaned["last_month"]:
            self.add_error("last_month", _("The first month does not come after the last one."))
        return cleaned

    def values(self) -> ItemValues:
        """What the command takes."""
        cleaned = self.cleaned_data
        return ItemValues(
            matter_id=cleaned["matter"],
            unit_id=cleaned["unit"].pk,
            first_month=cleaned["first_month"],
            last_month=cleaned["last_month"],
            ratio_percent=cleaned["ratio_percent"],
            number=cleaned["number"],
            source=cleaned["source"],
            document_number=cleaned["document_number"],
            joint_matters=tuple(cleaned["joint_matters"]),
            prescribed_percent=cleaned["prescribed_percent"],
            report_due=cleaned["report_due"],
            handed_down=cleaned["handed_down"],
        )


def _title(revision: MatterRevision) -> str:
    return f"{revision.matter.code} {revision.name} ({revision.ratio_percent.normalize():f} %)"
