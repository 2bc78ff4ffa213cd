"""The forms of draws: what the clerk chooses, a source's value, the supervisor's decision. They parse and clean only."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from inspections.draws.models import Draw
from inspections.draws.roster import Origin, origin_of
from inspections.draws.sources import GAMES, Announced
from inspections.draws.spelling import MOST_BYTES, too_large, why_not_keep
from inspections.draws.states import Correction, SlipRule, Stratify, VoidKind
from inspections.plans.models import PlanItem
from registries.clock import BEIJING
from registries.codes.models import Code, CodeTable
from registries.evidence import why_not_picture
from registries.inspectors.queries import groups
from registries.ledger.change import translated
from registries.people.models import Unit
from registries.subjects.models import Subject

MOST_SOURCES = 3
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]


def moment_field(label: Any, hint: Any, *, required: bool = False) -> forms.DateTimeField:
    """A moment in Beijing time, to the second."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
    return forms.DateTimeField(
        label=label, help_text=hint, required=required, widget=widget, input_formats=MOMENT_FORMATS
    )


def groups_field() -> forms.MultipleChoiceField:
    """Permanent groups of inspectors as a filter."""
    return forms.MultipleChoiceField(
        label=_("Only members of these groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everybody of the units above. A group adds nobody of another unit."),
    )


def offer_people(fields: dict[str, Any], units: QuerySet[Unit]) -> None:
    """These units, and their groups in use, each with its unit; no field of groups where there is none. One query."""
    named = units.order_by().values_list(Value(0), "code", "pk", "short_name", Value(""))
    grouped = groups().filter(unit__in=units).order_by().values_list(Value(1), "name", "pk", "name", "unit__short_name")
    rows = sorted(named.union(grouped, all=True))
    fields["inspector_units"].choices = [(str(pk), name) for kind, _order, pk, name, _unit in rows if not kind]
    offered = [(str(pk), f"{name}（{unit}）") for kind, _order, pk, name, unit in rows if kind]
    if offered:
        fields["inspector_groups"].choices = offered
    else:
        del fields["inspector_groups"]


def from_whom(origin: Origin) -> dict[str, list[str]]:
    """The first values of both fields."""
    return {"inspector_units": [str(pk) for pk in origin.units], "inspector_groups": [str(pk) for pk in origin.groups]}


class SourcesForm(forms.Form):
    """The announced sources and the planned moment: all that is new in a draw that keeps the roster of a voided one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    planned = moment_field(
        _("Planned moment of the draw"), _("The worker draws by itself once every source is in and this moment has come.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Adds the fields of each source."""
        super().__init__(*args, **kwargs)
        games = [("", _("– none –"))] + [
            (code, game.label) for code, game in GAMES.items() if settings.DEMO_LOTTERY or not game.demo
        ]
        for n in range(1, MOST_SOURCES + 1):
            self.fields[f"game_{n}"] = forms.ChoiceField(label=_("Source"), choices=games, required=False)
            self.fields[f"issue_{n}"] = forms.CharField(
                label=_("Issue, round or place"), required=False, max_length=100
            )
            self.fields[f"moment_{n}"] = moment_field(_("Known at"), "")

    @property
    def source_rows(self) -> list[tuple[int, Any, Any, Any]]:
        """The fields of each source, for the template."""
        return [(n, self[f"game_{n}"], self[f"issue_{n}"], self[f"moment_{n}"]) for n in range(1, MOST_SOURCES + 1)]

    def clean(self) -> dict[str, Any]:
        """A source is given whole or not at all."""
        data: dict[str, Any] = super().clean() or {}
        for n in range(1, MOST_SOURCES + 1):
            game, issue, moment = data.get(f"game_{n}"), data.get(f"issue_{n}"), data.get(f"moment_{n}")
            if game and not issue:
                self.add_error(f"issue_{n}", _("Say which issue, round or place, so that it names one value."))
            if issue and "|" in issue:
                self.add_error(f"issue_{n}", _("The sign | cannot be used here."))
            if game and not moment and f"moment_{n}" not in self.errors:
                self.add_error(f"moment_{n}", _("Say when this value is known."))
        return data

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        sources = [
            Announced(data[f"game_{n}"], data[f"issue_{n}"].strip(), data[f"moment_{n}"])
            for n in range(1, MOST_SOURCES + 1)
            if data.get(f"game_{n}")
        ]
        return {"version": data["version"], "planned": data["planned"], "sources": sources}

    @classmethod
    def announced(cls, draw: Draw) -> dict[str, Any]:
        """First values: the sources and the moment as they are."""
        initial: dict[str, Any] = {
            "version": draw.version,
            "planned": draw.planned and draw.planned.astimezone(BEIJING).replace(tzinfo=None),
        }
        for source in draw.sources.all():
            initial[f"game_{source.position}"] = source.game
            initial[f"issue_{source.position}"] = source.what.removeprefix(GAMES[source.game].label).strip()
            initial[f"moment_{source.position}"] = source.moment.astimezone(BEIJING).replace(tzinfo=None)
        return initial


class DrawForm(SourcesForm):
    """What is chosen while preparing: who may be drawn, strata, slips, quotas, teams, sources and the moment."""

    categories = forms.MultipleChoiceField(
        label=_("Subject categories"), widget=forms.CheckboxSelectMultiple, required=False
    )
    towns = forms.MultipleChoiceField(
        label=_("Townships"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked means all of them."),
    )
    grades = forms.MultipleChoiceField(
        label=_("Risk grades"), choices=Subject.Grade.choices, widget=forms.CheckboxSelectMultiple
    )
    stratify = forms.ChoiceField(
        label=_("Strata"),
        choices=Stratify.choices,
        help_text=_("Each stratum is drawn by itself with its own quota."),
    )
    slip_rule = forms.ChoiceField(
        label=_("Slips"),
        choices=SlipRule.choices,
        help_text=_("With many slip classes the roster is shown only after the visits."),
    )
    reserves = forms.IntegerField(
        label=_("Reserves per stratum"), validators=[MinValueValidator(0), MaxValueValidator(200)]
    )
    team_size = forms.IntegerField(
        label=_("Inspectors per visit"), validators=[MinValueValidator(2), MaxValueValidator(9)]
    )
    inspector_units = forms.MultipleChoiceField(label=_("Inspectors from"), widget=forms.CheckboxSelectMultiple)
    inspector_groups = groups_field()

    def __init__(self, *args: Any, draw: Draw, strata: list[str], **kwargs: Any) -> None:
        """``strata``: those of the preview; each gets a quota field."""
        super().__init__(*args, **kwargs)
        self.draw, self.strata = draw, strata
        fields: dict[str, Any] = self.fields
        fields["categories"].choices = [(str(c.pk), c.name) for c in draw.matter.categories.all()]
        fields["towns"].choices = [
            (str(c.pk), c.label) for c in Code.objects.filter(table=CodeTable.TOWN, active=True)
        ]
        units = Unit.objects.filter(active=True).exclude(kind=Unit.Kind.PARTNER)
        offer_people(fields, units)
        for stratum in strata:
            fields[f"quota_{stratum}"] = forms.IntegerField(
                label=stratum, required=False, validators=[MinValueValidator(0)]
            )

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        quotas = {s: data[f"quota_{s}"] for s in self.strata if data.get(f"quota_{s}") is not None}
        return super().arguments() | {
            "category_ids": [int(pk) for pk in data["categories"]],
            "town_ids": [int(pk) for pk in data["towns"]],
            "grades": "".join(data["grades"]),
            "stratify": data["stratify"],
            "slip_rule": data["slip_rule"],
            "quotas": quotas if data["stratify"] == self.draw.stratify else {},
            "reserves": data["reserves"],
            "team_size": data["team_size"],
            "inspector_unit_ids": [int(pk) for pk in data["inspector_units"]],
            "inspector_group_ids": [int(pk) for pk in data.get("inspector_groups", ())],
        }

    @classmethod
    def initial_of(cls, draw: Draw, quotas: dict[str, int]) -> dict[str, Any]:
        """The form's first values: the draw as it is."""
        chosen = {
            "categories": [str(c.pk) for c in draw.categories.all()],
            "towns": [str(t.pk) for t in draw.towns.all()],
            "grades": list(draw.grades),
            "stratify": draw.stratify,
            "slip_rule": draw.slip_rule,
            "reserves": draw.reserves,
            "team_size": draw.team_size,
            **from_whom(origin_of(draw)),
        }
        return cls.announced(draw) | chosen | {f"quota_{s}": quota for s, quota in quotas.items()}


class StaffingForm(SourcesForm):
    """What is chosen in an order for teams alone: from which units, how many a visit, under which plan item, sources, moment."""

    team_size = forms.IntegerField(
        label=_("Inspectors per visit"), validators=[MinValueValidator(2), MaxValueValidator(9)]
    )
    inspector_units = forms.MultipleChoiceField(label=_("Inspectors from"), widget=forms.CheckboxSelectMultiple)
    inspector_groups = groups_field()
    plan_item = forms.ChoiceField(
        label=_("Plan item"),
        required=False,
        help_text=_("One order per plan item is open at a time; another item of your own spares you waiting."),
    )

    def __init__(self, *args: Any, draw: Draw, items: list[PlanItem], **kwargs: Any) -> None:
        """``items``: other plan items under which the order could run; without any there is nothing to choose."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        units = Unit.objects.filter(active=True)
        if draw.unit.kind == Unit.Kind.PARTNER:
            units = units.filter(Q(pk=draw.unit_id) | Q(parent=draw.unit_id))
        else:
            units = units.exclude(kind=Unit.Kind.PARTNER)
        offer_people(fields, units)
        if items and draw.plan_item is not None:
            choices = {item.pk: str(item) for item in (draw.plan_item, *items)}
            fields["plan_item"].choices = [(str(pk), label) for pk, label in choices.items()]
        else:
            del fields["plan_item"]

    def arguments(self) -> dict[str, Any]:
        """What the command takes."""
        data = self.cleaned_data
        item = data.get("plan_item")
        return super().arguments() | {
            "team_size": data["team_size"],
            "inspector_unit_ids": [int(pk) for pk in data["inspector_units"]],
            "inspector_group_ids": [int(pk) for pk in data.get("inspector_groups", ())],
            "plan_item_id": int(item) if item else None,
        }

    @classmethod
    def initial_of(cls, draw: Draw, origin: Origin) -> dict[str, Any]:
        """The form's first values: the order as it is."""
        return cls.announced(draw) | {
            "team_size": draw.team_size,
            **from_whom(origin),
            "plan_item": str(draw.plan_item_id or ""),
        }


class SourceValueForm(forms.Form):
    """What a source showed, and where that can be seen."""

    value = forms.CharField(label=_("Value"), max_length=1000)
    evidence = forms.CharField(
        label=_("Where it can be seen"),
        max_length=300,
        help_text=_("A link, the number of a photo, or the minutes of the witnesses."),
    )
    file = forms.FileField(
        label=_("Photo, scan or PDF"),
        required=False,
        help_text=_("JPEG, PNG or PDF of at most 10 MB. It is kept encrypted; its hash stands in the ledger."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )

    def clean_value(self) -> str:
        """Full-width signs, as Chinese keyboards type them, and spaces after commas are only another way of typing."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["value"])
        return re.sub(r"\s*([,+])\s*", r"\1", text).strip()

    def clean_file(self) -> "UploadedFile[Any] | None":
        """Neither empty nor too large nor of another type; said at the field."""
        sent: UploadedFile[Any] | None = self.cleaned_data["file"]
        if sent is None:
            return None
        why = why_not_keep(sent.read(MOST_BYTES + 1)) if (sent.size or 0) <= MOST_BYTES else too_large(sent.size or 0)
        sent.seek(0)
        if why is not None:
            raise forms.ValidationError(translated(why))
        if damaged := why_not_picture(sent.read()):
            raise forms.ValidationError(damaged)
        sent.seek(0)
        return sent

    def arguments(self, kind: Callable[[str, bytes], Any]) -> dict[str, Any]:
        """What the command takes; ``kind`` makes a file of a name and bytes."""
        data = dict(self.cleaned_data)
        sent = data["file"]
        return data | {"file": kind(sent.name or "", sent.read()) if sent else None}


class CorrectionForm(SourceValueForm):
    """Another value for a settled source, and why."""

    reason = forms.ChoiceField(label=_("Reason of the correction"), choices=Correction.choices, widget=forms.RadioSelect)

    field_order = ("value", "reason", "evidence", "file")


class ApproveForm(forms.Form):
    """The supervisor approves; the own password is asked again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Asked again, because approving commits the draw for ever."),
    )
    accept_stale = forms.BooleanField(label=_("I accept the entries not verified for 12 months"), required=False)


class ReturnForm(forms.Form):
    """The supervisor returns, with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason for returning it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


class VoidForm(forms.Form):
    """The supervisor voids a committed order, with a kind of the closed list; the own password is asked again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind of void"), choices=VoidKind.choices, widget=forms.RadioSelect)
    void_reason = forms.CharField(
        label=_("Reason, kept for ever"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )
    void_password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class SecretForm(forms.Form):
    """The secret of an order as the auditor's copy gave it; spaces and line ends of copying do not matter."""

    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        help_text=_("64 characters of 0–9 and a–f, as the opened copy shows them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )

    def clean_secret(self) -> str:
        """Without blanks, in lowercase, 64 hex digits."""
        secret = "".join(str(self.cleaned_data["secret"]).split()).lower()
        if len(secret) != 64 or set(secret) - set("0123456789abcdef"):
            raise forms.ValidationError(_("The secret has 64 characters of 0–9 and a–f; this has %(count)s."), params={"count": len(secret)})
        return secret
