"""The results and disposals that a case's record may hold: those that its matters name, in the revisions the case runs under. Reads only."""

from collections.abc import Iterable
from typing import NamedTuple

from inspections.cases.models import Case, Record
from inspections.cases.rules import Draft
from registries.codes.models import Code, CodeTable, ResultGroup
from registries.matters.queries import vocabulary_together

NEVER_EXCLUDED = (ResultGroup.NOT_INSPECTABLE, ResultGroup.REFUSED)
"""Groups of results that may come out of every visit, whatever its matters name."""


class Offered(NamedTuple):
    """Results, what they mean here (by key), and per result (by key) the disposals that may follow it."""

    results: list[Code]
    meanings: dict[int, str]
    disposals: dict[int, list[Code]]

    @property
    def all_disposals(self) -> list[Code]:
        """Every disposal that may follow one of the results, once."""
        codes = {code.pk: code for given in self.disposals.values() for code in given}
        return sorted(codes.values(), key=lambda code: (code.position, code.code))

    @property
    def told(self) -> list[tuple[Code, list[Code]]]:
        """The results after which not every disposal offered may follow, each with those that may."""
        whole = len(self.all_disposals)
        return [(code, self.disposals[code.pk]) for code in self.results if len(self.disposals[code.pk]) < whole]


NOTHING = Offered([], {}, {})


def offered(case: Case, record: Record | None = None) -> Offered:
    """What may be chosen in the record of this case, and what ``record`` holds already. Three queries."""
    found = vocabulary_together(list(case.matters.values_list("revision_id", flat=True)))
    kept = {pk for pk in (record.result_id, record.disposal_id) if pk} if record is not None else set()
    codes = list(Code.objects.filter(table__in=(CodeTable.RESULT, CodeTable.DISPOSAL)))
    every = [code for code in codes if code.table == CodeTable.DISPOSAL and code.active]
    results = {code.pk: code for code in found.results if code.active or code.pk in kept}
    disposals = {pk: _in_use(given, kept) for pk, given in found.disposals.items() if pk in results}
    for code in codes:
        always = code.active and code.group in NEVER_EXCLUDED
        if code.table == CodeTable.RESULT and code.pk not in results and (always or code.pk in kept):
            results[code.pk], disposals[code.pk] = code, every
    return Offered(list(results.values()), found.meanings, disposals)


def may_follow(case: Case, record: Record, draft: Draft) -> dict[int, str] | None:
    """The disposals (key → label) that the matters of the case name after the result chosen; None where no disposal is."""
    if draft.result_id is None or draft.disposal_id is None:
        return None
    given = offered(case, record).disposals.get(draft.result_id)
    return {code.pk: code.label for code in given} if given is not None else None


def _in_use(codes: Iterable[Code], kept: set[int]) -> list[Code]:
    return [code for code in codes if code.active or code.pk in kept]
