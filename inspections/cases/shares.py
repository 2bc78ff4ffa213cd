"""Whose part of a joint visit is whose. The unit that leads sees the whole case; a unit that takes part its own matters, officers
and checklists, and who leads — nothing of the rest. Reads only.

So do a partner's officers on the team: besides the common facts (subject, day, team) they read, answer and sign their own
checklists, and the unit that leads answers for the record as a whole.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import Q, prefetch_related_objects

from inspections.cases import queries
from inspections.cases.attached import Beside
from inspections.cases.evidence import Photo
from inspections.cases.models import Assignment, Case, Record, Replacement, Signature
from inspections.cases.queries import Sheet, Viewer
from inspections.cases.rules import Draft, fingerprint
from inspections.cases.timeline import Event
from inspections.draws.matters import JOINT, sides_of
from registries.ledger.sentences import Sentence, say
from registries.matters.models import ChecklistItem, MatterRevision
from registries.people.models import Unit, User
from registries.people.queries import own_units

COMMON = ("inspected_on",)
"""The fields of a record beside the checklists that every side reads and writes."""


class Side(NamedTuple):
    """A unit on a visit: its matters, and whether it leads."""

    unit: Unit
    leads: bool
    matters: list[MatterRevision]


def covered_by(case: Case) -> list[Case]:
    """The cases that the visit covers, with their draws and matters: the one that leads first. Two queries at most."""
    if not getattr(case, "has_joined", True):
        return [case]
    rows = Case.objects.filter(Q(pk=case.pk) | Q(joined_to=case))
    names = ("unit", "draw__unit", "draw__matter__matter", "draw__matter__unit")
    found = sorted(rows.select_related(*names), key=lambda row: (row.pk != case.pk, row.pk))
    prefetch_related_objects([row.draw for row in found if row.draw is not None], JOINT)
    return found


def sides(case: Case, covered: Sequence[Case] | None = None) -> list[Side]:
    """Who comes for what: the unit that leads first, then those that take part. Matters still awaited are in."""
    found: dict[int, Side] = {case.unit_id: Side(case.unit, True, [])}
    cases = covered_by(case) if covered is None else covered
    for order in [row.draw for row in cases if row.draw is not None]:
        for unit_id, matters in sides_of(order).items():
            unit = order.unit if unit_id == order.unit_id else matters[0].unit
            found.setdefault(unit_id, Side(unit, False, [])).matters.extend(matters)
    return list(found.values())


class Share(NamedTuple):
    """What of a case somebody sees who does not see it whole: these sides of it."""

    own: list[Side]
    lead: Unit
    on_team: bool = False

    @property
    def units(self) -> set[int]:
        """The units whose side it is."""
        return {side.unit.pk for side in self.own}

    @property
    def revisions(self) -> set[int]:
        """Their matters."""
        return {matter.pk for side in self.own for matter in side.matters}

    @property
    def head(self) -> tuple[str, ...]:
        """The fields of the record beside the checklists that are theirs too."""
        return COMMON

    def items(self, items: Iterable[ChecklistItem]) -> list[ChecklistItem]:
        """Their checklist items among these."""
        return [item for item in items if item.revision_id in self.revisions]

    def team(self, case: Case, team: Iterable[Assignment]) -> list[Assignment]:
        """Their officers among these."""
        return [one for one in team if queries.unit_of(one, case) in self.units]

    def sheets(self, all_of_them: Iterable[Sheet]) -> list[Sheet]:
        """Their checklists among these."""
        return [sheet for sheet in all_of_them if sheet.revision.pk in self.revisions]

    def signatures(self, signed: Iterable[Signature], team: Iterable[Assignment]) -> list[Signature]:
        """What their officers signed."""
        people = {one.inspector_id for one in team}
        return [one for one in signed if one.inspector_id in people]

    def photos(self, photos: Iterable[Photo]) -> list[Photo]:
        """The photos of their checklists."""
        return [one for one in photos if one.item is not None and one.item.revision_id in self.revisions]

    def beside(self, beside: Beside, signed: Sequence[Signature]) -> Beside:
        """What stands beside their answers; not the inspected person's side, which is the record's."""
        rows = {one.pk for one in signed}
        hands = [hand for hand in beside.hands if isinstance(hand.row, Signature) and hand.row.pk in rows]
        return Beside(self.photos(beside.photos), None, hands)

    def values(self, values: Mapping[str, str], items: Iterable[ChecklistItem]) -> dict[str, str]:
        """Of a draft as fields: those that are theirs."""
        wanted = {*COMMON, *(f"{part}_{item.pk}" for item in self.items(items) for part in ("answer", "remark"))}
        return {name: value for name, value in values.items() if name in wanted}

    def history(self, events: Iterable[Event], team: Iterable[Assignment]) -> list[Event]:
        """What happened, with the names of their own officers only and without what others wrote."""
        names = {one.inspector.name for one in team}
        return [event if event.who in names else event._replace(who="", text="") for event in events]

    def replacements(self, asked: Iterable[Replacement], case: Case) -> list[Replacement]:
        """The requests about their own officers."""
        return [one for one in asked if one.assignment is not None and queries.unit_of(one.assignment, case) in self.units]


def share_of(case: Any, looks: Viewer, covers: Sequence[Side] | None = None) -> Share | None:
    """The part that this person sees of a case they may open; None for the whole, as on its team or in the unit that leads."""
    if (looks.may("view_cases") and looks.keeps(case.unit_id)) or getattr(case, "on_lead", False):
        return None
    going = sides_gone_for(case, looks.user) if getattr(case, "on_team", True) else set()
    if case.unit_id in going:
        return None
    follows = looks.may("view_joint_cases") or not going
    units = going | ((own_units(looks.user) or set()) if follows else set())
    return Share([side for side in (sides(case) if covers is None else covers) if side.unit.pk in units], case.unit, bool(going))


def sides_gone_for(case: Case, user: User) -> set[int]:
    """The units on whose side this person is on the team now."""
    places = case.assignments.filter(ended_at=None, inspector__user=user).select_related("draw")
    return {queries.unit_of(place, case) for place in places}


def part_of_officer(case: Case, user: User) -> Share | None:
    """The part of one of the team who goes for a partner; None for who goes for the unit that leads."""
    going = set() if getattr(case, "on_lead", False) else sides_gone_for(case, user)
    if not going or case.unit_id in going:
        return None
    return Share([side for side in sides(case) if side.unit.pk in going], case.unit, True)


def sees_photo(photo: Photo, looks: Viewer) -> bool:
    """Whether a photo of a case they may open is theirs to see."""
    share = share_of(photo.case, looks)
    return share is None or bool(share.photos([photo]))


def fingerprint_for(record: Record, share: Share | None) -> str:
    """What one of the team signs: the fingerprint of the whole record, or of the part they read."""
    return fingerprint(queries.content_of(record, None if share is None else share.revisions))


def why_not_for_the_whole(share: Share | None) -> Sentence | None:
    """What is done with the record as a whole is done by the unit that leads."""
    return say("The officers of %(unit)s do this for the whole visit.", unit=share.lead.short_name) if share is not None else None


def why_not_write(share: Share | None, changed: Collection[int], items: Iterable[ChecklistItem]) -> Sentence | None:
    """A partner's officers answer their own checklist items only. ``changed``: keys of items; ``items``: all of the case."""
    if share is None or set(changed) <= {item.pk for item in share.items(items)}:
        return None
    return say("You fill in the checklists of your own unit. The others are filled in by %(unit)s and its partners.", unit=share.lead.short_name)


def why_not_name(share: Share | None, names: Iterable[str], items: Sequence[ChecklistItem]) -> Sentence | None:
    """The same for fields by their names."""
    if share is None or share.values(dict.fromkeys(names, ""), items).keys() >= set(names):
        return None
    return why_not_write(share, {0}, ())


def why_not_keep(share: Share | None, item: int | None, items: Iterable[ChecklistItem]) -> Sentence | None:
    """A partner's officer keeps photos of their own checklist items; those of the whole visit and scans are the leading unit's."""
    return why_not_for_the_whole(share) if item is None else why_not_write(share, {item}, items)


def own_part(share: Share | None, typed: Draft, saved: Draft, items: Iterable[ChecklistItem]) -> Draft:
    """What a partner's officer typed, and the rest as it was saved: they can neither see nor empty it."""
    if share is None:
        return typed
    own = {item.pk for item in share.items(items)}
    others = {item: line for item, line in saved.answers.items() if item not in own}
    return replace(saved, inspected_on=typed.inspected_on, answers={**others, **typed.answers})
