"""What the pages of the registry are narrowed by, and what the page of eligibility asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.codes.models import Code, CodeTable
from registries.inspectors.forms.choosing import ALL, DayInput, offer
from registries.inspectors.models import Inspector, InspectorGroup
from registries.inspectors.queries import groups
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.people.models import Unit
from registries.people.queries import units_in_use


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

    tag = forms.ModelChoiceField(label=_("Field, specialty or expert"), required=False, queryset=Code.objects.none(), empty_label=ALL)
    duty = forms.ChoiceField(label=_("Duty class"), required=False, choices=[("", ALL), *Inspector.Duty.choices])
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", ALL), *Inspector.Level.choices])
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
        offer(self, "tag", Code.objects.filter(table__in=(CodeTable.FIELD, CodeTable.SPECIALTY, CodeTable.EXPERT), active=True))
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
