"""Reading what belongs to a record beside its answers: photos and scans, the inspected person's side, drawn signatures. Nothing here writes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from inspections.cases import announcing, drawing, merging, queries
from inspections.cases.evidence import Acknowledgement, Photo
from inspections.cases.models import Case, Record, Signature
from inspections.cases.rules import INSPECTED
from inspections.cases.states import CaseState, PhotoKind
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.matters.models import ChecklistItem
from registries.people.models import User

if TYPE_CHECKING:
    from inspections.cases.shares import Share


def photos_of(case: Case) -> list[Photo]:
    """The photos and scans of a case that nobody withdrew, with their items."""
    return list(case.photos.filter(withdrawn_at=None).select_related("item", "kept_by"))


def acknowledgement_awaited(record: Record, content_hash: str) -> bool:
    """Whether the inspected person's side is still to be noted. Where nobody could be inspected, there is none."""
    if record.result is None or record.result.group not in INSPECTED:
        return False
    return not record.acknowledgements.filter(content_hash=content_hash).exists()


class Hand(NamedTuple):
    """A signature as the pages show it: whose, how, and the path of its picture, empty when it was not drawn."""

    who: str
    row: Signature | Acknowledgement
    path: str


class Beside(NamedTuple):
    """What the pages show of a record beside its answers."""

    photos: list[Photo]
    acknowledged: Hand | None
    hands: list[Hand]
    withdrawn: Sequence[Photo] = ()


def beside(case: Case, record: Record | None, signed: list[Signature]) -> Beside:
    """Photos, the newest note of the inspected person's side, and the team's signatures of this record."""
    if record is None:
        return Beside([], None, [])
    read: Any = record  # a record of ``rounds`` has it at hand
    noted = read.noted if hasattr(record, "noted") else record.acknowledgements.select_related("noted_by").order_by("-pk").first()
    hands = [Hand(one.inspector.name, one, drawing.path(one.drawn)) for one in signed if one.drawn]
    photos = list(case.photos.select_related("item", "kept_by")) if getattr(case, "has_photos", True) else []
    return Beside(
        [one for one in photos if one.withdrawn_at is None],
        Hand(noted.name, noted, drawing.path(noted.drawn)) if noted else None,
        hands,
        [one for one in photos if one.withdrawn_at is not None],
    )


def awaits_side(record: Record, shown: Beside, content_hash: str) -> bool:
    """The same as :func:`acknowledgement_awaited`, told from what a page has read already."""
    if record.result is None or record.result.group not in INSPECTED:
        return False
    return shown.acknowledged is None or shown.acknowledged.row.content_hash != content_hash


def state_of(case: Case, user: User, record: Record | None, share: "Share | None" = None) -> dict[str, Any]:
    """Where a case stands, as a phone is told: its state, the fields of its newest record, who saved it when, and its photos.

    A partner's officer is told those of their part (``share``).
    """
    told: dict[str, Any] = {"number": case.number, "state": case.state, "round": 0, "values": {}, "photos": [], "saved": ""}
    if case.state == CaseState.ASSIGNED:
        told["notice"] = announcing.state_of(case)
    if record is None:
        return told
    values, photos = merging.flat(queries.draft_of(record)), list(case.photos.filter(withdrawn_at=None).select_related("item"))
    if share is not None:
        values, photos = share.values(values, queries.items_of(case)), share.photos(photos)
    signers = set(record.signatures.values_list("signed_by", flat=True)) if record.submitted_at else set()
    return told | {
        "round": record.round,
        "version": record.version,
        "submitted": record.submitted_at is not None,
        "signed": user.pk in signers or case.state != CaseState.ON_SITE,
        "values": values,
        "savedBy": str(record.saved_by or "") if record.saved_by_id != user.pk else "",
        "saved": record.saved_at.astimezone(clock.BEIJING).strftime("%H:%M") if record.saved_at else "",
        "photos": [
            {"pk": one.pk, "item": one.item_id, "sent": one.sent_sha256, "scan": one.kind == PhotoKind.SCAN}
            for one in photos
        ],
    }


def sheet_of(case: Case, on_page: Sequence[ChecklistItem], codes: Sequence[Code]) -> dict[str, Any]:
    """What a phone needs to spell a record's content as :func:`.queries.content_of` does, and to tell what it still lacks."""
    items = sorted(on_page, key=lambda one: (one.revision.matter.code, one.position))
    drawn_at = case.draw.drawn_at if case.draw else None
    return {
        "items": [[item.pk, item.revision.reference, item.position] for item in items],
        "team": sorted(place.inspector.number for place in queries.team(case)),
        "results": {str(code.pk): [code.code, code.group] for code in codes if code.table == CodeTable.RESULT},
        "disposals": {str(code.pk): code.code for code in codes if code.table == CodeTable.DISPOSAL},
        "drawnOn": drawn_at.astimezone(clock.BEIJING).date().isoformat() if drawn_at else "",
    }
