"""The writer of the holiday table: a year, whole."""

from collections.abc import Sequence

from registries import clock
from registries.holidays import rules
from registries.holidays.models import HolidayDay, HolidayYear
from registries.holidays.rules import Day
from registries.ledger.change import Change, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("registries.save_holidays")
def save_holidays(*, actor: User, year: int, seen: int, notice: str, days: Sequence[Day], reason: str = "") -> Change:
    """Keep the arrangement of a year as a new edition; ``seen`` is the edition that the person saw (0 = none).

    What was counted by an earlier edition stays as it was; dates that waited for the year are completed by the sweep.
    """
    held = HolidayYear.objects.select_for_update(no_key=True).filter(year=year).order_by("-edition").first()
    now = held.edition if held is not None else 0
    if now != seen:
        refuse_now(say("Somebody saved this year since you opened it. Look at what stands there now, then save again."))
    if held is not None and sorted(held.days.values_list("day", "works", "name")) == sorted(map(tuple, days)):
        refuse_now(say("Nothing was changed."))
    refuse(rules.why_not_save(year, days, notice=notice, reason=reason, edition=now + 1))
    made = HolidayYear(
        year=year, edition=now + 1, notice=notice.strip(), reason=reason.strip(), saved_by=actor, saved_at=clock.now()
    )
    change = created(made)
    kept = HolidayDay.objects.bulk_create(HolidayDay(held=made, day=one.day, works=one.works, name=one.name) for one in sorted(days))
    after = {"off": rules.written(one for one in days if not one.works), "worked": rules.written(one for one in days if one.works)}
    return Change(made, {}, {**change.after, **after}, also=tuple(kept))
