"""The subject registry in the Django admin: reading only, without contact data."""

from django.contrib import admin

from registries.people.approvals import ReadingAdmin
from registries.subjects.models import Subject


@admin.register(Subject)
class SubjectAdmin(ReadingAdmin):
    """Subjects; person in charge and phone are not shown here."""

    view_right = "registries.view_subjects"
    list_display = ("key", "name", "uscc", "unit", "town", "risk_grade", "status", "verified_on")
    list_filter = ("status", "risk_grade", "unit", "categories")
    list_select_related = ("unit", "town")
    search_fields = ("key", "name", "uscc")
    exclude = ("contact", "phone", "version")
