"""The writers of a visit on a phone: keep what was typed field by field, photos, the inspected person's signature."""

from collections.abc import Mapping

from inspections.cases import drawing, merging, photos, queries, rules, shares
from inspections.cases.evidence import Acknowledgement, Photo
from inspections.cases.holding import arrive, fill_record, of_team, round_of
from inspections.cases.models import Case
from inspections.cases.photos import Kept
from inspections.cases.states import PhotoKind
from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("inspections.keep_draft")
def keep_draft(
    *, actor: User, case_id: int, round_seen: int, fields: Mapping[str, str], base: Mapping[str, str], key: str = ""
) -> Change:
    """Keep the fields that were typed, each only where it still says what the typist had seen (``base``).

    What somebody else wrote meanwhile stays; the view tells the typist who and when, and shows both.
    """
    case = of_team(case_id, actor, "save")
    record = round_of(case)
    refuse(rules.why_not_fill(submitted=record.submitted_at is not None))
    if record.round != round_seen:
        refuse_now(say("The reviewer has returned the record meanwhile. Open it again; what you typed stays on this phone."))
    arrive(key, case, actor, "draft")
    all_items, share = queries.items_of(case), shares.part_of_officer(case, actor)
    items = [item.pk for item in all_items]
    if not merging.names_of(items).issuperset(fields):
        refuse_now(say("An answer belongs to no checklist item of this case."))
    refuse(shares.why_not_name(share, fields, all_items))
    before = queries.draft_of(record)
    draft = merging.draft_of(merging.merge(merging.flat(before), fields, base).values, items)
    if draft == before:
        return Change(record, note="nothing new")
    return fill_record(case, record, draft, share, actor)


@command("inspections.keep_photo")
def keep_photo(*, actor: User, case_id: int, kept: Kept, kind: str, item: int | None = None, key: str = "") -> Change:
    """Keep a photo (of one checklist item, or of the visit) or a scan. The same one at the same place is kept once."""
    case = of_team(case_id, actor, "save")
    record = round_of(case)
    there = Photo.objects.filter(case=case, item=item, sent_sha256=kept.sent_sha256, withdrawn_at=None)
    items = queries.items_of(case)
    refuse(
        shares.why_not_keep(shares.part_of_officer(case, actor), item, items)
        or rules.why_not_attach(
            submitted=record.submitted_at is not None,
            foreign=item is not None and item not in {one.pk for one in items},
            again=there.exists(),
            there=Photo.objects.filter(case=case, withdrawn_at=None).count(),
        )
    )
    arrive(key, case, actor, "photo")
    photos.store(kept)
    return created(
        Photo(
            case=case,
            round=record.round,
            item_id=item,
            kind=PhotoKind(kind),
            content_type=kept.content_type,
            size=len(kept.body),
            sent_sha256=kept.sent_sha256,
            sha256=kept.sha256,
            position_kept=kept.position_kept,
            kept_by=actor,
            kept_at=clock.now(),
        )
    )


@command("inspections.withdraw_photo")
def withdraw_photo(*, actor: User, case_id: int, photo_id: int) -> Change:
    """Take a photo out of the record before it is ready to sign. Row and file stay, and so does who withdrew it."""
    case = of_team(case_id, actor, "save")
    record = round_of(case)
    photo = Photo.objects.select_for_update(no_key=True).filter(case=case, pk=photo_id).first()
    share = shares.part_of_officer(case, actor)
    if photo is None or (share is not None and not share.photos([photo])):
        refuse_now(say("There is no such photo in this case."))
    refuse(
        rules.why_not_withdraw(
            gone=photo.withdrawn_at is not None,
            earlier=photo.round != record.round,
            submitted=record.submitted_at is not None,
        )
    )
    return alter(photo, withdrawn_by=actor, withdrawn_at=clock.now())


@command("inspections.acknowledge_record")
def acknowledge_record(
    *,
    actor: User,
    case_id: int,
    content_hash: str,
    kind: str,
    name: str = "",
    witness: str = "",
    remark: str = "",
    drawn: str = "",
    key: str = "",
) -> Change:
    """Note the inspected person's side of what they were shown: signed here or on paper, refused, or nobody there to sign."""
    case = of_team(case_id, actor, "sign")
    refuse(shares.why_not_for_the_whole(shares.part_of_officer(case, actor)))
    record = round_of(case)
    refuse(
        rules.why_not_acknowledge(
            kind,
            name=name,
            witness=witness,
            drawn=bool(drawn),
            scanned=_has_scan(case),
            submitted=record.submitted_at is not None,
            same=content_hash == rules.fingerprint(queries.content_of(record)),
        )
        or (drawing.why_not(drawn) if kind == "drawn" else None)
    )
    arrive(key, case, actor, "acknowledge")
    signed = drawn if kind == "drawn" else ""
    return created(
        Acknowledgement(
            record=record,
            kind=kind,
            name=name.strip(),
            witness=witness.strip(),
            remark=remark.strip(),
            drawn=signed,
            drawn_sha256=drawing.sha256(signed) if signed else "",
            content_hash=content_hash,
            noted_by=actor,
            noted_at=clock.now(),
        )
    )


def _has_scan(case: Case) -> bool:
    return Photo.objects.filter(case=case, kind=PhotoKind.SCAN, withdrawn_at=None).exists()
