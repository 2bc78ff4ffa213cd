"""The one form of the public: what is wrong with a result; and the secret address where its sender follows what becomes of it."""

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from publicity.corrections import answering, commands, queries, rules
from publicity.corrections.forms import ObjectionForm
from publicity.corrections.models import Objection
from publicity.corrections.states import ANSWERED, OPEN, Kind
from publicity.corrections.views import pdf
from publicity.disclosures.models import Disclosure
from publicity.site.notices import private
from registries import clock
from registries.ledger.change import Refused, translated
from registries.ledger.context import address
from registries.people.access import PUBLIC, access
from registries.people.queries import public_user


@access(PUBLIC)
@private
@require_http_methods(["GET", "HEAD", "POST"])
def objection_form(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what is wrong with a result. Needs no account; what was typed stays where it cannot be taken."""
    shown = Disclosure.objects.defer("terms").filter(public_id=public_id).first()
    if shown is None:
        raise Http404
    if shown.removed_at is not None:
        return redirect("public-result", public_id=public_id)
    form = ObjectionForm(request.POST or None, request.FILES or None, named=shown.named)
    wait = 0
    if request.method == "POST":
        wait = queries.wait_seconds(shown.pk, address.get(), clock.now())
        if wait:
            form.add_error(None, translated(rules.TOO_MANY))
        elif form.is_valid() and (token := _sent(form, shown)):
            return redirect("public-objection", token=token)
    status = 429 if wait else 422 if form.errors else 200
    response = render(request, "public/corrections/form.html", {"result": shown, "form": form, "wait": -(-wait // 60)}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _sent(form: ObjectionForm, shown: Disclosure) -> str:
    """The token of the new objection; empty where it was refused, which the form then says."""
    token = secrets.token_urlsafe(24)
    try:
        commands.send_objection(actor=public_user(), disclosure_id=shown.pk, token=token, address=address.get(), **form.arguments())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return ""
    return token


def _followed(token: str) -> Objection:
    found = queries.followed(token)
    if found is None:
        raise Http404
    return found


@access(PUBLIC)
@private
@require_safe
def objection_page(request: HttpRequest, token: str) -> HttpResponse:
    """Number, state and decision, for whoever holds the address."""
    row = _followed(token)
    context: dict[str, Any] = {
        "row": row,
        "result": row.disclosure,
        "open": row.state in OPEN,
        "statement": row.kind == Kind.STATEMENT,
        "answered": row.state in ANSWERED,
        "paper": row.state in ANSWERED and answering.ready(),
        "token": token,
    }
    return render(request, "public/corrections/receipt.html", context)


@access(PUBLIC)
@private
@require_safe
def objection_paper(request: HttpRequest, token: str) -> HttpResponse:
    """The answer as PDF, at the same secret address."""
    row = _followed(token)
    if row.state not in ANSWERED or not answering.ready():
        raise Http404
    return pdf(row)
