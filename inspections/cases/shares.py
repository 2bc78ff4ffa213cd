"""Whose part of a joint visit is whose. The unit that leads sees the whole case; a unit that takes part its own matters, officers
and checklists, and who leads — nothing of the rest. Reads only.

The team at the door is one: each of it signs the record whole and so reads it whole, but a partner's officers fill in their own
checklists only (:func:`foreign_items`).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, prefetch_related_objects

from inspections.cases import queries
from inspections.cases.attached import Beside
from inspections.cases.evidence import Photo
from inspections.cases.models import Assignment, Case, Replacement, Signature
from inspections.cases.queries import Sheet, Viewer
from inspections.cases.timeline import Event
from inspections.draws.matters import JOINT, sides_of
from registries.matters.models import MatterRevision
from registries.people.models import Unit, User
from registries.people.queries import own_units


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

    @property
    def units(self) -> set[int]:
        """The units whose side it is."""
        return {side.unit.pk for side in self.own}

    @property
    def revisions(self) -> set[int]:
        """Their matters."""
        return {matter.pk for side in self.own for matter in side.matters}

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

    def history(self, events: Iterable[Event], team: Iterable[Assignment]) -> list[Event]:
        """What happened, with the names of their own officers only and without what others wrote."""
        names = {one.inspector.name for one in team}
        return [event if event.who in names else event._replace(who="", text="") for event in events]

    def replacements(self, asked: Iterable[Replacement], case: Case) -> list[Replacement]:
        """The requests about their own officers."""
        mine = {one.pk for one in case.assignments.filter(draw__unit__in=self.units)}
        return [one for one in asked if one.assignment_id in mine]


def share_of(case: Any, looks: Viewer, covers: Sequence[Side] | None = None) -> Share | None:
    """The part that this person sees of a case they may open; None for the whole, as on its team or in the unit that leads."""
    whole = looks.may("view_cases") and looks.keeps(case.unit_id)
    on_team = getattr(case, "on_team", None)
    if whole or (queries.is_on_team(case, looks.user) if on_team is None else on_team):
        return None
    units = own_units(looks.user) or set()
    return Share([side for side in (sides(case) if covers is None else covers) if side.unit.pk in units], case.unit)


def sees_photo(photo: Photo, looks: Viewer) -> bool:
    """Whether a photo of a case they may open is theirs to see."""
    share = share_of(photo.case, looks)
    return share is None or bool(share.photos([photo]))


def foreign_items(case: Case, user: User) -> tuple[set[int], str]:
    """The checklist items that are not this officer's to answer, and the unit that leads; none for who goes for the leading unit."""
    mine = set(
        case.assignments.filter(ended_at=None, inspector__user=user, draw__isnull=False).values_list("draw__unit", flat=True)
    )
    if not mine or case.unit_id in mine:
        return set(), ""
    own = {matter.pk for side in sides(case) if side.unit.pk in mine for matter in side.matters}
    return {item.pk for item in queries.items_of(case) if item.revision_id not in own}, case.unit.short_name
