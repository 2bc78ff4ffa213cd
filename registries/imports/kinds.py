"""The kinds of table that may be brought: whose right each is, its sheets, how its rows are judged and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from registries.codes.models import Code
from registries.imports import matters
from registries.imports.drafts import Draft
from registries.imports.particular import CertificateRegister, PermitRegister, SignalRegister, SubjectRegister, UnitRegister
from registries.imports.registers import Context, Register
from registries.inspectors.models import Certificate, Inspector, Recusal
from registries.people.models import Unit
from registries.spreadsheets import layouts
from registries.spreadsheets.columns import Layout
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, SubjectCategory, Violation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from registries.imports.models import ImportRow
    from registries.people.models import User

FOUNDATION = "registries.import_foundation"
"""The right to bring units and code tables: the system administrator's."""
REGISTRY = "registries.import_registry"
"""The right to bring the registries: the clerk's."""


@dataclass(frozen=True)
class TableKind:
    """One kind: ``code``, what people call it, what it is for, who may bring it, its registers in the order of sheets."""

    code: str
    label: "StrOrPromise"
    help: "StrOrPromise"
    right: str
    registers: tuple[Register, ...]

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The sheets of its workbook; the first is the main one."""
        return tuple(register.layout for register in self.registers)

    def layout(self, code: str) -> Layout:
        """The layout of one of its sheets."""
        return next(layout for layout in self.layouts if layout.kind == code)

    def judge(self, sheets: Mapping[str, Sequence[Draft]], context: Context) -> None:
        """Decide every row of every sheet."""
        for register in self.registers:
            drafts = sheets.get(register.layout.kind, ())
            register.judge(drafts, context)
            context.earlier[register.layout.kind] = drafts

    def take(self, sheets: Mapping[str, Sequence["ImportRow"]], context: Context, actor: "User") -> list[Model]:
        """Write the rows that add or change something, sheet after sheet; returns what was written."""
        written: list[Model] = []
        for register in self.registers:
            rows = [row for row in sheets.get(register.layout.kind, ()) if row.row_class != "same"]
            written += register.take(rows, context, actor)
            context.directories.forget()
        return written


class MatterKind(TableKind):
    """The three sheets of the matter list, which belong together."""

    def judge(self, sheets: Mapping[str, Sequence[Draft]], context: Context) -> None:
        """Matter by matter."""
        matters.judge(sheets, context)

    def take(self, sheets: Mapping[str, Sequence["ImportRow"]], context: Context, actor: "User") -> list[Model]:
        """One new revision per matter that changes."""
        return matters.take(sheets, context, actor)


_SUBJECT = {"subject": "subject"}

KINDS: dict[str, TableKind] = {
    kind.code: kind
    for kind in (
        TableKind(
            "units",
            _("Units"),
            _("The bureau, its brigades and stations, and partner departments"),
            FOUNDATION,
            (UnitRegister(layouts.UNITS, Unit, {"parent": "unit"}, exclusive=(("name",),)),),
        ),
        TableKind(
            "codes",
            _("Code tables"),
            _("Townships, enforcement fields, specialties, expert types, posts, recusal relations"),
            FOUNDATION,
            (Register(layouts.CODES, Code, title="label", exclusive=(("table", "label"),)),),
        ),
        TableKind(
            "categories",
            _("Subject categories"),
            _("Hotels, pawnshops and so on, and how their results are published"),
            FOUNDATION,
            (Register(layouts.CATEGORIES, SubjectCategory, exclusive=(("name",),)),),
        ),
        MatterKind(
            "matters",
            _("Matter list"),
            _("Matters with their legal bases and checklists; a change makes a new revision"),
            REGISTRY,
            (matters.MATTER, *matters.LISTS.values()),
        ),
        TableKind(
            "subjects",
            _("Subjects"),
            _("The subject registry: who may be inspected"),
            REGISTRY,
            (
                SubjectRegister(
                    layouts.SUBJECTS,
                    Subject,
                    {"categories": "category", "unit": "unit", "station": "unit", "town": "town"},
                    exclusive=(("uscc",),),
                    kept_by="unit",
                    past=("verified_on", "graded_on", "status_since"),
                    derived=("search",),
                ),
            ),
        ),
        TableKind(
            "permits",
            _("Permits"),
            _("Permits that subjects hold, with their days; several per subject"),
            REGISTRY,
            (
                PermitRegister(
                    layouts.PERMITS,
                    Permit,
                    _SUBJECT,
                    kept_by="subject",
                    span=("valid_from", "valid_until"),
                    past=("issued_on",),
                    recorded=True,
                ),
            ),
        ),
        TableKind(
            "exclusions",
            _("Exclusions"),
            _("Subjects that are lawfully out of scope, with basis and days"),
            REGISTRY,
            (
                Register(
                    layouts.EXCLUSIONS,
                    Exclusion,
                    _SUBJECT,
                    title="subject",
                    kept_by="subject",
                    span=("starts_on", "ends_on"),
                    recorded=True,
                ),
            ),
        ),
        TableKind(
            "complaints",
            _("Complaints"),
            _("Complaints and reports received about subjects"),
            REGISTRY,
            (
                SignalRegister(
                    layouts.COMPLAINTS,
                    Complaint,
                    _SUBJECT,
                    title="subject",
                    kept_by="subject",
                    past=("received_on", "decided_on"),
                    recorded=True,
                ),
            ),
        ),
        TableKind(
            "violations",
            _("Violations"),
            _("Serious violations on record"),
            REGISTRY,
            (
                SignalRegister(
                    layouts.VIOLATIONS,
                    Violation,
                    _SUBJECT,
                    title="subject",
                    kept_by="subject",
                    past=("found_on",),
                    recorded=True,
                ),
            ),
        ),
        TableKind(
            "inspectors",
            _("Inspectors"),
            _("The inspector registry, with certificates on a second sheet"),
            REGISTRY,
            (
                Register(
                    layouts.INSPECTORS,
                    Inspector,
                    {"unit": "unit", "specialties": "specialty", "fields": "field", "matters": "matter", "experts": "expert"},
                    exclusive=(("id_number",),),
                    kept_by="unit",
                    past=("in_post_since",),
                ),
                CertificateRegister(
                    layouts.CERTIFICATES,
                    Certificate,
                    {"inspector": "inspector"},
                    title="inspector",
                    kept_by="inspector",
                    span=("valid_from", "valid_until"),
                    fixed=("inspector",),
                    find_by="number",
                ),
            ),
        ),
        TableKind(
            "recusals",
            _("Recusals"),
            _("Declared conflicts between inspectors and subjects"),
            REGISTRY,
            (
                Register(
                    layouts.RECUSALS,
                    Recusal,
                    {"inspector": "inspector", "subject": "subject"},
                    title="subject",
                    kept_by="inspector",
                    span=("starts_on", "ends_on"),
                ),
            ),
        ),
    )
}
"""Every kind by its code, in the order in which an empty office is filled."""
