"""How much one address may ask: search, sign-in, forms; counted together where there is Redis, and alone where it is gone."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client

from registries import counting

pytestmark = pytest.mark.django_db
needs_redis = pytest.mark.skipif(not configured.LIMITS_URL, reason="this pass has no Redis")


@pytest.fixture(autouse=True)
def _clean(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.PUBLIC_REQUESTS_PER_MINUTE = 1200
    monkeypatch.setattr(counting, "_rests_until", 0.0)
    settings.LIMITS_URL = ""
    yield
    cache.clear()


@pytest.mark.proves("T10")
def test_a_search_is_answered_sixty_times_a_minute_and_then_told_when_to_come_back(time_machine: Any, record_property: Callable[..., None]) -> None:
    time_machine.move_to("2026-03-01T10:00:05+08:00", tick=False)
    client = Client()
    answers = [client.get("/results/", {"q": f"旅馆{n % 3}"}) for n in range(62)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "55"
    assert "55" in answers[-1].content.decode()
    assert client.get("/results/").status_code == 200, "looking through the list is no search"
    record_property("figure", "60 of 62 searches in a minute answered, 2 told to wait 55 s")


def test_forged_forwarded_addresses_get_nobody_further(settings: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01T10:00:05+08:00", tick=False)
    for proxies, header in ((0, "10.0.0.{}"), (1, "10.0.0.{}, 192.0.2.1"), (1, "{}, x, 192.0.2.1"), (2, "{}, 192.0.2.1, 127.0.0.1")):
        cache.clear()
        settings.PROXY_COUNT = proxies
        settings.PUBLIC_SEARCHES_PER_MINUTE = 5
        answers = [Client().get("/results/", {"q": "a"}, headers={"x-forwarded-for": header.format(n)}).status_code for n in range(7)]
        assert answers == [200] * 5 + [429] * 2, (proxies, header)


def test_the_sign_in_page_and_the_public_form_have_limits_of_their_own(settings: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01T10:00:05+08:00", tick=False)
    settings.SIGN_INS_PER_MINUTE = settings.PUBLIC_FORMS_PER_MINUTE = 3
    for address in ("/office/sign-in/", f"/results/{'0' * 32}/objection/"):
        answers = [Client().post(address, {"username": f"x{n}", "password": "y"}).status_code for n in range(5)]
        assert answers[-2:] == [429, 429], address
        assert 429 not in answers[:3], address
        assert Client().get(address).status_code != 429, address


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    assert counting.whole("2001:db8:1:2::1") == counting.whole("2001:db8:1:2:ffff::9") != counting.whole("2001:db8:1:3::1")
    assert counting.whole("::ffff:192.0.2.1") == "192.0.2.1"
    assert counting.whole("unknown") == "unknown"


def test_a_redis_that_is_gone_costs_a_moment_once_and_the_process_counts_alone(settings: Any) -> None:
    settings.LIMITS_URL = "redis://127.0.0.1:1/0"
    assert [counting.counted("x", "192.0.2.1", 60, 0.0) for _ in range(3)] == [1, 2, 3]
    assert counting._rests_until > time.monotonic()


@needs_redis
@pytest.mark.engine("postgresql")
def test_processes_count_together_and_keep_no_address(settings: Any) -> None:
    settings.LIMITS_URL = configured.CELERY_BROKER_URL
    assert counting.counted("shared", "192.0.2.77", 60, 1e9) == 1
    cache.clear()
    counting._client.cache_clear()  # as another process begins
    assert counting.counted("shared", "192.0.2.77", 60, 1e9) == 2
    keys = [key.decode() for key in counting._client(settings.LIMITS_URL).keys("sunlot/asked/*/60/*")]
    assert keys
    assert not any("192.0.2.77" in key for key in keys)
    assert 0 < counting._client(settings.LIMITS_URL).ttl(keys[0]) <= 61
