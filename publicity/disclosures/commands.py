"""The writers of disclosures: a result goes out, becomes whole after its review, keeps every version it ever had.

Dates are noted in ``noting.py``, holds stand in ``holding.py``, penalties in ``penalising.py``.
"""

from dataclasses import replace

from django.conf import settings

from inspections.cases import secrecy
from inspections.cases.models import Case
from publicity.disclosures import queries, rules
from publicity.disclosures.copying import copied_from, on_line_until
from publicity.disclosures.models import Disclosure, DisclosureVersion
from publicity.disclosures.states import Because, Form
from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User

WITH_NAMES = ("subject__town", "unit", "draw")


@command("publicity.publish_case")
def publish_case(*, actor: User, case_id: int) -> Change:
    """Disclose a case: by name, or counts only where a category of the subject asks for it; reduced where it is not reviewed in time.

    Once per case; the database holds that too.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related(*WITH_NAMES).get(pk=case_id)
    now, uncleared = clock.now(), secrecy.uncleared(case)
    day = queries.publishing_day(now)
    refuse(
        rules.why_not_disclose(
            state=case.state,
            disclosed=Disclosure.objects.filter(case=case).exists(),
            released=case.released_at is not None,
            ended_on=case.ended_on,
            today=day,
            unasked_from=settings.DISCLOSURE_UNASKED_FROM_DAY,
            uncleared=uncleared,
            days=settings.DISCLOSURE_DAYS,
            held_until=queries.held_until(case.pk, now.date()),
        )
    )
    record = queries.record_to_show(case)
    if record is None or case.ended_on is None:
        refuse_now(say("Only a reviewed result can be disclosed."))
    dates = queries.dates_of(case, case.ended_on)
    disclosure = Disclosure(
        case=case,
        due_on=dates.promise,
        rolled_on=dates.rolled,
        working_on=dates.working,
        published_at=now,
        changed_at=now,
        shown_until=on_line_until(now.date(), case.subject),
        **copied_from(case, record, rules.form_due(state=case.state, uncleared=uncleared, last_day=True)),
    )
    change = created(disclosure)
    return replace(change, also=(_kept(disclosure),))


@command("publicity.complete_disclosure")
def complete_disclosure(*, actor: User, disclosure_id: int) -> Change:
    """Make a result whole that went out without its review or its secrecy check: a second version at the same address."""
    disclosure = Disclosure.objects.select_for_update(of=("self",), no_key=True).get(pk=disclosure_id)
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related(*WITH_NAMES).get(pk=disclosure.case_id)
    refuse(
        rules.why_not_complete(
            form=disclosure.form, state=case.state, uncleared=secrecy.uncleared(case), removed=disclosure.removed_at is not None
        )
    )
    record = queries.record_to_show(case)
    if record is None:
        refuse_now(say("Only a reviewed result can be disclosed."))
    now, number = clock.now(), disclosure.version + 1
    copied = copied_from(case, record, Form.WHOLE)
    made = DisclosureVersion.objects.create(
        disclosure=disclosure, number=number, because=Because.REVIEWED, made_at=now, **copied
    )
    change = alter(disclosure, version=number, changed_at=now, **copied)
    return replace(change, also=(made,))


def _kept(disclosure: Disclosure) -> DisclosureVersion:
    """The first version of a disclosure: its columns as they stand."""
    return DisclosureVersion.objects.create(
        disclosure=disclosure, number=1, made_at=disclosure.published_at, **disclosure.copied()
    )


@command("publicity.keep_first_version")
def keep_first_version(*, actor: User, disclosure_id: int) -> Change:
    """Keep the text of a result that was disclosed before there were versions as its first one."""
    disclosure = Disclosure.objects.select_for_update(of=("self",), no_key=True).get(pk=disclosure_id)
    if disclosure.versions.exists():
        refuse_now(say("This result has its versions already."))
    return Change(disclosure, also=(_kept(disclosure),))
