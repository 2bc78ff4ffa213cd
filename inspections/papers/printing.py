"""Documents as PDF: facts into a template, the template into bytes; one alone or many in one file.

The same facts give the same bytes. Nothing is printed on a machine without Chinese fonts.
"""

from collections.abc import Callable, Iterable
from typing import Any

import segno
from django.template.loader import render_to_string

from inspections.papers import facts, rules
from registries import paper

TITLES: dict[type, tuple[str, str]] = {
    facts.NoticeFacts: ("documents/notice.html", "行政检查通知书"),
    facts.PlanFacts: ("documents/plan.html", "抽查计划"),
    facts.ApprovalFacts: ("documents/approval.html", "行政检查审批表"),
    facts.IndexFacts: ("documents/case_index.html", "案卷目录"),
    facts.RectificationFacts: ("documents/rectification.html", "责令限期改正通知书"),
    facts.ExtensionFacts: ("documents/extension.html", "责令限期改正延期通知书"),
    facts.TransferFacts: ("documents/transfer.html", "移送函"),
    facts.ObjectionFacts: ("documents/objection.html", "异议答复书"),
}
RECORD, RESULT = "documents/record.html", "documents/result_form.html"
"""The two documents that are made of the same facts of a case."""


def html_of(what: Any, template: str = "") -> str:
    """The document of these facts, ready to be set; ``template`` where the facts serve more than one."""
    context: dict[str, Any] = {"it": what}
    if isinstance(what, facts.NoticeFacts):
        context |= {"qr": segno.make(what.address, error="m").svg_data_uri(scale=3, border=1), "check": rules.spelled_check(what.check)}
    return render_to_string(template or TITLES[type(what)][0], context)


def pdf_of(what: Any, template: str = "") -> bytes:
    """One document. Raises ``MissingFonts`` rather than print boxes."""
    return paper.pdf(html_of(what, template))


def pdf(html: str) -> bytes:
    """One document that is HTML already."""
    return paper.pdf(html)


def bound(documents: Iterable[str], progress: Callable[[int], bool]) -> paper.Bound | None:
    """Many documents in one PDF, each with page numbers of its own; ``progress`` is told how many are set, and may stop it."""
    return paper.bound(documents, progress)


def ready() -> bool:
    """Whether this machine can print Chinese."""
    return paper.fonts_present()
