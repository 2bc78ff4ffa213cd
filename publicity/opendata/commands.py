"""The one writer of open data: keeps what was made of published rows, and lets go what is not to be kept."""

from collections.abc import Sequence

from django.conf import settings

from publicity.opendata import queries
from publicity.opendata.models import Snapshot, SnapshotFile, SnapshotPart
from publicity.opendata.writing import Written, in_parts
from registries import clock
from registries.ledger.change import Change
from registries.ledger.commands import command
from registries.people.models import User


@command("publicity.keep_snapshot")
def keep_snapshot(*, actor: User, mark: str, files: Sequence[Written]) -> Change:
    """Keep these files as the newest snapshot; the ledger holds their hashes. Of older ones the last of each month stays.

    A file of a kept snapshot that holds a result taken down since is closed: its bytes go, its hash stays.
    """
    now = clock.now()
    snapshot = Snapshot.objects.create(made_at=now, mark=mark)
    known = dict(SnapshotFile.objects.filter(sha256__in=[one.sha256 for one in files]).order_by("-made_at").values_list("sha256", "made_at"))
    there = set(SnapshotPart.objects.filter(sha256__in=known).values_list("sha256", flat=True))
    for one in files:
        SnapshotFile.objects.create(
            snapshot=snapshot, dataset=one.dataset, form=one.form, rows=one.rows, size=one.size, sha256=one.sha256, sm3=one.sm3,
            made_at=known.get(one.sha256, now),
        )  # fmt: skip
        if one.sha256 not in there:
            there.add(one.sha256)
            parts = enumerate(in_parts(one.path, settings.DRAW_FILE_PART))
            SnapshotPart.objects.bulk_create((SnapshotPart(sha256=one.sha256, position=at, body=part) for at, part in parts), batch_size=1)
    _let_go()
    return Change(snapshot, {}, {one.name: one.sha256 for one in files})


def _let_go() -> None:
    newest, *_rest = kept = [queries.newest(), *queries.older()]
    Snapshot.objects.exclude(pk__in=[one.pk for one in kept if one is not None]).delete()
    queries.to_close(clock.today()).exclude(snapshot=newest).update(closed_at=clock.now())
    SnapshotPart.objects.exclude(sha256__in=SnapshotFile.objects.filter(closed_at=None).values("sha256")).delete()
