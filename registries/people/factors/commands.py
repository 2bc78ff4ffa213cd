"""The writers of second factors. No key and no code stands in the ledger; what was tried, and how it ended, does.

A wrong code is counted, so it must be committed: ``enter_code`` and ``enter_recovery_code`` refuse only while locked, and
answer by the row that they return (``accepted``).
"""

import datetime as dt
from collections.abc import Sequence

from registries import clock
from registries.ledger.change import Change, alter, leaving, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.factors import codes, queries, rules
from registries.people.factors.codes import Recovery
from registries.people.factors.models import Factor, RecoveryCode
from registries.people.models import User


def accepted(change: Change) -> bool:
    """Whether the code of this try was right."""
    return isinstance(change.obj, Factor) and change.obj.wrong == 0


@command("registries.enrol_factor")
def enrol_factor(*, actor: User, key: str, code: str, recovery: Sequence[Recovery]) -> Change:
    """Set up the own authenticator, or another one in place of it; ``code`` shows that the phone has ``key``.

    All other sessions of the account end, because they did not pass this factor.
    """
    now = clock.now()
    step = codes.step_of(key, code, now)
    if step is None:
        refuse_now(say("This code does not fit. Scan the picture again, and see that date and time of the phone are right."))
    factor = Factor.objects.select_for_update(no_key=True).filter(user=actor).first() or Factor(user=actor)
    before = bool(factor.enrolled_at)
    gone = _without_recovery(factor)
    factor.secret, factor.enrolled_at, factor.cleared_at = key, now, None
    factor.last_step, factor.wrong, factor.locked_until = step, 0, None
    factor.save()
    return Change(actor, {"second_factor": before}, {"second_factor": True}, also=(factor, *_with_recovery(factor, recovery)), gone=gone)


@command("registries.renew_recovery_codes")
def renew_recovery_codes(*, actor: User, recovery: Sequence[Recovery]) -> Change:
    """Ten new recovery codes; the old ones work no more. Refuses without a second factor."""
    factor = _standing(actor)
    gone = _without_recovery(factor)
    return Change(actor, {}, {"recovery_codes": len(recovery)}, also=tuple(_with_recovery(factor, recovery)), gone=gone)


@command("registries.drop_factor")
def drop_factor(*, actor: User) -> Change:
    """Turn the own second factor off. Refuses whose role needs one."""
    refuse(rules.why_not_drop(must=queries.must_have(actor)))
    return _off(actor, _standing(actor), cleared_at=None)


@command("registries.clear_factor")
def clear_factor(*, actor: User, user_id: int) -> Change:
    """Clear the second factor of somebody whose phone is lost; their sessions end, and who needs one sets it up anew."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_clear(own=user.pk == actor.pk))
    return _off(user, _standing(user), cleared_at=clock.now())


@command("registries.enter_code")
def enter_code(*, actor: User, code: str, purpose: str) -> Change:
    """Try a code of the authenticator; ``purpose`` is one of ``words.NOTES``. Refuses while locked, and a code for the second time."""
    factor, now = _to_try(actor)
    if (step := codes.step_of(factor.secret, code, now, after=factor.last_step)) is not None:
        return alter(factor, note=purpose, last_step=step, wrong=0, locked_until=None)
    if codes.step_of(factor.secret, code, now) is not None:
        refuse_now(say("This code was used already. Wait for the next one, at most 30 seconds."))
    return _wrong(factor, purpose, now)


@command("registries.enter_recovery_code")
def enter_recovery_code(*, actor: User, code: str, purpose: str) -> Change:
    """Try a recovery code; each works once. Wrong ones are counted together with those of the authenticator."""
    factor, now = _to_try(actor)
    kept = RecoveryCode.objects.select_for_update(no_key=True).filter(factor=factor, mark=code[: codes.MARK], used_at=None).first()
    if kept is None or not codes.opens(kept.hashed, code):
        return _wrong(factor, purpose, now)
    kept.used_at = now
    kept.save(update_fields=["used_at"])
    done = alter(factor, note=purpose, wrong=0, locked_until=None)
    return Change(factor, done.before, {**done.after, "recovery_code": kept.mark}, purpose, also=(kept,))


def _standing(user: User) -> Factor:
    """The factor of this person, locked until the command ends."""
    factor = Factor.objects.select_for_update(no_key=True).filter(user=user, enrolled_at__isnull=False).first()
    if factor is None:
        refuse_now(say("This account has no second factor."))
    return factor


def _to_try(actor: User) -> tuple[Factor, dt.datetime]:
    factor, now = _standing(actor), clock.now()
    refuse(rules.why_not_try(locked_until=factor.locked_until, now=now))
    return factor, now


def _wrong(factor: Factor, purpose: str, now: dt.datetime) -> Change:
    wrong, until = rules.after_wrong(factor.wrong, now)
    return alter(factor, note=purpose, wrong=wrong, locked_until=until)


def _off(user: User, factor: Factor, cleared_at: dt.datetime | None) -> Change:
    gone = _without_recovery(factor)
    alter(factor, secret="", enrolled_at=None, cleared_at=cleared_at, wrong=0, locked_until=None)
    return Change(user, {"second_factor": True}, {"second_factor": False}, also=(factor,), gone=gone)


def _without_recovery(factor: Factor) -> tuple[tuple[str, int], ...]:
    rows = RecoveryCode.objects.filter(factor=factor) if factor.pk else RecoveryCode.objects.none()
    gone = leaving(rows)
    rows.delete()
    return gone


def _with_recovery(factor: Factor, recovery: Sequence[Recovery]) -> list[RecoveryCode]:
    made = [RecoveryCode(factor=factor, mark=one.mark, hashed=one.hashed) for one in recovery]
    for row in made:
        row.save(force_insert=True)
    return made
