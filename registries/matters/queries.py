"""Reading the matter list: the edition in force, what of it may be drawn on, what changed from one to the next."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import formats
from django.utils.translation import gettext as _

from registries.ledger.sentences import Sentence, say
from registries.matters import rules
from registries.matters.models import Edition, Matter, MatterRevision
from registries.matters.rules import Basis, Difference
from registries.matters.states import EditionState
from registries.people.models import User
from registries.people.roles import Role

SHOWN = (
    "area",
    "name",
    "sub_item",
    "content",
    "kind",
    "method",
    "regulation",
    "inspecting_body",
    "unit",
    "categories",
    "full_coverage",
    "ratio_percent",
    "frequency",
    "team_size",
    "requirements",
    "partners",
    "publicity",
    "remarks",
)
"""The columns of a revision that people read and a diff compares, in the order of the official layout."""


BUSINESS = frozenset((Role.CLERK, Role.REVIEWER, Role.SUPERVISOR))


def with_content(revisions: QuerySet[MatterRevision]) -> QuerySet[MatterRevision]:
    """The revisions with all that a page shows of them, in six queries."""
    return revisions.select_related("matter", "unit").prefetch_related("categories", "full_coverage", "requirements", "bases", "items")


def current_edition() -> Edition | None:
    """The newest published edition of the matter list."""
    return Edition.objects.filter(state=EditionState.PUBLISHED).order_by("-number").first()


def published_revisions() -> QuerySet[MatterRevision]:
    """The revisions of the newest published edition, by matter code; none when nothing is published yet."""
    edition = current_edition()
    rows = edition.revisions.all() if edition else MatterRevision.objects.none()
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
    return rules.why_not_draw_on(bases_of(revision), today)


def newest_revisions() -> QuerySet[MatterRevision]:
    """The newest revision of every matter, by matter code."""
    newest = MatterRevision.objects.filter(matter=OuterRef("matter")).order_by("-number")
    return MatterRevision.objects.filter(pk=Subquery(newest.values("pk")[:1])).order_by("matter__code")


def visible_revisions(user: User) -> QuerySet[MatterRevision]:
    """What of the matter list this person reads: the newest revisions; partner departments the published ones only."""
    return published_revisions() if Role.PARTNER in user.role_codes else newest_revisions()


def visible_editions(user: User) -> QuerySet[Edition]:
    """All editions, those in preparation first; partner departments and inspectors see the published ones."""
    rows = Edition.objects.select_related("prepared_by", "approved_by").order_by(F("number").desc(nulls_first=True))
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
    return {**names, "bases": _("legal bases"), "items": _("checklist items")}


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
    return f"{value.normalize():f}" if name == "ratio_percent" else str(value)


def _date(day: dt.date | None) -> str:
    return formats.date_format(day, "Y-m-d") if day else "…"


def content_of(revision: MatterRevision) -> dict[str, str]:
    """A revision as field name → text, bases and checklist included; compared by :func:`rules.differences`."""
    content = {name: _text(revision, name) for name in SHOWN}
    content["bases"] = "\n".join(
        f"{b}" + (f" ({_date(b.in_force_from)} – {_date(b.in_force_until)})" if b.in_force_from or b.in_force_until else "")
        for b in revision.bases.all()
    )
    content["items"] = "\n".join(
        f"{i.title}: {i.content}" + (f" ({i.article})" if i.article else "") + (f" [{i.guidance}]" if i.guidance else "")
        for i in revision.items.all()
    )
    return content


class MatterChange(NamedTuple):
    """What an edition does to one matter: ``kind`` is "new", "changed" or "gone"."""

    kind: str
    code: str
    name: str
    revision: MatterRevision
    fields: list[Difference]


def edition_before(edition: Edition) -> Edition | None:
    """The published edition that came before this one (for one not yet published: the one in force)."""
    published = Edition.objects.filter(state=EditionState.PUBLISHED).exclude(pk=edition.pk)
    if edition.number is not None:
        published = published.filter(number__lt=edition.number)
    return published.order_by("-number").first()


def edition_changes(edition: Edition, before: Edition | None) -> list[MatterChange]:
    """What is new, changed and gone in ``edition`` against ``before``, by matter code. Ten queries at most."""
    old = _by_code(before.revisions.all()) if before else {}
    new = _by_code(edition.revisions.all())
    changes = []
    names = labels()
    for code in sorted(old.keys() | new.keys()):
        was, now = old.get(code), new.get(code)
        if now is None and was is not None:
            changes.append(MatterChange("gone", code, was.name, was, []))
        elif was is None and now is not None:
            changes.append(MatterChange("new", code, now.name, now, []))
        elif was is not None and now is not None and was.pk != now.pk:
            fields = [d._replace(field=names[d.field]) for d in rules.differences(content_of(was), content_of(now))]
            changes.append(MatterChange("changed", code, now.name, now, fields))
    return changes


def _by_code(revisions: QuerySet[MatterRevision]) -> dict[str, MatterRevision]:
    return {revision.matter.code: revision for revision in with_content(revisions)}


def revision_names(matter_ids: Iterable[int]) -> dict[int, str]:
    """Matter → the name in its newest revision."""
    return dict(newest_revisions().filter(matter_id__in=list(matter_ids)).values_list("matter_id", "name"))
