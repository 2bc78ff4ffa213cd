"""What a person does with the own sign-in: signing in and out, the own sessions."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from registries import clock
from registries.ledger import record
from registries.ledger.change import translated
from registries.ledger.context import visitor
from registries.pages import act, signed_in
from registries.people import commands, passwords, queries, rules, sessions, throttle
from registries.people.access import PUBLIC, access
from registries.people.factors import passing
from registries.people.factors import queries as factors
from registries.people.forms import SignInForm
from registries.people.models import Session, User
from registries.people.roles import Role

SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def device_of(request: HttpRequest) -> str:
    """The browser in a few words, as it says itself: for its person to recognise, nothing is decided by it."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    return " · ".join(filter(None, (system, browser))) or re.sub(r"[^\w ./-]", "", agent)[:40]


class SignIn(LoginView):
    """Account and password. A try is counted before the password is looked at; what fails reads the same and costs the same."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    tried = throttle.Try(evaluated=True, last=False, written=False)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Why the last session is over, if one is."""
        why = rules.ENDED.get(self.request.GET.get("ended", ""))
        return super().get_context_data(ended=translated(why) if why is not None else "", **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count, then look. A form with an empty field is no try."""
        if request.POST.get("username", "").strip() and request.POST.get("password", ""):
            self.tried = throttle.counted(request.POST["username"], visitor(request))
        return super().post(request, *args, **kwargs) if self.tried.evaluated else self._locked()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """It is this person: a session of their own, after the second step where they have one (``factors/views.py``)."""
        user = form.get_user()
        throttle.succeeded(user.get_username(), visitor(self.request))
        if isinstance(user, User) and factors.since(user) is not None:
            passing.hold(self.request, user, self.get_success_url())
            return redirect("sign-in-code")
        answer = super().form_valid(form)
        if isinstance(user, User):
            passing.confirm(self.request)
            begin(self.request, user)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """It failed: written down without what was typed."""
        account = User.objects.filter(username=form.cleaned_data.get("username", "")).first()
        nobody = queries.public_user()
        if self.tried.written or self.tried.last:
            verb = record.SIGN_IN_LOCKED if self.tried.last else record.SIGN_IN_FAILED
            record.record_sign_in(verb, actor_id=nobody.pk, account=account)
        return self._locked() if self.tried.last else super().form_invalid(form)

    def _locked(self) -> HttpResponse:
        answer = render(self.request, "registration/locked.html", status=429)
        answer.headers["Retry-After"] = str(int(throttle.WINDOW.total_seconds()))
        return answer


def begin(request: HttpRequest, user: User) -> None:
    """The session has begun: of whom, where, whether it ends another; written down, and the person told of tries since the last one."""
    before = queries.before(user)
    Session.objects.filter(pk=request.session.session_key).update(device=device_of(request)[:80])
    ended = sessions.end(user, "newer", keep=request.session.session_key) if Role.SUPERVISOR in user.role_codes else 0
    record.record_sign_in(record.SIGN_IN, actor_id=user.pk, account=user, facts={"sessions": ended} if ended else {})
    if ended:
        messages.warning(request, _("Your session on another device has ended: supervisors have one at a time."))
    if before.failed:
        text = ngettext(
            "Since your last sign-in somebody failed %(count)s time to sign in with your account. If it was not you, tell the security administrator.",
            "Since your last sign-in somebody failed %(count)s times to sign in with your account. If it was not you, tell the security administrator.",
            before.failed,
        )
        messages.warning(request, text % {"count": before.failed})


class SignOut(LogoutView):
    """The session's row goes, and what the browser has kept of the office's pages. Unsent visits on a phone stay (docs/adr/0011)."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End it."""
        user = request.user
        answer = super().post(request, *args, **kwargs)
        if isinstance(user, User):
            record.record_sign_in(record.SIGN_OUT, actor_id=user.pk, account=user)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


sign_in = access(PUBLIC)(SignIn.as_view())
sign_out = access(PUBLIC)(SignOut.as_view())


@access("registries.use_office")
@require_GET
def own_account(request: HttpRequest) -> HttpResponseBase:
    """The own sign-ins: this one, the one before, tries since, sessions on other devices, how old the password is."""
    user, now = signed_in(request), clock.now()
    context = {
        "sessions": [(row, row.pk == request.session.session_key) for row in queries.sessions_of(user, now)],
        "before": queries.before_present(user, request.session.session_key),
        "password_until": passwords.good_until(user),
        "idle": int(sessions.idle().total_seconds() // 60),
        "hours": int(sessions.absolute().total_seconds() // 3600),
        "one_only": Role.SUPERVISOR in user.role_codes,
    }
    return render(request, "office/people/own_account.html", context)


@access("registries.use_office")
@require_GET
def here(request: HttpRequest) -> HttpResponse:
    """Whoever types a long form is there; the middleware writes it down."""
    return HttpResponse(content_type="text/plain")


@access("registries.end_own_sessions")
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one or all of the own sessions on other devices."""
    only = next((row.pk for row in queries.sessions_of(signed_in(request), clock.now()) if row.mark == request.POST.get("session")), None)
    if request.POST.get("session") and only is None:
        messages.error(request, _("This session is over already."))
    else:
        act(
            request, commands.end_own_sessions, done=_("The session has ended."), keep=request.session.session_key or "", only=only
        )
    return redirect("own-account")
