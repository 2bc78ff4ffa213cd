"""The form of an ad-hoc request. It parses and cleans only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.adhoc.states import Ground
from registries.evidence import evidence_file
from registries.matters.models import MatterRevision
from registries.subjects.models import Subject


class AdhocForm(forms.Form):
    """Whom, why, on which document, on which matters."""

    q = forms.CharField(
        label=_("Find the subject"),
        required=False,
        max_length=120,
        help_text=_("Name, initials, code or place; then choose it below."),
    )
    subject = forms.ChoiceField(
        label=_("Subject"), widget=forms.RadioSelect, error_messages={"required": _("Find and choose the subject.")}
    )
    ground = forms.ChoiceField(label=_("Ground"), choices=[("", "—"), *Ground.choices])
    document_number = forms.CharField(
        label=_("Document number"), max_length=60, help_text=_("The number of the complaint, order, letter or report.")
    )
    file = forms.FileField(
        label=_("File of the document (PDF or photo)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("At most 5 MB. It is kept sealed, its hash goes into the ledger. Choose it last: a search does not keep it."),
        error_messages={
            "required": _("Every ground has its document: choose its file."),
            "empty": _("The file is empty. Choose the file again."),
        },
    )
    explanation = forms.CharField(label=_("Explanation"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    matters = forms.MultipleChoiceField(
        label=_("Matters"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one matter.")},
    )

    def __init__(self, *args: Any, subjects: list[Subject], matters: list[MatterRevision], **kwargs: Any) -> None:
        """``subjects``: those that the search found."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["subject"].choices = [(str(s.pk), f"{s.name} · {s.public_id} · {s.town.label}") for s in subjects]
        fields["matters"].choices = [(str(m.pk), f"{m.matter.code} {m.name}") for m in matters]

    def clean_file(self) -> Any:
        """A PDF or a picture by its first bytes, of a size a page can show."""
        return evidence_file(self.cleaned_data["file"])

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        return {
            "subject_id": int(data["subject"]),
            "ground": data["ground"],
            "document_number": data["document_number"],
            "explanation": data["explanation"],
            "matter_ids": [int(pk) for pk in data["matters"]],
            "file": data["file"].read(),
            "file_name": data["file"].name,
        }
