"""Rows that hang on a row, told with it in one question: what would be a query of its own on every page."""

from typing import Any

from django.db.models import Aggregate, JSONField


class Gathered(Aggregate):
    """The values of a group as one list, in no order."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """PostgreSQL calls it otherwise."""
        return super().as_sql(compiler, connection, function="JSONB_AGG", **more)
