"""The office pages: objections by deadline, one of them with its next step, proposing a correction or a withdrawal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections.cases.queries import office_cases, viewer
from inspections.cases.rules import countdown
from publicity.corrections import annulling, answering, commands, proposing, queries, rules
from publicity.corrections.comparing import changes
from publicity.corrections.forms import AnnulledForm, AnswerForm, CorrectionForm, ReasonForm, WithdrawalForm
from publicity.corrections.models import Objection, Proposal
from publicity.corrections.states import ANSWERED, OPEN, Kind, Stage
from publicity.disclosures.masking import finds
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.disclosures.states import Because
from registries import clock, overtaken
from registries.evidence import download
from registries.ledger.change import Change, Refused, translated
from registries.ledger.telling import history_told
from registries.overtaken import Seen
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.masking import masked_name, masked_phone
from registries.reads import note_read

TONES = {
    Stage.RECEIVED: "wait",
    Stage.TAKEN: "info",
    Stage.PROPOSED: "wait",
    Stage.UPHELD: "neutral",
    Stage.CORRECTED: "good",
    Stage.WITHDRAWN: "bad",
    Stage.SHOWN: "good",
    Stage.DECLINED: "neutral",
}


@access("publicity.view_objections")
@require_safe
def objection_list(request: HttpRequest) -> HttpResponse:
    """What is open, the earliest due first; or everything decided, the newest first."""
    rows = queries.visible_objections(signed_in(request))
    asked = "decided" if request.GET.get("state") == "decided" else "open"
    rows = rows.filter(state__in=OPEN).order_by("due_on", "pk") if asked == "open" else rows.exclude(state__in=OPEN).order_by("-decided_at")
    found = page_of(request, rows)
    today = clock.today()
    listed = [(row, TONES[Stage(row.state)], _left(row)) for row in found["page"]]
    context = {**found, "listed": listed, "asked": asked, "figures": queries.figures(today)}
    return render(request, "office/corrections/list.html", context)


@access("publicity.view_objections")
@require_safe
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection: what was said, what is published, the next step."""
    return _page(request, pk)


def _left(row: Objection) -> tuple[str, str] | None:
    """How long still, as a colour and in words; None once it is decided."""
    if row.state not in OPEN:
        return None
    urgency, words = countdown(row.due_on, clock.today())
    return urgency, translated(words)


def _page(
    request: HttpRequest, pk: int, form: AnswerForm | None = None, refusing: ReasonForm | None = None, *, in_full: bool = False
) -> HttpResponse:
    user = signed_in(request)
    row = get_object_or_404(queries.visible_objections(user), pk=pk)
    statement = row.kind == Kind.STATEMENT
    had_part = queries.was_on_case(row.disclosure.case, user)
    mine = row.state == Stage.TAKEN and row.handler_id == user.pk and not had_part
    context = {
        "row": row,
        "sender": (row.name, row.contact) if in_full else (masked_name(row.name), masked_phone(row.contact)),
        "in_full": in_full,
        "result": row.disclosure,
        "case": row.disclosure.case,
        "tone": TONES[Stage(row.state)],
        "open": row.state in OPEN,
        "left": _left(row),
        "statement": statement,
        "matches": bool(row.uscc) and row.uscc == row.disclosure.case.subject.uscc,
        "shown_text": queries.as_shown(row) if statement else "",
        "finds": len(finds(row.text)) if statement else 0,
        "why_not": Refused(rules.ON_CASE).sentence if had_part else "",
        "may_take": row.state in (Stage.RECEIVED, Stage.TAKEN) and not statement and not mine and user.has_perm("publicity.take_objection"),
        "may_check": row.state == Stage.RECEIVED and statement and user.has_perm("publicity.show_statement"),
        "form": (form or AnswerForm(initial={"version": row.version})) if mine else None,
        "refusing": refusing or ReasonForm(),
        "proposals": [(one, changes(one.was, one.values)) for one in row.proposals.select_related("asked_by", "decided_by").order_by("-pk")],
        "sent": form or refusing,
        "typed": [] if mine and form else overtaken.typed(form) + overtaken.typed(refusing),
        "answered": row.state in ANSWERED,
        "history": history_told(row) if user.has_perm("registries.view_history") else None,
    }
    return render(request, "office/corrections/page.html", context, status=overtaken.status_of(form, refusing))


@access("publicity.read_objector")
@require_POST
def objection_sender(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and contact in full, once; that they were read stands in the ledger before they are shown."""
    get_object_or_404(queries.visible_objections(signed_in(request)), pk=pk)
    if act(request, commands.read_objector, objection_id=pk, what="name and contact", purpose="to reach who sent it") is None:
        return redirect("objection-page", pk=pk)
    return _page(request, pk, in_full=True)


@access("publicity.take_objection")
@require_POST
def objection_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it."""
    get_object_or_404(queries.visible_objections(signed_in(request)), pk=pk)
    act(request, commands.take_objection, done=_("You are examining this now."), objection_id=pk)
    return redirect("objection-page", pk=pk)


@access("publicity.answer_objection")
@require_POST
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide that the result stands."""
    row = get_object_or_404(queries.visible_objections(signed_in(request)), pk=pk)
    form = AnswerForm(request.POST)
    done = _("Decided. The answer can be printed, and whoever asked reads it at their address.")
    if form.is_valid():
        seen = Seen(row, form.cleaned_data["version"])
        if act(request, commands.answer_objection, form=form, done=done, shown=seen, objection_id=pk, **form.cleaned_data):
            return redirect("objection-page", pk=pk)
        overtaken.renewed(form, overtaken.version_now(row))
    return _page(request, pk, form=form)


@access("publicity.show_statement")
@require_POST
def statement_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a statement beside the result, or refuse it with the reason."""
    get_object_or_404(queries.visible_objections(signed_in(request)), pk=pk)
    if "show" in request.POST:
        act(request, commands.show_statement, done=_("The statement stands beside the result."), objection_id=pk)
        return redirect("objection-page", pk=pk)
    form = ReasonForm(request.POST)
    done = _("The statement is not shown; its author reads why.")
    if form.is_valid() and act(request, commands.refuse_statement, form=form, done=done, objection_id=pk, **form.cleaned_data):
        return redirect("objection-page", pk=pk)
    return _page(request, pk, refusing=form)


@access("publicity.view_objections")
@require_safe
def objection_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that came with it, as a download."""
    row = get_object_or_404(queries.visible_objections(signed_in(request)), pk=pk)
    note_read(request, commands.read_objector, f"objection-{pk}", objection_id=pk, what="file", purpose="to examine it")
    return download(bytes(row.file or b""), row.number)


@access("publicity.view_objections")
@require_safe
def answer_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer as PDF."""
    row = get_object_or_404(queries.visible_objections(signed_in(request)), pk=pk)
    if row.state not in ANSWERED:
        raise Http404
    if not answering.ready():
        messages.error(request, _("This machine has no Chinese fonts; the answer cannot be printed here."))
        return redirect("objection-page", pk=pk)
    note_read(request, commands.read_objector, f"answer-{pk}", objection_id=pk, what="answer as a file", purpose="to hand it over")
    return pdf(row)


def pdf(row: Objection) -> HttpResponse:
    """The answer as a file under its Chinese name."""
    response = HttpResponse(answering.answer_pdf(row), content_type="application/pdf")
    name = f"异议答复书-{row.number}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


# --- changes ---------------------------------------------------------------------------------------------------------


def _of(request: HttpRequest, public_id: str) -> tuple[Disclosure, Objection | None]:
    """The result, and the objection that the person is handling, if one is named."""
    user = signed_in(request)
    result = get_object_or_404(queries.visible_results(user), public_id=public_id)
    asked = request.GET.get("objection", "")
    if not (asked.isascii() and asked.isdecimal()):
        return result, None
    return result, get_object_or_404(queries.visible_objections(user), pk=int(asked), disclosure=result)


def _initial(result: Disclosure, objection: Objection | None) -> dict[str, Any]:
    return {"version": result.version, "objection_version": objection.version if objection else 0}


@access("publicity.propose_correction")
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """The columns as they stand; what is typed over waits for a supervisor."""
    result, objection = _of(request, public_id)
    because = Because.FOLLOWED if request.GET.get("because") == Because.FOLLOWED else Because.ERROR
    form = CorrectionForm(request.POST or None, initial=_initial(result, objection), result=result, answering=objection is not None, because=because)
    template, heading = "office/corrections/correct.html", _("Correct the result")
    return _propose(request, proposing.propose_correction, result, objection, form, template=template, heading=heading)


@access("publicity.propose_withdrawal")
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """The event, its day and basis; the result stands until a supervisor approves."""
    result, objection = _of(request, public_id)
    form = WithdrawalForm(request.POST or None, initial=_initial(result, objection), answering=objection is not None)
    template, heading = "office/corrections/withdraw.html", _("Withdraw the result")
    return _propose(request, proposing.propose_withdrawal, result, objection, form, template=template, heading=heading)


@access("publicity.take_down_penalty")
def penalty_down(request: HttpRequest, public_id: str) -> HttpResponse:
    """The document that annulled a disclosed penalty; with it the decision goes at once."""
    mine = office_cases(viewer(signed_in(request))).values("pk")
    shown = PenaltyDisclosure.objects.select_related("followup__case__subject").filter(removed_at=None, followup__case__in=mine)
    penalty = get_object_or_404(shown, public_id=public_id)
    case = penalty.followup.case
    form = AnnulledForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("Taken down. The notice with its reason stands at the address.")
        if act(request, annulling.take_down_penalty, form=form, done=done, penalty_id=penalty.pk, **form.cleaned_data):
            return redirect("case-page", number=case.number)
    context = {"heading": _("Take the penalty decision down"), "penalty": penalty, "case": case, "form": form}
    return render(request, "office/corrections/penalty.html", context, status=422 if form.errors else 200)


def _propose(
    request: HttpRequest,
    command: Callable[..., Change],
    result: Disclosure,
    objection: Objection | None,
    form: CorrectionForm | WithdrawalForm,
    *,
    template: str,
    heading: str,
) -> HttpResponse:
    """Send the form to its command; show it where nothing was sent or the command refuses."""
    if request.method == "POST" and form.is_valid():
        arguments = {**form.arguments(), **form.answer(objection.pk if objection else None)}
        done = _("Proposed. It changes nothing before a supervisor approves.")
        seen = Seen(result, form.cleaned_data["version"])
        if act(request, command, form=form, done=done, shown=seen, disclosure_id=result.pk, **arguments):
            return redirect("objection-page", pk=objection.pk) if objection else redirect("case-page", number=result.case.number)
    waiting = Proposal.objects.filter(disclosure=result, state="submitted").exists()
    closed = rules.why_not_propose(removed=result.removed_at is not None, waiting=waiting, seen=0, now=0, explanation="-")
    context = {
        "heading": heading,
        "result": result,
        "case": result.case,
        "objection": objection,
        "form": form,
        "closed": Refused(closed).sentence if closed and request.method != "POST" else "",
    }
    return render(request, template, context, status=overtaken.status_of(form))
