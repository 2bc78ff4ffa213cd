"""Forms for what belongs to an inspector: certificates, leave, declared conflicts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from registries.inspectors import commands
from registries.inspectors.forms import CertificateForm, EndRecusalForm, LeaveForm, ReasonForm, RecusalForm
from registries.inspectors.models import Certificate, Inspector, Leave, Recusal
from registries.inspectors.views.filling import filled
from registries.pages import act
from registries.people.access import access

GET_POST = ["GET", "POST"]


def _page_of(row: Inspector) -> str:
    return reverse("inspector", args=[row.number])


def _trail(row: Inspector) -> tuple[tuple[str, str], ...]:
    return ((row.name, _page_of(row)),)


@access("registries.save_certificate")
@require_http_methods(GET_POST)
def certificate(request: HttpRequest, number: str, pk: int | None = None) -> HttpResponse:
    """Add a certificate, or renew one."""
    row = get_object_or_404(Inspector, number=number)
    held = get_object_or_404(Certificate, pk=pk, inspector=row) if pk is not None else None
    return filled(
        request,
        CertificateForm(request.POST or None, instance=held or Certificate(inspector=row)),
        commands.save_certificate,
        title=(_("Renew the certificate of %(name)s") if held else _("New certificate of %(name)s")) % {"name": row.name},
        done=_("The certificate was saved."),
        back=_page_of(row),
        trail=_trail(row),
        unit=row.unit_id,
        inspector_id=row.pk,
        certificate_id=pk,
    )


@access("registries.end_certificate")
@require_http_methods(GET_POST)
def certificate_end(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Withdraw a certificate from today on."""
    held = get_object_or_404(Certificate.objects.select_related("inspector"), pk=pk, inspector__number=number)
    row = held.inspector
    return filled(
        request,
        ReasonForm(request.POST or None),
        commands.end_certificate,
        title=_("Withdraw %(certificate)s") % {"certificate": held},
        lead=_("From today on it no longer counts. Without another valid one, %(name)s is not drawn.") % {"name": row.name},
        done=_("The certificate was withdrawn."),
        button=_("Withdraw"),
        tone="danger",
        back=_page_of(row),
        trail=_trail(row),
        unit=row.unit_id,
        certificate_id=pk,
    )


@access("registries.record_leave")
@require_http_methods(GET_POST)
def leave(request: HttpRequest, number: str, pk: int | None = None) -> HttpResponse:
    """Record a leave, or change one."""
    row = get_object_or_404(Inspector, number=number)
    taken = get_object_or_404(Leave, pk=pk, inspector=row) if pk is not None else None
    return filled(
        request,
        LeaveForm(request.POST or None, instance=taken or Leave(inspector=row)),
        commands.record_leave,
        title=_("Leave of %(name)s") % {"name": row.name},
        lead=_("Nobody is drawn for a day of their leave."),
        done=_("The leave was saved."),
        back=_page_of(row),
        trail=_trail(row),
        unit=row.unit_id,
        inspector_id=row.pk,
        leave_id=pk,
    )


@access("registries.cancel_leave")
@require_POST
def leave_cancel(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a leave back, or end it today."""
    taken = get_object_or_404(Leave, pk=pk, inspector__number=number)
    act(request, commands.cancel_leave, done=_("The leave is over."), leave_id=taken.pk)
    return redirect("inspector", number=number)


@access("registries.record_recusal")
@require_http_methods(GET_POST)
def recusal(request: HttpRequest, number: str) -> HttpResponse:
    """Record a conflict that somebody told of."""
    row = get_object_or_404(Inspector, number=number)
    return filled(
        request,
        RecusalForm(request.POST or None),
        commands.record_recusal,
        title=_("Conflict of %(name)s") % {"name": row.name},
        lead=_("From its first day on, the two are never drawn together. It stands with who recorded it and when."),
        done=_("The conflict was recorded."),
        back=_page_of(row),
        trail=_trail(row),
        unit=row.unit_id,
        inspector_id=row.pk,
    )


@access("registries.end_recusal")
@require_http_methods(GET_POST)
def recusal_end(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """End a conflict."""
    declared = get_object_or_404(Recusal.objects.select_related("inspector", "subject"), pk=pk, inspector__number=number)
    row = declared.inspector
    return filled(
        request,
        EndRecusalForm(request.POST or None),
        commands.end_recusal,
        title=_("End the conflict with %(whom)s") % {"whom": declared.subject or declared.organisation},
        lead=_("It stays on record with its days and this reason."),
        done=_("The conflict was ended."),
        button=_("End it"),
        back=_page_of(row),
        trail=_trail(row),
        unit=row.unit_id,
        recusal_id=pk,
    )
