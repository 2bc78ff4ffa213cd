"""An inspector's own page: what the registry says of them, and the conflicts they declare themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registries.inspectors import commands, queries
from registries.inspectors.forms import RecusalForm
from registries.inspectors.views.filling import filled
from registries.inspectors.views.registry import entry_context
from registries.pages import signed_in
from registries.people.access import access


@access("registries.view_own_entry")
@require_GET
def own_entry(request: HttpRequest) -> HttpResponse:
    """The own entry; an account that is joined to none is told whom to ask."""
    row = queries.inspectors().prefetch_related("matters").filter(user=signed_in(request)).first()
    context = entry_context(row) if row is not None else {}
    return render(request, "office/inspectors/own.html", context)


@access("registries.declare_own_recusal")
@require_http_methods(["GET", "POST"])
def own_recusal(request: HttpRequest) -> HttpResponse:
    """Declare an own conflict."""
    return filled(
        request,
        RecusalForm(request.POST or None),
        commands.declare_own_recusal,
        title=_("Declare a conflict"),
        lead=_("With a subject, its people or an enterprise where a relative works. You are then never drawn for it. A clerk ends it when it is over."),
        done=_("Your conflict was declared."),
        button=_("Declare"),
        back=reverse("own-entry"),
    )
