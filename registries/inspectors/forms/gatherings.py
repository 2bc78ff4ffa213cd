"""Forms of groups, training sessions and assistants."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries import clock
from registries.inspectors.forms.choosing import DayInput, Filled, PeopleField, PersonField, colleagues, offer, own_units_of
from registries.inspectors.models import Assistant, Inspector, InspectorGroup, Training
from registries.inspectors.queries import assistants
from registries.people.masking import masked_phone
from registries.people.models import Unit, User

if TYPE_CHECKING:
    GroupModelForm = forms.ModelForm[InspectorGroup]
    TrainingModelForm = forms.ModelForm[Training]
    AssistantModelForm = forms.ModelForm[Assistant]
    AssistantsField = forms.ModelMultipleChoiceField[Assistant]
else:  # generic for the type checker only
    GroupModelForm = TrainingModelForm = AssistantModelForm = forms.ModelForm
    AssistantsField = forms.ModelMultipleChoiceField


class GroupForm(Filled, GroupModelForm):
    """A permanent group with its leader."""

    members = PeopleField(label=pgettext_lazy("group of inspectors", "Members"), queryset=Inspector.objects.none())
    assistants = AssistantsField(
        label=_("Assistants"),
        queryset=Assistant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Named with the group, never drawn and never counted."),
    )
    leader = PersonField(label=_("Leader"), queryset=Inspector.objects.none(), required=False, empty_label=pgettext_lazy("leader", "none"))

    class Meta:
        model = InspectorGroup
        fields = ("name", "unit", "members", "leader", "assistants", "remarks", "active")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = list(self.instance.members.all()) if self.instance.pk else []
        offer(self, "unit", own_units_of(user))
        offer(self, "members", colleagues(user, there))
        offer(self, "leader", colleagues(user, there))
        helpers = assistants().filter(unit__in=own_units_of(user))
        if self.instance.pk:
            helpers = (helpers | Assistant.objects.filter(groups=self.instance)).distinct()
        offer(self, "assistants", helpers)
        if not helpers.exists():
            del self.fields["assistants"]
        if not self.instance.pk:
            self.fields["unit"].initial = user.unit_id

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "unit_id": cleaned["unit"].pk,
            "members": [one.pk for one in cleaned["members"]],
            "assistants": [one.pk for one in cleaned.get("assistants", ())],
            "leader_id": cleaned["leader"].pk if cleaned["leader"] else None,
            "remarks": cleaned["remarks"],
            "active": cleaned["active"],
        }


class TrainingForm(Filled, TrainingModelForm):
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


class AssistantForm(Filled, AssistantModelForm):
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
