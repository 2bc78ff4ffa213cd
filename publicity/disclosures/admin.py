"""Disclosures in the Django admin: for reading."""

from django.contrib import admin

from publicity.disclosures.models import Disclosure
from registries.people.approvals import ReadingAdmin


@admin.register(Disclosure)
class DisclosureAdmin(ReadingAdmin):
    """Everything that was disclosed, the newest first."""

    view_right = "inspections.view_cases"
    list_display = ("public_id", "case", "named", "subject_name", "result_label", "inspected_on", "due_on", "published_at")
    list_filter = ("named", "result_group", "unit_name")
    list_select_related = ("case",)
    search_fields = ("case__number", "subject_name")
