"""The verification page in a real browser: the template with its scripts, served over plain http and opened from a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.verify_site import LARGE, ROOT, VECTORS, files_of, make_large, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUNDLES = sorted(path.name for path in VECTORS.iterdir() if re.match("[0-9]-", path.name))
EXPECTED = [line.split("\t") for line in (VECTORS / "refused" / "EXPECTED.txt").read_text("utf-8").splitlines()]
PLACES = {"sources": "order.txt", "planned": "order.txt", "tags": "inspectors.txt"}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served() as address:
        yield address


def check(page: Page) -> str:
    """Press the button and wait for the verdict."""
    page.click("#verify-start")
    page.wait_for_selector("#verify[data-verdict]", state="attached", timeout=60_000)
    return page.get_attribute("#verify", "data-verdict") or ""


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_vector_matches_line_by_line(page: Page, site: str, bundle: str) -> None:
    errors: list[str] = []
    page.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type == "error" and "favicon" not in str(message.location) else None
        ),
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site}/verify/{bundle}")
    assert check(page) == "match"
    lines = files_of(bundle)["result"].decode().split("\n")[1:-1]
    teams = sum(line.startswith("team") for line in lines)
    assert page.locator("#verify-rows .chip-good").count() == min(200, len(lines) - teams)
    assert page.locator("#verify-teams .chip-good").count() == min(200, teams)
    assert page.locator("#verify-outcome .chip-bad").count() == 0
    assert page.locator("#verify-proves").is_visible()
    assert errors == []


def test_everything_out_of_form_is_refused_and_what_does_not_follow_is_a_mismatch(page: Page, site: str) -> None:
    wrong = []
    for bundle, code, place in EXPECTED:
        page.goto(f"{site}/verify/refused/{bundle}")
        verdict = check(page)
        start = place.split(":")[0]
        file = re.match(r"[a-z]+\.txt(?: line ([0-9]+))?", PLACES.get(start, start))
        assert file is not None
        said = page.inner_text("#verify-reason")
        named = file[0].split()[0] in said and (file[1] is None or file[1] in re.findall("[0-9]+", said))
        if verdict != {"1": "mismatch", "2": "refused"}[code] or not named:
            wrong.append((bundle, verdict, said))
    assert wrong == []


def test_a_changed_byte_is_a_mismatch_with_its_line(page: Page, site: str) -> None:
    data = files_of("6-larger")["result"].split(b"\n")
    data[4] = data[4][:-1] + (b"0" if data[4][-1:] != b"0" else b"1")
    page.route("**/result.txt", lambda route: route.fulfill(body=b"\n".join(data)))
    page.goto(f"{site}/verify/6-larger")
    assert check(page) == "mismatch"
    assert "result.txt" in page.inner_text("#verify-reason")
    assert "5" in re.findall("[0-9]+", page.inner_text("#verify-reason"))
    bad = page.locator("#verify-rows tr", has=page.locator(".chip-bad"))
    assert bad.count() == 1
    assert not page.locator("#verify-proves").is_visible()


def test_without_inspectors_only_the_subjects_are_checked_and_it_says_so(page: Page, site: str) -> None:
    page.goto(f"{site}/verify/1-small")
    page.evaluate(
        """() => { const root = document.getElementById("verify"); const files = JSON.parse(root.dataset.files);
        for (const name of ["inspectors", "recusals", "history"]) delete files[name];
        root.dataset.files = JSON.stringify(files); }"""
    )
    assert check(page) == "match"
    assert page.locator("#verify-notes li").count() == 2  # teams by form only; a stratum with quota 0


def test_a_file_that_cannot_be_fetched_ends_the_check_with_a_sentence(page: Page, site: str) -> None:
    page.route("**/roster.txt", lambda route: route.abort())
    page.goto(f"{site}/verify/1-small")
    assert check(page) == "failed"
    page.wait_for_timeout(300)  # files that arrive later must not write over the sentence
    assert "roster.txt" in page.inner_text("#verify-state")


@pytest.mark.parametrize("seed", [2, 3, 5, 7, 11, 13])
def test_what_the_products_history_says_matches_here_too(page: Page, site: str, seed: int) -> None:
    page.goto(f"{site}/verify/made-{seed}")
    assert check(page) == "match"


def find(page: Page, kind: str, public_id: str, name: str, nonce: str) -> list[str]:
    """Type a line of a receipt and read what the page says of it."""
    page.select_option("#verify-own-kind", kind)
    for part, typed in (("id", public_id), ("name", name), ("nonce", nonce)):
        page.fill(f"#verify-own-{part}", typed)
    page.click("#verify-own-find")
    page.wait_for_selector("#verify-own-said li")
    return page.locator("#verify-own-said li").all_inner_texts()


def test_a_receipt_finds_its_subject_and_what_became_of_it(page: Page, site: str) -> None:
    opening = (VECTORS / "1-small" / "openings.txt").read_text("utf-8").split("\n")[2].split("\t")
    page.goto(f"{site}/verify/1-small")
    assert check(page) == "match"
    said = find(page, *opening[1:])
    assert opening[0] in said[0]
    assert len(said) == 4  # the code, the roster, the rank, the line of the history
    assert "3" in said[3]
    assert page.input_value("#verify-code") == opening[0]
    nobody = find(page, "subject", opening[2], "另一家", opening[4])
    assert len(nobody) == 1
    assert hashlib.sha256(f"sunlot-code-1|subject|{opening[2]}|另一家|{opening[4]}".encode()).hexdigest()[:32] in nobody[0]
    assert len(find(page, "inspector", *opening[2:])) == 1


def test_where_no_worker_starts_the_page_does_the_work_itself(page: Page, site: str) -> None:
    page.route("**/worker.js", lambda route: route.abort())
    page.goto(f"{site}/verify/6-larger")
    assert check(page) == "match"


def test_the_steps_by_hand_give_the_numbers_they_print(page: Page, site: str) -> None:
    page.goto(f"{site}/verify/1-small")
    check(page)
    page.fill("#verify-code", "38ed3be172b0b949a45a9506a5ea2612")  # a loser's or reserve's code does as well
    page.click("#verify-try")
    steps = page.locator("#verify-steps li")
    page.wait_for_function("document.querySelectorAll('#verify-steps li').length === 68")
    key = steps.nth(2).locator("p.mono").inner_text()
    command, answer = steps.nth(3 + 30).locator("pre").inner_text(), steps.nth(3 + 30).locator("p.mono").inner_text()
    assert command == f"printf '%s|%s|%s' {key} 38ed3be172b0b949a45a9506a5ea2612 31 | sha256sum"
    assert answer == hashlib.sha256(f"{key}|38ed3be172b0b949a45a9506a5ea2612|31".encode()).hexdigest()
    seed = re.search("'%s' '(.*)' ", steps.nth(1).locator("pre").inner_text())
    assert seed is not None
    assert steps.nth(1).locator("p.mono").inner_text() == hashlib.sha256(seed[1].encode()).hexdigest()


def test_the_saved_page_works_from_a_file_without_network(page: Page, site: str, chromium: Browser, tmp_path: Path) -> None:
    page.goto(f"{site}/verify/3-three-each")
    assert check(page) == "match"
    with page.expect_download() as download:
        page.click("#verify-save")
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    context = chromium.new_context(offline=True)
    offline = context.new_page()
    offline.goto(saved.as_uri())
    assert not offline.locator("#verify-outcome").is_visible()
    assert check(offline) == "match"
    offline.set_input_files("#verify-pick", sorted((VECTORS / "refused" / "other-name").glob("*.txt")))
    offline.wait_for_selector("#verify[data-verdict=mismatch]", state="attached")
    context.close()


def test_the_browsers_own_copy_of_the_page_has_the_files_too(page: Page, site: str, chromium: Browser, tmp_path: Path) -> None:
    page.goto(f"{site}/verify/1-small")
    check(page)
    html = page.content().replace('src="/static/verify/', 'src="')
    for script in (ROOT / "static" / "verify").glob("*.js"):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    (tmp_path / "page.html").write_text(html, "utf-8")
    context = chromium.new_context(offline=True)
    offline = context.new_page()
    offline.goto((tmp_path / "page.html").as_uri())
    assert check(offline) == "match"
    context.close()


def test_sha256_is_sha256(page: Page, site: str) -> None:
    page.goto(f"{site}/verify/5-nobody")
    lengths = [*range(140), 1000, 65_536]
    texts = ["".join(chr(33 + (7 * i + n) % 90) for i in range(n)) for n in lengths] + ["福彩快乐8 \U0001f3b2"]
    assert page.evaluate("texts => texts.map(text => SunlotSha256.hex(text))", texts) == [
        hashlib.sha256(t.encode()).hexdigest() for t in texts
    ]
    key = "ab" * 32
    assert page.evaluate(
        "([key, tails]) => { const begun = SunlotSha256.prefix(key); return tails.map(tail => begun.hex(tail)); }",
        [key, texts[:-1]],
    ) == [hashlib.sha256((key + t).encode()).hexdigest() for t in texts[:-1]]


def test_the_scripts_keep_to_what_an_old_browser_runs() -> None:
    for script in (ROOT / "static" / "verify").glob("*.js"):
        code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', re.sub(r"/\*.*?\*/|//[^\n]*", "", script.read_text("utf-8"), flags=re.DOTALL))
        newer = r"\?\.[^0-9]|\?\?|\.\.\.|\bcatch\s*\{|\bimport\b|\bexport\b|[0-9]n\b|\.at\(|replaceAll|fromEntries|structuredClone|crypto|globalThis"
        assert re.findall(newer, code) == [], script.name


def test_twenty_thousand_entries_match(page: Page, site: str) -> None:
    LARGE.update(make_large(20_000, 1_000))
    page.goto(f"{site}/verify/large")
    assert check(page) == "match"
