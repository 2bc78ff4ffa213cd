"""What does not exist and what is not public yet answer alike: same bytes, same headers, and (with --full) no measurable difference in time."""

import math
import re
import secrets
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.test import Client

from inspections.cases.models import Case
from publicity.disclosures.commands import publish_case
from publicity.disclosures.models import new_public_id
from registries import clock
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usually("sqlite3")]


@pytest.fixture(autouse=True)
def _nobody_counts(settings: Any) -> None:
    """Many questions of one address; how much one may ask is told elsewhere."""
    settings.PUBLIC_REQUESTS_PER_MINUTE = 0


@pytest.fixture
def held() -> list[Case]:
    """Cases that nobody visited, that wait for review, that are reviewed and not released."""
    draw = make.drawn_draw(winners=3)
    cases = [make.case(draw) for _ in range(3)]
    make.recorded_case(cases[1], result=make.result("problem-pending"), findings="漏登")
    make.reviewed_case(cases[2])
    return cases


PATTERNS = ("/results/{}/", "/results/?q={}", "/api/v1/results/{}", "/api/v1/results?q={}", "/penalties/{}/", "/draws/{}/")
OF_THE_UNVISITED = (*PATTERNS, "/subjects/{}/")
"""Of an inspection that is over the page of its subject says by when its result will be public; before, it says nothing."""


def addresses(key: str, *, visited: bool) -> list[str]:
    return [pattern.format(quote(key)) for pattern in (PATTERNS if visited else OF_THE_UNVISITED)]


def answer(client: Client, address: str, method: str = "get") -> tuple[int, bytes, str]:
    """Status, body and headers; the address itself and what is new in every answer (nonces, times) taken out."""
    response = getattr(client, method)(address)
    asked = unquote(re.split(r"[/=]", address.rstrip("/"))[-1])
    body = response.getvalue() if response.streaming else response.content
    kept = {name: value for name, value in response.headers.items() if name not in ("Date", "ETag", "X-Request-ID")}
    for spelled in (asked, quote(asked), quote(quote(asked))):
        body = body.replace(spelled.encode(), "·".encode())
    text = re.sub(r"nonce-[\w+/=-]+", "", "\n".join(f"{n}: {v}" for n, v in kept.items())).replace(asked, "·")
    return response.status_code, body, text


def pairs(cases: list[Case]) -> list[tuple[str, str]]:
    """(what belongs to somebody and is not public, its like that never was): keys of cases and codes of subjects."""
    found: list[tuple[str, str]] = []
    for at, case in enumerate(cases):
        code, key, name = str(case.subject.public_id), str(case.number), case.subject.name
        for real, other in ((code, f"{code[:-4]}ZZZZ"), (key, f"{key[:-2]}ZZ"), (name, f"{name[:-1]}〇"), (new_public_id(), secrets.token_hex(16))):
            found += zip(addresses(real, visited=at > 0), addresses(other, visited=at > 0), strict=True)
    return found


@pytest.mark.proves("T9")
def test_absent_and_embargoed_answer_with_the_same_bytes(held: list[Case], time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)  # the foot tells the minute, and it may turn between two answers
    client = Client()
    for embargoed, absent in pairs(held):
        for method in ("get", "head"):
            assert answer(client, embargoed, method) == answer(client, absent, method), embargoed


def test_the_control_a_public_result_answers_otherwise(held: list[Case]) -> None:
    Case.objects.filter(pk=held[2].pk).update(released_at=held[2].reviewed_at)
    publish_case(actor=make.system(), case_id=held[2].pk)
    code = str(held[2].subject.public_id)
    assert answer(Client(), f"/results/?q={code}") != answer(Client(), f"/results/?q={code[:-4]}ZZZZ")


@pytest.mark.proves("T9")
def test_addresses_of_results_cannot_be_guessed() -> None:
    ids = {new_public_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)
    assert not any(int(b, 16) - int(a, 16) == 1 for a, b in pairwise(sorted(ids)))


def rank_test(one: list[float], other: list[float]) -> float:
    """The two-sided p of Mann and Whitney, by the normal approximation."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total = sum(rank for rank, (_value, side) in enumerate(ranked, 1) if side == 0)
    n, m = len(one), len(other)
    u = total - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


@pytest.mark.full
@pytest.mark.proves("T9")
def test_a_thousand_of_each_differ_in_neither_bytes_nor_time(
    capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    """Interleaved, so that a slow minute of the machine hits both alike. The bytes are asserted, the times are told."""
    count = 1000
    draw = make.drawn_draw(winners=count, reserves=0)
    codes = [str(row.subject.public_id) for row in draw.roster.select_related("subject")[:count]]
    client = Client()
    client.get("/results/?q=x")
    spent: tuple[list[float], list[float]] = ([], [])
    seen: set[tuple[int, bytes]] = set()
    for at, code in enumerate(codes):
        asked = [(0, code), (1, secrets.token_hex(9).upper())]
        for side, key in asked if at % 2 else reversed(asked):
            start = time.perf_counter()
            response = client.get(f"/results/?q={key}")
            spent[side].append(time.perf_counter() - start)
            body = re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d", b"", response.content)  # the foot tells the minute
            seen.add((response.status_code, body.replace(key.encode(), b"")))
    assert len(seen) == 1
    p = rank_test(*spent)
    medians = [statistics.median(side) * 1000 for side in spent]
    figure = f"{count} + {count}: median {medians[0]:.2f} ms embargoed, {medians[1]:.2f} ms absent, rank test p = {p:.3f}"
    record_property("figure", figure)
    with capsys.disabled():
        print(f"\n{figure}")  # noqa: T201
