"""Office pages for the own password, accounts with their roles, and units."""

import datetime as dt
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.ledger.change import translated
from registries.ledger.telling import history_told
from registries.pages import act, page_of, signed_in
from registries.people import commands, queries, rules, sessions
from registries.people.access import access
from registries.people.factors import queries as factors
from registries.people.forms import (
    AccountFilterForm,
    AccountForm,
    NewAccountForm,
    OwnPasswordForm,
    RoleForm,
    UnitForm,
)
from registries.people.models import PasswordReset, Unit, User
from registries.people.passwords import is_too_old, one_time
from registries.people.titles import titles


@access("registries.set_own_password")
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Choose an own password; the session stays, all others of the account end."""
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        change = act(
            request,
            commands.set_own_password,
            done=_("Your password was changed."),
            form=form,
            old_password=form.cleaned_data["old_password"],
            new_password=form.cleaned_data["new_password"],
        )
        if change is not None and isinstance(change.obj, User):
            update_session_auth_hash(request, change.obj)
            sessions.end(change.obj, "password", keep=request.session.session_key)
            return redirect("/office/")
    user = signed_in(request)
    context = {"form": form, "rules": password_validators_help_texts(), "must": user.must_change_password, "old": is_too_old(user)}
    return render(request, "registration/password_change.html", context)


# --- accounts ---------------------------------------------------------------------------------------------------------


def _matching(rows: QuerySet[User], form: AccountFilterForm) -> QuerySet[User]:
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        rows = rows.filter(Q(username__icontains=wanted["q"]) | Q(name__icontains=wanted["q"]))
    if wanted["role"] == "none":
        rows = rows.filter(groups__isnull=True)
    elif wanted["role"]:
        rows = rows.filter(groups__name=wanted["role"])
    if wanted["state"] == "unused":
        rows = rows.filter(queries.unused(clock.now()))
    elif wanted["state"]:
        rows = rows.filter(is_active=wanted["state"] == "enabled")
    return rows


@access("registries.view_accounts")
@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """All accounts of persons, filtered and paged."""
    form = AccountFilterForm(request.GET)
    listed = page_of(request, _matching(queries.people(), form))
    now = clock.now()
    rows = [
        (user, titles(group.name for group in user.groups.all()), rules.is_unused(last=user.last_login, created=user.created_at, now=now))
        for user in listed["page"]
    ]
    unused = queries.people().filter(queries.unused(now)).count()
    context = {"form": form, "rows": rows, "unused": unused, "may_create": signed_in(request).has_perm("registries.create_account")}
    return render(request, "office/people/account_list.html", {**listed, **context})


def _why_not_reset(guarded: bool, asked: PasswordReset | None, now: dt.datetime) -> str:
    why = rules.why_not_reset(guarded=guarded, asked=asked is not None, confirmed_at=asked.confirmed_at if asked else None, now=now)
    return translated(why) if why is not None else ""


def _account_page(request: HttpRequest, user: User, **more: Any) -> HttpResponse:
    """The page of one account. ``password`` among ``more`` is shown this once."""
    asking = signed_in(request)
    held = [group.name for group in user.groups.all()]
    guarded = rules.is_guarded(held)
    asked = queries.open_resets().filter(user=user).first() if guarded else None
    now = clock.now()
    context = {
        "guarded": guarded,
        "asked": asked,
        "why_not_reset": _why_not_reset(guarded, asked, now),
        "unused": rules.is_unused(last=user.last_login, created=user.created_at, now=now),
        "account": user,
        "roles": list(zip(held, (titles([code])[0] for code in held), strict=True)),
        "role_form": RoleForm(),
        "own": asking.pk == user.pk,
        "may_change": asking.has_perm("registries.change_account"),
        "may_grant": asking.has_perm("registries.grant_role"),
        "history": history_told(user, *user.resets.all()),
        "factor_since": factors.since(user),
        "factor_must": factors.must_have(user),
        "may_clear": asking.has_perm("registries.clear_factor"),
        **more,
    }
    response = render(request, "office/people/account.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@access("registries.view_accounts")
@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: who, which roles, what happened to it."""
    return _account_page(request, get_object_or_404(queries.people(), pk=pk))


@access("registries.create_account")
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account; its one-time password is shown on the page that answers, and never again."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        password = one_time()
        change = act(
            request,
            commands.create_account,
            form=form,
            username=wanted["username"],
            name=wanted["name"],
            unit_id=wanted["unit"].pk if wanted["unit"] else None,
            email=wanted["email"],
            password=password,
        )
        if change is not None:
            return _account_page(request, queries.people().get(pk=change.obj.pk), password=password, fresh=True)
    return render(request, "office/people/account_form.html", {"form": form})


@access("registries.change_account")
@require_http_methods(["GET", "POST"])
def account_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, unit and address of an account."""
    user = get_object_or_404(queries.people(), pk=pk)
    form = AccountForm(request.POST or None, initial={"name": user.name, "unit": user.unit, "email": user.email})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        if act(
            request,
            commands.change_account,
            done=_("The account was changed."),
            form=form,
            user_id=pk,
            name=wanted["name"],
            unit_id=wanted["unit"].pk if wanted["unit"] else None,
            email=wanted["email"],
        ):
            return redirect("account", pk=pk)
    return render(request, "office/people/account_form.html", {"form": form, "account": user})


@access("registries.view_accounts")
@require_POST
def account_switch(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Disable or enable an account."""
    get_object_or_404(queries.people(), pk=pk)
    if to == "disable":
        act(request, commands.disable_account, done=_("The account is disabled."), user_id=pk)
    else:
        act(request, commands.enable_account, done=_("The account is enabled."), user_id=pk)
    return redirect("account", pk=pk)


@access("registries.view_accounts")
@require_POST
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a one-time password, shown on the page that answers, and never again."""
    get_object_or_404(queries.people(), pk=pk)
    password = one_time()
    if act(request, commands.reset_password, user_id=pk, password=password) is None:
        return redirect("account", pk=pk)
    return _account_page(request, queries.people().get(pk=pk), password=password)


@access("registries.view_accounts")
@require_POST
def account_role(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Grant or revoke a role."""
    get_object_or_404(queries.people(), pk=pk)
    command = commands.grant_role if to == "grant" else commands.revoke_role
    done = _("The role was granted.") if to == "grant" else _("The role was revoked.")
    act(request, command, done=done, user_id=pk, role=request.POST.get("role", ""))
    return redirect("account", pk=pk)


# --- units ------------------------------------------------------------------------------------------------------------


@access("registries.view_units")
@require_GET
def unit_list(request: HttpRequest) -> HttpResponse:
    """All units, the bureau first."""
    rows = Unit.objects.select_related("parent")
    return render(
        request,
        "office/people/unit_list.html",
        {"rows": rows, "may_save": signed_in(request).has_perm("registries.save_unit")},
    )


@access("registries.save_unit")
@require_http_methods(["GET", "POST"])
def unit_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a unit, or change one."""
    unit = get_object_or_404(Unit, pk=pk) if pk is not None else None
    form = UnitForm(request.POST or None, instance=unit)
    if (
        request.method == "POST"
        and form.is_valid()
        and act(request, commands.save_unit, done=_("The unit was saved."), form=form, unit_id=pk, **form.values())
    ):
        return redirect("unit-list")
    title = Unit.objects.values_list("name", flat=True).get(pk=pk) if pk is not None else ""
    return render(request, "office/people/unit_form.html", {"form": form, "title": title})
