"""Reading cases: whose they are, who is on one, what its records hold. Nothing here writes.

Where a case stands is told in ``standings.py``, what waits for the worker or a decision in ``awaiting.py``.
"""

import datetime as dt
import functools
import operator
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects

from inspections.cases import rules
from inspections.cases.evidence import Photo
from inspections.cases.models import Assignment, Case, Record, RecordAnswer, Replacement, Review, Signature
from inspections.cases.rules import Draft, Line, Member
from inspections.cases.states import SEPARATED, STRUCK, CaseState, Decision
from inspections.cases.vocabulary import may_follow
from inspections.draws.matters import partner_revisions
from registries import clock
from registries.inspectors.models import Inspector
from registries.inspectors.queries import deciding, recusals_on, why_not_on
from registries.matters.models import ChecklistItem
from registries.people.models import User
from registries.people.queries import own_units
from registries.subjects.queries import exclusion_on

# --- which cases -----------------------------------------------------------------------------------------------------


class Viewer(NamedTuple):
    """Who looks at cases: the person and the units they keep (None means every one), looked up once a page."""

    user: User
    units: set[int] | None

    def may(self, right: str) -> bool:
        """Whether the role has this right of the floor."""
        return self.user.has_perm(f"inspections.{right}")

    def keeps(self, unit_id: int) -> bool:
        """Whether this person keeps the rows of that unit."""
        return self.units is None or unit_id in self.units


def viewer(user: User) -> Viewer:
    """This person as a viewer."""
    return Viewer(user, own_units(user) if user.has_perm("inspections.view_cases") else set())


LEADING = Q(draw=None) | Q(draw__unit=OuterRef("unit"))
"""Of the assignments of a case (the outer query): those on the side of the unit that leads."""


def own_cases(user: User, where: Q | None = None) -> QuerySet[Case]:
    """The cases this person is on the team of now, on any side or as ``where`` says; ``on_lead``: for the unit that leads."""
    mine = Assignment.objects.filter(case=OuterRef("pk"), ended_at=None, inspector__user=user)
    return Case.objects.filter(Exists(mine.filter(where) if where else mine)).annotate(on_lead=Exists(mine.filter(LEADING)))


def office_cases(viewer: Viewer) -> QuerySet[Case]:
    """The cases somebody follows who is not on the team: a clerk those of the own units, reviewer, supervisor, auditor all."""
    if not viewer.may("view_cases"):
        return Case.objects.none()
    return Case.objects.all() if viewer.units is None else Case.objects.filter(unit_id__in=viewer.units)


def visible_cases(viewer: Viewer) -> QuerySet[Case]:
    """Every case this person may open; for all others there is no such case."""
    visible = office_cases(viewer)
    more = {"view_own_cases": own_cases, "view_joint_cases": joint_cases}
    found = [cases(viewer.user) for right, cases in more.items() if viewer.may(right)]
    if not found or viewer.units is None:
        return visible
    return Case.objects.filter(functools.reduce(operator.or_, (Q(pk__in=cases.values("pk")) for cases in (visible, *found))))


def whole_cases(viewer: Viewer) -> QuerySet[Case]:
    """Those of :func:`visible_cases` that this person sees whole: what tells of a case without looking whose part is whose."""
    mine = own_cases(viewer.user, LEADING) if viewer.may("view_own_cases") else Case.objects.none()
    return Case.objects.filter(Q(pk__in=office_cases(viewer).values("pk")) | Q(pk__in=mine.values("pk")))


def joint_cases(user: User) -> QuerySet[Case]:
    """The cases that other units lead and a unit of this person's has a team on: of these they see their part (shares.py).

    Once the visit has begun; before, whom a draw of another unit drew is told to the team alone. A clerk whose own case is joined
    knows the subject by it.
    """
    units = own_units(user) or set()
    theirs = Assignment.objects.filter(case=OuterRef("pk"), ended_at=None, draw__unit__in=units)
    told = ~Q(state__in=[CaseState.ASSIGNED, CaseState.CALLED_OFF])
    if user.has_perm("inspections.view_cases"):
        told |= Q(Exists(Case.objects.filter(joined_to=OuterRef("pk"), unit__in=units)))
    return Case.objects.filter(told, Exists(theirs)).exclude(unit__in=units)


# --- one case --------------------------------------------------------------------------------------------------------


def team(case: Case) -> list[Assignment]:
    """Who is on the team now, the leader first, with inspector and unit."""
    return list(case.assignments.filter(ended_at=None).select_related("inspector__unit", "draw__unit").order_by("position"))


def unit_of(assignment: Assignment, case: Case) -> int:
    """The unit on whose side somebody is on a case: that of the order that drew them, the case's own where none is named."""
    return assignment.draw.unit_id if assignment.draw is not None else case.unit_id


def members_on(case: Case, day: dt.date) -> list[Member]:
    """The team as the rules take it: who may inspect on ``day``, who has declared a conflict, whose partner they are."""
    places = team(case)
    people = [place.inspector for place in places]
    prefetch_related_objects(people, *deciding())
    recused = recusals_on([person.pk for person in people], day)
    return [
        Member(p.name, why_not_on(p, day), (p.pk, case.subject_id) in recused, _side(place, case))
        for place, p in zip(places, people, strict=True)
    ]


def stand_ins(case: Case, day: dt.date) -> list[Inspector]:
    """Whom a supervisor may name for a place of a case whose team was not drawn: of its unit, never on it, able on ``day``, without a conflict."""
    rows = Inspector.objects.filter(unit=case.unit_id).exclude(assignments__case=case).prefetch_related(*deciding()).order_by("name")
    able = [one for one in rows if why_not_on(one, day) is None]
    recused = recusals_on([one.pk for one in able], day)
    return [one for one in able if (one.pk, case.subject_id) not in recused]


def sides_of(case: Case) -> set[str]:
    """The partners that are or ever were on this case, by unit; nobody for the unit that leads, nor whose case left the visit."""
    return {_side(one, case) for one in case.assignments.exclude(ended_because=SEPARATED).select_related("draw__unit")} - {""}


def _side(assignment: Assignment, case: Case) -> str:
    """A partner's short name; empty for the unit that leads."""
    of = assignment.draw
    return of.unit.short_name if of is not None and of.unit_id != case.unit_id else ""


def is_excluded(case: Case, day: dt.date) -> bool:
    """Whether the subject is lawfully out of scope on ``day``."""
    return exclusion_on(case.subject_id, day) is not None


def is_on_team(case: Case, user: User) -> bool:
    """Whether this person is on the team now."""
    return case.assignments.filter(ended_at=None, inspector__user=user).exists()


def was_on_team(case: Case, user: User) -> bool:
    """Whether this person is or ever was on the team."""
    return case.assignments.filter(inspector__user=user).exists()


def rounds(case: Case) -> list[Record]:
    """The records of a case with the decision on each and ``noted``, the newest note of the inspected person's side; the newest last."""
    rows: Any = case.records.annotate(noted=FilteredRelation("acknowledgements"))
    told = rows.select_related("saved_by", "result", "disposal", "review__reviewer", "noted__noted_by").order_by("round", "noted__pk")
    return list({row.pk: row for row in told}.values())


def last_record(case: Case) -> Record | None:
    """The record of the newest round."""
    records = rounds(case)
    return records[-1] if records else None


def items_of(case: Case) -> list[ChecklistItem]:
    """Every checklist item of the case's matters, in the order of the page."""
    return list(_items(case))


def _items(case: Case) -> QuerySet[ChecklistItem]:
    return (
        ChecklistItem.objects.filter(revision__in=case.matters.values("revision"))
        .select_related("revision__matter")
        .order_by(Subquery(case.matters.filter(revision=OuterRef("revision")).values("position")[:1]), "position")
    )


def draft_of(record: Record) -> Draft:
    """What a record holds now."""
    lines = {a.item_id: Line(a.answer, a.remark) for a in record.answers.all()}
    return Draft(record.inspected_on, record.result_id, record.findings, record.disposal_id, record.present, lines)


def gaps_of(case: Case, record: Record, draft: Draft, today: dt.date) -> list[rules.Gap]:
    """What this draft still lacks before it can be signed."""
    drawn_at = case.draw.drawn_at if case.draw else None
    ordered_on = case.opened_at.astimezone(clock.BEIJING).date() if case.draw is None else None
    return rules.too_early(draft, ordered_on) + rules.gaps(
        draft,
        items=[item.pk for item in items_of(case)],
        group=record.result.group if record.result else "",
        disposals=may_follow(case, record, draft),
        drawn_on=drawn_at.astimezone(clock.BEIJING).date() if drawn_at else None,
        today=today,
    )


def content_of(record: Record, own: Collection[int] | None = None) -> dict[str, Any]:
    """The content that signatures are bound to, in plain values; codes and labels as they stand in the code tables.

    A partner's officers sign what they read: with ``own`` (keys of matter revisions) the common facts and these checklists.

    Photos by what was sent, so that a phone without a network can tell the same (``static/visits/sheet.js``).
    """
    photos = Photo.objects.filter(case=record.case, round__lte=record.round, withdrawn_at=None)
    answers = record.answers.select_related("item__revision__matter").order_by("item__revision__matter__code", "item__position")
    whole = own is None
    if own is not None:
        photos, answers = photos.filter(item__revision__in=own), answers.filter(item__revision__in=own)
    return {
        "case": record.case.number,
        "round": record.round,
        "inspected_on": record.inspected_on.isoformat() if record.inspected_on else "",
        "result": record.result.code if record.result and whole else "",
        "findings": record.findings if whole else "",
        "disposal": record.disposal.code if record.disposal and whole else "",
        "present": record.present if whole else "",
        "team": sorted(place.inspector.number for place in team(record.case)),
        "answers": [[a.item.revision.reference, a.item.position, a.answer, a.remark] for a in answers],
        "photos": sorted(photos.values_list("sent_sha256", flat=True)),
    }


class Sheet(NamedTuple):
    """The checklist of one matter as filled in: the matter's revision and (item, answer or None)."""

    revision: Any
    lines: list[tuple[ChecklistItem, Any]]


def sheets(case: Case, record: Record | None) -> list[Sheet]:
    """One checklist per matter, with the answers of a record."""
    given = RecordAnswer.objects.filter(record=record, item=OuterRef("pk"))
    items: Any = _items(case).annotate(given=Subquery(given.values("answer")[:1]), noted=Subquery(given.values("remark")[:1]))
    answers = {i.pk: RecordAnswer(record=record, item=i, answer=i.given, remark=i.noted) for i in items if i.given is not None}
    revisions = {item.revision_id: item.revision for item in items}
    return [
        Sheet(revision, [(i, answers.get(i.pk)) for i in items if i.revision_id == revision.pk])
        for revision in revisions.values()
    ]


def signatures(record: Record | None) -> list[Signature]:
    """Who signed, in order."""
    return list(record.signatures.select_related("inspector")) if record else []


def all_signatures(case: Case) -> list[Signature]:
    """Who signed in any round, in order."""
    return list(Signature.objects.filter(record__case=case).select_related("inspector").order_by("pk"))


def reviews(case: Case) -> list[Review]:
    """Every decision of a reviewer, in order."""
    return list(case.reviews.select_related("reviewer").order_by("pk"))


def decisions(records: Iterable[Record]) -> list[Review]:
    """The decisions on these records of :func:`rounds`, in their order."""
    return [record.review for record in records if hasattr(record, "review")]


def matters_awaited(case: Case) -> list[Any]:
    """The joint matters of partners whose team is not there yet, while the visit has not begun."""
    if case.draw is None or case.state != CaseState.ASSIGNED:
        return []
    have = set(case.matters.values_list("revision_id", flat=True))
    return [revision for revision in partner_revisions(case.draw) if revision.pk not in have]


def last_return(decided: list[Review]) -> Review | None:
    """The last of these reviews if it returned the record; else None."""
    return decided[-1] if decided and decided[-1].decision == Decision.RETURN else None


def replacements_of(case: Case) -> list[Replacement]:
    """Every request for a replacement in this case, the newest first; without the files."""
    return list(
        case.replacements.select_related("assignment__inspector", "assignment__draw", "asked_by", "decided_by").defer("file").order_by("-pk")
    )


def case_that_followed(case: Case) -> Case | None:
    """The case of the reserve that stepped in for a case that was called off; where a strike called it off, the subject's new one."""
    if case.state != CaseState.CALLED_OFF:
        return None
    if case.called_off_because == STRUCK:
        again = Case.objects.filter(draw=case.draw_id, subject=case.subject_id, pk__gt=case.pk)
        return again.select_related("subject").first()
    return Case.objects.filter(drawn__came_by__subject_out=case.drawn_id).select_related("subject").first()


def accepted_record(case: Case) -> Record | None:
    """The record a reviewer accepted: what is disclosed."""
    return case.records.filter(review__decision=Decision.ACCEPT).select_related("result", "disposal").order_by("-round").first()
