"""The forms of a page, filled in as a person in a hurry would: whatever is empty gets something that fits its kind."""

import datetime as dt
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile

from registries import clock
from tests import factories

WORDS = "示例说明"
FILE = b"%PDF-1.4 sample"


class Form(NamedTuple):
    """A form as sent: where to, with what; ``pressed`` is the button."""

    action: str
    fields: dict[str, list[Any]]
    pressed: str

    @property
    def shape(self) -> tuple[str, ...]:
        """What tells it from another form of the same address."""
        return (self.pressed, *sorted(self.fields))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[Any]], list[tuple[str, str]]]] = []
        self._open: tuple[str, dict[str, list[Any]], list[tuple[str, str]]] | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = (given.get("action", ""), {}, []) if given.get("method", "").lower() == "post" else None
        elif self._open is None:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given.get("name", "")
            self._open[1].setdefault(self._select, [])
        elif tag == "option" and self._select:
            chosen = self._open[1][self._select]
            if given.get("value") and ("selected" in given or not chosen):
                chosen[:] = [given["value"]]
        elif tag == "textarea":
            self._area = given.get("name", "")
            self._open[1][self._area] = [WORDS]
        elif tag == "button" and given.get("name"):
            self._open[2].append((given["name"], given.get("value", "")))

    def _input(self, given: dict[str, str]) -> None:
        assert self._open is not None
        name, kind, fields = given.get("name", ""), given.get("type", "text"), self._open[1]
        if kind == "submit":
            self._open[2].extend([(name, given.get("value", ""))] if name else [])
        elif kind == "radio":
            if "checked" in given or not fields.get(name):
                fields[name] = [given.get("value", "on")]
        elif kind == "checkbox":
            if "checked" in given or given.get("value", "on").isdecimal():
                fields.setdefault(name, []).append(given.get("value", "on"))
        elif name:
            fields[name] = [given.get("value") or _fitting(name, kind)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.forms.append(self._open)
            self._open = None
        elif tag == "select":
            self._select = ""


def _fitting(name: str, kind: str) -> Any:
    today = clock.today()
    if kind == "password" or "password" in name:
        return factories.PASSWORD
    if kind == "file":
        return SimpleUploadedFile("sample.pdf", FILE, "application/pdf")
    if kind == "date":
        return (today + dt.timedelta(days=20 if "due" in name or "until" in name else 0)).isoformat()
    if kind == "datetime-local":
        return f"{today + dt.timedelta(days=1)}T10:00"
    if kind == "email" or name == "email":
        return "someone@example.org"
    if name in ("uscc", "old_number", "id_number", "ratio_percent"):
        return ""
    if name in ("code", "number", "username"):
        return "abc123"
    return "1" if kind == "number" else "" if kind == "hidden" else WORDS


def forms_of(page: str, where: str) -> list[Form]:
    """Every form of a page that is sent by POST, once for each of its buttons."""
    reader = _Reader()
    reader.feed(page)
    found = []
    for action, fields, buttons in reader.forms:
        fields.pop("csrfmiddlewaretoken", None)
        for name, value in buttons or [("", "")]:
            sent = fields | ({name: [value]} if name else {})
            found.append(Form(urljoin(where, action) if action else where, sent, f"{name}={value}"))
    return found
