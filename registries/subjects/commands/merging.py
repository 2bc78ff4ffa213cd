"""Merging duplicates: one entry stays, the other points to it. Nothing is lost: chosen fields are exchanged, not overwritten."""

from collections.abc import Sequence

from registries import clock
from registries.ledger.change import Change, refuse, refuse_now, shown
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.subjects import rules, searching
from registries.subjects.commands.locks import kept
from registries.subjects.models import Subject

EXCHANGED: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "uscc": ("uscc",),
    "old_number": ("old_number",),
    "kind": ("kind",),
    "unit": ("unit_id", "station_id"),
    "town": ("town_id", "address"),
    "contact": ("contact",),
    "phone": ("phone",),
    "risk_grade": ("risk_grade", "graded_on", "grade_source"),
}
"""What a person may choose from the entry that goes, and the columns that go along."""
_SHOWN = ("name", "uscc", "old_number", "kind", "unit", "station", "town", "address", "contact", "phone", "risk_grade", "graded_on", "grade_source")


@command("registries.merge_subjects")
def merge_subjects(
    *, actor: User, subject_id: int, version: int, duplicate_id: int, duplicate_version: int, fields: Sequence[str], reason: str
) -> Change:
    """Merge ``duplicate_id`` into ``subject_id``, which takes the named fields from it and has the categories of both.

    Permits, signals, exclusions and visits of the one that goes count for the one that stays.
    """
    pair = {pk: kept(actor, pk) for pk in sorted({subject_id, duplicate_id})}
    survivor, gone = pair[subject_id], pair[duplicate_id]
    refuse(
        rules.why_not_merge(
            same=subject_id == duplicate_id,
            gone=gone.merged_into_id is not None,
            survivor_gone=survivor.merged_into_id is not None,
            carries_others=Subject.objects.filter(merged_into=gone).exists(),
            reason=reason,
            name=gone.name,
        )
        or rules.why_not_same(seen=version, now=survivor.version)
        or rules.why_not_same(seen=duplicate_version, now=gone.version)
    )
    if not set(fields) <= EXCHANGED.keys():
        refuse_now(say("There is no such field."))
    before = shown(survivor, list(_SHOWN))
    added = [category.pk for category in gone.categories.all() if not survivor.categories.filter(pk=category.pk).exists()]
    survivor.categories.add(*added)
    terms = {"fields": sorted(fields), "status": gone.status, "version": survivor.version + 1, "categories": added}
    gone.status, gone.merged_into, gone.merge_terms = Subject.Status.MERGED, survivor, terms
    gone.status_since, gone.status_reason = clock.today(), reason
    _exchange(survivor, gone, fields)
    return _told(survivor, before, {"merged": f"{gone.key} {gone.name}"}, reason, gone)


@command("registries.unmerge_subject")
def unmerge_subject(*, actor: User, duplicate_id: int, reason: str) -> Change:
    """Take a merge back, while the entry that stayed is as the merge left it."""
    gone = Subject.objects.select_for_update(no_key=True).get(pk=duplicate_id)
    if gone.merged_into_id is None:
        refuse(rules.why_not_unmerge(merged=False, seen=0, now=0))
        raise AssertionError
    survivor = kept(actor, gone.merged_into_id)
    terms = gone.merge_terms
    refuse(rules.why_not_unmerge(merged=True, seen=terms["version"], now=survivor.version))
    if not reason.strip():
        refuse_now(say("Say why the merge is taken back."))
    before = shown(survivor, list(_SHOWN))
    survivor.categories.remove(*terms["categories"])
    gone.status, gone.merged_into, gone.merge_terms = terms["status"], None, {}
    gone.status_since, gone.status_reason = clock.today(), reason
    _exchange(survivor, gone, terms["fields"])
    return _told(survivor, before, {"unmerged": f"{gone.key} {gone.name}"}, reason, gone)


def _exchange(survivor: Subject, gone: Subject, fields: Sequence[str]) -> None:
    """Swap the columns of these fields and save both; the credit code is free in between."""
    for name in fields:
        for column in EXCHANGED[name]:
            mine, theirs = getattr(survivor, column), getattr(gone, column)
            setattr(survivor, column, theirs)
            setattr(gone, column, mine)
    Subject.objects.filter(pk=gone.pk).update(uscc=None)
    for row in (survivor, gone):
        row.version += 1
        searching.fill([row])
        row.save()


def _told(survivor: Subject, before: dict[str, object], what: dict[str, str], reason: str, gone: Subject) -> Change:
    after = shown(survivor, list(before))
    changed = [name for name in before if before[name] != after[name]]
    return Change(survivor, {n: before[n] for n in changed}, {**{n: after[n] for n in changed}, **what}, reason, also=(gone,))
