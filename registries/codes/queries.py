"""Reading the code tables."""

from django.db.models import QuerySet

from registries.codes.models import Code, CodeTable


def codes(table: CodeTable | str) -> QuerySet[Code]:
    """The rows of a table in use, in their order: what one may choose in a form."""
    return Code.objects.filter(table=table, active=True)


def all_codes(table: CodeTable | str) -> QuerySet[Code]:
    """The rows of a table, retired ones too."""
    return Code.objects.filter(table=table)


def requirements() -> QuerySet[Code]:
    """What a matter may require of inspectors: fields and specialties in use."""
    return Code.objects.filter(table__in=(CodeTable.FIELD, CodeTable.SPECIALTY), active=True)
