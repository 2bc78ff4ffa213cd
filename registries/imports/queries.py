"""Reading imports: who sees which, how far one is, its rows, mappings that were confirmed before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, SmallIntegerField, Sum, When
from django.db.models.functions import Length

from registries.imports.kinds import KINDS, TableKind
from registries.imports.models import Import, ImportRow
from registries.imports.rules import KEPT_FOR
from registries.imports.states import MOVES, ImportState, RowClass
from registries.people.models import User
from registries.people.queries import own_units
from registries.people.roles import Role

STALLED_AFTER = dt.timedelta(seconds=30)
REMEMBERED = 20
"""How many earlier imports are looked through for a mapping that fits."""
UNCONFIRMED = (ImportState.UPLOADED, ImportState.FAILED)


def kinds_for(user: User) -> list[TableKind]:
    """The kinds of table that this person may bring."""
    return [kind for kind in KINDS.values() if user.has_perm(kind.right)]


def visible_imports(user: User) -> QuerySet[Import]:
    """The imports this person sees: of kinds they may bring, from their own units; the auditor sees all.

    The system sees those alone that it brought itself, from the console.
    """
    rows = Import.objects.defer("content").select_related("uploaded_by__unit")
    if Role.SYSTEM in user.role_codes:
        return rows.filter(uploaded_by=user)
    if Role.AUDITOR in user.role_codes:
        return rows
    kinds = kinds_for(user)
    kept = [kind.code for kind in kinds if any(register.kept_by for register in kind.registers)]
    free = [kind.code for kind in kinds if kind.code not in kept]
    units = own_units(user)
    mine = Q() if units is None else Q(uploaded_by__unit_id__in=units) | Q(uploaded_by=user)
    return rows.filter(Q(kind__in=free) | (Q(kind__in=kept) & mine))


def rows_of(batch: Import, *, sheet: str = "", row_class: str = "") -> QuerySet[ImportRow]:
    """The rows of an import in the order of the file, of one sheet or one effect if asked."""
    places = [When(sheet=layout.kind, then=at) for at, layout in enumerate(KINDS[batch.kind].layouts)]
    rows = ImportRow.objects.filter(batch=batch).order_by(Case(*places, output_field=SmallIntegerField()), "number")
    if sheet:
        rows = rows.filter(sheet=sheet)
    return rows.filter(row_class=row_class) if row_class else rows


def tally(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Effect → rows over all sheets, every effect named."""
    return {effect.value: sum(sheet.get(effect.value, 0) for sheet in counts.values()) for effect in RowClass}


def remembered_mappings(kind: str, user: User) -> list[Sequence[Mapping[str, Any]]]:
    """The mappings that were confirmed for this kind in this person's unit, the newest first."""
    rows = Import.objects.filter(kind=kind, uploaded_by__unit=user.unit_id).exclude(state__in=UNCONFIRMED)
    return list(rows.order_by("-id").values_list("mapping", flat=True)[:REMEMBERED])


def taken_over_before(kind: str, sha256: str) -> Import | None:
    """The last import of the same file that was taken over, if there is one."""
    return (
        Import.objects.filter(kind=kind, sha256=sha256, state=ImportState.COMMITTED)
        .defer("content")
        .select_related("uploaded_by")
        .first()
    )


def sheets_taken_over(batch: Import) -> set[str]:
    """The sheets of this very file that stand in the registry already, by this import or another."""
    same = Import.objects.filter(kind=batch.kind, sha256=batch.sha256, state=ImportState.COMMITTED)
    return {sheet["sheet"] for mapping in same.values_list("mapping", flat=True) for sheet in mapping}


def uploads_on(user: User, day: dt.date) -> tuple[int, int]:
    """How many files this person uploaded on a day, and the bytes of those that are still kept."""
    files = Import.objects.filter(uploaded_by=user, uploaded_at__date=day)
    found = files.aggregate(files=Count("pk"), bytes=Sum(Length("content")))
    return found["files"], found["bytes"] or 0


def stalled_imports(now: dt.datetime) -> list[int]:
    """Imports whose check began, or should have, and shows no progress any more."""
    waiting = Import.objects.filter(state=ImportState.CHECKING)
    return list(
        waiting.filter(Q(progressed_at__isnull=True) | Q(progressed_at__lt=now - STALLED_AFTER))
        .order_by("id")
        .values_list("pk", flat=True)
    )


def expired_imports(now: dt.datetime) -> list[int]:
    """Imports that nobody took over within seven days."""
    waiting = Import.objects.filter(state__in=MOVES["expire"][0], uploaded_at__lt=now - KEPT_FOR)
    return list(waiting.order_by("id").values_list("pk", flat=True))
