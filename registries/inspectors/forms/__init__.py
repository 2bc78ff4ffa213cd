"""The forms of the inspector registry."""

from registries.inspectors.forms.belongings import CertificateForm, EndRecusalForm, LeaveForm, RecusalForm
from registries.inspectors.forms.choosing import Filled
from registries.inspectors.forms.entries import EntryForm, FindForm, ReasonForm, StatusForm
from registries.inspectors.forms.filters import EligibilityForm, InspectorFilterForm, RegistryFilterForm
from registries.inspectors.forms.gatherings import AssistantForm, GroupForm, TrainingForm

__all__ = [
    "AssistantForm",
    "CertificateForm",
    "EligibilityForm",
    "EndRecusalForm",
    "EntryForm",
    "Filled",
    "FindForm",
    "GroupForm",
    "InspectorFilterForm",
    "LeaveForm",
    "ReasonForm",
    "RecusalForm",
    "RegistryFilterForm",
    "StatusForm",
    "TrainingForm",
]
