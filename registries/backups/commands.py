"""That a backup was made and that one was restored, in the ledger: who asks for the last one, or finds a gap, sees why."""

import datetime as dt

from registries import clock
from registries.heartbeats.beating import BACKUP
from registries.heartbeats.models import Heartbeat
from registries.ledger.change import Change
from registries.ledger.commands import command
from registries.people.models import User


@command("registries.note_backup")
def note_backup(*, actor: User, name: str, size: int, sha256: str, entries: int, head: str) -> Change:
    """A backup was made: by its name and hash a later one is known to be this one."""
    row, _made = Heartbeat.objects.update_or_create(name=BACKUP, defaults={"seen_at": clock.now()})
    return Change(row, {}, {"file": name, "size": size, "sha256": sha256, "entries": entries, "head": head})


@command("registries.note_restore")
def note_restore(*, actor: User, made_at: str, entries: int, head: str) -> Change:
    """This system was filled from a backup: what was written after entry ``entries`` and before this one is lost."""
    row, _made = Heartbeat.objects.update_or_create(name=BACKUP, defaults={"seen_at": dt.datetime.fromisoformat(made_at)})
    return Change(row, {}, {"made_at": made_at, "entries": entries, "head": head})
