"""Office pages of the second factor: the second step of signing in, setting it up, recovery codes, clearing somebody's."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.fields import seal, unseal
from registries.pages import act, signed_in
from registries.people.access import PUBLIC, access
from registries.people.factors import codes, commands, passing, proof, queries, rules
from registries.people.factors.forms import CodeForm, RecoveryForm, SetUpForm
from registries.people.models import User
from registries.people.own_views import begin
from registries.people.queries import people

OFFER = "factor_offer"
"""Where a session keeps the key that it offers, sealed, until a code shows that a phone has taken it."""


@access(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """After the password: the code of the authenticator, or a recovery code."""
    held = passing.waiting(request.session)
    if held is None:
        if request.session.pop(passing.WAITS, None):
            messages.warning(request, _("That took too long. Please sign in from the beginning."))
        return redirect("sign-in")
    by_recovery = request.GET.get("with") == "recovery"
    form = (RecoveryForm if by_recovery else CodeForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wrong = proof.why_not_code(held.user, form.cleaned_data["code"], proof.AT_SIGN_IN)
        if not wrong:
            passing.admit(request, held.user)
            begin(request, held.user)
            if not rules.is_code(rules.typed(form.cleaned_data["code"])):
                _warn_of_few(request, held.user)
            return redirect(held.goes_to)
        form.add_error("code", wrong)
    context = {"form": form, "by_recovery": by_recovery, "name": held.user.name}
    return render(request, "registration/second_step.html", context)


def _warn_of_few(request: HttpRequest, user: User) -> None:
    left = queries.recovery_left(user)
    said = ngettext(
        "This recovery code is used up; %(left)s is left. If the phone is lost, set up another one now on the page “Second factor”.",
        "This recovery code is used up; %(left)s are left. If the phone is lost, set up another one now on the page “Second factor”.",
        left,
    )
    messages.warning(request, said % {"left": left})


@access("registries.enrol_factor")
@require_GET
def own_factor(request: HttpRequest) -> HttpResponse:
    """Whether there is one, since when, how many recovery codes are left; and what can be done."""
    user = signed_in(request)
    context = {
        "since": queries.since(user),
        "must": queries.must_have(user),
        "left": queries.recovery_left(user),
        "few": queries.FEW,
        "of": rules.RECOVERY_CODES,
    }
    return render(request, "office/people/factor.html", context)


@access("registries.enrol_factor")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Three steps on one page: an app, the picture or the key, a first code. The answer shows the recovery codes, this once."""
    user, key = signed_in(request), _offered(request)
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = rules.typed(form.cleaned_data["code"])
        fits = codes.step_of(key, code, clock.now()) is not None
        shown, kept = codes.fresh_recovery() if fits else ([], [])  # hashing takes its time: not for a code that does not fit
        if act(request, commands.enrol_factor, form=form, key=key, code=code, recovery=kept):
            request.session.pop(OFFER, None)
            queries.forget(user)
            passing.keep(request, user)
            return _sheet(request, shown, fresh=True)
    factor = queries.factor_of(user)
    context = {
        "form": form,
        "must": queries.must_have(user),
        "since": queries.since(user),
        "cleared_at": factor.cleared_at if factor is not None else None,
        "key": rules.grouped(key),
        "qr": codes.picture(codes.address(key, username=user.username, issuer=settings.BUREAU_NAME)),
    }
    return _unkept(render(request, "office/people/factor_set_up.html", context))


def _offered(request: HttpRequest) -> str:
    """The key this session offers: the same until it is taken, so that the picture does not change under the phone."""
    if OFFER not in request.session:
        request.session[OFFER] = seal(codes.fresh_key(), OFFER)
    return unseal(request.session[OFFER], OFFER)


@access("registries.renew_recovery_codes")
@require_POST
def renew_recovery(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown on the page that answers, and never again."""
    shown, kept = codes.fresh_recovery()
    if act(request, commands.renew_recovery_codes, recovery=kept) is None:
        return redirect("own-factor")
    return _sheet(request, shown, fresh=False)


def _sheet(request: HttpRequest, shown: list[str], *, fresh: bool) -> HttpResponse:
    context: dict[str, Any] = {"codes": shown, "fresh": fresh, "account": signed_in(request), "made_at": clock.now()}
    return _unkept(render(request, "office/people/recovery_codes.html", context))


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@access("registries.drop_factor")
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Turn the own second factor off, where the role does not need one."""
    user = signed_in(request)
    if act(request, commands.drop_factor, done=_("The second factor is off. The password alone signs you in.")):
        queries.forget(user)
        passing.keep(request, user)
    return redirect("own-factor")


@access("registries.clear_factor")
@require_POST
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Clear the second factor of somebody whose phone is lost."""
    user = get_object_or_404(people(), pk=pk)
    act(request, commands.clear_factor, done=_("Cleared. Who needs a second factor sets it up anew at the next sign-in."), user_id=user.pk)
    return redirect("account", pk=pk)
