"""The message catalogue: what the code says (extraction), what the translator wrote (``.po``), what Django reads (``.mo``).

Babel does the work, so that a machine without gettext can do all of it. The English of a message is its msgid; only
Chinese has a catalogue. What may be said, and the words chosen, stand in the code and in ``locale/``.
"""

from __future__ import annotations

import argparse
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileParser, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
FLOORS = ("config", "registries", "inspections", "publicity")
CONSOLE = ("config/demo/", "config/testing/")  # speak English to the person at the keyboard, like Django's own commands
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "N_", "say", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_DATED = datetime(2026, 1, 1, tzinfo=UTC)  # a date that changed with every merge would only make noise
_PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\-+]*[\d.]*[a-zA-Z]|\{(\w*)(?:![rsa])?(?::[^{}]*)?\}|%[#0\-+]*[\d.]*([sdfr])")


def main(argv: Sequence[str]) -> int:
    """``manage.py catalogue [--merge FILE…]``: add new messages, drop those that are gone, take over given Chinese.

    Says what is still to translate; the exit status is 0 either way, since the catalogue test is the judge.
    """
    parser = argparse.ArgumentParser("manage.py catalogue", description="Bring the catalogue up to what the code says.")
    parser.add_argument("--merge", nargs="+", type=Path, default=[], metavar="FILE", help="po fragments whose Chinese counts")
    options = parser.parse_args(argv)
    messages = in_code()
    translated = read(PO) if PO.exists() else Catalog(locale="zh_Hans", fuzzy=False)
    write(merge(messages, translated, [read(path) for path in options.merge]), PO)
    compile_stale(PO.parents[2])
    left = faults(messages, read(PO))
    print(*left, f"{len(messages)} messages, {len(left)} faults.", sep="\n")
    return 0


def compile_stale(locale: Path) -> None:
    """Compile every ``.po`` under `locale` whose ``.mo`` is missing or older, by atomic replacement."""
    for po in locale.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            part = mo.with_name(f".{mo.name}.{os.getpid()}")
            with part.open("wb") as out:
                write_mo(out, read(po))
            part.replace(mo)


def read(path: Path) -> Catalog:
    """The catalogue in the ``.po`` file `path`; a file that is no catalogue raises babel's PoFileError."""
    catalogue = Catalog(locale="zh_Hans", fuzzy=False)
    PoFileParser(catalogue, ignore_obsolete=False, abort_invalid=True).parse(path.read_text(encoding="utf-8").splitlines())
    return catalogue


def write(catalogue: Catalog, path: Path) -> None:
    """Write `catalogue` to `path`, sorted by place in the code, without line numbers (they only make noise)."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_by_file=True, include_lineno=False, width=120, include_previous=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())


def in_code(root: Path = ROOT) -> Catalog:
    """Every message of the Python files and templates under `root`, with the files it stands in."""
    found = Catalog(locale="zh_Hans", fuzzy=False)
    for path in sorted(_files(root)):
        place = path.relative_to(root).as_posix()
        for _line, message, comments, context in _messages(path):
            found.add(message, None, [(place, 0)], auto_comments=comments, context=context)
    return found


def _files(root: Path) -> Iterator[Path]:
    for folder in (*FLOORS, "templates"):
        for suffix in ("py", "html", "txt", "xml", "svg"):
            for path in (root / folder).rglob(f"*.{suffix}"):
                if not path.relative_to(root).as_posix().startswith(CONSOLE):
                    yield path


def _messages(path: Path) -> Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_bytes()
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # Templatized text has indentation that Python would refuse; inside a bracket it does not count.
        source = f"(\n{templatize(source.decode('utf-8'))}\n)".encode()
    for line, message, comments, context in extract("python", io.BytesIO(source), KEYWORDS, options={"encoding": "utf-8"}):
        if message and any(message if isinstance(message, tuple) else (message,)):
            yield line, message, comments, context


def merge(messages: Catalog, translated: Catalog, fragments: Iterable[Catalog] = ()) -> Catalog:
    """`messages` with the Chinese of `fragments` (the first that has it) or else of `translated`; nothing obsolete."""
    merged = Catalog(
        locale="zh_Hans", fuzzy=False, project="Sunlot", version="1", msgid_bugs_address="-", last_translator="-",
        language_team="-", header_comment="# The Chinese words of Sunlot.", revision_date=_DATED, creation_date=_DATED,
    )  # fmt: skip
    sources = [*fragments, translated]
    for wanted in messages:
        if not wanted.id:
            continue
        known = (source.get(_key(wanted), wanted.context) for source in sources)
        string = next((message.string for message in known if message and _filled(message)), None)
        plural = isinstance(wanted.id, tuple)
        if plural and isinstance(string, str):
            string = (string,)
        elif not plural and isinstance(string, (tuple, list)):
            string = string[0]
        merged.add(wanted.id, string, wanted.locations, context=wanted.context)
    return merged


def faults(messages: Catalog, translated: Catalog) -> list[str]:
    """What is wrong with `translated` as the catalogue of `messages`, one line each; empty when nothing is."""
    found = []
    for wanted in messages:
        if not wanted.id:
            continue
        message = translated.get(_key(wanted), wanted.context)
        if message is None:
            found.append(f"not in the catalogue: {wanted.id!r} ({wanted.locations[0][0]})")
        elif message.fuzzy or not _filled(message):
            found.append(f"not translated: {wanted.id!r} ({wanted.locations[0][0]})")
        elif _placeholders(message.id) != _placeholders(message.string):
            found.append(f"placeholders differ: {message.id!r} → {message.string!r}")
    found += [
        f"no longer in the code: {message.id!r}"
        for message in translated
        if message.id and messages.get(_key(message), message.context) is None
    ]
    return found + [f"obsolete entry: {key!r}" for key in translated.obsolete]


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def _filled(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(strings) and all(strings)


def _placeholders(text: str | tuple[str, ...] | list[str] | None) -> set[str]:
    """The names a sentence fills in, of all its plural forms together."""
    texts = (text,) if isinstance(text, str) else text or ()
    return {match.group(0) for one in texts for match in _PLACEHOLDER.finditer(one.replace("%%", ""))}
