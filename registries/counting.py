"""How often an address has done something lately, counted for all processes and machines together in Redis.

Where the queue is no Redis, or Redis does not answer, each process counts for itself: a limit that is a few times too mild is better than
a page that waits. After a failure Redis is left alone for some seconds. What is counted stands under a digest, so that Redis holds no address.
"""

import functools
import hashlib
import ipaddress
import threading
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache

PATIENCE = 0.2
"""Seconds Redis has to answer."""
REST = 5.0
"""Seconds it is left alone after it did not."""
_SCRIPT = "local n = redis.call('INCRBY', KEYS[1], ARGV[2]) if n == tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n"
_lock = threading.Lock()
_rests_until = 0.0


def counted(what: str, address: str, window: int, now: float, amount: int = 1) -> int:
    """How often (or by `amount` how much) `address` has done `what` in this window of `window` seconds, this time included."""
    key = f"sunlot/asked/{_digest(what, whole(address))}/{window}/{int(now // window)}"
    shared = _shared(key, window, amount)
    return _own(key, window, amount) if shared is None else shared


def whole(address: str) -> str:
    """An address as it is counted: of IPv6 the network of a household or office (/64), which may use every address of it."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(one, ipaddress.IPv6Address):
        return str(one.ipv4_mapped or ipaddress.ip_network((one, 64), strict=False))
    return str(one)


def _digest(*words: str) -> str:
    return hashlib.blake2b("\n".join(words).encode(), digest_size=12, key=settings.SECRET_KEY.encode()[:64]).hexdigest()


@functools.cache
def _client(url: str) -> Any:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0))


def _shared(key: str, window: int, amount: int) -> int | None:
    """The count of all; None where there is none."""
    global _rests_until
    if not settings.LIMITS_URL or time.monotonic() < _rests_until:
        return None
    from redis.exceptions import RedisError

    try:
        return int(_client(settings.LIMITS_URL).eval(_SCRIPT, 1, key, window + 1, amount))
    except (RedisError, OSError):
        with _lock:
            _rests_until = time.monotonic() + REST
        return None


def _own(key: str, window: int, amount: int) -> int:
    """The count of this process."""
    if cache.add(key, amount, window):
        return amount
    try:
        return int(cache.incr(key, amount))
    except ValueError:  # it ran out in between
        return amount
