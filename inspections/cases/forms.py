"""The forms of cases: the filter of the list, the record with its checklists, the review, replacements, strikes."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.cases.merging import HEAD
from inspections.cases.models import RecordAnswer
from inspections.cases.rules import Draft, Gap, Line
from inspections.cases.states import Answer, CaseKind, Decision, Stage
from inspections.cases.vocabulary import Offered
from registries.codes.models import Code, ResultGroup
from registries.evidence import evidence_file
from registries.inspectors.models import Inspector
from registries.matters.models import ChecklistItem, MatterRevision
from registries.people.models import Unit


class CaseFilter(forms.Form):
    """What the list of cases is narrowed by; an empty field narrows nothing."""

    q = forms.CharField(label=_("Number or subject"), required=False, max_length=80)
    stage = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Source"), required=False, choices=[("", _("All sources")), *CaseKind.choices])
    unit = forms.ModelChoiceField(label=_("Unit"), required=False, queryset=Unit.objects.none(), empty_label=_("All units"))
    overdue = forms.BooleanField(label=_("overdue only"), required=False)

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        """``units`` are offered where there is more than one; None offers none."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["stage"].choices = [("", _("All states")), *Stage.choices]
        if units is None:
            del self.fields["unit"]
        else:
            fields["unit"].queryset = units


class Cell(NamedTuple):
    """One checklist item on the page: the item, its two fields, and what a colleague saved meanwhile, if that differs."""

    item: ChecklistItem
    answer: forms.BoundField
    remark: forms.BoundField
    theirs: str


class Checklist(NamedTuple):
    """The items of one matter."""

    revision: MatterRevision
    cells: list[Cell]


def _choices(rows: Sequence[Code], nothing: Any) -> list[Any]:
    """The codes for a select, by group where they have one; the first choice is none."""
    if not any(row.group for row in rows):
        return [("", nothing), *((str(row.pk), row.label) for row in rows)]
    order = list(ResultGroup.values)
    ranked = sorted(rows, key=lambda row: (order.index(row.group), row.position))
    grouped = groupby(ranked, key=lambda row: row.group)
    return [("", nothing), *((ResultGroup(g).label, [(str(r.pk), r.label) for r in rs]) for g, rs in grouped)]


class RecordForm(forms.Form):
    """A record on its way: nothing is demanded here, so that a half-filled one can be kept; ``rules.gaps`` tells what lacks."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    inspected_on = forms.DateField(
        label=_("Day of the inspection"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    result = forms.ChoiceField(label=_("Result"), required=False)
    findings = forms.CharField(
        label=_("Problems found"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Needed with a problem, and to say how it was found that no inspection was possible. This text is disclosed: "
            "no names of persons, no ID, phone, card or plate numbers."
        ),
    )
    disposal = forms.ChoiceField(label=_("What follows"), required=False, help_text=_("Needed with a problem."))
    present = forms.CharField(
        label=_("Present for the subject"),
        required=False,
        max_length=80,
        help_text=_("Name and post; or who witnessed it, if nobody would."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, items: Sequence[ChecklistItem], may: Offered, head: Collection[str] | None = None, **kwargs: Any) -> None:
        """``items`` in the order of the page; ``may``: what of results and disposals may be chosen; ``head``: the fields
        beside the checklists that this person fills in, None for all."""
        super().__init__(*args, **kwargs)
        self.items, self.codes = items, [*may.results, *may.all_disposals]
        self.theirs: dict[str, str] = {}
        fields: dict[str, Any] = self.fields
        fields["result"].choices = _choices(may.results, _("– choose –"))
        fields["result"].help_text = "；".join(f"{code}：{may.meanings[code.pk]}" for code in may.results if code.pk in may.meanings)
        fields["disposal"].choices = _choices(may.all_disposals, _("– choose –"))
        after = "；".join(f"{code} → {'、'.join(str(one) for one in given)}" for code, given in may.told)
        if after:
            fields["disposal"].help_text = _("Needed with a problem. The matter list names: %(after)s.") % {"after": after}
        for name in set(HEAD) - set(HEAD if head is None else head):
            del fields[name]
        for number, item in enumerate(items, start=1):
            fields[f"answer_{item.pk}"] = forms.ChoiceField(
                label=_("Item %(number)s") % {"number": number},
                choices=Answer.choices,
                required=False,
                widget=forms.RadioSelect,
            )
            fields[f"remark_{item.pk}"] = forms.CharField(
                label=_("Remark on item %(number)s") % {"number": number},
                required=False,
                max_length=RecordAnswer._meta.get_field("remark").max_length,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def checklists(self) -> list[Checklist]:
        """The fields of the items, by matter, for the template."""
        return [
            Checklist(
                rows[0].revision,
                [Cell(i, self[f"answer_{i.pk}"], self[f"remark_{i.pk}"], self.theirs.get(f"answer_{i.pk}", "")) for i in rows],
            )
            for rows in (list(group) for _pk, group in groupby(self.items, key=lambda item: item.revision_id))
        ]

    @property
    def head_fields(self) -> list[tuple[forms.BoundField, str]]:
        """The fields beside the checklists, each with what a colleague saved meanwhile, if that differs."""
        return [(self[name], self.theirs.get(name, "")) for name in HEAD if name in self.fields]

    def draft(self) -> Draft:
        """What was typed, as the command takes it."""
        data = self.cleaned_data
        return Draft(
            inspected_on=data["inspected_on"],
            result_id=int(data["result"]) if data.get("result") else None,
            findings=data.get("findings", ""),
            disposal_id=int(data["disposal"]) if data.get("disposal") else None,
            present=data.get("present", ""),
            answers={i.pk: Line(data[f"answer_{i.pk}"], data[f"remark_{i.pk}"]) for i in self.items},
        )

    def show_gaps(self, gaps: Iterable[Gap], sentence: Any) -> None:
        """Mark what lacks at its field; ``sentence`` puts a rule's sentence into the reader's words."""
        for gap in gaps:
            self.add_error(gap.field, sentence(gap.sentence))

    def show_theirs(self, saved: Draft) -> None:
        """Note beside each field what a colleague saved meanwhile, where that is not what was typed here."""
        typed = self.draft().kept()
        for name, mine, other in (
            ("inspected_on", typed.inspected_on, saved.inspected_on),
            ("result", typed.result_id, saved.result_id),
            ("findings", typed.findings, saved.findings),
            ("disposal", typed.disposal_id, saved.disposal_id),
            ("present", typed.present, saved.present),
        ):
            if mine != other and name in self.fields:
                self.theirs[name] = self._in_words(name, other)
        for item in self.items:
            mine_line, other_line = typed.answers.get(item.pk, Line()), saved.answers.get(item.pk, Line())
            if mine_line != other_line:
                answer = str(Answer(other_line.answer).label) if other_line.answer else "–"
                self.theirs[f"answer_{item.pk}"] = f"{answer} {other_line.remark}".strip()

    def _in_words(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return "–"
        if name in ("result", "disposal"):
            return Code.objects.get(pk=value).label
        return str(value)

    @staticmethod
    def initial_of(draft: Draft, version: int) -> dict[str, Any]:
        """The first values of the page: what the record holds, nothing else."""
        initial: dict[str, Any] = {
            "version": version,
            "inspected_on": draft.inspected_on,
            "result": draft.result_id or "",
            "findings": draft.findings,
            "disposal": draft.disposal_id or "",
            "present": draft.present,
        }
        for item, line in draft.answers.items():
            initial |= {f"answer_{item}": line.answer, f"remark_{item}": line.remark}
        return initial


class ReviewForm(forms.Form):
    """The reviewer's decision on one round."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (Decision.ACCEPT.value, _("Accept: the record is complete and lawful")),
            (Decision.RETURN.value, _("Return: the team must complete or correct it")),
        ],
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when you return it. It is never published. Findings are not rewritten here."),
    )


class SecrecyForm(forms.Form):
    """The legal and secrecy check before disclosure."""

    cleared = forms.ChoiceField(
        label=_("Outcome of the check"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("May be disclosed: lawful, and nothing in it is secret or private")),
            ("no", _("Must be kept back for now")),
        ],
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when it is kept back. It is never published."),
    )

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        return {"cleared": self.cleaned_data["cleared"] == "yes", "remark": self.cleaned_data["remark"]}


class AskForm(forms.Form):
    """Ask for a replacement: who and why in one choice, what happened, the evidence."""

    who = forms.ChoiceField(label=_("Who must be replaced, and why"), widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the supervisor who decides. It is kept encrypted and never published."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        help_text=_("A document and its number, the number of a photo, who can confirm it."),
    )
    file = forms.FileField(
        label=_("File (photo or PDF), if there is one"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("At most 5 MB. Its hash goes into the ledger."),
        error_messages={"empty": _("The file is empty. Choose the file again.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["who"].choices = choices

    def clean_file(self) -> Any:
        """A PDF or a picture by its first bytes, of a size a page can show."""
        file = self.cleaned_data["file"]
        return evidence_file(file) if file else None

    def arguments(self) -> dict[str, Any]:
        """What the command takes. ``who`` is ``subject:reason`` or ``assignment key:reason``."""
        data = self.cleaned_data
        whom, _colon, reason = data["who"].partition(":")
        file = data["file"]
        return {
            "kind": "subject" if whom == "subject" else "inspector",
            "assignment_id": None if whom == "subject" else int(whom),
            "reason": reason,
            "explanation": data["explanation"],
            "evidence": data["evidence"],
            "file": file.read() if file else b"",
            "file_name": file.name if file else "",
        }


class SeparateForm(forms.Form):
    """Why a case is not visited together with another."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AcceptReplacementForm(forms.Form):
    """The supervisor accepts; the own password is asked again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Asked again, because a replacement is never taken back."),
    )


class StandInForm(AcceptReplacementForm):
    """The same for a team that was named: the supervisor names who steps in."""

    field_order = ("version", "inspector", "password")
    inspector = forms.TypedChoiceField(label=_("Who steps in"), coerce=int, error_messages={"required": _("Choose who steps in.")})

    def __init__(self, *args: Any, offered: Sequence[Inspector], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["inspector"].choices = [("", "—"), *((one.pk, one.name) for one in offered)]


class RefuseReplacementForm(forms.Form):
    """The supervisor refuses, with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason for refusing it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class StrikeForm(forms.Form):
    """The supervisor strikes a result; the own password is asked again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Asked again, because a strike is never taken back."),
    )
