"""How a log line looks: one JSON object a line in production, words in the demo.

A line holds what is listed here and nothing else. Errors are told by their kind and where they happened, not by their text, which quotes rows.
Whatever stands in a value, it cannot begin a line of its own.
"""

import json
import logging
import re
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from config import tracing
from registries import clock

OWN = ("sunlot", "registries", "inspections", "publicity", "config", "gunicorn", "celery.beat")
"""Loggers whose words are ours: they are written out. Of others only the form of the sentence is."""
TOLD = ("user", "method", "route", "status", "ms", "task", "task_id", "state", "directive", "blocked", "page", "dropped")
"""What a line may carry beside the sentence."""
_HERE = Path(__file__).resolve().parent.parent
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MOST = 2000


class Lines(logging.Formatter):
    """JSON, one object a line: time, level, logger, sentence, number of the request, and what is told beside."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without an end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, clock.BEIJING).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": sentence(record)[:MOST],
            "request": tracing.number.get() or None,
            **beside(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = kinds(record.exc_info[1])
            line["where"] = where(record.exc_info[2])
        return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps({k: v for k, v in line.items() if v is not None}, ensure_ascii=False, default=str))


class Words(logging.Formatter):
    """For a person who tries things out: time, level, sentence; an error with its whole trace."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the trace of an error below it."""
        told = " ".join(f"{name}={value}" for name, value in beside(record).items() if value is not None)
        at = datetime.fromtimestamp(record.created, clock.BEIJING).strftime("%H:%M:%S")
        line = f"{at} {record.levelname} {record.name} {tracing.number.get()} {record.getMessage()} {told}".rstrip()
        line = _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def sentence(record: logging.LogRecord) -> str:
    """What is said. Django's lines of refused and failed requests name the address: only their first word stays."""
    if record.name.startswith(OWN):
        return record.getMessage()
    if record.name == "django.request":
        return str(record.args[0]) if isinstance(record.args, tuple) and record.args else str(record.msg)
    if record.name.startswith("django.security"):
        return "refused as unsafe"
    return str(record.msg)


def beside(record: logging.LogRecord) -> dict[str, Any]:
    """What stands beside the sentence, by the list."""
    told: dict[str, Any] = getattr(record, "told", None) or {}
    kept = {name: told[name] for name in TOLD if name in told}
    request = getattr(record, "request", None)
    if not kept and request is not None and hasattr(request, "path"):
        kept = {"method": request.method, "route": tracing.route(request), "status": getattr(record, "status_code", None)}
    return kept


def kinds(error: BaseException | None) -> list[str]:
    """The kinds of an error and of what caused it, with the database's own code where there is one; never their texts."""
    found: list[str] = []
    while error is not None and len(found) < 5:
        state = getattr(error, "sqlstate", None)
        found.append(f"{type(error).__module__}.{type(error).__qualname__}{f' {state}' if state else ''}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def where(trace: TracebackType | None) -> list[str]:
    """The last places of a trace: file, line, function; the innermost last."""
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-12:]]


def _short(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(_HERE)) if path.is_relative_to(_HERE) else "/".join(path.parts[-3:])
