"""The pages of an import: the list, the upload, one page for all its states, its workbooks."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.imports import commands, disk, queries, rules, workbooks
from registries.imports.forms import CommitForm, ImportFilterForm, MappingForm, UploadForm, left_out
from registries.imports.kinds import KINDS
from registries.imports.models import Import
from registries.imports.preview import TONES, effect_in_words, shown_rows
from registries.imports.states import ImportState, RowClass
from registries.imports.surveys import survey, with_sheets
from registries.ledger.change import Change, Refused
from registries.ledger.sentences import Sentence
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.models import User
from registries.watermark import mark

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATE_TONES = {
    ImportState.UPLOADED: "wait",
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "wait",
    ImportState.COMMITTED: "good",
    ImportState.CANCELLED: "neutral",
    ImportState.FAILED: "bad",
    ImportState.UNDONE: "neutral",
    ImportState.EXPIRED: "neutral",
}
REGISTRY_PAGES = {
    "units": "/office/units/",
    "codes": "/office/codes/",
    "matters": "/office/matters/",
    "subjects": "/office/subjects/",
    "permits": "/office/subjects/",
    "exclusions": "/office/subjects/",
    "complaints": "/office/subjects/",
    "violations": "/office/subjects/",
    "inspectors": "/office/inspectors/",
    "recusals": "/office/inspectors/",
}


def _act(request: HttpRequest, command: Callable[..., Change], **arguments: Any) -> Change | None:
    """Run a command as ever; a full disk is told in a sentence like a refusal, and has changed nothing."""
    try:
        return act(request, command, **arguments)
    except (DatabaseError, OSError) as error:
        if not disk.is_full(error):
            raise
        form = arguments.get("form")
        if form is None:
            messages.error(request, disk.FULL)
        else:
            form.add_error(None, disk.FULL)
        return None


@access("registries.view_imports")
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports this person sees, the newest first, and the templates they may fill in."""
    user = signed_in(request)
    kinds = queries.kinds_for(user)
    form = ImportFilterForm(request.GET, kinds=kinds or list(KINDS.values()))
    rows = queries.visible_imports(user)
    if form.is_valid():
        if kind := form.cleaned_data["kind"]:
            rows = rows.filter(kind=kind)
        if state := form.cleaned_data["state"]:
            rows = rows.filter(state=state)
    listed = page_of(request, rows)
    shown = [
        {"batch": batch, "kind": KINDS[batch.kind].label, "tone": STATE_TONES[ImportState(batch.state)], **queries.tally(batch.counts)}
        for batch in listed["page"]
    ]
    return render(request, "office/imports/list.html", {**listed, "form": form, "rows": shown, "kinds": kinds})


@access("registries.upload_import")
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Choose a kind of table and a file."""
    user = signed_in(request)
    kinds = queries.kinds_for(user)
    sent = request.method == "POST"
    form = UploadForm(
        request.POST if sent else None, request.FILES if sent else None, kinds=kinds, initial={"kind": request.GET.get("kind")}
    )
    if sent and (too_much := _too_much(user, request)):
        form.add_error(None, too_much)
    if sent and form.is_valid():
        kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
        content = file.read()
        look = survey(KINDS[kind].layouts, content, queries.remembered_mappings(kind, user))
        change = _act(
            request, commands.upload_import, form=form, kind=kind, file_name=file.name, content=content, survey=look
        )
        if change is not None:
            return redirect("import", pk=change.obj.pk)
    return render(request, "office/imports/new.html", {"form": form, "kinds": kinds})


def _too_much(user: User, request: HttpRequest) -> str:
    """Why this person may upload no more today, told before the file is looked at; "" when they may."""
    files, kept = queries.uploads_on(user, clock.today())
    file = request.FILES.get("file")
    more = file.size if isinstance(file, UploadedFile) else 0
    return _reason(rules.why_not_upload(uploads_today=files, bytes_today=kept, more=more or 0))


def _visible(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(queries.visible_imports(signed_in(request)), pk=pk)


def _reason(why: Sentence | None) -> str:
    return Refused(why).sentence if why is not None else ""


def _page(request: HttpRequest, batch: Import, mapping: MappingForm | None = None) -> HttpResponse:
    """The page of an import, whatever its state."""
    kind = KINDS[batch.kind]
    user = signed_in(request)
    counts = queries.tally(batch.counts)
    may = user.has_perm(kind.right)
    context: dict[str, Any] = {
        "batch": batch,
        "kind": kind,
        "tone": STATE_TONES[ImportState(batch.state)],
        "state": batch.get_state_display(),
        "counts": counts,
        "may": may,
        "registry": REGISTRY_PAGES.get(kind.code, ""),
    }
    context |= _sheets(request, batch, mapping, may=may)
    context["may_undo"] = batch.state == ImportState.COMMITTED and may and user.has_perm("registries.undo_import")
    if batch.state in (ImportState.CHECKED, ImportState.COMMITTED):
        context |= _rows(request, batch, counts)
    if may and batch.state == ImportState.CHECKED:
        taken = {"added": counts["added"], "changed": counts["changed"], "refused": counts["refused"]}
        context["why_not_all"] = _reason(rules.why_not_commit(**taken, only_good=False))
        context["why_not_good"] = _reason(rules.why_not_commit(**taken, only_good=True))
        context["left_out"] = left_out(counts["refused"])
        if not counts["added"] and not counts["changed"]:
            context |= {"state": _("checked, nothing to take over"), "tone": "neutral"}
    return render(request, "office/imports/page.html", context)


def _sheets(request: HttpRequest, batch: Import, mapping: MappingForm | None, *, may: bool) -> dict[str, Any]:
    """Which sheet and which columns are read, while that can be chosen; afterwards, which sheets of the file are still to be read."""
    if batch.state in (ImportState.UPLOADED, ImportState.CHECKED):
        sheets = with_sheets(batch.mapping, request.GET.getlist("sheet"))
        again = {sheet["sheet"] for sheet in sheets} & queries.sheets_taken_over(batch)
        context: dict[str, Any] = {"before": queries.taken_over_before(batch.kind, batch.sha256) if again else None}
        if may:
            context["mapping"] = mapping or MappingForm(kind=KINDS[batch.kind], mapping=sheets, version=batch.version)
        return context
    if may and batch.state == ImportState.COMMITTED:
        others = [other for sheet in batch.mapping for other in sheet.get("others", ())]
        taken = queries.sheets_taken_over(batch) if others else set()
        return {"others": [other for other in others if other["sheet"] not in taken]}
    return {}


def _rows(request: HttpRequest, batch: Import, counts: dict[str, int]) -> dict[str, Any]:
    """The asked page of the asked rows: the refused ones first of all, if there are any."""
    asked = request.GET.get("effect", RowClass.REFUSED if counts["refused"] and batch.state == ImportState.CHECKED else "")
    effect = asked if asked in RowClass.values else ""
    listed = page_of(request, queries.rows_of(batch, row_class=effect))
    tabs = [("", _("all rows"), sum(counts.values()), "")]
    done = batch.state == ImportState.COMMITTED
    tabs += [(one.value, effect_in_words(one, done=done), counts[one.value], TONES[one]) for one in RowClass]
    rows = shown_rows(KINDS[batch.kind], listed["page"], clock.today(), done=done)
    return {**listed, "query": f"effect={effect or 'all'}", "effect": effect, "tabs": tabs, "rows": rows}


@access("registries.view_imports")
@require_GET
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its columns, its progress, its preview or its outcome."""
    return _page(request, _visible(request, pk))


@access("registries.map_import")
@require_POST
def import_map(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the columns; the worker begins."""
    batch = _visible(request, pk)
    names = request.POST.getlist("sheet")
    sheets = with_sheets(batch.mapping, names)
    form = MappingForm(request.POST, kind=KINDS[batch.kind], mapping=sheets, version=batch.version)
    if form.is_valid() and _act(
        request,
        commands.map_import,
        form=form,
        import_id=pk,
        version=form.cleaned_data["version"],
        columns=form.columns,
        left_out=form.left_out,
        sheets=names,
    ):
        return redirect("import", pk=pk)
    return _page(request, batch, form)


@access("registries.upload_import")
@require_POST
def import_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an import of another sheet of the same file, which is kept."""
    user, batch = signed_in(request), _visible(request, pk)
    content = bytes(batch.content)
    if not content:
        raise Http404
    look = survey(KINDS[batch.kind].layouts, content, queries.remembered_mappings(batch.kind, user))
    change = _act(request, commands.upload_import, kind=batch.kind, file_name=batch.file_name, content=content, survey=look)
    if change is None:
        return redirect("import", pk=pk)
    return redirect(f"{reverse('import', args=[change.obj.pk])}?{urlencode({'sheet': request.POST.get('sheet', '')})}")


@access("registries.commit_import")
@require_POST
def import_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over the good rows, all of the file or all but the refused."""
    batch = _visible(request, pk)
    form = CommitForm(request.POST)
    if form.is_valid():
        counts = queries.tally(batch.counts)
        done = _("%(added)s rows were added and %(changed)s changed.") % counts
        _act(request, commands.commit_import, done=done, import_id=pk, **form.cleaned_data)
    return redirect("import", pk=pk)


@access("registries.undo_import")
@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole import back, while nothing builds on it."""
    _visible(request, pk)
    form = CommitForm(request.POST)
    if form.is_valid():
        done = _("The import was undone: the registry is as it was before.")
        _act(request, commands.undo_import, done=done, import_id=pk, version=form.cleaned_data["version"])
    return redirect("import", pk=pk)


@access("registries.cancel_import")
@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the import up."""
    _visible(request, pk)
    form = CommitForm(request.POST)
    if form.is_valid():
        done = _("The import was cancelled; nothing was taken over.")
        _act(request, commands.cancel_import, done=done, import_id=pk, version=form.cleaned_data["version"])
    return redirect("import", pk=pk)


@access("registries.view_imports")
@require_GET
def import_refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows with the reason beside each cell."""
    batch = _visible(request, pk)
    if not queries.rows_of(batch, row_class=RowClass.REFUSED).exists():
        raise Http404
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    marked = mark(signed_in(request))
    content = workbooks.refused_workbook(batch, marked.line)
    name = marked.named(_("%(file)s - refused rows") % {"file": stem}, "xlsx")
    if act(request, commands.take_refused, import_id=pk, file_name=name, content=content) is None:
        return redirect("import", pk=pk)
    return _workbook(content, name)


@access("registries.upload_import")
@require_GET
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook of a kind that this person may bring."""
    known = KINDS.get(kind)
    if known is None or not signed_in(request).has_perm(known.right):
        raise Http404
    return _workbook(workbooks.template(known), _("%(table)s - template.xlsx") % {"table": known.label})


def _workbook(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})
