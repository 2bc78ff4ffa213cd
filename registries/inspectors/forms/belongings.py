"""Forms of what belongs to an inspector: certificates, leave, declared conflicts."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registries import clock
from registries.codes.models import CodeTable
from registries.codes.queries import codes
from registries.inspectors.forms.choosing import DayInput, Filled, in_order
from registries.inspectors.models import Certificate, Leave

if TYPE_CHECKING:
    CertificateModelForm = forms.ModelForm[Certificate]
    LeaveModelForm = forms.ModelForm[Leave]
else:  # generic for the type checker only
    CertificateModelForm = LeaveModelForm = forms.ModelForm


class CertificateForm(Filled, CertificateModelForm):
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
        in_order(self, "valid_from", "valid_until")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LeaveForm(Filled, LeaveModelForm):
    """A leave, both days included."""

    class Meta:
        model = Leave
        fields = ("kind", "starts_on", "ends_on", "remarks")
        widgets = {"starts_on": DayInput, "ends_on": DayInput}

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        cleaned = super().clean() or {}
        in_order(self, "starts_on", "ends_on")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the command takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class RecusalForm(Filled, forms.Form):
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
        in_order(self, "starts_on", "ends_on")
        return cleaned


class EndRecusalForm(Filled, forms.Form):
    """The last day of a conflict and why it is over."""

    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"ends_on": clock.today()})
        super().__init__(*args, **kwargs)
