"""How long the public's browser checks a draw: `python tests/bench/bench_verify_page.py [entries …]` (10⁴ and 10⁵ unless told).

5 % of the entries drawn in four strata, one to four slips each; from the press of the button to the verdict, files fetched over plain
http on the same machine; the best of three. Beside it the same bundle by `verify_draw.py`, a process of its own. Needs Chromium.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django
from playwright.sync_api import Page, sync_playwright

from config.bootstrap import CHROMIUM, program
from tests.verify_site import LARGE, ROOT, make_large, served

TIMES = 3


def in_browser(page: Page, address: str) -> float:
    """Seconds from the button to the verdict, which must be a match."""
    page.goto(f"{address}/verify/large")
    start = time.perf_counter()
    page.click("#verify-start")
    page.wait_for_selector("#verify[data-verdict=match]", state="attached", timeout=300_000)
    return time.perf_counter() - start


def by_script() -> float:
    """Seconds of the single-file script on the same files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, body in LARGE.items():
            (Path(folder) / f"{name}.txt").write_bytes(body)
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, str(ROOT / "static" / "verify" / "verify_draw.py"), folder], check=True, capture_output=True
        )
        return time.perf_counter() - start


def main() -> None:
    """Print one line per size."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.testing.settings")
    django.setup()  # for the page's words
    path = program(*CHROMIUM)
    if path is None:
        sys.exit("Chromium is not installed.")
    sys.stdout.write(f"{'entries':>10}  {'browser s':>10}  {'script s':>10}\n")
    with sync_playwright() as playwright, served() as address:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        for entries in map(int, sys.argv[1:] or ("10000", "100000")):
            LARGE.update(make_large(entries, entries // 20))
            browsers = min(in_browser(page, address) for _ in range(TIMES))
            scripts = min(by_script() for _ in range(TIMES))
            sys.stdout.write(f"{entries:>10}  {browsers:>10.2f}  {scripts:>10.2f}\n")
        browser.close()


if __name__ == "__main__":
    main()
