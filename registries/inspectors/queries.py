"""Reading the inspector registry: who may inspect on a day, with which fields and specialties, recused from whom."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from registries.inspectors.models import Assistant, Certificate, Inspector, InspectorGroup, Leave, Recusal, Training
from registries.inspectors.rules import WARN_DAYS, Away, Criterion, Validity, criteria, why_not_eligible
from registries.ledger.change import Refused
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.people.models import User
from registries.people.queries import people
from registries.people.roles import Role
from registries.subjects.models import Subject


def deciding() -> tuple[str, ...]:
    """The relations that :func:`why_not_on` reads, to be prefetched."""
    return ("certificates", "leaves", *(("trainings",) if settings.TRAINING_HOURS_REQUIRED else ()))


def inspectors() -> QuerySet[Inspector]:
    """All of them by staff number, with unit, fields, specialties and what decides whether they may inspect at hand."""
    rows = Inspector.objects.select_related("unit", "user").prefetch_related("fields", "specialties", *deciding())
    return rows.order_by("number")  # said here, for a list that counts forgets the order of its model


def tags_of(inspector: Inspector) -> frozenset[str]:
    """The codes of the inspector's fields and specialties, as a draw's team requirements name them."""
    return frozenset(code.code for code in (*inspector.fields.all(), *inspector.specialties.all()))


def is_trained(inspector: Inspector, day: dt.date) -> bool:
    """Whether the hours of training that the settings ask for (none by default) were attended in the 12 months up to ``day``."""
    if not settings.TRAINING_HOURS_REQUIRED:
        return True
    attended = [one.hours for one in inspector.trainings.all() if day - dt.timedelta(days=365) < one.held_on <= day]
    return sum(attended, Decimal(0)) >= Decimal(settings.TRAINING_HOURS_REQUIRED)


def _facts(inspector: Inspector, day: dt.date) -> dict[str, Any]:
    return {
        "status": inspector.status,
        "certificates": [Validity(c.valid_from, c.last_day) for c in inspector.certificates.all()],
        "away": [Away(leave.starts_on, leave.ends_on) for leave in inspector.leaves.all()],
        "trained": is_trained(inspector, day) if settings.TRAINING_HOURS_REQUIRED else None,
        "day": day,
    }


def why_not_on(inspector: Inspector, day: dt.date) -> Sentence | None:
    """Why this inspector may not inspect on ``day`` (status, certificate, leave, training), or None."""
    return why_not_eligible(**_facts(inspector, day))


def criteria_on(inspector: Inspector, day: dt.date, revision: MatterRevision | None = None) -> list[Criterion]:
    """All that decides whether this inspector may inspect on ``day``, on a matter if one is given."""
    facts = _facts(inspector, day)
    if revision is not None:
        facts["tags"] = tags_of(inspector)
        facts["required"] = [code.code for code in revision.requirements.all()]
        scope = {matter.pk for matter in inspector.matters.all()}
        facts["in_scope"] = not scope or revision.matter_id in scope
    return criteria(**facts)


class Choice(NamedTuple):
    """Whom a draw may send: the inspectors, by staff number, and who of the same units may not be sent, each with the reason."""

    able: list[Inspector]
    out: list[tuple[Inspector, Sentence]]


def choose_inspectors(
    unit_ids: Iterable[int], day: dt.date, *, matter_ids: Iterable[int] = (), group_ids: Iterable[int] = ()
) -> Choice:
    """Everybody of these units who has not left: who may inspect these matters (all of them) on ``day``, and who may not.

    ``group_ids`` narrow it to the members of these groups. Fields, specialties and what decides are prefetched:
    :func:`tags_of` asks nothing more.
    """
    wanted, asked = set(matter_ids), list(group_ids)
    rows = inspectors().filter(unit_id__in=list(unit_ids)).exclude(status=Inspector.Status.LEFT)
    if wanted:
        rows = rows.prefetch_related("matters")
    members = members_of(asked) if asked else None
    choice = Choice([], [])
    for row in rows:
        why = _why_not_chosen(row, day, wanted, members)
        if why is None:
            choice.able.append(row)
        else:
            choice.out.append((row, why))
    return choice


def _why_not_chosen(inspector: Inspector, day: dt.date, matter_ids: set[int], members: set[int] | None) -> Sentence | None:
    if members is not None and inspector.pk not in members:
        return say("is in none of the groups chosen")
    return why_not_eligible(**_facts(inspector, day), in_scope=_enforces(inspector, matter_ids) if matter_ids else None)


def _enforces(inspector: Inspector, matter_ids: set[int]) -> bool:
    scope = {matter.pk for matter in inspector.matters.all()}
    return not scope or matter_ids <= scope


def recusals_on(inspector_ids: Iterable[int], day: dt.date) -> set[tuple[int, int]]:
    """The pairs (inspector, subject) of declared conflicts that stand on ``day``.

    A conflict declared by name or code counts for every subject registered under it, whenever it came into the registry; one
    with an entry that was merged counts for the entry that stayed too.
    """
    standing = Recusal.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    wanted = set(inspector_ids)
    pairs: set[tuple[int, int]] = set()
    named: defaultdict[str, set[int]] = defaultdict(set)
    columns = ("inspector_id", "subject_id", "subject__merged_into_id", "organisation")
    for inspector, subject, into, organisation in standing.values_list(*columns):
        if inspector in wanted and organisation:
            named[organisation].add(inspector)
        elif inspector in wanted:
            pairs |= {(inspector, pk) for pk in (subject, into) if pk is not None}
    if named:
        found = Subject.objects.filter(Q(name__in=named) | Q(uscc__in=named)).values_list("pk", "merged_into_id", "name", "uscc")
        for pk, into, name, uscc in found:
            people = named.get(name, set()) | named.get(uscc or "", set())
            pairs |= {(person, one) for person in people for one in (pk, into) if one is not None}
    return pairs


def subject_meant(text: str) -> Subject | None:
    """The one subject in the registry that has this number, credit code or name; None when none has, or several."""
    found = list(Subject.objects.filter(Q(key=text) | Q(uscc=text) | Q(name=text))[:2])
    return found[0] if len(found) == 1 else None


def by_id_number(id_number: str) -> Inspector | None:
    """Whose ID number this is, by its blind index."""
    return Inspector.objects.filter(id_number__whole=id_number).only("number").first()


def able_on(rows: QuerySet[Inspector], day: dt.date) -> QuerySet[Inspector]:
    """Of these inspectors those on duty, certified and not on leave on ``day``."""
    mine = {"inspector": OuterRef("pk")}
    valid = Certificate.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), valid_from__lte=day, valid_until__gte=day, **mine)
    away = Leave.objects.filter(starts_on__lte=day, ends_on__gte=day, **mine)
    return rows.filter(Exists(valid), ~Exists(away), status=Inspector.Status.ACTIVE)


def certificates_ending(rows: QuerySet[Inspector], today: dt.date) -> QuerySet[Any]:
    """Of these inspectors those on duty whose last certificate ends within the days of warning, or has; ``ends`` says when.

    Who has none at all is not among them: the page says so.
    """
    open_ones = Max("certificates__valid_until", filter=Q(certificates__ended_on=None) | Q(certificates__ended_on__gt=today))
    last = today + dt.timedelta(days=WARN_DAYS)
    return rows.filter(status=Inspector.Status.ACTIVE).annotate(ends=open_ones).filter(ends__lte=last)


def without_training(rows: QuerySet[Inspector], year: int) -> QuerySet[Inspector]:
    """Of these inspectors those on duty who attended no training in ``year``."""
    attended = Training.attended.through.objects.filter(inspector=OuterRef("pk"), training__held_on__year=year)
    return rows.filter(~Exists(attended), status=Inspector.Status.ACTIVE)


def groups() -> QuerySet[InspectorGroup]:
    """The groups in use, with unit and leader."""
    return InspectorGroup.objects.filter(active=True).select_related("unit", "leader")


def members_of(group_ids: Iterable[int]) -> set[int]:
    """The inspectors (by key) of these groups, as far as the groups are in use: a filter when a draw is prepared."""
    listed = InspectorGroup.objects.filter(pk__in=list(group_ids), active=True)
    return {pk for pk in listed.values_list("members", flat=True) if pk is not None}


def assistants(unit_ids: Iterable[int] | None = None) -> QuerySet[Assistant]:
    """Auxiliaries (辅警) in service, of these units if given: they may be named on a case and never count towards its team."""
    rows = Assistant.objects.filter(active=True).select_related("unit")
    return rows if unit_ids is None else rows.filter(unit_id__in=list(unit_ids))


class Tally(NamedTuple):
    """Inspectors of one kind: how many, on duty, able to inspect today, who may lead, without training this year."""

    label: str
    everybody: int
    on_duty: int
    able: int
    leads: int
    untrained: int


def statistics(rows: QuerySet[Inspector], today: dt.date) -> list[tuple[str, list[Tally]]]:
    """The registry counted by unit, field, specialty, expert type, level, duty class and education; who has left is not counted."""
    people = list(rows.exclude(status=Inspector.Status.LEFT))
    able = {row.pk for row in people if why_not_on(row, today) is None}
    untrained = set(without_training(Inspector.objects.all(), today.year).values_list("pk", flat=True))
    kinds: list[tuple[str, Callable[[Inspector], list[str]]]] = [
        (_("By unit"), lambda row: [row.unit.short_name]),
        (_("By enforcement field"), lambda row: [str(code) for code in row.fields.all()]),
        (_("By specialty"), lambda row: [str(code) for code in row.specialties.all()]),
        (_("By expert type"), lambda row: [str(code) for code in row.experts.all()]),
        (_("By level"), lambda row: [row.get_level_display()]),
        (_("By duty class"), lambda row: [row.get_duty_display()]),
        (_("By education"), lambda row: [row.get_education_display()]),
    ]
    found = []
    for title, of in kinds:
        groups: defaultdict[str, list[Inspector]] = defaultdict(list)
        for row in people:
            for label in of(row) or [""]:
                groups[label].append(row)
        found.append((title, [_tally(label, groups[label], able, untrained) for label in sorted(groups, key=lambda one: (not one, one))]))
    return found


def _tally(label: str, rows: list[Inspector], able: set[int], untrained: set[int]) -> Tally:
    return Tally(
        label or _("not stated"),
        len(rows),
        sum(row.status == Inspector.Status.ACTIVE for row in rows),
        sum(row.pk in able for row in rows),
        sum(row.may_lead for row in rows),
        sum(row.pk in untrained for row in rows),
    )


def why_not_in_words(inspector: Inspector, day: dt.date) -> str:
    """:func:`why_not_on` in the reader's language ("" when the person may inspect)."""
    why = why_not_on(inspector, day)
    return Refused(why).sentence if why is not None else ""


def accounts_to_join() -> QuerySet[User]:
    """Accounts with the role of inspector that are joined to none yet."""
    return people().filter(groups__name=Role.INSPECTOR, inspector__isnull=True, is_active=True)
