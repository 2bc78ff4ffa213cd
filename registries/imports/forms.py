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

ACCEPTED = ".xlsx,.xlsm,.xls,.xml,.csv,.tsv,.txt"


class UploadForm(forms.Form):
    """Which table, and the file."""

    kind = forms.ChoiceField(
        label=_("What the table holds"), widget=forms.RadioSelect, error_messages={"required": _("Choose what the table holds.")}
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx, .xlsm, .xls) or text table (.csv, .tsv), at most 20 MB. Titles above the header and blank rows may stay."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty. Choose the file again.")},
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
    columns, the headings that nothing uses, the field of rows proposed for leaving out, what else was noticed, and the sheets with
    the same columns (name, rows) that may be read instead; and the fields of columns that are required and were not found."""

    sheet: str
    header_row: int
    rows: int
    use: BoundField | None
    columns: list[BoundField]
    unused: list[str]
    doubled: list[str]
    aside: BoundField | None
    doubts: list[str]
    hidden: str
    others: list[tuple[str, int]]
    missing: set[str]


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
            if sheet.get("proposed"):
                self.fields[f"aside-{sheet['layout']}"] = forms.MultipleChoiceField(
                    label=_("Rows that look like no entries are left out. Take the tick away from those that you want to bring."),
                    required=False,
                    choices=[(str(row), aside_in_words(row, text, why)) for row, text, why in sheet["proposed"]],
                    initial=[str(row) for row in sheet.get("left_out", ())],
                    widget=forms.CheckboxSelectMultiple,
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
                    self[f"aside-{sheet['layout']}"] if sheet.get("proposed") else None,
                    [doubt_in_words(*doubt) for doubt in sheet.get("doubts", ())],
                    hidden_in_words(sheet),
                    [(other["sheet"], other["rows"]) for other in sheet.get("others", ())],
                    {f"{layout.kind}-{column.name}" for column in layout.columns if column.required and column.name not in sheet["columns"]},
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
        odd = any(sheet["doubled"] or sheet.get("doubts") for sheet in self.mapping)
        return not self.missing and not odd and not self.errors

    @property
    def unread(self) -> list[str]:
        """The sheets of the file that are not read, each in a sentence; not those that may be chosen."""
        offered = {other["sheet"] for sheet in self.mapping for other in (sheet, *sheet.get("others", ()))}
        return [unread_in_words(name, why) for sheet in self.mapping for name, why in sheet.get("unread", ()) if name not in offered]

    @property
    def left_out(self) -> dict[str, set[int]]:
        """The rows that are left out, by sheet (layout)."""
        fields = {sheet["layout"]: f"aside-{sheet['layout']}" for sheet in self.mapping}
        return {layout: {int(row) for row in self.cleaned_data.get(name, ())} for layout, name in fields.items()}

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
    return f"{letters(place)}  {text[:60]}"


def letters(place: int) -> str:
    """The letters of a column, counted from 0: A, B … Z, AA."""
    found = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def aside_in_words(row: int, text: str, why: str) -> str:
    """A row proposed for leaving out: where it stands, what it looks like, how it begins."""
    words = {"hint": gettext("how to fill in"), "sample": gettext("sample"), "total": gettext("total"), "note": gettext("note below the table")}
    return gettext("Row %(row)s (%(why)s): %(text)s") % {"row": row, "why": words[why], "text": text}


def doubt_in_words(place: int, heading: str, holds: str, hits: int, rows: int, instead: str) -> str:
    """A column that holds something else than its heading says, in a sentence."""
    words = {
        "uscc": gettext("credit codes"),
        "id_number": gettext("ID numbers"),
        "phone": gettext("telephone numbers"),
        "date": gettext("days"),
        "choice": gettext("answers of another column"),
    }
    told = {"letter": letters(place), "heading": heading, "holds": words[holds], "hits": hits, "rows": rows, "instead": instead}
    if instead:
        return gettext("Column %(letter)s “%(heading)s” holds %(holds)s in %(hits)s of %(rows)s rows: it may be “%(instead)s”.") % told
    return gettext("Column %(letter)s “%(heading)s” holds %(holds)s in %(hits)s of %(rows)s rows. Make sure that it is the right one.") % told


def hidden_in_words(sheet: Mapping[str, Any]) -> str:
    """That hidden rows and columns of a sheet are read, "" when there are none."""
    rows, columns = sheet.get("hidden_rows", 0), "、".join(letters(at - 1) for at in sheet.get("hidden_columns", ()))
    if rows and columns:
        return gettext("%(rows)s hidden rows and the hidden columns %(columns)s are read too.") % {"rows": rows, "columns": columns}
    if rows:
        return gettext("%(rows)s hidden rows are read too.") % {"rows": rows}
    return gettext("The hidden columns %(columns)s are read too.") % {"columns": columns} if columns else ""


def unread_in_words(name: str, why: str) -> str:
    """Why a sheet of the file is not read, in a sentence."""
    sentences = {
        "hidden": gettext("The hidden sheet “%(sheet)s” is not read. If it belongs to the table, show it and upload the file again."),
        "same": gettext("The sheet “%(sheet)s” has the same columns and is not read: one sheet is taken at a time. Put its rows below the others, or upload it as a file of its own."),
        "aside": gettext("The sheet “%(sheet)s” is not read: it holds no such table."),
    }
    return sentences[why] % {"sheet": name}
