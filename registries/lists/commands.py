"""What a person keeps for a list: a search under a name, the columns; and that an export left the office."""

import hashlib
from collections.abc import Sequence

from registries.ledger.change import Change, alter, created, leaving, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.lists import rules
from registries.lists.listing import LISTINGS
from registries.lists.models import ChosenColumns, SavedSearch
from registries.people.models import User


def _known(actor: User, list_code: str) -> bool:
    return list_code in LISTINGS and actor.has_perm(LISTINGS[list_code].right)


@command("registries.save_search")
def save_search(*, actor: User, list_code: str, name: str, query: str) -> Change:
    """Keep the filters of a list under a name; the same name again is overwritten."""
    mine = SavedSearch.objects.select_for_update(no_key=True).filter(user=actor, list_code=list_code)
    same = mine.filter(name=name).first()
    kept = 0 if same else mine.count()
    refuse(rules.why_not_keep_search(known=_known(actor, list_code), name=name, query=query, kept=kept))
    if same is not None:
        return alter(same, query=query)
    return created(SavedSearch(user=actor, list_code=list_code, name=name, query=query))


@command("registries.forget_search")
def forget_search(*, actor: User, search_id: int) -> Change:
    """Drop a search one kept."""
    row = SavedSearch.objects.select_for_update(no_key=True).filter(pk=search_id, user=actor).first()
    if row is None:
        refuse_now(say("You keep no such search."))
    before, gone = {"name": row.name, "query": row.query}, leaving([row])
    row.delete()
    return Change(actor, {"search": before}, {}, gone=gone)


@command("registries.choose_columns")
def choose_columns(*, actor: User, list_code: str, columns: Sequence[str]) -> Change:
    """Remember which columns of a list this person wants to see."""
    known = _known(actor, list_code)
    has = {column.code for column in LISTINGS[list_code].columns} if known else set()
    refuse(rules.why_not_columns(known=known, unknown=sorted(set(columns) - has)))
    row = ChosenColumns.objects.select_for_update(no_key=True).filter(user=actor, list_code=list_code).first()
    if row is not None:
        return alter(row, columns=",".join(columns))
    return created(ChosenColumns(user=actor, list_code=list_code, columns=",".join(columns)))


@command("registries.export_list")
def export_list(*, actor: User, list_code: str, query: str, file_name: str, rows: int, content: bytes) -> Change:
    """A list left the office as a file: who took it, with which filters, how many rows, and the file's hash."""
    if not _known(actor, list_code):
        refuse_now(say("There is no such list."))
    facts = {"list": list_code, "query": query, "file": file_name, "rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
    return Change(actor, {}, facts)
