"""What waits for a person, over all rooms of this floor and the registries: read only, by role, the earliest due first."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.adhoc.queries import visible_requests
from inspections.adhoc.states import RequestState
from inspections.cases import awaiting, standings
from inspections.cases import queries as cases
from inspections.cases.queries import Viewer
from inspections.cases.rules import countdown
from inspections.cases.states import CaseState, Stage
from inspections.cases.steps import next_step
from inspections.desk import announcing, following, signing_in
from inspections.desk.task import MOST, Task, named
from inspections.draws import places
from inspections.draws.models import Draw, SeedSource, SourceEntry
from inspections.draws.queries import due_draws, secret_of, visible_draws
from inspections.draws.states import DrawState, Reason
from inspections.draws.struck import waiting as wrong_values_waiting
from inspections.papers.rules import decided_by
from inspections.plans.models import Plan
from inspections.plans.queries import tasks_to_report, titles_of, visible_plans
from inspections.plans.states import PlanState
from registries import clock
from registries.attempts.queries import held
from registries.campaigns import queries as campaigns
from registries.holidays import queries as holidays
from registries.imports.models import Import
from registries.imports.states import ImportState
from registries.inspectors.models import Inspector
from registries.inspectors.queries import certificates_ending
from registries.ledger.change import Refused
from registries.ledger.sentences import Sentence
from registries.matters.models import Edition
from registries.matters.queries import lapsing
from registries.matters.states import EditionState
from registries.people.models import User
from registries.people.queries import PUBLIC_USERNAME
from registries.selfchecks import queries as selfchecks

ALARMS = ("registries.view_ledger", "registries.view_alarms", "registries.confirm_reset", "registries.reset_password", "registries.view_held_work", "inspections.audit_roster", "registries.save_holidays")
"""What rings now and then, for people whose desk is otherwise an overview."""


class Row(NamedTuple):
    """A task as the desk shows it: how long still (``late``, ``soon`` or empty for the colour, and in words)."""

    task: Task
    urgency: str
    left: Sentence | None


Finder = Callable[[Viewer, dt.datetime], Iterator[Task]]
OFFERED: list[tuple[str, Finder]] = []
"""What the floor above adds to the desk: (right, what waits for those who have it). Nothing is imported upward."""


def offered(right: str) -> Callable[[Finder], Finder]:
    """Add what waits for those who have this right; a right may have several."""

    def add(find: Finder) -> Finder:
        OFFERED.append((right, find))
        return find

    return add


def todo(looks: Viewer, now: dt.datetime) -> list[Row]:
    """Everything that waits for this person, overdue first, then by day, then what has no day."""
    finders = [*_finders().items(), *OFFERED]
    tasks = [task for right, find in finders if looks.user.has_perm(right) for task in find(looks, now)]
    tasks.sort(key=lambda task: (task.due is None, task.due or dt.date.max))
    return [Row(task, *(countdown(task.due, now.date()) if task.due else ("", None))) for task in tasks]


def has_tasks(user: User) -> bool:
    """Whether work of every day waits for this person's role; an auditor's alarms and rosters are none."""
    return any(user.has_perm(right) for right in _finders() if right not in ALARMS)


def _finders() -> dict[str, Finder]:
    """Right → what waits for those who have it."""
    return {
        "registries.view_ledger": _alarm,
        "registries.view_alarms": signing_in.alarms,
        "registries.confirm_reset": signing_in.resets_to_confirm,
        "registries.reset_password": signing_in.resets_confirmed,
        "registries.view_held_work": _held_work,
        "inspections.audit_roster": _rosters,
        "registries.save_holidays": _holidays,
        "inspections.begin_visit": _own_cases,
        "inspections.review_case": _reviews,
        "inspections.release_case": _releases,
        "inspections.order_followup": following.to_decide,
        "inspections.send_followup": following.to_carry_out,
        "inspections.approve_transfer": following.suspected_crimes,
        "inspections.check_disclosure": following.unchecked,
        "inspections.close_case": following.to_close,
        "inspections.make_notice": announcing.notices,
        "inspections.give_secret": _lost_secrets,
        "inspections.enter_source_value": _source_values,
        "inspections.prepare_adhoc": _adhoc_teams,
        "inspections.prepare_staffing": _teams,
        "inspections.submit_draw": _draws,
        "inspections.submit_plan": _plans,
        "inspections.report_task": _reports,
        "inspections.review_plan": _plan_reviews,
        "registries.commit_import": _imports,
        "registries.verify_subjects": _review_of_year,
        "inspections.approve_draw": _draw_approvals,
        "inspections.approve_adhoc": _adhoc_approvals,
        "inspections.approve_plan": _plan_approvals,
        "inspections.replace_drawn": _replacements,
        "inspections.strike_result": _wrong_values,
        "registries.approve_edition": _edition_approvals,
        "registries.revise_matter": _bases,
        "registries.save_certificate": _certificates,
        "registries.view_own_entry": _own_certificate,
    }


def _alarm(_looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """The self-check found something, or was silent for too long: before everything else."""
    alarm = selfchecks.alarm(now)
    if alarm is not None:
        url = reverse("office-self-check")
        yield Task(_("Ledger"), Refused(alarm).sentence, _("Read the findings."), _("Look now"), url, now.date())


def _held_work(_looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Work that the worker does not try any more, because it died of it again and again."""
    count = held().count()
    if count:
        title = _("%(count)s pieces of work are held") % {"count": count}
        yield Task(_("Worker"), title, _("The worker broke off at them. The page says what to do."), _("Look at it"), reverse("held-work"), now.date())


def _holidays(_looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Years whose holidays are not entered: the working-day dates of results read unknown until they are."""
    for year in holidays.missing(now.date()):
        title = _("Holidays of %(year)s") % {"year": year}
        text = _("Not entered: dates by working days are unknown until they are.")
        due = dt.date(year - 1, 12, 31) if year > now.year else now.date()
        yield Task(_("Holidays"), title, text, _("Enter them"), reverse("holiday-edit", args=[year]), due)


def _rosters(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Committed rosters that the auditor can still check before their first source."""
    waiting = visible_draws(looks.user).filter(
        state=DrawState.COMMITTED, audit=None, sources__position=1, sources__moment__gt=now
    )
    for draw in waiting[:MOST]:
        url = reverse("draw-audit", args=[draw.pk])
        text = _("Open every entry before the first source.")
        yield Task(_("Draw"), f"{draw}: {draw.matter.name}", text, _("Check the roster"), url, now.date())


def _lost_secrets(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Orders that are due and cannot be drawn, because this server cannot read their secret."""
    for draw in due_draws(now).filter(pk__in=visible_draws(looks.user))[:MOST]:
        if secret_of(draw) is None:
            text = _("The server cannot read its secret. Have the auditor's sealed copy opened.")
            url = reverse("draw-secret", args=[draw.pk])
            yield Task(_("Draw"), f"{draw}: {draw.matter.name}", text, _("Enter the secret"), url, now.date())


def _case_tasks(looks: Viewer, wanted: Any) -> Iterator[Task]:
    """The cases of ``wanted`` whose next step is this person's."""
    today = clock.today()
    for case in standings.by_urgency(named(standings.for_steps(wanted, looks.user)))[:MOST]:
        stands = standings.standing(case, today)
        step = next_step(case, stands.stage, looks)
        if step is not None and step.mine:
            url = reverse("case-page", args=[case.number]) if step.post else step.url
            yield Task(_("Case"), case.subject.name, f"{case.number} · {stands.label}", step.label, url, stands.due_on, case.number)


def _own_cases(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    return _case_tasks(looks, cases.own_cases(looks.user).filter(state__in=[CaseState.ASSIGNED, CaseState.ON_SITE]))


def _reviews(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    return _case_tasks(looks, cases.office_cases(looks).filter(state=CaseState.RECORDED))


def _releases(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    waiting = standings.in_stage(cases.office_cases(looks), Stage.TO_PUBLISH).filter(released_at=None)
    return _case_tasks(looks, waiting)


def _source_values(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Announced sources that are known by now and wait for this person's entry, the first of each draw."""
    earlier = SeedSource.objects.filter(draw=OuterRef("draw"), position__lt=OuterRef("position"), value="")
    mine = SourceEntry.objects.filter(source=OuterRef("pk"), entered_by=looks.user)
    waiting = (
        SeedSource.objects.filter(
            draw__in=visible_draws(looks.user), draw__state=DrawState.COMMITTED, value="", moment__lte=now
        )
        .exclude(Exists(earlier))
        .annotate(entered=Exists(mine), people=Count("entries__entered_by", distinct=True))
        .filter(Q(entered=False) | Q(people__gte=2))
        .select_related("draw")
    )
    for source in waiting[:MOST]:
        text = (
            _("Two entries differ; look again.") if source.people >= 2 else _("Two people type it, each by their own account.")
        )
        url = reverse("draw-source", args=[source.draw_id, source.pk])
        due = source.moment.astimezone(clock.BEIJING).date()
        yield Task(_("Draw"), f"{source.draw}: {source.what}", text, _("Enter the value"), url, due)


def _draw_task(draw: Draw, text: str, label: str, url: str) -> Task:
    due = draw.planned.astimezone(clock.BEIJING).date() if draw.planned else None
    return Task(_("Draw"), f"{draw.matter.name} ({draw.plan.code})", text, label, url, due, str(draw.plan.code))


def _draws(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    for draw in visible_draws(looks.user).filter(state=DrawState.PREPARING)[:MOST]:
        text = _("Returned: %(why)s") % {"why": draw.returned_because} if draw.returned_because else _("in preparation")
        yield _draw_task(draw, text, _("Prepare and submit"), reverse("draw-page", args=[draw.pk]))


def _draw_approvals(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    for draw in visible_draws(looks.user).filter(state=DrawState.SUBMITTED).exclude(prepared_by=looks.user)[:MOST]:
        url = reverse("admin:inspections_draw_decide", args=[draw.pk])
        yield _draw_task(draw, str(draw.unit), _("Approve or return"), url)


def _teams(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Visits that wait for a team: of the own draws, and of joint draws on matters of the own unit."""
    for draw in places.unstaffed_draws(looks.user).select_related("matter")[:MOST]:
        text = _("Drawn subjects are without a team.")
        yield Task(_("Draw"), f"{draw}: {draw.matter.name}", text, _("Draw teams"), reverse("draw-page", args=[draw.pk]))
    for one in places.joint_wanting(looks.user):
        text = _("A joint draw waits for the teams of %(unit)s.") % {"unit": one.unit.short_name}
        yield Task(_("Draw"), f"{one.draw}: {one.draw.matter.name}", text, _("Draw teams"), reverse("draw-list"))


def _adhoc_teams(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Approved ad-hoc requests without an order for their team."""
    waiting = visible_requests(looks.user).filter(state=RequestState.APPROVED)
    for row in waiting.exclude(draws__in=Draw.objects.exclude(state=DrawState.VOIDED))[:MOST]:
        url = reverse("adhoc-page", args=[row.pk])
        yield Task(_("Ad-hoc inspection"), str(row), row.get_ground_display(), _("Draw the team"), url, mark=str(row))


def _adhoc_approvals(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    for row in visible_requests(looks.user).filter(state=RequestState.SUBMITTED).exclude(asked_by=looks.user)[:MOST]:
        url = reverse("admin:inspections_adhocrequest_decide", args=[row.pk])
        yield Task(_("Ad-hoc inspection"), row.get_ground_display(), str(row.unit), _("Approve or refuse"), url)


def _plans(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    for plan in visible_plans(looks.user).filter(state=PlanState.PREPARING)[:MOST]:
        text = _("Returned: %(why)s") % {"why": plan.returned_because} if plan.returned_because else _("in preparation")
        yield Task(_("Plan"), plan.title, text, _("Prepare and submit"), reverse("plan", args=[plan.pk]), mark=plan.title)


def _reports(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Tasks from above whose report nobody has recorded yet."""
    items = list(tasks_to_report(looks.user)[:MOST])
    names = titles_of(items) if items else {}
    for item in items:
        url = reverse("plan-task", args=[item.plan_id, item.pk])
        text = f"{item.get_source_display()} · {item.document_number}".strip(" ·")
        yield Task(_("Plan"), f"{item.code} {names[item.matter_id]}", text, _("Report upward"), url, item.report_due, item.code)


def _plan_reviews(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    for plan in visible_plans(looks.user).filter(state=PlanState.REVIEW).exclude(prepared_by=looks.user)[:MOST]:
        yield Task(_("Plan"), plan.title, str(plan.unit), _("Pass or return"), reverse("plan", args=[plan.pk]), mark=plan.title)


def _plan_approvals(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    for plan in Plan.objects.filter(state=PlanState.SUBMITTED).exclude(prepared_by=looks.user).exclude(reviewed_by=looks.user).select_related("unit")[:MOST]:
        url = reverse("admin:inspections_plan_decide", args=[plan.pk])
        yield Task(_("Plan"), plan.title, str(plan.unit), _("Approve or return"), url, mark=plan.title)


def _edition_approvals(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    waiting = Edition.objects.filter(state=EditionState.SUBMITTED).exclude(prepared_by=looks.user)
    for edition in waiting.select_related("prepared_by")[:MOST]:
        url = reverse("admin:registries_edition_decide", args=[edition.pk])
        yield Task(_("Matter list"), edition.title, str(edition.prepared_by), _("Approve or return"), url, mark=edition.title)


def _replacements(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Replacements that wait for a supervisor who did not ask for them; a recusal is decided within two days."""
    for asked in awaiting.replacements_waiting().exclude(asked_by=looks.user)[:MOST]:
        url = reverse("admin:inspections_replacement_decide", args=[asked.pk])
        text = f"{asked.case.number} · {asked.get_kind_display()} · {asked.get_reason_display()}"
        recused = asked.reason == Reason.RECUSED
        if asked.asked_by.username == PUBLIC_USERNAME:
            text = _("Recusal asked for by the inspected: %(number)s, decide within two days.") % {"number": asked.case.number}
        due = decided_by(asked.asked_at.astimezone(clock.BEIJING).date()) if recused else now.date()
        yield Task(_("Replacement"), asked.case.subject.name, text, _("Accept or refuse"), url, due, asked.case.number)


def _wrong_values(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Reports of a wrong value after the draw that wait for a supervisor who typed none of them."""
    reports = wrong_values_waiting().filter(draw__in=visible_draws(looks.user))
    for report in reports.exclude(draw__sources__entries__entered_by=looks.user)[:MOST]:
        url = reverse("admin:inspections_strike_decide", args=[report.pk])
        text = _("A value that it was drawn from is said to be wrong: %(what)s") % {"what": report.source.what}
        yield Task(_("Draw"), f"{report.draw}: {report.draw.matter.name}", text, _("Strike or refuse"), url, now.date())


def _imports(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    labels = {ImportState.UPLOADED: _("Match the columns"), ImportState.CHECKED: _("Look through and take over")}
    for batch in Import.objects.filter(state__in=labels, uploaded_by=looks.user).defer("content")[:MOST]:
        label = labels[ImportState(batch.state)]
        yield Task(_("Import"), batch.file_name, batch.get_state_display(), label, reverse("import", args=[batch.pk]))


def _review_of_year(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """What is left to this person's units of the yearly review of the registry."""
    campaign = campaigns.running()
    if campaign is None:
        return
    left = campaigns.left(campaign, looks.units).count()
    if left:
        text = _("%(count)s entries are to be confirmed or corrected.") % {"count": left}
        title = _("Yearly review %(year)s") % {"year": campaign.year}
        yield Task(_("Subjects"), title, text, _("Look through and confirm"), reverse("campaign", args=[campaign.year]), campaign.due_on)


def _bases(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Legal bases of the own unit's matters that lapse within 60 days, or have: after that no draw runs."""
    rows, kept = lapsing(now.date()), looks.units
    for basis in (rows if kept is None else rows.filter(revision__unit_id__in=kept))[:MOST]:
        matter = basis.revision.matter
        title = f"{matter.code} {basis.revision.name}"
        text, label, url = _("The legal basis %(basis)s lapses."), _("Revise"), reverse("matter-revise", args=[matter.code])
        if basis.mended:
            text = _("The legal basis %(basis)s lapses; the newer revision waits for the next edition.")
            label, url = _("Prepare an edition"), reverse("edition-list")
        yield Task(_("Matter list"), title, text % {"basis": basis}, label, url, basis.in_force_until)


def _certificates(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Inspectors of the own unit whose last certificate ends within 60 days, or has: after that they are not drawn."""
    kept = looks.units
    rows = Inspector.objects.all() if kept is None else Inspector.objects.filter(unit_id__in=kept)
    for row in certificates_ending(rows, now.date()).order_by("ends")[:MOST]:
        text = _("The last valid certificate ends.")
        yield Task(_("Inspector"), row.name, text, _("Renew"), reverse("inspector", args=[row.number]), row.ends, row.number)


def _own_certificate(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """The own certificate ends within 60 days, or has; who keeps the certificates of the unit finds it among them."""
    if looks.user.has_perm("registries.save_certificate"):
        return
    for row in certificates_ending(Inspector.objects.filter(user=looks.user), now.date()):
        text = _("Your last valid certificate ends. See that it is renewed.")
        yield Task(_("Inspector"), row.name, text, _("Look at it"), reverse("own-entry"), row.ends)


class Figure(NamedTuple):
    """One number of the overview, with the list behind it."""

    label: str
    number: int
    url: str
    tone: str = ""


def figures(looks: Viewer, today: dt.date) -> list[Figure]:
    """How the cases this person follows stand, in five numbers; nothing for who follows none."""
    if not looks.may("view_cases"):
        return []
    late = standings.late(standings.last_day_in_time(today))
    counts = cases.office_cases(looks).aggregate(
        late=Count("pk", filter=late),
        out=Count("pk", filter=Q(state__in=[CaseState.ASSIGNED, CaseState.ON_SITE])),
        review=Count("pk", filter=Q(state=CaseState.RECORDED)),
        waiting=Count("pk", filter=Q(state__in=[CaseState.REVIEWED, CaseState.CLOSED], disclosure__isnull=True)),
        disclosed=Count("pk", filter=Q(disclosure__isnull=False)),
    )
    at = reverse("case-list")
    return [
        Figure(_("overdue"), counts["late"], f"{at}?overdue=on", "bad" if counts["late"] else ""),
        Figure(_("with the teams"), counts["out"], at),
        Figure(_("waiting for review"), counts["review"], f"{at}?stage={Stage.IN_REVIEW}", "wait" if counts["review"] else ""),
        Figure(_("waiting for disclosure"), counts["waiting"], f"{at}?stage={Stage.TO_PUBLISH}"),
        Figure(_("disclosed"), counts["disclosed"], f"{at}?stage={Stage.PUBLISHED}", "good" if counts["disclosed"] else ""),
    ]
