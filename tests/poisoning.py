"""Forty texts that would be scripts if a page forgot to escape, and a database full of them. For the tests.

Each of them, run or parsed as markup, leaves a trace: an attribute ``data-xss`` or ``on…``, an element ``xss``, a ``javascript:`` address.
"""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

PAYLOADS: tuple[str, ...] = (
    "<script data-xss>alert(1)</script>",
    "<img data-xss src=x onerror=alert(1)>",
    "<svg data-xss onload=alert(1)>",
    '"><script data-xss>alert(1)</script>',
    "'><script data-xss>alert(1)</script>",
    '"><img data-xss src=x onerror=alert(1)>',
    "'\"><svg/onload=alert(1) data-xss>",
    '" onmouseover="alert(1)" data-xss="',
    "' onmouseover='alert(1)' data-xss='",
    "x onfocus=alert(1) autofocus data-xss",
    '" autofocus onfocus="alert(1)',
    "</title><script data-xss>alert(1)</script>",
    "</textarea><script data-xss>alert(1)</script>",
    "</script><script data-xss>alert(1)</script>",
    "</style><img data-xss src=x onerror=alert(1)>",
    "--><script data-xss>alert(1)</script>",
    "]]><script data-xss>alert(1)</script>",
    "<!--><img data-xss src=x onerror=alert(1)>",
    "javascript:alert(1)//data-xss",
    "<a data-xss href=javascript:alert(1)>x</a>",
    "<a data-xss href='jav&#x09;ascript:alert(1)'>x</a>",
    "<iframe data-xss srcdoc='<script>alert(1)</script>'>",
    "<iframe data-xss src=javascript:alert(1)>",
    "<object data-xss data=javascript:alert(1)>",
    "<embed data-xss src=javascript:alert(1)>",
    "<form data-xss action=javascript:alert(1)><button>x",
    "<math data-xss><a xlink:href=javascript:alert(1)>x",
    "<base data-xss href=//evil.example/>",
    "<meta data-xss http-equiv=refresh content=0;url=//evil.example>",
    "<link data-xss rel=stylesheet href=//evil.example/x.css>",
    "<style data-xss>@import'//evil.example'</style>",
    "<p data-xss style=background:url(//evil.example)>x",
    "<details data-xss open ontoggle=alert(1)>",
    "<video data-xss><source onerror=alert(1)></video>",
    "<body data-xss onload=alert(1)>",
    "{{7*7}}<xss>{% debug %}",
    "${alert(1)}<xss>",
    "\\u003cscript data-xss\\u003ealert(1)\\u003c/script\\u003e",
    "&lt;script data-xss&gt;alert(1)&lt;/script&gt;",
    "＜script data-xss＞alert(1)＜/script＞",
)
SHORT = ('"><xss>', "'><xss>", "<xss>", "</a><xss>", "</script><xss>"[:14], "'\"<xss>")
"""For columns that hold less."""
NAMES_THINGS = {
    "key", "number", "public_id", "username", "password", "code", "sha256", "token", "state", "slug", "verb", "seed", "digest", "nonce", "document_word",
    "first_name", "last_name", "email", "object_id", "body", "content_type", "version", "source", "moment", "public_key", "ics", "address_part", "ground",
}  # fmt: skip
"""Columns by which things are found, or that hold what a program wrote; a person types none of them."""


def poisonable() -> Iterator[tuple[type[models.Model], list["models.CharField[Any, Any] | models.TextField[Any, Any]"]]]:
    """Every column that a person types into, by table."""
    for label in ("registries", "inspections", "publicity"):
        for model in apps.get_app_config(label).get_models():
            fields = [
                field
                for field in model._meta.local_concrete_fields
                if isinstance(field, models.CharField | models.TextField)
                and not (field.choices or field.unique or field.primary_key or field.name in NAMES_THINGS)
                and not field.name.endswith(("_hash", "_sha256", "_id", "_code", "_number", "_digest"))
                and (field.max_length is None or field.max_length >= len(SHORT[2]))
            ]
            if fields:
                yield model, fields


def poison() -> dict[str, int]:
    """Write payloads into every such column of every row, past the commands; column → rows. What the database refuses stays."""
    done: dict[str, int] = {}
    turn = 0
    for model, fields in poisonable():
        if not model._base_manager.exists():
            continue
        for field in fields:
            most = field.max_length or 10_000
            fitting = [one for one in PAYLOADS if len(one) <= most] or list(SHORT)
            try:
                with transaction.atomic():
                    filled = [pk for pk, value in model._base_manager.values_list("pk", field.name)[:80] if value]
                    for at, pk in enumerate(filled):
                        model._base_manager.filter(pk=pk).update(**{field.name: fitting[(turn + at) % len(fitting)][:most]})
                        done[f"{model.__name__}.{field.name}"] = at + 1
            except (DatabaseError, ValueError, TypeError):
                done.pop(f"{model.__name__}.{field.name}", None)
            turn += 7
    return done


class Found(HTMLParser):
    """What of the payloads became markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.traces: list[str] = []
        self.json: list[str] = []
        self.kind = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Ours never look like this."""
        names = dict(attrs)
        odd = [name for name in names if name == "data-xss" or name.startswith("on") or name in ("srcdoc", "style")]
        aimed = [name for name in ("href", "src", "action", "data", "formaction", "xlink:href") if (names.get(name) or "").strip().lower().startswith(("javascript:", "//", "data:", "vbscript:"))]
        inline = tag == "script" and "src" not in names and names.get("type") not in ("application/json", "application/ld+json")
        if odd or aimed or inline or tag in ("xss", "iframe", "object", "embed", "base"):
            self.traces.append(self.get_starttag_text() or tag)
        self.kind = names.get("type") or "" if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        """JSON in a page is JSON."""
        if self.kind.endswith("json"):
            self.json.append(data)


def traces(html: str) -> list[str]:
    """What of the payloads became markup in this page; none, if it escapes. JSON in it is read."""
    parser = Found()
    parser.feed(html)
    for text in parser.json:
        if text.strip():
            json.loads(text)
    return parser.traces
