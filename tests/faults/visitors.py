"""People at work on a running product, over HTTP: each confirms subjects of ``rounds.py``, one click after the other, and notes what was answered."""

import http.client
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CSRF = "f" * 32


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not a way to go."""

    def redirect_request(self, *_: object) -> None:
        return None


def confirm(url: str, session: str, key: str, timeout: float = 40) -> int:
    """One click on “confirm as of today”; the status, or 0 where no answer came."""
    body = urllib.parse.urlencode({"version": 1, "csrfmiddlewaretoken": CSRF}).encode()
    request = urllib.request.Request(f"{url}/office/subjects/{key}/verify/", body, {"Cookie": f"sessionid={session}; csrftoken={CSRF}"})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=timeout) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0


@dataclass
class Load:
    """Every click: when it began and ended, for which subject, and the status."""

    clicks: list[tuple[float, float, str, int]] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[str]:
        """The subjects whose confirmation was answered with the way back to their page."""
        return [key for _began, _ended, key, status in self.clicks if status == 302]

    def errors(self, since: float, until: float) -> int:
        """Clicks begun in this time that were not answered well."""
        return sum(since <= began < until and status != 302 for began, _ended, _key, status in self.clicks)

    def first_good(self, since: float) -> float:
        """How long after this moment the first click ended well."""
        return min((ended for _began, ended, _key, status in self.clicks if status == 302 and ended > since), default=float("inf")) - since


@contextmanager
def at_work(url: str, session: str, keys: list[str], people: int = 4, each_per_second: float = 12.5) -> Iterator[Load]:
    """So many people until the block ends, 50 clicks a second together where the machine can."""
    load, waiting, over, lock = Load(), list(reversed(keys)), threading.Event(), threading.Lock()

    def work() -> None:
        while not over.is_set():
            with lock:
                key = waiting.pop()
            began = time.monotonic()
            status = confirm(url, session, key)
            ended = time.monotonic()
            with lock:
                load.clicks.append((began, ended, key, status))
            over.wait(max(0.0, 1 / each_per_second - (ended - began)))

    threads = [threading.Thread(target=work) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        over.set()
        for thread in threads:
            thread.join()
