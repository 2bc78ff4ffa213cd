"""What review and release ask about the free text of a record: each doubt decided, more to star out, and the tick."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.cases.clearance import Looked, Span, Standing, spans_out, standing
from inspections.cases.forms import ReviewForm
from inspections.cases.models import Record
from registries.scanning import doubts, finds, starred

KINDS = {
    "id": _("ID number"),
    "card": _("bank card"),
    "phone": _("telephone"),
    "plate": _("number plate"),
    "number": _("long number"),
    "account": _("account of a messenger"),
    "mail": _("e-mail address"),
    "birth": _("birthday"),
    "minor": _("age of a minor"),
    "home": _("home address"),
    "name": _("name of a person"),
    "": _("starred out by a person"),
}
LEFT, HIDDEN = "left", "hidden"


class Piece(NamedTuple):
    """A part of the text: plain (``label`` is None), or marked with what it is; ``tone`` says what becomes of it."""

    text: str
    label: Any = None
    tone: str = ""


class LookFields(forms.Form):
    """The fields about the text of one record; none where it holds no free text."""

    looked = forms.BooleanField(
        label=_("I looked through the text for names of persons and other private matters; what is starred out covers them."),
        required=False,
    )
    wordings = forms.CharField(
        label=_("Also star out, one wording a line, exactly as in the text"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        label=_("Why more is starred out"),
        required=False,
        max_length=300,
        help_text=_("Such as: name of a guest. The signed record is not changed; only the published copy is starred out."),
    )

    def __init__(self, *args: Any, record: Record | None, **kwargs: Any) -> None:
        """``record``: whose findings are looked through."""
        super().__init__(*args, **kwargs)
        self.text = record.findings if record is not None else ""
        self.known = standing(record) if record is not None else Standing()
        if not self.text.strip():
            for name in ("looked", "wordings", "reason"):
                del self.fields[name]
            return
        known = self.known
        self.open = [one for one in doubts(self.text) if one.span not in known.left | known.stars]
        for number, one in enumerate(self.open, 1):
            label = _("%(number)s. “%(words)s” – %(kind)s?") % {"number": number, "words": self.text[one.start : one.end], "kind": KINDS[one.kind]}
            choices = [(LEFT, _("stays: nothing private")), (HIDDEN, _("star out"))]
            self.fields[_name(one.span)] = forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)

    def places(self) -> list[forms.BoundField]:
        """The fields of the doubts, in the order of the text."""
        return [self[_name(one.span)] for one in self.open] if self.text.strip() else []

    def answers(self) -> Looked:
        """What the command takes."""
        data = self.cleaned_data
        if not self.text.strip():
            return Looked()
        chosen = {one.span: data[_name(one.span)] for one in self.open}
        return Looked(
            ticked=data["looked"],
            left=[span for span, choice in chosen.items() if choice == LEFT],
            hidden=[span for span, choice in chosen.items() if choice == HIDDEN],
            wordings=[line.strip() for line in data["wordings"].splitlines() if line.strip()],
            reason=data["reason"],
        )

    def pieces(self) -> list[Piece]:
        """The text with its finds marked."""
        return list(marked(self.text, self.known))

    def outcome(self) -> str:
        """The text as it would go out if nothing else were decided."""
        return starred(self.text, spans_out(self.text, self.known))


def _name(span: Span) -> str:
    return f"place_{span[0]}_{span[1]}"


def marked(text: str, known: Standing) -> Iterator[Piece]:
    """The pieces of ``text``: finds and what was starred out by hand, and what stands between."""
    found = {one.span: one for one in finds(text)}
    at = 0
    for start, end in sorted({*found, *known.stars}):
        if start < at:
            continue
        if start > at:
            yield Piece(text[at:start])
        one = found.get((start, end))
        label = KINDS[one.kind if one is not None else ""]
        open_one = one is not None and not one.sure and one.span not in known.left | known.stars
        tone = "wait" if open_one else "good" if (start, end) in known.left else "bad"
        yield Piece(text[start:end], label, tone)
        at = end
    if at < len(text):
        yield Piece(text[at:])


class AcceptForm(ReviewForm, LookFields):
    """The reviewer's decision, and what they found in the text."""

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        return {name: self.cleaned_data[name] for name in ("version", "decision", "remark")} | {"looked": self.answers()}


class ReleaseForm(LookFields):
    """The clerk's look at the text before it goes out."""
