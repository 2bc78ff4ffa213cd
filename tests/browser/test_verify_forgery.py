"""The browser's verifier before the same forgeries as the other two: it says what the product says, and never breaks."""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from inspections.draws.files import FILES
from inspections.draws.verify import MATCH, MISMATCH, REFUSED, verify_bundle
from tests.forgeries import bundles, forgeries

if TYPE_CHECKING:
    from playwright.sync_api import Page

VERIFY = Path(__file__).resolve().parents[2] / "static" / "verify"
BATCH = 500
EXITS = {"match": MATCH, "mismatch": MISMATCH, "refused": REFUSED}
CHECK = """forged => forged.map(([name, file, data]) => {
  const files = Object.assign({}, window.originals[name]);
  files[file] = window.bytes(data);
  try {
    const work = SunlotProtocol.check(files);
    let step = work.next();
    while (!step.done) { step = work.next(); }
    return [step.value.verdict, step.value.file];
  } catch (error) { return ["crash", String(error)]; }
})"""


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def prepare(page: Page) -> None:
    """The verifier's scripts in an empty page, and the right bundles."""
    for script in ("sha256.js", "bundle.js", "teams.js", "protocol.js"):
        page.add_script_tag(content=(VERIFY / script).read_text("utf-8"))
    right = {name: {file.removesuffix(".txt"): text(data) for file, data in files.items()} for name, files in bundles().items()}
    page.evaluate(
        """right => {
          window.bytes = data => Uint8Array.from(atob(data), c => c.charCodeAt(0));
          window.originals = right;
          for (const files of Object.values(right)) { for (const name of Object.keys(files)) { files[name] = window.bytes(files[name]); } }
        }""",
        right,
    )


@pytest.mark.parametrize("number", [2000, pytest.param(100_000, marks=pytest.mark.full)])
def test_no_forgery_matches_in_the_browser(page: Page, number: int) -> None:
    prepare(page)
    forged, seen = forgeries(number, seed=number), Counter[tuple[str, int]]()
    for start in range(0, number, BATCH):
        batch = forged[start : start + BATCH]
        said: list[Any] = page.evaluate(CHECK, [[one.name, one.file.removesuffix(".txt"), text(one.data)] for one in batch])
        for forgery, (verdict, file) in zip(batch, said, strict=True):
            if verdict == "match" and forgery.is_another_true_history:
                continue
            assert EXITS.get(verdict) in (MISMATCH, REFUSED), (forgery, verdict, file)
            assert EXITS[verdict] == verify_bundle(forgery.files).exit, (forgery, verdict, file)
            assert file in FILES, (forgery, verdict, file)
            seen[forgery.file, EXITS[verdict]] += 1
    assert {file for file, code in seen if code == MISMATCH} == set(FILES)
