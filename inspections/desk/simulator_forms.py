"""The form of the simulator: what is moved, and with what strength. A GET form, so that every state of it has an address."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inspections.desk.simulating import Terms
from inspections.draws.states import SlipRule, Stratify
from inspections.plans.models import PlanItem

STRATA = [(Stratify.GRADE.value, Stratify.GRADE.label), (Stratify.NONE.value, Stratify.NONE.label)]
DEFAULTS = Terms()


class SimulatorForm(forms.Form):
    """Terms; every item has a field of its own, ``item-<key>``. What is left out or wrong is as in the plan."""

    scale = forms.IntegerField(
        label=_("All amounts, in percent of the plan"),
        min_value=0,
        max_value=400,
        required=False,
        initial=DEFAULTS.scale,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 400, "step": 5}),
    )
    stratify = forms.ChoiceField(label=_("Strata"), choices=STRATA, required=False, initial=DEFAULTS.stratify)
    slip_rule = forms.ChoiceField(label=_("Slips"), choices=SlipRule.choices, required=False, initial=DEFAULTS.slip_rule)
    days = forms.IntegerField(
        label=_("Days a month that an inspector has for inspections"), min_value=1, max_value=23, required=False, initial=DEFAULTS.days
    )
    visits = forms.IntegerField(label=_("Visits that a team makes a day"), min_value=1, max_value=12, required=False, initial=DEFAULTS.visits)

    def __init__(self, data: Any, *, items: list[PlanItem], names: dict[int, str]) -> None:
        super().__init__()
        self.keys = {f"item-{item.pk}": item.pk for item in items}
        for item in items:
            self.fields[f"item-{item.pk}"] = _amount(item, names.get(item.matter_id, ""))
        for name, field in self.fields.items():
            if name in self.keys and field.initial is not None:
                field.initial = _plain(field.initial)
        # bound to the plan's own figures where nothing was sent, so that the first sight is computed like any other
        self.data = {name: data.get(name, field.initial) for name, field in self.fields.items()}
        self.is_bound = True

    def terms(self) -> Terms:
        """What to compute with."""
        self.is_valid()
        found = self.cleaned_data
        plain = {name: found[name] for name in ("scale", "stratify", "slip_rule", "days", "visits") if found.get(name) not in (None, "")}
        amounts = {pk: Decimal(found[name]) for name, pk in self.keys.items() if found.get(name) is not None}
        return Terms(amounts=amounts, **plain)

    def own(self) -> list[Any]:
        """The fields of the items."""
        return [self[name] for name in self.keys]


def _amount(item: PlanItem, name: str) -> forms.Field:
    label = f"{item.matter.code} {name} · {item.unit.short_name}"
    if item.ratio_percent is not None:
        wheel = forms.NumberInput(attrs={"type": "range", "min": 0, "max": 100, "step": "0.5", "data-unit": "%"})
        return forms.DecimalField(label=label, min_value=0, max_value=100, required=False, initial=item.ratio_percent, widget=wheel)
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, required=False, initial=item.number)


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
