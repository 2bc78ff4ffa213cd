"""The writer of the code tables."""

from typing import Any

from registries.codes import rules
from registries.codes.models import Code, ResultGroup
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("registries.save_code")
def save_code(
    *,
    actor: User,
    code_id: int | None = None,
    table: str,
    code: str,
    label: str,
    group: str = "",
    position: int = 0,
    active: bool = True,
) -> Change:
    """Make a row of a code table (``code_id`` None), change or retire one. Refuses what is taken or misspelled."""
    others = Code.objects.all() if code_id is None else Code.objects.exclude(pk=code_id)
    if others.filter(table=table, code=code).exists() or others.filter(table=table, label=label).exists():
        refuse_now(say("This table has a row with this code or name already."))
    tags = others.filter(table__in=rules.TAGGED_TABLES, code=code)
    refuse(rules.why_not_code(table=table, code=code, taken_as_tag=tags.exists()))
    refuse(rules.why_not_group(table=table, group=group, groups=ResultGroup.values))
    values: dict[str, Any] = {"label": label, "group": group, "position": position, "active": active}
    if code_id is None:
        return created(Code(table=table, code=code, **values))
    row = Code.objects.select_for_update(no_key=True).get(pk=code_id)
    refuse(rules.why_not_renamed(was=(row.table, row.code), now=(table, code)))
    return alter(row, **values)
