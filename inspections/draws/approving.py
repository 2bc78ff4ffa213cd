"""What a supervisor sees before approving a draw: statistics, warnings, the difference to the last draw. Never a name. Reads only."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.draws import queries
from inspections.draws.chances import inclusion_chances
from inspections.draws.grammar import possibilities
from inspections.draws.models import Draw, RosterEntry, RosterInspector, RosterOmission, RosterRecusal, SeedSource
from inspections.draws.quotas import default_quotas
from inspections.draws.recent import INSPECTOR, REVISION, SUBJECT, recent_changes
from inspections.draws.sources import Announced, entropy_bits, public_possibilities, thin_entropy
from inspections.draws.states import DrawState, Mode, Stratify
from inspections.draws.wording import reason_label
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Inspector
from registries.subjects.models import SubjectCategory

SOON = dt.timedelta(minutes=30)
"""From so long before the lapse on the page says it as a warning."""
STALE_LIST = "/office/subjects/?freshness=stale"


class Notice(NamedTuple):
    """A warning on top: its tone (bad, wait, or nothing), the sentence, and where to look."""

    tone: str
    text: str
    link: str = ""
    link_label: str = ""


class Stratum(NamedTuple):
    """A stratum: entries, quota and how it was reckoned, and (slips, entries, chance) per number of slips."""

    label: str
    size: int
    quota: int
    suggested: int
    reckoned: str
    chances: list[tuple[int, int, float]]

    @property
    def idle(self) -> bool:
        """Whether chance decides nothing here."""
        return self.quota in (0, self.size)


class Inspectors(NamedTuple):
    """The inspectors of the roster in figures. ``stuck``: entries that no team could visit if they were drawn."""

    eligible: int
    leads: int
    room: int
    lead_room: int
    visits: int
    places: int
    recusals: int
    stuck: int

    @property
    def shortage(self) -> str:
        """Which requirement they fall short of, as a sentence; nothing where they suffice."""
        if self.room < self.places:
            return _("The inspectors can take %(room)s places, but the visits need %(places)s: some winners will wait for a team.") % {
                "room": self.room,
                "places": self.places,
            }
        if self.lead_room < self.visits:
            return _("Those who may lead can take %(room)s visits of %(visits)s: some winners will wait for a team.") % {
                "room": self.lead_room,
                "visits": self.visits,
            }
        return ""


class Compared(NamedTuple):
    """One line of the table old / new."""

    label: str
    before: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether anything changed."""
        return self.before != self.now


class Rows(NamedTuple):
    """What the database holds of a draw and the last one, by draw, read once for the whole page.

    ``slips``: stratum → slips → entries; ``people``: (inspector, may lead, cases he can still take); ``near``: all
    inspectors of the units that the draw takes them from, eligible or not.
    """

    slips: dict[int, dict[str, dict[int, int]]]
    inside: dict[int, set[int]]
    outside: dict[int, set[int]]
    people: dict[int, list[tuple[int, bool, int]]]
    near: set[int]
    sources: dict[int, list[SeedSource]]


def facts_for_approval(draw: Draw) -> dict[str, Any]:
    """Everything the page of the decision shows of ``draw``. At most 15 queries, however large the roster."""
    now = clock.now()
    last = queries.last_draw_on(draw) if draw.mode == Mode.LOT else None
    rows = _read([draw, *([last] if last else [])])
    chosen = _chosen(draw)
    strata = _strata(draw, rows, chosen["stratum"])
    inspectors = _inspectors(draw, rows)
    announced = [Announced(s.game, s.what, s.moment) for s in rows.sources[draw.pk]]
    people = {pk for pk, _lead, _room in rows.people[draw.pk]}
    recent = recent_changes(
        draw,
        {SUBJECT: (rows.inside[draw.pk], rows.outside[draw.pk]), INSPECTOR: (people, rows.near - people), REVISION: ({draw.matter_id}, set())},
        now,
    )
    digest_stands = queries.stored_digest(draw) == draw.roster_digest
    lapses = rows.sources[draw.pk][0].moment - dt.timedelta(seconds=settings.DRAW_SOURCE_LEAD) if announced else None
    return {
        "notices": _notices(draw, now, strata, inspectors, announced, recent.prepared, digest_stands=digest_stands, lapses=lapses),
        "strata": strata,
        "slips_total": sum(w * n for counts in rows.slips[draw.pk].values() for w, n in counts.items()),
        "visits": inspectors.visits,
        "left_out": [(reason_label(r), n) for r, n in draw.scope_counts.get("left_out", {}).items()],
        "chosen": chosen,
        "inspectors": inspectors,
        "sources": [(s, entropy_bits(possibilities(s.form))) for s in rows.sources[draw.pk]],
        "bits": entropy_bits(public_possibilities(announced)),
        "lapses": lapses,
        "recent": recent,
        "last": last,
        "compared": _compared(draw, last, rows) if last else [],
        "strata_compared": _strata_compared(draw, last, rows, chosen["stratum"]) if last else [],
    }


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(draws: Sequence[Draw]) -> Rows:
    slips: dict[int, dict[str, dict[int, int]]] = {draw.pk: defaultdict(dict) for draw in draws}
    inside: dict[int, set[int]] = {draw.pk: set() for draw in draws}
    outside: dict[int, set[int]] = {draw.pk: set() for draw in draws}
    omitted = RosterOmission.objects.filter(draw=draws[0]).order_by().values_list("draw_id", "subject_id", "reason", Value(0))
    entries = RosterEntry.objects.filter(draw__in=draws).order_by().values_list("draw_id", "subject_id", "stratum", "slips")
    for pk, subject, stratum, count in entries.union(omitted, all=True).iterator():
        if count:
            inside[pk].add(subject)
            of_stratum = slips[pk][stratum]
            of_stratum[count] = of_stratum.get(count, 0) + 1
        else:
            outside[pk].add(subject)
    people: dict[int, list[tuple[int, bool, int]]] = {draw.pk: [] for draw in draws}
    near: set[int] = set()
    drawn_from = RosterInspector.objects.filter(draw__in=draws).order_by()
    of_units = Inspector.objects.filter(unit__in=draws[0].inspector_units.all()).order_by()
    for pk, inspector, lead, cases, most in drawn_from.values_list(
        "draw_id", "inspector_id", "may_lead", "open_cases", "most_open_cases"
    ).union(of_units.values_list(Value(0), "pk", "may_lead", Value(0), Value(0)), all=True):
        if pk:
            people[pk].append((inspector, lead, max(0, most - cases)))
        else:
            near.add(inspector)
    sources: dict[int, list[SeedSource]] = {draw.pk: [] for draw in draws}
    for source in SeedSource.objects.filter(draw__in=draws).order_by("draw", "position"):
        sources[source.draw_id].append(source)
    return Rows(slips, inside, outside, people, near, sources)


def _chosen(draw: Draw) -> dict[str, Any]:
    """What the clerk chose, by kind: names of units, groups, townships, categories and joint matters; ``stratum`` by code. One query."""
    strata = list(draw.scope_counts.get("entries", {}))
    parts: list[Any] = [
        draw.inspector_units.order_by().values_list(Value("units"), "code", "name"),
        draw.inspector_groups.order_by().values_list(Value("groups"), "name", "name"),
        draw.towns.order_by().values_list(Value("towns"), "code", "label"),
        draw.categories.order_by().values_list(Value("categories"), "code", "name"),
        draw.joint_matters.order_by().values_list(Value("joint"), "matter__code", "name"),
    ]
    if draw.stratify == Stratify.TOWN:
        towns = Code.objects.filter(table=CodeTable.TOWN, code__in=strata).order_by()
        parts.append(towns.values_list(Value("stratum"), "code", "label"))
    if draw.stratify == Stratify.CATEGORY:
        parts.append(
            SubjectCategory.objects.filter(code__in=strata).order_by().values_list(Value("stratum"), "code", "name")
        )
    found: dict[str, Any] = {"units": [], "groups": [], "towns": [], "categories": [], "joint": [], "stratum": {}}
    for kind, code, name in parts[0].union(*parts[1:], all=True):
        if kind == "stratum":
            found["stratum"][code] = name
        else:
            found[kind].append(name)
    return found


# --- what is approved -------------------------------------------------------------------------------------------------


def _strata(draw: Draw, rows: Rows, labels: Mapping[str, str]) -> list[Stratum]:
    """The strata; an order for teams alone leaves none of its subjects to chance, so there is nothing to reckon."""
    sizes: dict[str, int] = draw.scope_counts.get("entries", {})
    item = draw.plan_item
    if item is None or draw.mode != Mode.LOT:
        labels = queries.stratum_labels(sizes, draw.merged_strata)
        return [Stratum(labels[stratum], size, size, size, "", []) for stratum, size in sizes.items()]
    suggested = default_quotas(sizes, percent=item.ratio_percent, number=item.number)
    total = sum(sizes.values())
    found = []
    for stratum, size in sizes.items():
        quota, slips = int(draw.quotas.get(stratum, 0)), rows.slips[draw.pk].get(stratum, {})
        if item.ratio_percent is not None:
            reckoned = _("%(size)s × %(percent)s %%, rounded up, at least 1") % {"size": size, "percent": f"{item.ratio_percent:g}"}
        else:
            reckoned = _("%(number)s × %(size)s ÷ %(total)s, rounded up, at least 1") % {
                "number": item.number,
                "size": size,
                "total": total,
            }
        chances = [(w, slips[w], c) for w, c in sorted(inclusion_chances(slips, quota).items())]
        found.append(Stratum(labels.get(stratum, stratum), size, quota, suggested[stratum], reckoned, chances))
    return found


def _inspectors(draw: Draw, rows: Rows) -> Inspectors:
    people = rows.people[draw.pk]
    visits = sum(int(quota) for quota in draw.quotas.values())
    lead_ids = sum(lead for _pk, lead, _room in people)
    recused = (
        RosterRecusal.objects.filter(entry__draw=draw)
        .order_by()
        .values_list("entry_id")
        .annotate(all=Count("pk"), leads=Count("pk", filter=Q(inspector__may_lead=True)))
    )
    pairs = [(count, leads) for _entry, count, leads in recused]
    return Inspectors(
        eligible=len(people),
        leads=lead_ids,
        room=sum(min(room, visits) for _pk, _lead, room in people),
        lead_room=sum(min(room, visits) for _pk, lead, room in people if lead),
        visits=visits,
        places=visits * draw.team_size,
        recusals=sum(count for count, _leads in pairs),
        stuck=sum(len(people) - count < draw.team_size or lead_ids - leads < 1 for count, leads in pairs),
    )


# --- warnings ---------------------------------------------------------------------------------------------------------


def _notices(
    draw: Draw,
    now: dt.datetime,
    strata: Sequence[Stratum],
    inspectors: Inspectors,
    announced: Sequence[Announced],
    by_preparer: int,
    *,
    digest_stands: bool,
    lapses: dt.datetime | None,
) -> list[Notice]:
    """Every warning, the gravest first."""
    found = []
    if not digest_stands:
        text = _("The roster no longer agrees with its digest at submission. Return the draw and call the auditor.")
        found.append(Notice("bad", text))
    if draw.state == DrawState.SUBMITTED and lapses is not None:
        found += _lapse(now, lapses)
    if by_preparer:
        text = ngettext(
            "%(count)s of the changes below was made by somebody who prepared this draw.",
            "%(count)s of the changes below were made by somebody who prepared this draw.",
            by_preparer,
        )
        found.append(Notice("wait", text % {"count": by_preparer}, "#recent", _("Look at the changes")))
    if inspectors.shortage:
        found.append(Notice("wait", inspectors.shortage))
    if inspectors.stuck:
        text = _("%(count)s entries could get no team if drawn: too many inspectors recuse themselves.")
        found.append(Notice("wait", text % {"count": inspectors.stuck}))
    if announced and thin_entropy(announced):
        found.append(
            Notice("wait", _("The public sources have fewer than 60 bits: an insider with great means could try them out."))
        )
    idle = [stratum.label for stratum in strata if stratum.idle]
    if idle and draw.mode == Mode.LOT:
        found.append(Notice("wait", _("These strata leave nothing to chance: %(strata)s") % {"strata": "、".join(idle)}))
    if draw.scope_counts.get("stale"):
        text = _("%(count)s entries were not verified for 12 months.") % {"count": draw.scope_counts["stale"]}
        found.append(Notice("wait", text, STALE_LIST, _("Subjects to be confirmed")))
    if draw.cells_hide_roster and draw.mode == Mode.LOT:
        text = _(
            "Some cells have fewer than 5 entries: the roster is published only when the visits are over, and can be checked only then."
        )
        found.append(Notice("", text))
    return found


def _lapse(now: dt.datetime, lapses: dt.datetime) -> list[Notice]:
    """How long an approval is still in time."""
    moment = lapses.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    if now > lapses:
        text = _("Too late: the order had to stand by %(moment)s. Return it, so that later sources are announced.")
        return [Notice("bad", text % {"moment": moment})]
    if lapses - now < SOON:
        return [Notice("wait", _("Approve before %(moment)s, or the draw lapses.") % {"moment": moment})]
    return []


# --- the last draw ----------------------------------------------------------------------------------------------------


def _compared(draw: Draw, last: Draw, rows: Rows) -> list[Compared]:
    """The table old / new, without the strata."""
    now_in, then_in = rows.inside[draw.pk], rows.inside[last.pk]
    now_people, then_people = ({pk for pk, _lead, _room in rows.people[d.pk]} for d in (draw, last))

    def line(label: str, value: Any) -> Compared:
        return Compared(label, str(value(last)), str(value(draw)))

    return [
        line(_("Matter and revision"), lambda d: d.matter.reference),
        line(_("Unit"), lambda d: d.unit.name),
        line(_("In scope by the registry"), lambda d: d.scope_counts.get("in_scope", 0)),
        Compared(_("Entries in the roster"), str(len(then_in)), _moved(then_in, now_in)),
        line(_("Drawn in all"), lambda d: sum(int(quota) for quota in d.quotas.values())),
        line(_("Strata"), lambda d: d.get_stratify_display()),
        line(_("Slips"), lambda d: d.get_slip_rule_display()),
        Compared(_("Eligible inspectors"), str(len(then_people)), _moved(then_people, now_people)),
        line(_("Inspectors per visit"), lambda d: d.team_size),
        line(_("Reserves per stratum"), lambda d: d.reserves),
        line(_("Sources"), lambda d: "、".join(f"{s.get_kind_display()} {s.form}" for s in rows.sources[d.pk])),
    ]


def _moved(then: set[int], now: set[int]) -> str:
    """How many there are now, and how many came and went, if any did."""
    if then == now:
        return str(len(now))
    return _("%(count)s (+%(new)s, −%(gone)s)") % {"count": len(now), "new": len(now - then), "gone": len(then - now)}


class StratumCompared(NamedTuple):
    """A stratum then and now: entries, quota, and what share of it is drawn."""

    label: str
    before: tuple[int, int, float]
    now: tuple[int, int, float]

    @property
    def differs(self) -> bool:
        """Whether entries or quota changed."""
        return self.before[:2] != self.now[:2]


def _strata_compared(draw: Draw, last: Draw, rows: Rows, labels: Mapping[str, str]) -> list[StratumCompared]:
    if draw.stratify != last.stratify:
        return []
    found = []
    for stratum in sorted(set(draw.scope_counts.get("entries", {})) | set(last.scope_counts.get("entries", {}))):
        sides = []
        for one in (last, draw):
            size = int(one.scope_counts.get("entries", {}).get(stratum, 0))
            quota = int(one.quotas.get(stratum, 0))
            sides.append((size, quota, quota / size if size else 0.0))
        found.append(StratumCompared(labels.get(stratum, stratum), sides[0], sides[1]))
    return found
