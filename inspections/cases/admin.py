"""Cases, records and reviews in the Django admin: for reading."""

from django.contrib import admin

from inspections.cases.models import Case, Record, Review
from registries.people.approvals import ReadingAdmin


@admin.register(Case)
class CaseAdmin(ReadingAdmin):
    """Every case, the newest first."""

    view_right = "inspections.view_cases"
    list_display = ("number", "kind", "subject", "unit", "state", "opened_at", "ended_on", "reviewed_at", "released_at")
    list_filter = ("state", "kind", "unit")
    list_select_related = ("subject", "unit")
    search_fields = ("number",)
    exclude = ("drawn", "version")


@admin.register(Record)
class RecordAdmin(ReadingAdmin):
    """Every round of every record."""

    view_right = "inspections.view_cases"
    list_display = ("case", "round", "inspected_on", "result", "submitted_at", "signed_at")
    list_filter = ("result",)
    list_select_related = ("case", "result")
    search_fields = ("case__number",)
    exclude = ("version",)


@admin.register(Review)
class ReviewAdmin(ReadingAdmin):
    """Every decision of a reviewer."""

    view_right = "inspections.view_cases"
    list_display = ("case", "record", "reviewer", "decision", "reviewed_at")
    list_filter = ("decision",)
    list_select_related = ("case", "record", "reviewer")
    search_fields = ("case__number",)
