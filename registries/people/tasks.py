"""The timer of accounts: many failed sign-ins ring, break-glass accounts close, old tries and sessions go."""

from celery import shared_task
from django.conf import settings

from registries import clock
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.people import queries, rules, throttle
from registries.people.emergencies import close_glass, glass_to_close, raise_alarm
from registries.people.models import Alarm
from registries.people.sessions import SessionStore


@shared_task(name="registries.sweep_accounts", acks_late=True)
def sweep_accounts() -> None:
    """One pass. May run twice."""
    now, system = clock.now(), queries.system_user()
    each(lambda pk: close_glass(actor=system, glass_id=pk), glass_to_close(now), Refused)
    late = throttle.of_late(now)
    last = Alarm.objects.filter(kind=Alarm.Kind.TRIES).values_list("raised_at", flat=True).first()
    if rules.is_alarming(failures=late.failures, most=settings.SIGN_IN_ALARM, last=last, now=now):
        raise_alarm(actor=system, failures=late.failures, accounts=late.accounts, addresses=late.addresses)
    throttle.forget_old(now)
    SessionStore.clear_expired()
