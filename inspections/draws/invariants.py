"""What must always hold of draws: exact public facts for every order, one result each that computes again, none stuck."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Max

from inspections.draws import agreeing, queries
from inspections.draws.after import lines_of
from inspections.draws.files import text_of
from inspections.draws.models import Draw
from inspections.draws.states import DrawState
from inspections.draws.struck import results_of
from registries import clock
from registries.codes.models import Serial
from registries.ledger.findings import Finding, invariant, late
from registries.ledger.models import LedgerPayload
from registries.ledger.record import lock_head
from registries.ledger.sentences import Sentence, say

STUCK_AFTER = dt.timedelta(seconds=60)
OVERDUE_AFTER = dt.timedelta(minutes=30)
Facts = dict[str, list[dict[str, Any]]]


@invariant("draws")
def draws() -> Iterator[Sentence | Finding]:
    """Every order ever committed, one after the other; then what the ledger says of orders that are not there."""
    facts = _facts()
    with transaction.atomic():
        lock_head()
        wrong = list(_numbers_astray())
    yield from wrong
    for draw in queries.public_draws().order_by("pk").iterator(chunk_size=200):
        if _astray(draw, facts.pop(str(draw), {})):
            with transaction.atomic():  # the office works on: look again while nobody is half-way through a change
                lock_head()
                again = queries.public_draws().get(pk=draw.pk)
                wrong = _astray(again, _facts(body__contains=f'"draw":"{draw}"').get(str(again), {}))
            yield from wrong
    for number in sorted(facts):
        yield say("The ledger speaks of an order %(number)s that is not there.", number=number)


def _astray(draw: Draw, facts: Facts) -> list[Sentence]:
    return [*_facts_astray(draw, facts), *agreeing.order_astray(draw)]


def _numbers_astray() -> Iterator[Sentence]:
    serials = Serial.objects.filter(series__startswith="draw/").values_list("series", "last")
    last = {series.partition("/")[2]: number for series, number in serials}
    numbers = queries.public_draws().values_list("number", flat=True)
    return agreeing.numbers_astray((number or "" for number in numbers), last)


def _facts(**asked: str) -> dict[str, Facts]:
    """Draw number → action → the payloads of its public facts, in order."""
    found: dict[str, Facts] = defaultdict(lambda: defaultdict(list))
    rows = LedgerPayload.objects.filter(public=True, **asked).order_by("entry_id").values_list("entry__action", "body")
    for action, body in rows.iterator():
        payload = json.loads(body)
        found[str(payload.get("draw"))][action].append(payload)
    return found


def _facts_astray(draw: Draw, facts: Facts) -> Iterator[Sentence]:
    """Exactly one commitment; a result if it was drawn and one more for each that was struck, which the next one names; one void if
    it was voided; the replacements of every result; the last value of every source."""
    results = draw.corrections + 1 if draw.drawn_at is not None else 0
    wanted = {"draws.commit": 1, "draws.result": results, "draws.void": int(draw.voided_at is not None)}
    for action, count in wanted.items():
        if len(facts.get(action, ())) != count:
            yield say(
                "Order %(number)s has %(count)s entries %(action)s in the ledger; it must have %(wanted)s.",
                number=str(draw),
                count=len(facts.get(action, ())),
                action=action,
                wanted=count,
            )
    told = {
        "order": {fact.get("order") for rows in facts.values() for fact in rows} - {draw.order_hash, None},
    }
    if any(told.values()) or _results(facts) != _results_kept(draw):
        yield say("What the ledger published of order %(number)s is not what is kept of it.", number=str(draw))
    if [fact.get("line") for fact in facts.get("draws.replace", ())] != [text_of(line) for was in results_of(draw) for line in lines_of(was)]:
        yield say("The replacements of draw %(number)s are not those of the ledger.", number=str(draw))
    values = {fact.get("source"): fact.get("value") for fact in facts.get("draws.source", ())}
    kept = {f"source.{position}": value for position, value in draw.sources.exclude(value="").values_list("position", "value")}
    if values != kept:
        yield say("The values of the sources of order %(number)s are not those of the ledger.", number=str(draw))


def _results(facts: Facts) -> list[tuple[Any, Any]]:
    """The results of the ledger in order, each with the one that it strikes."""
    return [(fact.get("result"), fact.get("strikes", "")) for fact in facts.get("draws.result", ())]


def _results_kept(draw: Draw) -> list[tuple[str, str]]:
    kept = [was.result_hash for was in results_of(draw)] if draw.drawn_at is not None else []
    return list(zip(kept, ["", *kept], strict=False))


@invariant("open orders")
def open_orders() -> Iterator[Sentence | Finding]:
    """No order waits with its sources in; one whose planned moment is long past is late, and the public sees it so."""
    now = clock.now()
    due = queries.due_draws(now - STUCK_AFTER).annotate(settled=Max("sources__settled_at"))
    stuck = due.filter(settled__lte=now - STUCK_AFTER)
    for number in stuck.values_list("number", flat=True):
        yield say("Order %(number)s has all its values and was not drawn.", number=number)
    overdue = Draw.objects.filter(state=DrawState.COMMITTED, planned__lt=now - OVERDUE_AFTER)
    for number in overdue.exclude(pk__in=stuck.values("pk")).values_list("number", flat=True):
        yield late("open orders", say("Order %(number)s is overdue: it has no result yet.", number=number))
    uncertified = queries.draws_without_certificate().filter(drawn_at__lt=now - OVERDUE_AFTER)
    for number in uncertified.values_list("number", flat=True):
        yield late("open orders", say("Draw %(number)s has no certificate yet.", number=number))
