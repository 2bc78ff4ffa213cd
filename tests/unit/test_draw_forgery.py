"""Whatever one field of a right bundle is changed to, the product's verifier and the offline script say mismatch or refuse; neither breaks.

The browser's verifier stands before the same forgeries in ``tests/browser/test_verify_forgery.py``.
"""

from collections import Counter
from types import ModuleType

import pytest

from inspections.draws.files import FILES
from inspections.draws.verify import MATCH, MISMATCH, REFUSED, verify_bundle
from tests.forgeries import Forgery, forgeries
from tests.verify_script import load

counts = pytest.mark.parametrize("number", [6000, pytest.param(100_000, marks=pytest.mark.full)])


def product_exit(forgery: Forgery) -> tuple[int, str]:
    verdict = verify_bundle(forgery.files)
    return verdict.exit, verdict.file if verdict.reason else ""


def script_exit(script: ModuleType, forgery: Forgery) -> tuple[int, str]:
    try:
        script.verify({file.removesuffix(".txt"): data for file, data in forgery.files.items()})
    except script.FaultError as fault:
        return fault.code, fault.file
    return MATCH, ""


@counts
def test_no_forgery_matches_and_both_say_the_same(number: int) -> None:
    script, seen = load(), Counter[tuple[str, int]]()
    for forgery in forgeries(number, seed=number):
        ours, theirs = product_exit(forgery), script_exit(script, forgery)
        if (ours[0], theirs[0]) == (MATCH, MATCH) and forgery.is_another_true_history:
            continue
        assert ours[0] in (MISMATCH, REFUSED), forgery
        assert theirs[0] == ours[0], (forgery, ours, theirs)
        assert ours[1] in FILES, forgery
        assert theirs[1] in FILES, forgery
        seen[forgery.file, ours[0]] += 1
    assert {file for file, code in seen if code == MISMATCH} == set(FILES)
    assert {file for file, code in seen if code == REFUSED} >= set(FILES) - {"result.txt"}
