"""The forms of this room. They parse and clean only; what may be decided stands in the rules."""

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from publicity.corrections import rules
from publicity.corrections.comparing import LABELS, longest
from publicity.corrections.states import Kind
from publicity.disclosures.models import Disclosure
from publicity.disclosures.states import Because
from registries.codes.models import Code, CodeTable
from registries.evidence import evidence_file

KINDS = [
    (Kind.ERROR, _("Something here is wrong (a typing error, a wrong name or date)")),
    (Kind.OBJECTION, _("I object to the result itself")),
    (Kind.STATEMENT, _("I was inspected and want my view shown beside the result")),
]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ObjectionForm(forms.Form):
    """What is wrong, and who says so if they want to be answered."""

    kind = forms.ChoiceField(label=_("What do you send?"), widget=forms.RadioSelect, error_messages={"required": _("Choose what you send.")})
    text = forms.CharField(
        label=_("What is wrong, and how should it read?"),
        max_length=rules.MOST_TEXT,
        widget=_area(6),
        help_text=_("At most 2,000 characters. Leave out ID numbers, telephone numbers and names of others."),
        error_messages={"required": _("Say what is wrong.")},
    )
    file = forms.FileField(
        label=_("A document or picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("One PDF, JPEG or PNG file of at most 5 MB. It is kept encrypted and never published."),
    )
    name = forms.CharField(label=_("Your name or that of your company"), required=False, max_length=80)
    contact = forms.CharField(
        label=_("How we reach you"), required=False, max_length=120, help_text=_("Telephone or e-mail. Without it you read the answer at the address that you get next.")
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"), required=False, max_length=18, help_text=_("If you were inspected: with it we can make sure that it is you.")
    )
    claims_inspected = forms.BooleanField(label=_("I am the inspected, or act for it"), required=False)

    def __init__(self, *args: Any, named: bool, **kwargs: Any) -> None:
        """``named``: only beside a result that names its subject can a statement stand."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [one for one in KINDS if named or one[0] != Kind.STATEMENT]

    def clean_file(self) -> Any:
        """A PDF or a picture by its first bytes."""
        return evidence_file(self.cleaned_data["file"]) if self.cleaned_data["file"] else None

    def clean_uscc(self) -> str:
        """As codes are written."""
        return str(self.cleaned_data["uscc"]).strip().upper()

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = dict(self.cleaned_data)
        file = data.pop("file")
        return {**data, "file": file.read() if file else b"", "file_name": file.name if file else ""}


class AnswerForm(forms.Form):
    """What was examined and what is decided; both are printed in the answer."""

    findings = forms.CharField(label=_("What you examined and found"), max_length=1000, widget=_area(4))
    answer = forms.CharField(label=_("Decision, as whoever asked reads it"), max_length=1000, widget=_area(3))

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why a statement is not shown."""

    reason = forms.CharField(label=_("Why it is not shown"), max_length=500, widget=_area(2))


class ChangeForm(forms.Form):
    """What every change of a result has: the version it was read from, the public reason, and an answer where an objection is behind it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    objection_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    explanation = forms.CharField(
        label=_("Why (public)"),
        max_length=rules.MOST_EXPLANATION,
        widget=_area(3),
        help_text=_("Everybody reads this beside the result. No names, no numbers of persons."),
    )

    def answering(self) -> None:
        """Ask for the answer to the objection as well. Not under the name of the column ``findings``."""
        self.fields["examined"] = copy.deepcopy(AnswerForm.base_fields["findings"])
        self.fields["answer"] = copy.deepcopy(AnswerForm.base_fields["answer"])

    def answer(self, objection_id: int | None) -> dict[str, Any]:
        """What the commands take of it."""
        data = self.cleaned_data
        if objection_id is None:
            return {}
        return {
            "objection_id": objection_id,
            "objection_version": data["objection_version"] or 0,
            "findings": data["examined"],
            "answer": data["answer"],
        }


class CorrectionForm(ChangeForm):
    """The columns on the list as they stand; what is typed over is proposed."""

    record_wrong = forms.BooleanField(
        label=_("The signed record of the visit has the same error"),
        required=False,
        help_text=_("It stays as it was signed; the correction says so."),
    )

    def __init__(self, *args: Any, result: Disclosure, answering: bool, because: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = rules.correctable(named=result.named, form=result.form)
        fields: dict[str, Any] = self.fields
        for name in self.columns:
            field = _column(name, result)
            field.initial = getattr(result, name)
            fields[name] = field
        if answering:
            self.answering()
        else:
            fields["because"] = forms.ChoiceField(
                label=_("Why is it corrected?"),
                choices=[(Because.ERROR, _("the bureau found an error")), (Because.FOLLOWED, _("a follow-up was settled"))],
                initial=because or Because.ERROR,
                widget=forms.RadioSelect,
            )
        self.order_fields([*self.columns, "because", "explanation", "record_wrong", "examined", "answer", "version", "objection_version"])

    def column_fields(self) -> list[forms.BoundField]:
        """The fields of copied columns."""
        return [self[name] for name in self.columns]

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        return {
            "version": data["version"],
            "values": {name: data[name] for name in self.columns},
            "explanation": data["explanation"],
            "record_wrong": data["record_wrong"],
            **({"because": data["because"]} if "because" in data else {}),
        }


def _column(name: str, result: Disclosure) -> forms.Field:
    label = LABELS["result_label" if name == "result_code" else name]
    if name == "result_code":
        codes = Code.objects.filter(table=CodeTable.RESULT).order_by("position", "code")
        choices = [(code.code, code.label) for code in codes if code.active or code.code == result.result_code]
        return forms.ChoiceField(label=label, choices=choices)
    if name == "inspected_on":
        return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    if name == "inspectors_count":
        return forms.IntegerField(label=label, min_value=1, max_value=99)
    if name == "findings":
        return forms.CharField(label=label, required=False, max_length=4000, widget=_area(4))
    most = longest(name)
    return forms.CharField(label=label, required=name in ("subject_name", "category_name", "unit_name"), max_length=most)


class WithdrawalForm(ChangeForm):
    """The event, its day, the legal basis."""

    event_on = forms.DateField(
        label=_("Day of the event"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When the decision was annulled, or the error became known. The result goes within three working days after it."),
    )
    basis = forms.CharField(label=_("Legal basis (public)"), max_length=200)

    field_order = ("event_on", "basis", "explanation", "examined", "answer", "version", "objection_version")

    def __init__(self, *args: Any, answering: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if answering:
            self.answering()
            self.order_fields(self.field_order)

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        return {name: data[name] for name in ("version", "event_on", "basis", "explanation")}


class AnnulledForm(forms.Form):
    """The document that annulled a penalty, and what the public reads."""

    number = forms.CharField(label=_("Number of the annulling document (public)"), max_length=60)
    annulled_on = forms.DateField(
        label=_("Day of the annulling document"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The decision goes within three working days after it."),
    )
    basis = forms.CharField(label=_("Legal basis (public)"), max_length=200)
    explanation = forms.CharField(
        label=_("Why (public)"),
        max_length=rules.MOST_EXPLANATION,
        widget=_area(3),
        help_text=_("Everybody reads this at the address of the decision. No names, no numbers of persons."),
    )
