"""The forms of follow-ups. They parse and clean; the rules decide."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.followups.rules import Order
from inspections.followups.states import Kind
from registries.inspectors.models import Inspector
from registries.people.models import Unit


class DayInput(forms.DateInput):
    """A calendar field, in the one spelling browsers take."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _what(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


def _basis() -> forms.CharField:
    hint = _("Law or rule with its article, as it stands in the document: 《…》第…条.")
    return forms.CharField(label=_("Provision"), help_text=hint, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class Versioned(forms.Form):
    """Whatever changes a row names the version that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class OrderForm(Versioned):
    """What a reviewer orders."""

    kind: Kind

    def order(self) -> Order:
        """What the command takes."""
        data = self.cleaned_data
        return Order(self.kind.value, data["what"], data.get("number", ""), data.get("addressee", ""), data["day"], data.get("basis", ""))


class RectificationForm(OrderForm):
    """责令限期改正."""

    kind = Kind.RECTIFICATION
    what = _what(_("What must be put right"), _("One demand a line. They stand in the order that the subject receives; its number is taken now."))
    basis = _basis()
    day = forms.DateField(label=_("To be put right by"), widget=DayInput)


class PenaltyForm(OrderForm):
    """立案."""

    kind = Kind.PENALTY
    what = _what(_("Suspected violation"), _("Which provision, by which facts of the record."))
    number = forms.CharField(label=_("Number of the penalty case"), max_length=60)
    day = forms.DateField(label=_("Filed on"), widget=DayInput, help_text=_("The decision is due 90 days after this day."))


class TransferForm(OrderForm):
    """移送其他部门."""

    kind = Kind.TRANSFER
    what = _what(_("What is transferred, and why"))
    addressee = forms.CharField(label=_("Authority"), max_length=120)
    day = forms.DateField(label=_("To be sent by"), widget=DayInput)


class CrimeForm(forms.Form):
    """涉嫌犯罪."""

    what = _what(_("Facts that point to a crime"), _("For the supervisor who decides within three days. It is never published."))
    addressee = forms.CharField(label=_("Investigating organ, if it is known"), required=False, max_length=120)


ORDERS: dict[str, type[OrderForm]] = {form.kind.value: form for form in (RectificationForm, PenaltyForm, TransferForm)}


class WaiverForm(Versioned):
    """Nothing follows, and why."""

    reason = _what(_("Why nothing follows"), _("For example: put right on the spot, and seen by the inspectors."))


class ExtendForm(Versioned):
    """A later day."""

    due_on = forms.DateField(label=_("New day"), widget=DayInput)
    reason = forms.CharField(label=_("Why it is extended"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RecheckForm(Versioned):
    """Who goes again."""

    inspectors = forms.MultipleChoiceField(
        label=_("Who goes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Two at least. Those of the visit stand first."),
        error_messages={"required": _("Choose two inspectors at least.")},
    )

    def __init__(self, *args: Any, offered: list[tuple[Inspector, bool]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["inspectors"].choices = [(str(one.pk), one.name) for one, _was_there in offered]

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        return {"version": self.cleaned_data["version"], "inspector_ids": [int(pk) for pk in self.cleaned_data["inspectors"]]}


class ConcludeForm(Versioned):
    """Put right or not."""

    passed = forms.ChoiceField(
        label=_("Outcome of the re-check"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Passed: it is put right")), ("no", _("Not passed: something else must follow"))],
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Needed when it is not passed.")
    )

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        return {"version": data["version"], "passed": data["passed"] == "yes", "remark": data["remark"]}


class DecisionForm(Versioned):
    """The decision of a penalty case."""

    number = forms.CharField(label=_("Number of the decision"), max_length=60)
    decided_on = forms.DateField(label=_("Day of the decision"), widget=DayInput)
    decision = forms.CharField(
        label=_("Penalty"), max_length=300, required=False, help_text=_("For example a warning, a fine, an order to suspend business.")
    )
    amount = forms.DecimalField(label=_("Amount (yuan)"), required=False, max_digits=12, decimal_places=2)


class IssueForm(Versioned):
    """What stands in an order or letter beside what the case knows."""

    basis = _basis()
    addressee = forms.CharField(label=_("Authority"), max_length=120)
    enclosures = forms.CharField(
        label=_("Enclosures"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One a line.")
    )
    contact = forms.CharField(
        label=_("Who can be asked"), required=False, max_length=80, help_text=_("Left empty, the unit stands there.")
    )

    def __init__(self, *args: Any, to_subject: bool = False, **kwargs: Any) -> None:
        """``to_subject``: an order, which has no authority to go to."""
        super().__init__(*args, **kwargs)
        if to_subject:
            for name in ("addressee", "enclosures", "contact"):
                del self.fields[name]


class SendForm(Versioned):
    """A letter that went out."""

    sent_at = forms.DateTimeField(
        label=_("Sent at"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


class ReceiptForm(Versioned):
    """What came back."""

    number = forms.CharField(label=_("Receipt"), max_length=60, help_text=_("Its number, or who signed it."))
    received_on = forms.DateField(label=_("Received on"), widget=DayInput)


class FollowUpFilter(forms.Form):
    """What the list is narrowed by; an empty field narrows nothing."""

    q = forms.CharField(label=_("Case or subject"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    unit = forms.ModelChoiceField(label=_("Unit"), required=False, queryset=Unit.objects.none(), empty_label=_("All units"))
    overdue = forms.BooleanField(label=_("overdue only"), required=False)

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        """``units`` are offered where there is more than one; None offers none."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("All kinds")), *Kind.choices]
        if units is None:
            del self.fields["unit"]
        else:
            fields["unit"].queryset = units

    def conditions(self, today: dt.date) -> dict[str, Any]:
        """What the rows are filtered by, apart from the words."""
        data = self.cleaned_data
        kept = {"kind": data.get("kind"), "case__unit": data.get("unit"), "due_on__lt": today if data.get("overdue") else None}
        return {name: value for name, value in kept.items() if value}
