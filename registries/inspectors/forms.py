"""Forms of the inspector registry: filters, the entry, what belongs to it, groups, training, assistants."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries import clock
from registries.codes.models import Code, CodeTable
from registries.codes.queries import codes
from registries.inspectors.commands import Entry
from registries.inspectors.models import Assistant, Certificate, Inspector, InspectorGroup, Leave, Training
from registries.inspectors.queries import groups
from registries.matters.models import Matter, MatterRevision
from registries.matters.queries import newest_revisions, published_revisions
from registries.people.masking import masked_id, masked_phone
from registries.people.models import Unit, User
from registries.people.queries import own_units, units_in_use
from registries.spreadsheets.identifiers import check_id_number
from registries.spreadsheets.refusals import BadCell

if TYPE_CHECKING:
    EntryModelForm = forms.ModelForm[Inspector]
    CertificateModelForm = forms.ModelForm[Certificate]
    LeaveModelForm = forms.ModelForm[Leave]
    GroupModelForm = forms.ModelForm[InspectorGroup]
    TrainingModelForm = forms.ModelForm[Training]
    AssistantModelForm = forms.ModelForm[Assistant]
    InspectorsField = forms.ModelMultipleChoiceField[Inspector]
    InspectorField = forms.ModelChoiceField[Inspector]
else:  # generic for the type checker only
    EntryModelForm = CertificateModelForm = LeaveModelForm = forms.ModelForm
    GroupModelForm = TrainingModelForm = AssistantModelForm = forms.ModelForm
    InspectorsField, InspectorField = forms.ModelMultipleChoiceField, forms.ModelChoiceField

ALL = pgettext_lazy("filter", "all")


class DayInput(forms.DateInput):
    """A calendar field, in the one spelling browsers take."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def offer(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Say which rows a field of the form lets one choose."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


def own_units_of(user: User) -> Any:
    """The units in use whose rows this person keeps."""
    kept = own_units(user)
    return units_in_use() if kept is None else units_in_use().filter(pk__in=kept)


class InspectorFilterForm(forms.Form):
    """What to show of the registry."""

    q = forms.CharField(label=_("Name or staff number"), required=False, max_length=40)
    unit = forms.ModelChoiceField(label=_("Unit"), required=False, queryset=Unit.objects.none(), empty_label=ALL)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ALL), *Inspector.Status.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units_in_use())


class RegistryFilterForm(InspectorFilterForm):
    """The filters of the whole registry."""

    tag = forms.ModelChoiceField(label=_("Field or specialty"), required=False, queryset=Code.objects.none(), empty_label=ALL)
    group = forms.ModelChoiceField(label=_("Group"), required=False, queryset=InspectorGroup.objects.none(), empty_label=ALL)
    look = forms.ChoiceField(
        label=_("Only"),
        required=False,
        choices=[
            ("", ALL),
            ("able", _("who may inspect today")),
            ("unable", _("who may not inspect today")),
            ("ending", _("whose certificate ends within 60 days")),
            ("untrained", _("who attended no training this year")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "tag", Code.objects.filter(table__in=(CodeTable.FIELD, CodeTable.SPECIALTY), active=True))
        offer(self, "group", groups())


class EligibilityForm(forms.Form):
    """For which day and matter the page says whether somebody may inspect."""

    day = forms.DateField(label=_("Day"), required=False, widget=DayInput)
    matter = forms.ModelChoiceField(
        label=_("Matter"), required=False, queryset=MatterRevision.objects.none(), empty_label=pgettext_lazy("matter", "any")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "matter", published_revisions())


class EntryForm(EntryModelForm):
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
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry = self.instance if self.instance.pk else None
        offer(self, "fields", codes(CodeTable.FIELD))
        offer(self, "specialties", codes(CodeTable.SPECIALTY))
        offer(self, "unit", units_in_use() if entry else own_units_of(user))
        names = dict(newest_revisions().filter(matter__active=True).values_list("matter_id", "name"))
        listed = Matter.objects.filter(pk__in=names)
        matters = self.fields["matters"]
        if isinstance(matters, forms.MultipleChoiceField):
            matters.choices = [(str(one.pk), f"{one.code} {names[one.pk]}") for one in listed]
        for name in ("phone", "id_number"):
            self.initial.pop(name, None)
        if entry is None:
            self.fields["unit"].initial = user.unit_id
            return
        self.fields["number"].disabled = True
        self.initial["matters"] = [str(one.pk) for one in entry.matters.all()]
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
        for name in ("fields", "specialties"):
            cleaned[name] = tuple(row.pk for row in cleaned[name])
        cleaned["matters"] = tuple(int(key) for key in cleaned["matters"])
        return {"entry": Entry(unit_id=unit.pk, **cleaned)}


class StatusForm(forms.Form):
    """A new status and why."""

    status = forms.ChoiceField(label=_("Status"), choices=Inspector.Status.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return dict(self.cleaned_data)


class ReasonForm(forms.Form):
    """Why something ends today."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return dict(self.cleaned_data)


class CertificateForm(CertificateModelForm):
    """A certificate: police, provincial, or another kind of the code table."""

    kind = forms.ChoiceField(label=_("Kind"))

    class Meta:
        model = Certificate
        fields = ("kind", "number", "issuer", "valid_from", "valid_until")
        widgets = {"valid_from": DayInput, "valid_until": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [row.label for row in codes(CodeTable.CERTIFICATE)]
        if self.instance.pk and self.instance.kind not in kinds:
            kinds.append(self.instance.kind)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(one, one) for one in kinds]

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        cleaned = super().clean() or {}
        _in_order(self, "valid_from", "valid_until")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _in_order(form: forms.BaseForm, first: str, last: str) -> None:
    starts, ends = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if starts and ends and ends < starts:
        form.add_error(last, _("The last day comes before the first one."))


class LeaveForm(LeaveModelForm):
    """A leave, both days included."""

    class Meta:
        model = Leave
        fields = ("kind", "starts_on", "ends_on", "remarks")
        widgets = {"starts_on": DayInput, "ends_on": DayInput}

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        cleaned = super().clean() or {}
        _in_order(self, "starts_on", "ends_on")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class RecusalForm(forms.Form):
    """A conflict: with whom, of what kind, from when."""

    whom = forms.CharField(
        label=_("With whom"),
        max_length=120,
        help_text=_("Name, credit code or registry number of the subject, or the name of the enterprise where a relative works."),
    )
    relation = forms.ChoiceField(label=_("Relation"))
    relative = forms.CharField(
        label=_("Relative"), max_length=40, required=False, help_text=_("Who it is, if it is a relative. Kept encrypted, shown masked.")
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("Until"), widget=DayInput, required=False, help_text=_("Last day. Leave empty while it lasts."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"starts_on": clock.today()})
        super().__init__(*args, **kwargs)
        relation = self.fields["relation"]
        if isinstance(relation, forms.ChoiceField):
            relation.choices = [(row.label, row.label) for row in codes(CodeTable.RELATION)]

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        cleaned = super().clean() or {}
        _in_order(self, "starts_on", "ends_on")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return dict(self.cleaned_data)


class EndRecusalForm(forms.Form):
    """The last day of a conflict and why it is over."""

    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"ends_on": clock.today()})
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return dict(self.cleaned_data)


# --- groups, training, assistants ---------------------------------------------------------------------------------------


def colleagues(user: User, also: Any = ()) -> Any:
    """The inspectors that this person may put into a group or tick: of the own units, who has not left; and ``also``."""
    kept = own_units(user)
    rows = Inspector.objects.exclude(status=Inspector.Status.LEFT)
    rows = rows if kept is None else rows.filter(unit_id__in=kept)
    return (rows | Inspector.objects.filter(pk__in=[one.pk for one in also])).select_related("unit").order_by("unit__code", "number")


class PeopleField(InspectorsField):
    """Inspectors as tick boxes, each with number and unit."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Name, number and unit."""
        return person_label(obj)


class PersonField(InspectorField):
    """One inspector."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, number and unit."""
        return person_label(obj)


def person_label(inspector: Inspector) -> str:
    """``王建国 003215 治安大队``."""
    return f"{inspector.name} {inspector.number} {inspector.unit.short_name}"


class GroupForm(GroupModelForm):
    """A permanent group with its leader."""

    members = PeopleField(label=_("Members"), queryset=Inspector.objects.none())
    leader = PersonField(label=_("Leader"), queryset=Inspector.objects.none(), required=False, empty_label=pgettext_lazy("leader", "none"))

    class Meta:
        model = InspectorGroup
        fields = ("name", "unit", "members", "leader", "remarks", "active")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = list(self.instance.members.all()) if self.instance.pk else []
        offer(self, "unit", own_units_of(user))
        offer(self, "members", colleagues(user, there))
        offer(self, "leader", colleagues(user, there))
        if not self.instance.pk:
            self.fields["unit"].initial = user.unit_id

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "unit_id": cleaned["unit"].pk,
            "members": [one.pk for one in cleaned["members"]],
            "leader_id": cleaned["leader"].pk if cleaned["leader"] else None,
            "remarks": cleaned["remarks"],
            "active": cleaned["active"],
        }


class TrainingForm(TrainingModelForm):
    """A session and who attended; a unit ticked stands for everybody of it who is on duty."""

    whole_units = forms.ModelMultipleChoiceField(
        label=_("Whole units attended"),
        required=False,
        queryset=Unit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody on duty of the units ticked here. Or tick people one by one below."),
    )
    attended = PeopleField(label=_("Attended"), queryset=Inspector.objects.none(), required=False)

    class Meta:
        model = Training
        fields = ("held_on", "topic", "hours", "place", "unit", "whole_units", "attended")
        widgets = {"held_on": DayInput}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = colleagues(user)
        offer(self, "unit", own_units_of(user))
        offer(self, "whole_units", own_units_of(user).filter(inspectors__status=Inspector.Status.ACTIVE).distinct())
        offer(self, "attended", self.offered)
        if not self.instance.pk:
            self.fields["unit"].initial = user.unit_id
            self.fields["held_on"].initial = clock.today()

    def values(self) -> dict[str, Any]:
        """What the command takes. People of other units who attended stay."""
        cleaned = self.cleaned_data
        whole = Inspector.objects.filter(unit__in=cleaned["whole_units"], status=Inspector.Status.ACTIVE)
        attended = {one.pk for one in cleaned["attended"]} | set(whole.values_list("pk", flat=True))
        if self.instance.pk:
            attended |= set(self.instance.attended.exclude(pk__in=self.offered.values("pk")).values_list("pk", flat=True))
        plain = {name: cleaned[name] for name in ("held_on", "topic", "hours", "place")}
        return {**plain, "unit_id": cleaned["unit"].pk, "attended": sorted(attended)}


class AssistantForm(AssistantModelForm):
    """An assistant; the phone is never shown, an empty one stays as it is."""

    number = forms.CharField(
        label=_("Staff number"),
        max_length=16,
        validators=[RegexValidator(r"^[0-9A-Za-z_-]+\Z", _("Only letters and figures."))],
        help_text=_("It never changes."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    class Meta:
        model = Assistant
        fields = ("number", "name", "unit", "phone", "remarks", "active")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", own_units_of(user))
        self.initial.pop("phone", None)
        if not self.instance.pk:
            self.fields["unit"].initial = user.unit_id
            return
        self.fields["number"].disabled = True
        if self.instance.phone:
            kept = masked_phone(self.instance.phone)
            self.fields["phone"].help_text = _("On record: %(kept)s. Leave empty to keep it.") % {"kept": kept}

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        cleaned = dict(self.cleaned_data)
        unit = cleaned.pop("unit")
        return {**cleaned, "unit_id": unit.pk}
