"""The office's navigation: one line a page, shown to those whose role may open it."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Entry(NamedTuple):
    """A place in the navigation: its name, address and the right that opens it; ``also`` are addresses that belong to it."""

    label: Any
    url: str
    right: str
    also: tuple[str, ...] = ()


OFFICE: tuple[Entry, ...] = (
    Entry(_("Desk"), "/office/", "registries.use_office"),
    Entry(_("Plans"), "/office/plans/", "inspections.view_plans"),
    Entry(_("Draws"), "/office/draws/", "inspections.view_draws"),
    Entry(_("Ad-hoc inspections"), "/office/adhoc/", "inspections.view_adhoc"),
    Entry(_("Cases"), "/office/cases/", "inspections.view_cases"),
    Entry(_("Joint visits"), "/office/cases/joint/", "inspections.view_joint_cases", ("/office/cases/",)),
    Entry(_("Follow-ups"), "/office/followups/", "inspections.view_cases"),
    Entry(pgettext_lazy("office", "Objections"), "/office/objections/", "publicity.view_objections"),
    Entry(_("My cases"), "/office/cases/mine/", "inspections.view_own_cases"),
    Entry(_("Documents"), "/office/documents/", "inspections.view_papers"),
    Entry(_("My entry"), "/office/inspectors/me/", "registries.view_own_entry"),
    Entry(_("Reports"), "/office/reports/", "inspections.view_reports"),
    Entry(_("Matter list"), "/office/matters/", "registries.view_matters", ("/office/editions/",)),
    Entry(_("Subjects"), "/office/subjects/", "registries.view_subjects"),
    Entry(_("Inspectors"), "/office/inspectors/", "registries.view_inspectors"),
    Entry(_("Find a person"), "/office/persons/", "registries.find_person"),
    Entry(_("Imports"), "/office/imports/", "registries.view_imports"),
    Entry(_("Accounts"), "/office/accounts/", "registries.view_accounts"),
    Entry(_("Alarms"), "/office/alarms/", "registries.view_alarms"),
    Entry(_("New passwords"), "/office/resets/", "registries.confirm_reset"),
    Entry(_("Units"), "/office/units/", "registries.view_units"),
    Entry(_("Code tables"), "/office/codes/", "registries.view_codes"),
    Entry(_("Subject categories"), "/office/categories/", "registries.view_codes"),
    Entry(_("Holidays"), "/office/holidays/", "registries.view_holidays"),
    Entry(_("Held work"), "/office/held-work/", "registries.view_held_work"),
    Entry(_("Ledger"), "/office/ledger/", "registries.view_ledger"),
    Entry(_("Retention"), "/office/retention/", "registries.view_retention"),
    Entry(_("Operation"), "/office/operation/", "registries.view_operations"),
    Entry(_("Approvals"), "/admin/", "registries.enter_admin"),
)


def office_navigation(user: Any, path: str) -> list[dict[str, Any]]:
    """The entries this person may open; the one whose address is the longest start of ``path`` is current."""
    allowed = [entry for entry in OFFICE if user.has_perm(entry.right)]
    begun = [(at, entry) for entry in allowed for at in (entry.url, *entry.also) if path.startswith(at)]
    current = max(begun, key=lambda one: len(one[0]))[1] if begun else None
    return [{"label": entry.label, "url": entry.url, "current": entry is current} for entry in allowed]
