"""What a phone asks for on a visit: the worker and the empty page of the offline store, its key, and the one address it sends to.

Nothing about a subject stands in what a browser may keep by itself: the store is encrypted by ``static/visits/store.js`` with
a key that only the signed-in person gets (docs/adr/0011).
"""

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inspections.cases import attached, commands, merging, photos, queries, shares, states, visiting
from inspections.cases.evidence import Arrival, Photo
from inspections.cases.models import Case, Record
from inspections.cases.recording import record_form
from inspections.cases.states import CaseState
from inspections.cases.visit_forms import begun_with
from inspections.cases.wordings import texts
from registries.ledger.change import Refused
from registries.pages import signed_in
from registries.people.access import PUBLIC, access
from registries.people.models import User

LONGEST_KEY = 64


@access(PUBLIC)
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at an address whose scope is the pages of cases. It knows no case and no person."""
    path = finders.find("visits/worker.js")
    if not isinstance(path, str):
        raise Http404
    return HttpResponse(
        Path(path).read_bytes(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@access(PUBLIC)
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The empty page a browser shows without a network; the phone's own store fills it."""
    return render(request, "office/cases/offline.html", {"texts": texts()})


@access("inspections.view_own_cases")
@require_GET
def store_key(request: HttpRequest) -> JsonResponse:
    """The key of this person's offline store, the same at every sign-in, nobody else's."""
    user = signed_in(request)
    key = salted_hmac("inspections.offline-store", f"{user.pk}/{user.username}", algorithm="sha256").digest()
    return JsonResponse({"user": user.pk, "key": base64.b64encode(key).decode()})


class Message(NamedTuple):
    """What a phone sends: its key, what it is, and the rest."""

    key: str
    kind: str
    data: dict[str, Any]


@access("inspections.save_record")
def sending(request: HttpRequest, number: str) -> JsonResponse:
    """Where the case stands (GET); one message of a phone (POST), which does its work once however often it comes.

    200: done, or done before. 409: refused, with the sentence; ``gone`` when the case is no longer this person's to work on.
    """
    user = signed_in(request)
    case = Case.objects.filter(number=number).select_related("draw").first()
    if case is None or not queries.was_on_team(case, user):
        return JsonResponse({"refused": _("There is no such case among yours."), "gone": True}, status=404)
    why = _closed(case, user)
    if why:
        return JsonResponse({"refused": why, "gone": True}, status=409)
    if request.method != "POST":
        return JsonResponse({"state": _state(number, user), "csrf": get_token(request), "user": user.pk})
    message = _message(request)
    if message is None:
        return JsonResponse({"refused": _("This message cannot be read.")}, status=400)
    try:
        again = Arrival.objects.filter(key=message.key).exists()
        errors = {} if again else KINDS[message.kind](request, case, user, message)
    except Refused as refused:
        return JsonResponse({"refused": refused.sentence, "state": _state(number, user)}, status=409)
    except IntegrityError:
        if not Arrival.objects.filter(key=message.key).exists():
            raise
        errors = {}
    state = _state(number, user)
    return JsonResponse({"state": state, "errors": errors, "conflicts": _conflicts(message, state, errors)})


def _closed(case: Case, user: User) -> str:
    """Why this person can no longer work on this case, or nothing."""
    if case.state == CaseState.CALLED_OFF:
        return Refused(states.CALLED_OFF).sentence
    return "" if queries.is_on_team(case, user) else _("You are no longer on the team of this case.")


def _state(number: str, user: User) -> dict[str, Any]:
    case = Case.objects.get(number=number)
    return attached.state_of(case, user, queries.last_record(case), shares.part_of_officer(case, user))


def _message(request: HttpRequest) -> Message | None:
    if request.content_type == "application/json":
        try:
            data = json.loads(request.body)
        except (ValueError, RecursionError):
            return None
    else:
        data = request.POST.dict()
    if not isinstance(data, dict):
        return None
    key, kind = data.get("key"), data.get("kind")
    known = isinstance(key, str) and 8 <= len(key) <= LONGEST_KEY and kind in KINDS
    return Message(str(key), str(kind), data) if known else None


def _conflicts(message: Message, state: dict[str, Any], errors: dict[str, str]) -> dict[str, str]:
    """The fields of a draft that somebody else wrote differently: what stands there now."""
    if message.kind != "draft":
        return {}
    typed, now = _texts(message.data.get("fields")), state["values"]
    return {
        name: now.get(name, "")
        for name, value in typed.items()
        if name not in errors and merging.spelled(value) != now.get(name, "")
    }


def _number(found: object) -> int:
    return found if isinstance(found, int) else 1


def _texts(found: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _begin(_request: HttpRequest, case: Case, user: User, message: Message) -> dict[str, str]:
    if case.state == CaseState.ASSIGNED:  # else a colleague was first
        said = {name: str(message.data.get(name) or "") for name in ("service", "served_to", "witness", "no_notice")}
        commands.begin_visit(actor=user, case_id=case.pk, key=message.key, **begun_with(said))
    return {}


def _draft(_request: HttpRequest, case: Case, user: User, message: Message) -> dict[str, str]:
    record = _newest(case)
    typed = _texts(message.data.get("fields"))
    form = record_form(case, record, {"version": "1", **typed}, shares.part_of_officer(case, user))
    form.is_valid()
    errors = {name: " ".join(map(str, found)) for name, found in form.errors.items() if name in typed}
    fields = {name: value for name, value in typed.items() if name not in errors}
    if fields.get("inspected_on"):
        fields["inspected_on"] = form.cleaned_data["inspected_on"].isoformat()
    visiting.keep_draft(
        actor=user,
        case_id=case.pk,
        round_seen=_number(message.data.get("round")),
        fields=fields,
        base=_texts(message.data.get("base")),
        key=message.key,
    )
    return errors


def _photo(request: HttpRequest, case: Case, user: User, message: Message) -> dict[str, str]:
    file = request.FILES.get("file")
    sent = file.read(photos.LIMIT_BYTES + 1) if file else b""
    kept = photos.scan(sent) if message.kind == "scan" else photos.photo(sent, as_evidence=bool(message.data.get("evidence")))
    asked = str(message.data.get("item") or "")
    item = int(asked) if asked.isdecimal() else None
    if not Photo.objects.filter(case=case, item=item, sent_sha256=kept.sent_sha256, withdrawn_at=None).exists():
        visiting.keep_photo(actor=user, case_id=case.pk, kept=kept, kind=message.kind, item=item, key=message.key)
    return {}


def _submit(_request: HttpRequest, case: Case, user: User, message: Message) -> dict[str, str]:
    record = _newest(case)
    if record.submitted_at is None:
        commands.submit_record(actor=user, case_id=case.pk, version=record.version, key=message.key)
    return {}


def _acknowledge(_request: HttpRequest, case: Case, user: User, message: Message) -> dict[str, str]:
    data = {name: str(message.data.get(name) or "") for name in ("content_hash", "kind_of", "name", "witness", "remark", "drawn")}
    kind = data.pop("kind_of")
    visiting.acknowledge_record(actor=user, case_id=case.pk, kind=kind, key=message.key, **data)
    return {}


def _sign(_request: HttpRequest, case: Case, user: User, message: Message) -> dict[str, str]:
    shown, drawn = str(message.data.get("content_hash") or ""), str(message.data.get("drawn") or "-")
    commands.sign_record(actor=user, case_id=case.pk, content_hash=shown, drawn=drawn, key=message.key)
    return {}


def _newest(case: Case) -> Record:
    record = queries.last_record(case)
    if record is None:
        raise Refused(states.TOO_EARLY["save"])
    return record


KINDS = {
    "begin": _begin,
    "draft": _draft,
    "photo": _photo,
    "scan": _photo,
    "submit": _submit,
    "acknowledge": _acknowledge,
    "sign": _sign,
}
"""What a phone may send, in the order of a visit. A signature sent like this is drawn; the password is asked on the page only."""
