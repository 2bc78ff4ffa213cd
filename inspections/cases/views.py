"""The office pages of cases: the work queue, an inspector's own cases, one case, its record, review, release."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections.cases import asking, attached, commands, joining_pages, listing, queries, shares, standings
from inspections.cases.announcing import SERVED
from inspections.cases.attached import Beside
from inspections.cases.evidence import Acknowledgement
from inspections.cases.forms import CaseFilter, RecordForm
from inspections.cases.looking import AcceptForm, ReleaseForm
from inspections.cases.models import Case, Record
from inspections.cases.parts import one_step, parts_of, rows_of
from inspections.cases.queries import Viewer, viewer
from inspections.cases.recording import record_form
from inspections.cases.rounds import told_rounds
from inspections.cases.shares import Share
from inspections.cases.states import Acknowledged, CaseState
from inspections.cases.steps import next_step
from inspections.cases.timeline import timeline
from inspections.cases.visit_forms import BeginForm, begun_with
from inspections.cases.wordings import texts
from inspections.draws.commands.reading import read_drawn
from registries import clock, overtaken
from registries.gathered import Gathered
from registries.ledger.change import Refused
from registries.ledger.sentences import Sentence
from registries.lists.views import FORMS, exported
from registries.overtaken import Seen
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.models import Unit
from registries.reads import note_read
from registries.subjects.models import Subject


def _words(sentence: Sentence) -> str:
    """A rule's sentence in the reader's language."""
    return Refused(sentence).sentence


def _rows(page: Any, looks: Viewer) -> list[dict[str, Any]]:
    """The cases of a page with where they stand and the viewer's next step."""
    today = clock.today()
    rows = []
    for case in page:
        stands = standings.standing(case, today)
        left = _words(stands.countdown) if stands.countdown else ""
        rows.append({"case": case, "stands": stands, "left": left, "step": next_step(case, stands.stage, looks)})
    return rows


@access("inspections.view_cases")
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases this person follows, the earliest due first, by state, unit and delay."""
    looks, today = viewer(signed_in(request)), clock.today()
    offered = Unit.objects.filter(cases__isnull=False).distinct() if looks.units is None else None
    form = CaseFilter(request.GET or None, units=offered)
    cases = standings.by_urgency(standings.with_progress(queries.office_cases(looks), looks.user))
    late = standings.overdue(queries.office_cases(looks), today).count()
    cases = listing.fitting(cases, form.cleaned_data if form.is_valid() else {}, today)
    if request.GET.get("export") in FORMS:
        _note_unvisited(request, cases.filter(state=CaseState.ASSIGNED).count())
        return exported(request, listing.LISTING, listing.NUMBER, listing.filed(cases), listing.LISTING.columns)
    listed = page_of(request, cases)
    may_export = looks.user.has_perm("registries.export_list")
    context = {**listed, "form": form, "rows": _rows(listed["page"], looks), "late": late, "may_export": may_export}
    _note_unvisited(request, sum(case.state == CaseState.ASSIGNED for case in listed["page"]))
    return render(request, "office/cases/list.html", context)


def _note_unvisited(request: HttpRequest, rows: int) -> None:
    """Whoever reads the names of subjects before their visit is written down."""
    if rows:
        note_read(request, read_drawn, "cases", of=signed_in(request), purpose="the list of cases", rows=rows)


@access("inspections.view_own_cases")
def my_cases(request: HttpRequest) -> HttpResponse:
    """An inspector's own cases: what is to do first, then what is on its way."""
    user = signed_in(request)
    cases = standings.by_urgency(standings.with_progress(queries.own_cases(user), user))
    listed = page_of(request, cases)
    rows = _rows(listed["page"], viewer(user))
    todo = [row for row in rows if row["step"] and row["step"].mine]
    rest = [row for row in rows if row not in todo]
    open_ones = [case.number for case in listed["page"] if case.state in (CaseState.ASSIGNED, CaseState.ON_SITE) and not case.submitted_at]
    context = {**listed, "todo": todo, "rest": rest, "offline": json.dumps(open_ones), "texts": texts()}
    return render(request, "office/cases/mine.html", context)


def _visible(looks: Viewer, number: str) -> Any:
    """The case with the categories of its subject, or no such page for whoever may not know of it."""
    kinds: Any = Subject.categories.through.objects.filter(subject=OuterRef("subject")).order_by().values("subject")
    named = kinds.annotate(named=Gathered(Concat("subjectcategory__code", Value("\n"), "subjectcategory__name"))).values("named")
    cases = standings.with_progress(queries.visible_cases(looks), looks.user).annotate(categories=Subquery(named))
    return get_object_or_404(cases, number=number)


def _own(request: HttpRequest, number: str) -> Case:
    """The case, for its team only."""
    return get_object_or_404(queries.own_cases(signed_in(request)).select_related("subject", "draw"), number=number)


@access("registries.use_office")
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case: whom, who, what, where it stands, what comes next and what has happened."""
    looks = viewer(signed_in(request))
    case = _visible(looks, number)
    stands = standings.standing(case, clock.today())
    rounds = queries.rounds(case)
    record = rounds[-1] if rounds else None
    signed = queries.all_signatures(case) if rounds else []
    decided = queries.decisions(rounds)
    team = queries.team(case)
    panel = asking.panel(case, team, looks)
    mine = [one for one in signed if record and one.record_id == record.pk]
    beside = attached.beside(case, record, mine)
    parts = parts_of(case, looks)
    sheets = queries.sheets(case, record) if record and record.submitted_at else []
    told = timeline(case, *rounds, *signed, *decided, *panel["replacements"], *_noted(beside), *beside.photos, *beside.withdrawn, *rows_of(parts))
    joint = joining_pages.panel(case, looks)
    share = joint["share"]
    if share is not None:
        own = share.team(case, team)
        team = team if share.on_team else own
        mine, sheets, told = share.signatures(mine, own), share.sheets(sheets), share.history(told, own)
        beside, decided = share.beside(beside, mine), []
        parts, rounds = [], []
        panel |= {"replacements": share.replacements(panel["replacements"], case), "followed_by": None}
    context = {
        "case": case,
        "stands": stands,
        "left": _words(stands.countdown) if stands.countdown else "",
        "record": record,
        "team": team,
        "categories": [one.partition("\n")[2] for one in sorted(case.categories or [])],
        "sheets": sheets,
        "signatures": mine,
        "beside": beside,
        "returned": queries.last_return(decided) if case.state == CaseState.ON_SITE else None,
        "step": one_step(next_step(case, stands.stage, looks), parts),
        "rounds": told_rounds(rounds, signed, decided),
        "parts": parts,
        "history": told,
        **panel,
        **joint,
    }
    if case.state == CaseState.ASSIGNED and all(one.inspector.user_id != looks.user.pk for one in team):
        note_read(request, read_drawn, f"case-{case.pk}", of=case, purpose="the page of the case")
    return render(request, "office/cases/page.html", context)


def _noted(beside: Beside) -> list[Acknowledgement]:
    noted = beside.acknowledged.row if beside.acknowledged else None
    return [noted] if isinstance(noted, Acknowledgement) else []


@access("inspections.begin_visit")
@require_POST
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """The team goes; what was typed about the notice stays where it is refused."""
    case = _own(request, number)
    form = BeginForm(request.POST)
    if form.is_valid() and act(request, commands.begin_visit, form=form, case_id=case.pk, **begun_with(form.cleaned_data)):
        return redirect("case-record", number=number)
    if case.state != CaseState.ASSIGNED:
        return redirect("case-page", number=number)
    share = shares.part_of_officer(case, signed_in(request))
    return _sheet(request, case, queries.rounds(case), record_form(case, None, None, share), form)


@access("inspections.save_record")
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The record on the phone: keep it half-filled, or make it ready to sign. A refusal keeps everything that was typed.

    Before the visit it can be opened too, empty and closed: a phone takes it along.
    """
    case = _own(request, number)
    rounds = queries.rounds(case)
    newest = rounds[-1] if rounds else None
    if case.state not in (CaseState.ASSIGNED, CaseState.ON_SITE) or (newest and newest.submitted_at):
        return redirect("case-page", number=number)
    posted = request.method == "POST" and newest is not None
    share = shares.part_of_officer(case, signed_in(request))
    form = record_form(case, newest, request.POST if posted else None, share)
    if posted and form.is_valid():
        form, done = _save(request, case, form, share)
        if done:
            return redirect(done, number=number)
        rounds = queries.rounds(case)  # what was saved before the refusal
    return _sheet(request, case, rounds, form, BeginForm())


def _sheet(request: HttpRequest, case: Case, rounds: list[Record], form: RecordForm, begin_form: BeginForm) -> HttpResponse:
    """The page of the record, and before the visit what is asked as it begins."""
    newest = rounds[-1] if rounds else None
    share = shares.part_of_officer(case, signed_in(request))
    state = attached.state_of(case, signed_in(request), newest, share)
    context = {
        "case": case,
        "record": newest,
        "form": form,
        "begin": begin_form,
        "served": state.get("notice") == SERVED,
        "share": share,
        "returned": queries.last_return(queries.decisions(rounds)) if share is None else None,
        "answered": sum(bool(form[f"answer_{item.pk}"].value()) for item in form.items),
        "sheet": attached.sheet_of(case, form.items, form.codes) | {"state": state},
        "sides": Acknowledged.choices,
        "texts": texts(),
    }
    return render(request, "office/cases/record.html", context, status=422 if form.errors or begin_form.errors else 200)


def _save(request: HttpRequest, case: Case, form: RecordForm, share: Share | None) -> tuple[RecordForm, str]:
    """Keep the draft, then submit it if that was asked. Returns the form to show, or the page to go to."""
    user, draft = signed_in(request), form.draft()
    try:
        commands.save_record(actor=user, case_id=case.pk, version=form.cleaned_data["version"], draft=draft)
    except Refused as refused:
        return _refused(request, case, refused.sentence, share), ""
    if "submit" not in request.POST:
        messages.success(request, _("The draft is saved."))
        return form, "case-record"
    saved = queries.last_record(case)
    assert saved is not None  # noqa: S101  (just saved)
    try:
        commands.submit_record(actor=user, case_id=case.pk, version=saved.version)
    except Refused as refused:
        shown = _refused(request, case, "", share)
        gaps = queries.gaps_of(case, saved, draft.kept(), clock.today()) if share is None else []
        shown.show_gaps(gaps, _words)
        if len(gaps) != 1:
            shown.add_error(None, refused.sentence)
        return shown, ""
    messages.success(request, _("The record is complete. Now each of the team signs it."))
    return form, "case-page"


def _refused(request: HttpRequest, case: Case, sentence: str, share: Share | None) -> RecordForm:
    """The same page with all that was typed and the present version. After a colleague's save (``sentence``), what they
    saved fills the fields left empty here and stands beside those that differ."""
    newest = queries.last_record(case)
    assert newest is not None  # noqa: S101  (the view has seen to it)
    saved = queries.draft_of(newest)
    typed = request.POST.copy()
    typed["version"] = str(newest.version)
    if sentence:
        for name, value in RecordForm.initial_of(saved, newest.version).items():
            untouched = not request.POST.get(name) and not request.POST.get(name.replace("remark_", "answer_"))
            if untouched and value:
                typed[name] = str(value)
    form = record_form(case, newest, typed, share)
    if form.is_valid() and sentence:
        form.show_theirs(saved)
        form.add_error(None, sentence)
    return form


@access("inspections.take_back_record")
@require_POST
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Reopen what nobody has signed."""
    case = _own(request, number)
    done = _("The record is open again.")
    if act(request, commands.take_back_record, case_id=case.pk, done=done) is None:
        return redirect("case-page", number=number)
    return redirect("case-record", number=number)


@access("inspections.review_case")
def review(request: HttpRequest, number: str) -> HttpResponse:
    """The whole record, what was said in earlier rounds, and the decision. Nobody reviews an own case."""
    looks = viewer(signed_in(request))
    case = _visible(looks, number)
    if case.state != CaseState.RECORDED and request.method != "POST":
        return redirect("case-page", number=number)
    newest = queries.last_record(case)
    form = AcceptForm(request.POST or None, record=newest, initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        done = (
            _("The record is accepted.")
            if form.cleaned_data["decision"] == "accept"
            else _("The record is returned to its team.")
        )
        seen = Seen(case, form.cleaned_data["version"])
        if act(request, commands.review_case, form=form, done=done, shown=seen, case_id=case.pk, **form.arguments()):
            return redirect("case-page", number=number)
        case = _visible(looks, number)
    signatures = queries.signatures(newest)
    context = {
        "case": case,
        "record": newest,
        "sheets": queries.sheets(case, newest),
        "signatures": signatures,
        "beside": attached.beside(case, newest, signatures),
        "earlier": queries.reviews(case),
        "parts": [one for one in parts_of(case, looks) if one.reviewed],
        "form": form,
        "waits": case.state == CaseState.RECORDED,
        "typed": overtaken.typed(form),
    }
    return render(request, "office/cases/review.html", context, status=overtaken.status_of(form))


@access("inspections.release_case")
def release(request: HttpRequest, number: str) -> HttpResponse:
    """What goes out, its text looked through once more; then let the reviewed result be disclosed now."""
    case = _visible(viewer(signed_in(request)), number)
    record = queries.accepted_record(case)
    if record is None or case.released_at is not None:
        return redirect("case-page", number=number)
    form = ReleaseForm(request.POST if request.method == "POST" else None, record=record)
    if request.method == "POST" and form.is_valid():
        done = _("Released. The worker discloses it within a minute.")
        if act(request, commands.release_case, form=form, done=done, case_id=case.pk, looked=form.answers()):
            return redirect("case-page", number=number)
    context = {"case": case, "record": record, "form": form}
    return render(request, "office/cases/release.html", context, status=422 if form.errors else 200)
