"""Reading the matter list: the edition in force, what of it may be drawn on, what changed from one to the next."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import formats
from django.utils.translation import gettext as _

from registries.codes.models import Code, CodeTable
from registries.ledger.sentences import Sentence, say
from registries.matters import rules
from registries.matters.models import Edition, EditionPaper, LegalBasis, Matter, MatterRevision, Outcome
from registries.matters.rules import WARN_DAYS, Basis, Difference, Limits
from registries.matters.states import EditionState, Standing
from registries.people.models import User
from registries.people.roles import Role

SHOWN = (
    "cooperation",
    "area",
    "name",
    "sub_item",
    "content",
    "categories",
    "kind",
    "method",
    "initiator",
    "partners",
    "inspecting_body",
    "unit",
    "regulation",
    "full_coverage",
    "ratio_percent",
    "ratio_wording",
    "ratio_least",
    "ratio_most",
    "frequency",
    "least_times",
    "most_times",
    "period",
    "period_years",
    "team_size",
    "requirements",
    "publicity",
    "secrecy_check",
    "remarks",
)
"""The columns of a revision that people read and a diff compares, in the order of the official layout."""


BUSINESS = frozenset((Role.CLERK, Role.REVIEWER, Role.SUPERVISOR))


def with_content(revisions: QuerySet[MatterRevision]) -> QuerySet[MatterRevision]:
    """The revisions with all that a page shows of them, in eight queries."""
    outcomes = Prefetch("outcomes", Outcome.objects.select_related("result", "disposal"))
    many = ("categories", "full_coverage", "requirements", "bases", "items", "materials")
    return revisions.select_related("matter", "unit").prefetch_related(*many, outcomes)


def listed(revisions: QuerySet[MatterRevision]) -> QuerySet[MatterRevision]:
    """The revisions with what the table of the list shows of them."""
    return revisions.select_related("matter", "unit").prefetch_related("categories", "requirements", "bases")


def current_edition() -> Edition | None:
    """The newest published edition of the matter list."""
    return Edition.objects.filter(state=EditionState.PUBLISHED).order_by("-number").first()


def published_revisions() -> QuerySet[MatterRevision]:
    """The revisions of the newest published edition, by matter code; none when nothing is published yet."""
    newest = Edition.objects.filter(state=EditionState.PUBLISHED).order_by("-number").values("pk")[:1]
    rows = MatterRevision.objects.filter(editions=Subquery(newest))
    return rows.select_related("matter", "unit").order_by("matter__code")


def published_revision(matter: Matter | int) -> MatterRevision | None:
    """The revision of this matter that draws use: the one in the newest published edition, or None."""
    return published_revisions().filter(matter=matter).first()


def bases_of(revision: MatterRevision) -> list[Basis]:
    """The citations of a revision as plain values."""
    return [Basis(str(b), b.in_force_from, b.in_force_until) for b in revision.bases.all()]


def why_not_draw_on(revision: MatterRevision | None, today: dt.date) -> Sentence | None:
    """Why no draw may run on this revision (as :func:`published_revision` gives it) on ``today``, or None."""
    if revision is None:
        return say("The matter is not in the published edition of the matter list.")
    return rules.why_not_draw_on(bases_of(revision), today, active=revision.matter.active)


def limits_of(revision: MatterRevision) -> Limits:
    """The numbers that a revision sets for ratio and frequency."""
    years = revision.period_years if revision.period == MatterRevision.Period.YEARS else None
    most = revision.ratio_most if revision.kind == MatterRevision.Kind.GENERAL else None
    return Limits(revision.ratio_least, most, revision.least_times, revision.most_times, years)


class Vocabulary(NamedTuple):
    """What may be entered as result of a visit: the results, and per result (by key) its meaning and disposals."""

    results: list[Code]
    meanings: dict[int, str]
    disposals: dict[int, list[Code]]


def vocabulary_together(revision_ids: Collection[int]) -> Vocabulary:
    """What may be entered of one visit on these matters: whatever one of them allows. Two queries.

    A matter that names no results of its own allows all of the code tables; a result without a disposal may be followed by any.
    """
    rows = list(Outcome.objects.filter(revision__in=revision_ids).select_related("result", "disposal").order_by("revision", "position"))
    in_use = list(Code.objects.filter(table__in=(CodeTable.RESULT, CodeTable.DISPOSAL), active=True))
    every = [code for code in in_use if code.table == CodeTable.DISPOSAL]
    results = {row.result_id: row.result for row in rows}
    meanings = {row.result_id: row.meaning for row in rows if row.meaning}
    named: dict[int, dict[int, Code]] = {pk: {} for pk in results}
    for row in rows:
        if row.disposal is not None:
            named[row.result_id][row.disposal.pk] = row.disposal
    disposals = {pk: list(given.values()) or every for pk, given in named.items()}
    if {row.revision_id for row in rows} < set(revision_ids):
        general = {code.pk: code for code in in_use if code.table == CodeTable.RESULT}
        results |= general
        disposals |= dict.fromkeys(general, every)
    return Vocabulary(list(results.values()), meanings, disposals)


def lapsing(today: dt.date) -> QuerySet[Any]:
    """Citations of matters in use that lapsed, or will within the days of warning; the first first.

    Those of the newest revision and of the one in force, on which draws run: a new one helps them only when it is published.
    ``mended``: there is a newer revision.
    """
    newest = newest_revisions().filter(matter__active=True).order_by().values("pk")
    published = published_revisions().filter(matter__active=True).order_by().values("pk")
    rows = LegalBasis.objects.filter(
        Q(revision__in=newest) | Q(revision__in=published), in_force_until__lte=today + dt.timedelta(days=WARN_DAYS)
    )
    later = MatterRevision.objects.filter(matter=OuterRef("revision__matter"), number__gt=OuterRef("revision__number"))
    rows = rows.annotate(mended=Exists(later))
    return rows.select_related("revision__matter", "revision__unit").order_by("in_force_until", "pk")


def in_standing(rows: QuerySet[MatterRevision], standing: str, today: dt.date) -> QuerySet[MatterRevision]:
    """Of these revisions those that stand so."""
    if standing == Standing.RETIRED:
        return rows.filter(matter__active=False)
    rows = rows.filter(matter__active=True)
    bases = LegalBasis.objects.filter(revision=OuterRef("pk"))
    if standing == Standing.LAPSED:
        return rows.filter(Exists(bases.filter(in_force_until__lt=today)))
    if standing == Standing.LAPSING:
        last = today + dt.timedelta(days=WARN_DAYS)
        return rows.filter(Exists(bases.filter(in_force_until__range=(today, last))))
    listed = Q(pk__in=published_revisions().order_by().values("pk"))
    return rows.filter(listed if standing == Standing.IN_FORCE else ~listed)


def by_method(rows: QuerySet[MatterRevision], method: str) -> QuerySet[MatterRevision]:
    """Of these revisions those inspected this way (a key of ``rules.METHODS``)."""
    wanted = Q(pk__in=[])
    for word in rules.METHODS[method]:
        wanted |= Q(method__contains=word)
    return rows.filter(wanted)


def newest_revisions() -> QuerySet[MatterRevision]:
    """The newest revision of every matter, by matter code."""
    newest = MatterRevision.objects.filter(matter=OuterRef("matter")).order_by("-number")
    return MatterRevision.objects.filter(pk=Subquery(newest.values("pk")[:1])).order_by("matter__code")


def visible_revisions(user: User) -> QuerySet[MatterRevision]:
    """What of the matter list this person reads: the newest revisions; partner departments the published ones only."""
    return published_revisions() if Role.PARTNER in user.role_codes else newest_revisions()


def readable_revisions(user: User, code: str) -> QuerySet[MatterRevision]:
    """The revisions of a matter that this person reads, newest first, with their content: partners up to the published one."""
    rows = MatterRevision.objects.filter(matter__code=code).order_by("-number")
    if Role.PARTNER in user.role_codes:
        published = published_revisions().filter(matter__code=code).first()
        rows = rows.filter(number__lte=published.number if published is not None else 0)
    return with_content(rows)


def listed_keys() -> set[int]:
    """The revisions (by key) of the newest published edition."""
    newest = Edition.objects.filter(state=EditionState.PUBLISHED).order_by("-number").values("pk")[:1]
    through = Edition.revisions.through.objects.filter(edition_id=Subquery(newest))
    return set(through.values_list("matterrevision_id", flat=True))


def visible_editions(user: User) -> QuerySet[Edition]:
    """All editions, those in preparation first; partner departments and inspectors see the published ones."""
    rows = Edition.objects.select_related("prepared_by", "approved_by").order_by(F("number").desc(nulls_first=True))
    rows = rows.annotate(on_paper=Exists(EditionPaper.objects.filter(edition=OuterRef("pk"))))
    if user.role_codes.isdisjoint(BUSINESS | {Role.AUDITOR}):
        rows = rows.filter(state=EditionState.PUBLISHED)
    return rows


def news() -> int:
    """How many matters the next edition would add, change or leave out against the one in force."""
    published = set(published_revisions().values_list("pk", flat=True))
    newest = set(newest_revisions().filter(matter__active=True).values_list("pk", flat=True))
    codes = MatterRevision.objects.filter(pk__in=published ^ newest).values_list("matter_id", flat=True)
    return len(set(codes))


def labels() -> dict[str, str]:
    """The names of the fields a diff compares."""
    names = {
        field.name: str(field.verbose_name) for field in (*MatterRevision._meta.fields, *MatterRevision._meta.many_to_many)
    }
    lists = {"bases": _("legal bases"), "items": _("checklist items"), "materials": _("materials"), "outcomes": _("possible results")}
    return {**names, **lists}


def lapsed_bases(revision: MatterRevision, today: dt.date) -> list[str]:
    """The citations of a revision that are past their effective date."""
    return [basis.text for basis in bases_of(revision) if rules.is_lapsed(basis.in_force_until, today)]


def _text(revision: MatterRevision, name: str) -> str:
    """One column as people read it."""
    if name in ("categories", "full_coverage", "requirements"):
        return "、".join(str(row) for row in getattr(revision, name).all())
    display = getattr(revision, f"get_{name}_display", None)
    if display is not None:
        return str(display())
    value = getattr(revision, name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else ""
    return rules.spelled(value) if isinstance(value, Decimal) else str(value)


def _date(day: dt.date | None) -> str:
    return formats.date_format(day, "Y-m-d") if day else "…"


def content_of(revision: MatterRevision) -> dict[str, str]:
    """A revision as field name → text, bases and checklist included; compared by :func:`rules.differences`."""
    content = {name: _text(revision, name) for name in SHOWN}
    if revision.least_times is None and revision.most_times is None:
        content["period"] = content["period_years"] = ""
    elif revision.period == MatterRevision.Period.PERMIT:
        content["period_years"] = ""
    content["bases"] = "\n".join(
        f"{b}" + (f" {b.document_number}" if b.document_number else "") + (f" ({_date(b.in_force_from)} – {_date(b.in_force_until)})" if b.in_force_from or b.in_force_until else "")
        for b in revision.bases.all()
    )
    content["items"] = "\n".join(
        f"{i.title}: {i.content}" + (f" ({i.article})" if i.article else "") + (f" [{i.guidance}]" if i.guidance else "")
        for i in revision.items.all()
    )
    content["materials"] = "\n".join(f"{m}" + (f" ({m.note})" if m.note else "") for m in revision.materials.all())
    content["outcomes"] = "\n".join(f"{o}" + (f" ({o.meaning})" if o.meaning else "") for o in revision.outcomes.all())
    return content


class MatterChange(NamedTuple):
    """What an edition does to one matter: ``kind`` is "new", "changed" or "gone"."""

    kind: str
    code: str
    name: str
    revision: MatterRevision
    fields: list[Difference]


def edition_and_before(rows: QuerySet[Edition], pk: int) -> tuple[Edition | None, Edition | None]:
    """One of these editions and the published one before it. One query: there are a few a year."""
    listed = list(rows)
    edition = next((row for row in listed if row.pk == pk), None)
    if edition is None:
        return None, None
    published = [row for row in listed if row.state == EditionState.PUBLISHED and row.pk != pk and row.number is not None]
    earlier = [row for row in published if edition.number is None or (row.number or 0) < edition.number]
    return edition, max(earlier, key=lambda row: row.number or 0, default=None)


def edition_before(edition: Edition) -> Edition | None:
    """The published edition that came before this one (for one not yet published: the one in force)."""
    published = Edition.objects.filter(state=EditionState.PUBLISHED).exclude(pk=edition.pk)
    if edition.number is not None:
        published = published.filter(number__lt=edition.number)
    return published.order_by("-number").first()


def edition_changes(edition: Edition, before: Edition | None) -> list[MatterChange]:
    """What is new, changed and gone in ``edition`` against ``before``, by matter code. Nine queries at most."""
    return changes_among(listed_in(edition, before), edition, before)


def listed_in(*editions: Edition | None) -> list[tuple[int, MatterRevision]]:
    """(edition key, revision) of these editions, by matter code, with matter and unit. One query."""
    keys = [edition.pk for edition in editions if edition is not None]
    rows = MatterRevision.objects.filter(editions__in=keys).annotate(edition_key=F("editions__pk"))
    return [(row.edition_key, row) for row in rows.select_related("matter", "unit").order_by("matter__code")]


def changes_among(
    listed: Iterable[tuple[int, MatterRevision]], edition: Edition, before: Edition | None
) -> list[MatterChange]:
    """:func:`edition_changes` among the rows of :func:`listed_in`, read already."""
    sides: dict[int, dict[str, MatterRevision]] = {}
    for key, row in listed:
        sides.setdefault(key, {})[row.matter.code] = row
    new = sides.get(edition.pk, {})
    old = sides.get(before.pk, {}) if before is not None else {}
    altered = {code for code in old.keys() & new.keys() if old[code].pk != new[code].pk}
    wanted = [side[code].pk for code in altered for side in (old, new)]
    whole = {row.pk: row for row in with_content(MatterRevision.objects.filter(pk__in=wanted))} if wanted else {}
    names = labels()
    changes = []
    for code in sorted(old.keys() | new.keys()):
        was, now = old.get(code), new.get(code)
        if now is None and was is not None:
            changes.append(MatterChange("gone", code, was.name, was, []))
        elif was is None and now is not None:
            changes.append(MatterChange("new", code, now.name, now, []))
        elif was is not None and now is not None and code in altered:
            fields = rules.differences(content_of(whole[was.pk]), content_of(whole[now.pk]))
            changes.append(MatterChange("changed", code, now.name, whole[now.pk], [d._replace(field=names[d.field]) for d in fields]))
    return changes


def revision_names(matter_ids: Iterable[int]) -> dict[int, str]:
    """Matter → the name in its newest revision."""
    return dict(newest_revisions().filter(matter_id__in=list(matter_ids)).values_list("matter_id", "name"))


class SubItem(NamedTuple):
    """A revision in the tree of the list: how many rows its matter's name spans, 0 where the cell above goes on."""

    revision: MatterRevision
    span: int


def tree(revisions: Iterable[MatterRevision]) -> list[SubItem]:
    """Matter → sub-items: neighbours with the same name and unit stand under one name."""
    groups = [list(group) for _key, group in groupby(revisions, key=lambda row: (row.name, row.unit_id))]
    return [SubItem(row, len(group) if at == 0 else 0) for group in groups for at, row in enumerate(group)]


def editions_without_paper() -> QuerySet[Edition]:
    """Published editions that the worker has not put on paper yet."""
    return Edition.objects.filter(state=EditionState.PUBLISHED, paper=None)
