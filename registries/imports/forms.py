"""The forms of an import: what is uploaded, and which column of the file is which."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registries.imports.kinds import TableKind
from registries.imports.states import ImportState
from registries.spreadsheets.gate import MOST_BYTES

ACCEPTED = ".xlsx,.xls,.csv,.txt"


class UploadForm(forms.Form):
    """Which table, and the file."""

    kind = forms.ChoiceField(label=_("What the table holds"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx, .xls) or text table (.csv), at most 20 MB. Titles above the header and blank rows may stay."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        error_messages={"empty": _("The file is empty. Choose the file again.")},
    )

    def __init__(self, *args: Any, kinds: Sequence[TableKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["kind"], [(kind.code, kind.label) for kind in kinds])

    def clean_file(self) -> Any:
        """Refuse by its size what is not worth reading."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                gettext("The file has more than %(most)s MB. Divide the table into several files.")
                % {"most": MOST_BYTES // 1024 // 1024}
            )
        return file


class ImportFilterForm(forms.Form):
    """Which imports the list shows."""

    kind = forms.ChoiceField(label=_("Table"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *ImportState.choices])

    def __init__(self, *args: Any, kinds: Sequence[TableKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["kind"], [("", _("all")), *((kind.code, kind.label) for kind in kinds)])


class SheetPart(NamedTuple):
    """The part of the mapping form for one sheet: its name, the field that leaves it out (not for the main one), its
    columns, and the headings that nothing uses."""

    sheet: str
    header_row: int
    rows: int
    use: BoundField | None
    columns: list[BoundField]
    unused: list[str]
    doubled: list[str]


class MappingForm(forms.Form):
    """Column by column: which one of the file it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: TableKind, mapping: Sequence[Mapping[str, Any]], version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = version
        self.mapping = mapping
        self.kind = kind
        for at, sheet in enumerate(mapping):
            if at:
                self.fields[f"use-{sheet['layout']}"] = forms.BooleanField(
                    label=_("Take this sheet along"), required=False, initial=True
                )
            choices = [("", _("not in the file")), *((str(i), _heading(i, text)) for i, text in enumerate(sheet["headings"]) if text)]
            for column in kind.layout(sheet["layout"]).columns:
                self.fields[f"{sheet['layout']}-{column.name}"] = forms.ChoiceField(
                    label=f"{column.heading} *" if column.required else column.heading,
                    help_text=column.help,
                    required=False,
                    choices=choices,
                    initial=str(sheet["columns"].get(column.name, "")),
                )

    @property
    def sheets(self) -> list[SheetPart]:
        """The fields by sheet."""
        parts = []
        for at, sheet in enumerate(self.mapping):
            layout = self.kind.layout(sheet["layout"])
            used = set(sheet["columns"].values())
            unused = [text for i, text in enumerate(sheet["headings"]) if text and i not in used]
            parts.append(
                SheetPart(
                    sheet["sheet"],
                    sheet["header_row"],
                    sheet["rows"],
                    self[f"use-{sheet['layout']}"] if at else None,
                    [self[f"{sheet['layout']}-{column.name}"] for column in layout.columns],
                    unused,
                    list(sheet["doubled"]),
                )
            )
        return parts

    @property
    def missing(self) -> list[str]:
        """The required columns that were not found."""
        return [
            column.heading
            for sheet in self.mapping
            for column in self.kind.layout(sheet["layout"]).columns
            if column.required and column.name not in sheet["columns"]
        ]

    @property
    def settled(self) -> bool:
        """Whether there is nothing to decide: every required column was found, and none twice."""
        return not self.missing and not any(sheet["doubled"] for sheet in self.mapping) and not self.errors

    @property
    def columns(self) -> dict[str, dict[str, int]]:
        """What was chosen: sheet (layout) → column → place."""
        chosen: dict[str, dict[str, int]] = {}
        for at, sheet in enumerate(self.mapping):
            code = sheet["layout"]
            if at and not self.cleaned_data.get(f"use-{code}"):
                continue
            chosen[code] = {
                column.name: int(place)
                for column in self.kind.layout(code).columns
                if (place := self.cleaned_data.get(f"{code}-{column.name}"))
            }
        return chosen


class CommitForm(forms.Form):
    """Which import as seen, and whether the refused rows are left out."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    only_good = forms.BooleanField(required=False)


def offer(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    """Give a choice field its choices."""
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def left_out(refused: int) -> str:
    """The words of the button that leaves refused rows out."""
    return ngettext(
        "Take over only the good rows (%(count)s left out)", "Take over only the good rows (%(count)s left out)", refused
    ) % {"count": refused}


def _heading(place: int, text: str) -> str:
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}  {text[:60]}"
