"""The writers of the matter list: revisions of matters, and editions in which the list is published whole."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.matters import queries, rules, states
from registries.matters.models import (
    ChecklistItem,
    Edition,
    EditionPaper,
    LegalBasis,
    Material,
    Matter,
    MatterRevision,
    Outcome,
)
from registries.matters.states import EditionState
from registries.people.models import User
from registries.people.queries import keeps


@dataclass(frozen=True)
class Content:
    """What a revision says; unit, categories and requirements by primary key."""

    name: str
    content: str
    method: str
    regulation: str
    inspecting_body: str
    unit_id: int
    ratio_percent: Decimal
    frequency: str
    categories: tuple[int, ...]
    requirements: tuple[int, ...] = ()
    full_coverage: tuple[int, ...] = ()
    area: str = ""
    sub_item: str = ""
    kind: str = MatterRevision.Kind.GENERAL.value
    team_size: int = 2
    cooperation: str = MatterRevision.Cooperation.OWN.value
    initiator: str = ""
    ratio_wording: str = ""
    ratio_least: Decimal | None = None
    ratio_most: Decimal | None = None
    least_times: int | None = None
    most_times: int | None = None
    period: str = MatterRevision.Period.YEARS.value
    period_years: int = 1
    partners: str = ""
    publicity: str = ""
    secrecy_check: bool = False
    remarks: str = ""


@dataclass(frozen=True)
class BasisContent:
    """One citation."""

    instrument: str
    article: str
    document_number: str = ""
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None


@dataclass(frozen=True)
class ItemContent:
    """One checklist item."""

    title: str
    content: str
    guidance: str = ""
    article: str = ""


@dataclass(frozen=True)
class MaterialContent:
    """One material to have at hand."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class OutcomeContent:
    """A possible result, with the disposal that follows it; both by primary key."""

    result_id: int
    disposal_id: int | None = None
    meaning: str = ""


@command("registries.revise_matter")
def revise_matter(
    *,
    actor: User,
    code: str,
    seen: int,
    content: Content,
    bases: Sequence[BasisContent],
    items: Sequence[ItemContent],
    materials: Sequence[MaterialContent] = (),
    outcomes: Sequence[OutcomeContent] = (),
) -> Change:
    """Write a new revision of a matter, or the first one of a new matter (``seen`` 0).

    ``seen`` is the number of the revision the clerk worked from. Refuses other units' matters, an old ``seen``, a
    revision that lacks what every one must hold, and one in which nothing is new.
    """
    matter = Matter.objects.select_for_update(no_key=True).filter(code=code).first()
    newest = matter.revisions.order_by("-number").first() if matter is not None else None
    unit_id = newest.unit_id if newest is not None else content.unit_id
    refuse(
        rules.why_not_revise(
            keeps=keeps(actor, unit_id),
            unit=str(newest.unit) if newest is not None else "",
            seen=seen,
            newest=newest.number if newest is not None else 0,
        )
    )
    refuse(
        rules.why_not_content(
            bases=len(bases), items=len(items), categories=len(content.categories), team_size=content.team_size
        )
        or rules.why_not_full_coverage(
            regulation=content.regulation, categories=content.categories, full_coverage=content.full_coverage
        )
        or rules.why_not_limits(ratio=content.ratio_percent, limits=_limits(content), key=content.kind == MatterRevision.Kind.KEY)
        or rules.why_not_lists(
            materials=[one.name for one in materials], outcomes=[(one.result_id, one.disposal_id) for one in outcomes]
        )
    )
    if matter is None:
        matter = Matter.objects.create(code=code)
    revision = _write(matter, newest, actor, content)
    LegalBasis.objects.bulk_create(
        LegalBasis(revision=revision, position=n, **asdict(basis)) for n, basis in enumerate(bases, start=1)
    )
    ChecklistItem.objects.bulk_create(
        ChecklistItem(revision=revision, position=n, **asdict(item)) for n, item in enumerate(items, start=1)
    )
    Material.objects.bulk_create(Material(revision=revision, position=n, **asdict(one)) for n, one in enumerate(materials, start=1))
    Outcome.objects.bulk_create(Outcome(revision=revision, position=n, **asdict(one)) for n, one in enumerate(outcomes, start=1))
    before = queries.content_of(newest) if newest is not None else {}
    changed = rules.differences(before, queries.content_of(revision))
    if not changed:
        refuse_now(say("Nothing is new in this revision."))
    return Change(
        revision,
        {d.field: d.before for d in changed if d.before},
        {d.field: d.after for d in changed if d.after},
        also=(matter,),
    )


def _limits(content: Content) -> rules.Limits:
    """The numbers of a content."""
    years = content.period_years if content.period == MatterRevision.Period.YEARS else None
    return rules.Limits(content.ratio_least, content.ratio_most, content.least_times, content.most_times, years)


def _write(
    matter: Matter,
    newest: MatterRevision | None,
    actor: User,
    content: Content,
) -> MatterRevision:
    """Save a revision; its lists follow."""
    values = asdict(content)
    many = {name: values.pop(name) for name in ("categories", "full_coverage", "requirements")}
    revision = MatterRevision.objects.create(
        matter=matter,
        number=newest.number + 1 if newest is not None else 1,
        created_at=clock.now(),
        created_by=actor,
        **values,
    )
    for name, keys in many.items():
        getattr(revision, name).set(keys)
    return revision


@command("registries.retire_matter")
def retire_matter(*, actor: User, matter_id: int, reason: str) -> Change:
    """Take a matter out of use: no new draw runs on it, and the next edition leaves it out. Refuses without a reason."""
    matter, keeper = _kept(actor, matter_id)
    refuse(rules.why_not_retire(keeps=keeper, active=matter.active, reason=reason))
    return alter(matter, active=False, retired_because=reason.strip())


@command("registries.restore_matter")
def restore_matter(*, actor: User, matter_id: int, reason: str) -> Change:
    """Take a retired matter into use again, with a reason."""
    matter, keeper = _kept(actor, matter_id)
    refuse(rules.why_not_restore(keeps=keeper, active=matter.active, reason=reason))
    return alter(matter, active=True, retired_because="", note=reason.strip())


def _kept(actor: User, matter_id: int) -> tuple[Matter, bool]:
    """Lock a matter; and whether the actor keeps it."""
    matter = Matter.objects.select_for_update(no_key=True).get(pk=matter_id)
    newest = matter.revisions.order_by("-number").first()
    return matter, newest is not None and keeps(actor, newest.unit_id)


# --- editions ---------------------------------------------------------------------------------------------------------


@command("registries.prepare_edition")
def prepare_edition(*, actor: User, title: str, note: str = "") -> Change:
    """Gather the newest revision of every matter in use into an edition; one in preparation is gathered anew.

    Refuses while another edition is submitted, and when nothing differs from the one in force.
    """
    opened = Edition.objects.select_for_update(no_key=True).exclude(state=EditionState.PUBLISHED).first()
    if opened is not None:
        refuse(states.why_not(opened.state, "prepare"))
    revisions = list(queries.newest_revisions().filter(matter__active=True))
    if not revisions:
        refuse_now(say("There is no matter in use yet."))
    current = queries.current_edition()
    if current is not None and set(current.revisions.all()) == set(revisions):
        refuse_now(say("Nothing is new since the published edition."))
    if opened is None:
        edition = Edition(title=title, note=note, prepared_by=actor, prepared_at=clock.now())
        change = created(edition)
        before: list[str] = []
    else:
        edition = opened
        before = [revision.reference for revision in edition.revisions.select_related("matter")]
        change = alter(edition, title=title, note=note)
    edition.revisions.set(revisions)
    after = [revision.reference for revision in edition.revisions.select_related("matter")]
    return Change(
        edition,
        {**change.before, "matters": [one for one in before if one not in after]},
        {**change.after, "matters": [one for one in after if one not in before]},
    )


def _locked(edition_id: int, version: int, move: str) -> Edition:
    """Lock an edition for a move; refuses the wrong state and an old version."""
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
    refuse(states.why_not(edition.state, move))
    refuse(rules.why_not_same(seen=version, now=edition.version))
    return edition


@command("registries.submit_edition")
def submit_edition(*, actor: User, edition_id: int, version: int) -> Change:
    """Hand an edition to a supervisor."""
    edition = _locked(edition_id, version, "submit")
    return alter(edition, state=EditionState.SUBMITTED, returned_because="")


@command("registries.approve_edition")
def approve_edition(*, actor: User, edition_id: int, version: int) -> Change:
    """Approve, number, date and publish an edition: from now on the database itself refuses to change it."""
    edition = _locked(edition_id, version, "approve")
    refuse(
        rules.why_not_approve(prepared_by=edition.prepared_by_id, approver=actor.pk, had_a_hand=had_a_hand(edition, actor.pk))
    )
    last = Edition.objects.select_for_update(no_key=True).filter(number__isnull=False).order_by("-number").first()
    number = (last.number or 0) + 1 if last is not None else 1
    wake("registries.issue_edition_paper", edition_id=edition.pk)
    return alter(edition, state=EditionState.PUBLISHED, number=number, approved_by=actor, published_at=clock.now())


@command("registries.return_edition")
def return_edition(*, actor: User, edition_id: int, version: int, reason: str) -> Change:
    """Give a submitted edition back to its clerk, with the reason."""
    edition = _locked(edition_id, version, "return")
    refuse(rules.why_not_return(reason))
    return alter(edition, state=EditionState.PREPARING, returned_because=reason.strip())


@command("registries.issue_edition_paper")
def issue_edition_paper(*, actor: User, edition_id: int, pdf: bytes) -> Change:
    """Keep the PDF of a published edition. Refuses a second one."""
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
    if not queries.editions_without_paper().filter(pk=edition.pk).exists():
        refuse_now(say("This edition stands on paper already, or is not published."))
    paper = EditionPaper(edition=edition, pdf=pdf, digest=hashlib.sha256(pdf).hexdigest(), made_at=clock.now())
    paper.save(force_insert=True)
    return Change(paper, {}, {"edition": edition.number, "digest": paper.digest})
