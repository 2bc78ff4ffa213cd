"""``python3 manage.py demo [--once] [--port N] [--data DIR]``: a county at work on this machine.

Prepares the data folder (keys, database), loads the sample county through the importers and commands, starts web,
worker and beat, walks one draw to publication and serves until Ctrl-C. A second start on the same data goes on from
where the first one stopped. It speaks English, as Django's own commands do; the pages speak Chinese.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.demo import accounts, keys
from config.demo.serve import ROOT, Stack, StackFailed, port_taken

log = logging.getLogger("config.demo")
MANY_FALLS = 3  # of one process within a minute


class DemoFailed(Exception):
    """The demo cannot go on; the message is one sentence for the person at the keyboard."""


def main(argv: Sequence[str]) -> int:
    """Run the demo; the exit status: 0 stopped or walked, 1 with the reason, 130 interrupted before it was ready."""
    options = _parser().parse_args(argv)
    os.umask(0o077)  # the data folder is its owner's alone
    signal.signal(signal.SIGINT, _interrupt)  # also where the shell started this in the background, deaf to it
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        data = _data_folder(options.data)
        with alone(data):
            if options.port and port_taken(options.port):
                raise DemoFailed(f"Port {options.port} is taken: end what uses it, or choose another with --port.")
            return _demo(data, options.port, once=options.once)
    except (DemoFailed, StackFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Stopped before the demo was ready; the same command goes on from here.")
        return 130


def say(sentence: str) -> None:
    """Tell the person at the keyboard, with the time of day."""
    print(f"{time.strftime('%H:%M:%S')}  {sentence}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("manage.py demo", description="A sample county with everything running.")
    parser.add_argument("--once", action="store_true", help="stop after one draw has been walked to publication")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are (8000; 0 takes any free port)")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "demo", help="the data folder (var/demo)")
    return parser


def _demo(data: Path, port: int, *, once: bool) -> int:
    start = time.monotonic()
    os.environ.update(environment(data))
    with _explained(data, "The demo could not be prepared"):
        _prepare(data)
    with Stack(data, port) as stack:
        say(f"Web, worker and beat are running, {time.monotonic() - start:.0f} seconds after the start: {stack.url}/")
        with _explained(data, "The walk through one draw failed"):
            _walk(stack.url, data)
        if not once:
            _print_addresses(stack.url, data)
            _serve(stack)
        say("Stopping …")
    say("Stopped.")
    return 0


def environment(data: Path) -> dict[str, str]:
    """The environment of a demo on the folder `data`; makes its keys the first time."""
    return {
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data}/sunlot.sqlite3",
        "CELERY_BROKER_URL": "fsqueue://localhost/",
        "DEMO": "1",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": "8",
        **keys.make(data / "keys"),
    }


def _prepare(data: Path) -> None:
    """Database and county, each only as far as it is not there yet."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from config.demo import office

    call_command("migrate", verbosity=0, interactive=False)
    office.load(say, data)
    connections.close_all()


def _walk(url: str, data: Path) -> None:
    from config.demo import walk

    walk.walk(url, data, say)


def _print_addresses(url: str, data: Path) -> None:
    from config.demo.county.workbooks import TO_TRY

    print(f"\n  Public pages   {url}/\n  Office         {url}/office/\n  Administration {url}/admin/\n")
    people = accounts.kept(data)
    name_width, role_width = (
        max((len(getattr(person, field)) for person in people), default=0) for field in ("username", "role")
    )
    for person in people:
        second = f"  second factor {person.second_factor}" if person.second_factor else ""
        print(f"  {person.username:<{name_width}}  {person.password}  {person.role:<{role_width}}  {person.name}{second}")
    print(f"\n  These accounts are kept in {data / accounts.FILE}, the logs in {data / 'logs'}.")
    print(f"  To try an import as a clerk: the workbooks in {data / 'workbooks'}, of which “{TO_TRY}” is not loaded yet.\n", flush=True)
    say("Ctrl-C stops everything.")


def _serve(stack: Stack) -> None:
    """Stay until Ctrl-C or SIGTERM; a process that falls is started again, unless it keeps falling."""
    falls: dict[str, deque[float]] = {}
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)
            for name in stack.fallen():
                times = falls.setdefault(name, deque(maxlen=MANY_FALLS))
                times.append(time.monotonic())
                if len(times) == MANY_FALLS and times[-1] - times[0] < 60:
                    raise StackFailed(f"The {name} process keeps falling:\n{stack.tail(name)}")
                say(f"The {name} process ended by itself; starting it again.")
                stack.start(name)


def _data_folder(data: Path) -> Path:
    """The folder, made and writable, or a sentence."""
    data = data.expanduser().resolve()
    try:
        (data / "logs").mkdir(parents=True, exist_ok=True)
        probe = data / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DemoFailed(f"The data folder {data} cannot be written to ({error.strerror}): choose another with --data.") from None
    return data


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """One demo at a time on one data folder."""
    with (data / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoFailed(f"Another demo is running on {data}: stop it, or choose another folder with --data.") from None
        yield


@contextlib.contextmanager
def _explained(data: Path, what: str) -> Iterator[None]:
    """Whatever goes wrong inside becomes a sentence; the traceback goes to the demo's log."""
    try:
        yield
    except (DemoFailed, StackFailed):
        raise
    except Exception as error:
        path = data / "logs" / "demo.log"
        handler = logging.FileHandler(path, encoding="utf-8")
        log.addHandler(handler)
        log.propagate = False  # the person at the keyboard gets the sentence
        log.exception(what)
        handler.close()
        log.removeHandler(handler)
        raise DemoFailed(f"{what}: {error} (the details are in {path})") from error


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
