"""What every visitor loads is small, comes from here, and is written for browsers as old as Chromium 69."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from publicity.site import results

STATIC = Path(settings.BASE_DIR) / "static"
SHEETS = ("tokens", "base", "components", "public", "reports")
"""The style sheets of the public pages; the screen of a hall has its own."""
TOO_NEW = re.compile(
    r"(?<![\w-])(?:inset|aspect-ratio|padding-inline|margin-inline|padding-block|margin-block|row-gap|column-gap|translate|rotate|scale)[\w-]*\s*:"
    r"|(?<![\w-])(?:min|max|clamp|env-)\(|:is\(|:where\(|:has\(|:focus-visible|:not\([^)]*,|overflow-wrap:\s*anywhere|@layer|@container|@supports not"
)
"""What Chromium 69 has not: a declaration it drops, or a rule it drops whole."""
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@pytest.mark.parametrize("name", SHEETS)
def test_a_public_style_sheet_asks_for_nothing_that_chromium_69_lacks(name: str) -> None:
    text = COMMENT.sub("", (STATIC / "css" / f"{name}.css").read_text())
    found = [one.group() for one in TOO_NEW.finditer(text)]
    for selector, body in RULE.findall(text):
        declared = {part.partition(":")[0].strip() for part in body.split(";")}
        if "gap" in declared and "grid-gap" not in declared:
            found.append(f"{selector.strip()} has a gap that is none in a flex box")
    assert not found


@pytest.mark.django_db
def test_a_page_of_fifty_results_is_light_and_asks_nobody_else(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        results.Row(
            sha256(str(n).encode()).hexdigest()[:32], f"沂源县{'东西南北'[n % 4]}{chr(0x5F00 + 37 * n)}{chr(0x6C00 + 91 * n)}旅馆{n}号店", "未发现问题",
            "good", "旅馆业治安管理检查", f"第{n % 9}派出所", f"{chr(0x9000 + 53 * n)}镇", f"2026-0{1 + n % 9}-{10 + n % 18}", "",
        )
        for n in range(50)
    ]  # fmt: skip
    monkeypatch.setattr(results, "rows_of", lambda _keys: rows)
    for address in ("/results/", "/", "/statistics/"):
        text = client.get(address).content
        assert len(gzip.compress(text, 6)) <= 12 * 1024, address
        needs = set(re.findall(r'(?:<link[^>]+rel="(?:stylesheet|icon)[^>]*href|<script[^>]*src|<img[^>]*src)="([^"]+)"', text.decode()))
        assert 1 + len(needs) + (address == "/") <= 8, needs
        assert all(one.startswith(settings.STATIC_URL) for one in needs), needs
        styles = [STATIC / one.removeprefix(settings.STATIC_URL) for one in needs if one.endswith((".css", ".js"))]
        assert styles
        assert sum(len(gzip.compress(path.read_bytes(), 6)) for path in styles) <= 30 * 1024
