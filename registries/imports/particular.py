"""What is particular to one registry: subjects without a number, permits without end, signals against the excluded, units under
units, certificates of new inspectors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db.models import Model, prefetch_related_objects
from django.utils.translation import gettext as _

from registries.imports.directories import Named, chunks, shared_old_numbers
from registries.imports.drafts import Draft, Plain
from registries.imports.registers import Context, Register, Standing
from registries.imports.states import RowClass
from registries.inspectors.models import Certificate
from registries.ledger.change import Refused, refuse
from registries.people.models import Unit
from registries.subjects import searching
from registries.subjects.queries import whys_not_inspect
from registries.subjects.rules import why_not_old_number

if TYPE_CHECKING:
    from registries.imports.models import ImportRow
    from registries.people.models import User
    from registries.subjects.models import Complaint, Subject, Violation


@dataclass(frozen=True)
class SubjectRegister(Register):
    """A row without a number is known by its 统一社会信用代码, without that by its old registration number; a new one takes that as its number."""

    def complete(self, drafts: Sequence[Draft], context: Context) -> None:
        """Give every row its registry key."""
        bare = [one for one in drafts if "key" not in one.values]
        context.directories.load("subject", (_code(one) for one in bare))
        directory = context.directories["subject"] if bare else None
        shared = shared_old_numbers([_code(one) for one in bare if "uscc" not in one.values])
        for one in bare:
            code = _code(one)
            wrong = why_not_old_number(code) if code and "uscc" not in one.values else None
            if wrong is not None:
                one.refuse("old_number", Refused(wrong).sentence, _("Compare it with the licence."), code)
            elif code in shared:
                one.refuse("old_number", _("Several entries have the old registration number %(number)s.") % {"number": code}, _("Give the row its number in the registry."), code)
            elif code:
                known = directory.find(code) if directory else None
                one.values["key"] = known.code if known else code
            elif not one.refused:
                one.refuse("key", _("The row has neither a number nor a credit code."), _("Give it one of the two."))

    def standing(
        self, keys: Iterable[tuple[Plain, ...]], context: Context, *, lock: bool = False
    ) -> dict[tuple[Plain, ...], Standing]:
        """As ever, with the entries that merged ones were merged into."""
        found = super().standing(keys, context, lock=lock)
        prefetch_related_objects([one.obj for one in found.values() if cast("Subject", one.obj).merged_into_id], "merged_into")
        return found

    def rule(self, one: Draft, stands: Standing | None, context: Context) -> None:
        """As ever; and an entry that was merged into another takes no more."""
        super().rule(one, stands, context)
        if stands is not None and cast("Subject", stands.obj).merged_into_id and (into := cast("Subject", stands.obj).merged_into):
            one.refuse("key", _("This entry was merged into “%(name)s” (%(key)s).") % {"name": into.name, "key": into.key}, _("Bring the row under that number."), one.values["key"])

    def derive(self, objects: Sequence[Model]) -> None:
        """What searches look into."""
        searching.fill(cast("Sequence[Subject]", objects))


@dataclass(frozen=True)
class PermitRegister(Register):
    """长期 in the column of the last day makes a permit long-term; a last day makes it one that ends."""

    def complete(self, drafts: Sequence[Draft], context: Context) -> None:
        """Make the two columns say the same."""
        for one in drafts:
            if "valid_until" in one.values:
                endless = one.values["valid_until"] is None
                if one.values.setdefault("long_term", endless) != endless:
                    one.refuse("long_term", _("The last day and “long-term” contradict each other."), _("Correct one of the two."))
            elif one.values.get("long_term"):
                one.values["valid_until"] = None


@dataclass(frozen=True)
class SignalRegister(Register):
    """Nothing is brought against a subject that is excluded by law (guideline 三.4) or merged into another; what stands already may change."""

    def judge(self, drafts: Sequence[Draft], context: Context) -> None:
        """As ever; then refuse what is new about such subjects. The ledger names the excluded ones (``Draft.barred``)."""
        super().judge(drafts, context)
        named = {str(one.values["subject"]) for one in drafts if one.row_class is RowClass.ADDED}
        rows = map(context.directories["subject"].get, named) if named else ()
        pks = {row.pk: row.code for row in rows if row is not None and row.pk is not None}
        barred = {pks[pk]: Refused(why).sentence for pk, why in whys_not_inspect(pks, context.today).items()}
        for one in drafts:
            code = str(one.values.get("subject"))
            if one.row_class is RowClass.ADDED and code in barred:
                one.barred = code
                one.refuse("subject", barred[code], _("Leave the row out. That it was brought stands in the ledger."), code)

    def take(self, rows: Sequence["ImportRow"], context: Context, actor: "User") -> list[Model]:
        """As ever, unless a subject was excluded since the check."""
        written = super().take(rows, context, actor)
        new = sum(row.row_class == RowClass.ADDED for row in rows)
        subjects = {one.subject_id for one in cast("Sequence[Complaint | Violation]", written[:new])}
        refuse(next(iter(whys_not_inspect(subjects, context.today).values()), None))
        return written


@dataclass(frozen=True)
class UnitRegister(Register):
    """A unit may belong to one that comes with the same file, before or after it, but not to itself by any way round."""

    def announce(self, name: str, drafts: Sequence[Draft], context: Context) -> None:
        """The units of this file."""
        for one in drafts:
            code = str(one.values.get("code", ""))
            if code:
                label = str(one.values.get("short_name", code))
                context.directories[name].add(Named(code, None, label, None, (code, str(one.values.get("name", "")), label)))

    def judge(self, drafts: Sequence[Draft], context: Context) -> None:
        """As ever; then refuse what stands under a refused row, and circles."""
        super().judge(drafts, context)
        standing = dict(Unit.objects.values_list("code", "parent__code"))
        above = {**standing, **{str(one.values["code"]): one.values.get("parent") for one in drafts if "code" in one.values}}
        for one in drafts:
            if not one.refused and _under_itself(str(one.values["code"]), above):
                one.refuse("parent", _("The unit would stand under itself."), _("Correct the unit above."), one.values["parent"])
        spoilt = [one for one in drafts if one.refused]
        while spoilt:
            gone = {one.values.get("code") for one in spoilt} - standing.keys()
            spoilt = [one for one in drafts if not one.refused and one.values.get("parent") in gone]
            for one in spoilt:
                one.refuse("parent", _("The unit above is itself refused."), _("Correct that row."), one.values["parent"])

    def take(self, rows: Sequence["ImportRow"], context: Context, actor: "User") -> list[Model]:
        """From the top down, so that the unit above is always there."""
        written: list[Model] = []
        left = list(rows)
        while left:
            coming = {str(row.values["key"][0]) for row in left if row.row_class == "added"}
            ready = [row for row in left if row.values["set"].get("parent") not in coming]
            written += super().take(ready or left, context, actor)
            context.directories.forget()
            left = [row for row in left if row not in ready] if ready else []
        return written


@dataclass(frozen=True)
class CertificateRegister(Register):
    """A certificate may belong to an inspector that comes with the same file, and never passes to another one."""

    def mentions(self, column: str, drafts: Sequence[Draft]) -> list[str]:
        """Also the inspectors who hold these numbers already."""
        numbers = [str(one.values.get("number", "")) for one in drafts]
        holders = [
            number
            for part in chunks(numbers)
            for number in Certificate.objects.filter(number__in=part).values_list("inspector__number", flat=True)
        ]
        return super().mentions(column, drafts) + holders

    def announce(self, name: str, drafts: Sequence[Draft], context: Context) -> None:
        """The good inspectors of this file."""
        if name != "inspector":
            return
        for one in context.earlier.get("inspectors", ()):
            if not one.refused:
                unit = context.directories["unit"].get(str(one.values["unit"]))
                number = str(one.values["number"])
                context.directories[name].add(Named(number, None, one.title, unit.pk if unit else None, (number,)))


def _code(one: Draft) -> str:
    """What a row without a number is known by, "" for nothing. A refused credit code is none, and no old number stands in for it."""
    return str(one.values.get("uscc") or ("" if one.cells.get("uscc") else one.values.get("old_number", "")))


def _under_itself(code: str, above: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    at = above.get(code)
    while at and at not in seen:
        if at == code:
            return True
        seen.add(at)
        at = above.get(at)
    return False
