"""Atom feeds (RFC 4287, paged by RFC 5005): the newest results, narrowed as the search is, and what was corrected or taken down.

Ids are tag URIs and never change; ``updated`` is the moment the version in force was made.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from publicity.opendata import results
from publicity.opendata.asking import SIZE, read
from publicity.opendata.datasets import CORRECTIONS, RESULTS
from publicity.opendata.dictionary import ANNULLED, CHANGES, STATEMENT
from publicity.opendata.fields import moment_text
from publicity.opendata.serving import Refusal, open_while_stands
from publicity.site import marks
from registries.ledger.sentences import say
from registries.people.access import PUBLIC, access

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml; charset=utf-8"
BORN = "2026"
"""The year in the tag URIs: when the names began, not when anything was made."""
BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""When a feed was last changed that has no entry yet."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Xml.register_namespace("", ATOM)


class Entry(NamedTuple):
    """What an entry says: the end of its id, its title, its address, when it changed and was first there, its text, its categories."""

    name: str
    title: str
    address: str
    updated: dt.datetime
    published: dt.datetime
    summary: str
    categories: tuple[tuple[str, str], ...] = ()


def tag(name: str) -> str:
    """A tag URI (RFC 4151) under the name of the site."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},{BORN}:{name}"


@access(PUBLIC)
@open_while_stands(marks.results)
def newest(request: HttpRequest) -> HttpResponse:
    """The newest results; the query string is that of the search, so that there is a feed of every matter, place and unit."""
    asked = read(RESULTS.parameters, dict(request.GET.lists()))
    size, after = asked.pop("size", SIZE), asked.pop("after", "")
    page = results.page(asked, after, size)
    if page is None:
        raise Refusal(404, say("There is no row of this key to go on from."))
    told = "、".join(str(value) for value in asked.values())
    title = _("Inspection results: %(asked)s") % {"asked": told} if told else _("Inspection results")
    query = {name: str(value) for name, value in asked.items()}
    return _feed("results", title, query, page.after, size, map(_entry_of_result, page.rows))


def _entry_of_result(row: results.Row) -> Entry:
    told: dict[str, Any] = dict(zip(RESULTS.names, row, strict=True))
    who = told["subject_name"] or _("%(category)s (published as a count only)") % {"category": told["category"]}
    outcome = told["result"] or _("result awaits review")
    lines = ["、".join(told["matter_names"]), told["unit"], told["town"], _("inspected on %(day)s") % {"day": told["inspected_on"]}, outcome, told["findings"]]
    categories = [(code, name) for code, name in zip(told["matter_codes"], told["matter_names"], strict=True)]
    return Entry(
        f"result/{told['id']}", f"{who}：{outcome}", told["url"], told["changed_at"], told["published_at"], "；".join(line for line in lines if line), tuple(categories)
    )


@access(PUBLIC)
@open_while_stands(marks.results)
def corrections(request: HttpRequest) -> HttpResponse:
    """Everything that was corrected, completed or taken down."""
    asked = read(CORRECTIONS.parameters[-2:], dict(request.GET.lists()))
    size, after = asked.get("size", SIZE), asked.get("after", "")
    entries = [_entry_of_correction(row) for row in results.corrections()]
    start = next((at for at, entry in enumerate(entries, start=1) if entry.name == after), 0)
    if after and not start:
        raise Refusal(404, say("There is no row of this key to go on from."))
    some = entries[start : start + size]
    following = some[-1].name if start + size < len(entries) else ""
    return _feed("corrections", _("Corrections and removals"), {}, following, size, some)


def _entry_of_correction(row: results.Row) -> Entry:
    told: dict[str, Any] = dict(zip(CORRECTIONS.names, row, strict=True))
    what = dict(CHANGES)[told["what"]]
    name = f"result/{told['id']}/removal"
    if told["version"] is not None:
        name = f"result/{told['id']}/version/{told['version']}"
    elif told["what"] == STATEMENT:
        name = f"result/{told['id']}/statement/{told['at'].timestamp():.0f}"
    elif told["what"] == ANNULLED:
        name = f"penalty/{told['id']}/removal"
    summary = "；".join(line for line in (told["explanation"], told["basis"]) if line) or str(what)
    return Entry(name, f"{what}：{told['id']}", told["url"], told["at"], told["at"], summary)


# --- the document ----------------------------------------------------------------------------------------------------


def _feed(name: str, title: str, query: dict[str, str], following: str, size: int, entries: Iterable[Entry]) -> HttpResponse:
    made = list(entries)
    address = f"{settings.PUBLIC_URL}/feeds/{name}.atom"
    called = f"feed/{name}{f'?{urlencode(query)}' if query else ''}"
    root = Xml.Element(f"{{{ATOM}}}feed")
    _text(root, "id", tag(called))
    _text(root, "title", f"{title} – {settings.BUREAU_NAME}")
    _text(root, "updated", moment_text(max((entry.updated for entry in made), default=BEGINNING)))
    _link(root, "self", f"{address}{f'?{urlencode(query)}' if query else ''}", "application/atom+xml")
    _link(root, "alternate", f"{settings.PUBLIC_URL}/{'results/' if name == 'results' else 'opendata/'}", "text/html")
    if following:
        _link(root, "next", f"{address}?{urlencode({**query, 'size': size, 'after': following})}", "application/atom+xml")
    _text(_part(root, "author"), "name", settings.BUREAU_NAME)
    _text(root, "rights", settings.OPENDATA_LICENCE_URL)
    for entry in made:
        _entry(root, entry)
    return HttpResponse(Xml.tostring(root, "utf-8", xml_declaration=True), content_type=TYPE)


def _entry(root: Xml.Element, entry: Entry) -> None:
    element = _part(root, "entry")
    _text(element, "id", tag(entry.name))
    _text(element, "title", entry.title)
    _text(element, "updated", moment_text(entry.updated))
    _text(element, "published", moment_text(entry.published))
    _link(element, "alternate", entry.address, "text/html")
    for term, label in entry.categories:
        _part(element, "category", term=term, label=label)
    _text(element, "summary", entry.summary)


def _part(parent: Xml.Element, name: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{ATOM}}}{name}", {key: _ILLEGAL.sub("\ufffd", value) for key, value in attributes.items()})


def _text(parent: Xml.Element, name: str, text: str) -> None:
    _part(parent, name).text = _ILLEGAL.sub("\ufffd", str(text))


def _link(parent: Xml.Element, rel: str, address: str, kind: str) -> None:
    _part(parent, "link", rel=rel, href=address, type=kind)
