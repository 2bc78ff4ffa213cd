"""The inspector registry in the Django admin: reading only, without phone and ID number."""

from django.contrib import admin

from registries.inspectors.models import Inspector
from registries.people.approvals import ReadingAdmin


@admin.register(Inspector)
class InspectorAdmin(ReadingAdmin):
    """Inspectors; phone and ID number are not shown here."""

    view_right = "registries.view_inspectors"
    list_display = ("number", "name", "post", "unit", "may_lead", "status", "user")
    list_filter = ("status", "unit", "may_lead")
    list_select_related = ("unit", "user")
    search_fields = ("number", "name")
    exclude = ("phone", "id_number", "version")
