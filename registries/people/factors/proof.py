"""Showing who one is: by the code of the authenticator, a recovery code, or the password where there is no second factor."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from registries.ledger import record
from registries.ledger.change import Refused
from registries.ledger.context import visitor, withheld
from registries.pages import signed_in
from registries.people import throttle
from registries.people.factors import commands, passing, queries, rules
from registries.people.models import User
from registries.people.queries import public_user

AT_SIGN_IN, TO_CONFIRM = gettext_noop("at sign-in"), gettext_noop("to confirm who acts")


def code_field(**more: Any) -> forms.CharField:
    """A field for the code of the authenticator; it takes a recovery code too."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", **more}
    return forms.CharField(
        label=gettext_lazy("Code of the authenticator"),
        max_length=40,
        widget=forms.TextInput(attrs=attrs),
        help_text=gettext_lazy("The six figures that your authenticator app shows now."),
        error_messages={"required": gettext_lazy("Enter the code.")},
    )


def password_field(**more: Any) -> forms.CharField:
    """A field for the own password."""
    return forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **more}),
        error_messages={"required": gettext_lazy("Enter your password.")},
    )


def ask(form: forms.Form, name: str, user: User) -> None:
    """Have this field ask for the code where the person has a second factor, and for the password where not."""
    if queries.since(user) is not None:
        asked_before, form.fields[name] = form.fields[name], code_field()
        form.fields[name].help_text = asked_before.help_text or form.fields[name].help_text


def why_not_code(user: User, text: str, purpose: str) -> str:
    """Try a code for this person. What was wrong, as a sentence; empty when it was right."""
    code = rules.typed(text)
    tried = commands.enter_code if rules.is_code(code) else commands.enter_recovery_code
    try:
        change = tried(actor=user, code=code, purpose=purpose)
    except Refused as refused:
        return refused.sentence
    if commands.accepted(change):
        return ""
    left = rules.WRONG_AT_MOST - change.after["wrong"]
    if left > 0:
        return _("This code is not right. %(left)s more wrong ones, and no code is taken for a quarter of an hour.") % {"left": left}
    return _("This code is not right, and too many were wrong: no code is taken for a quarter of an hour.")


def why_not_password(request: HttpRequest, user: User, text: str) -> str:
    """Try the own password of a person who is signed in; wrong ones are counted like those at sign-in. What was wrong, as a sentence."""
    place = user.username, visitor(request)
    tried = throttle.counted(*place) if text else None
    if tried is not None and not tried.evaluated:
        return _("Too many wrong passwords: none is taken for a quarter of an hour.")
    if tried is not None and user.check_password(text):
        throttle.succeeded(*place)
        return ""
    if tried is not None and (tried.written or tried.last):
        record.record_sign_in(record.SIGN_IN_LOCKED if tried.last else record.SIGN_IN_FAILED, actor_id=public_user().pk, account=user)
    return _("This is not your password.")


def why_not(request: HttpRequest, text: str) -> str:
    """Have the signed-in person confirm who they are; from then on the session counts as confirmed for a while.

    What was wrong, as a sentence; empty when it was right.
    """
    user = signed_in(request)
    has_factor = queries.since(user) is not None
    wrong = why_not_code(user, text, TO_CONFIRM) if has_factor else why_not_password(request, user, text)
    if not wrong:
        passing.confirm(request)
        withheld.set(frozenset())
    return wrong


def given(request: HttpRequest, form: forms.Form, name: str) -> bool:
    """Whether what was typed into this field of a valid form shows who they are; otherwise the field says what was wrong."""
    wrong = why_not(request, form.cleaned_data[name])
    if wrong:
        form.add_error(name, wrong)
    return not wrong
