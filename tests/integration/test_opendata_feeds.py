"""Feeds and catalogue: valid Atom with ids that stay, DCAT with the hashes of the kept files, pages that lead to all of it."""

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from defusedxml import ElementTree
from django.test import Client

from publicity.opendata import queries
from publicity.opendata.datasets import DATASETS
from publicity.opendata.fields import moment_text
from publicity.opendata.openapi import document
from tests import open_data

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:\S+")


def feed(client: Client, address: str) -> Xml.Element:
    """The feed, held against RFC 4287: what must be there once, what every entry needs, ids, moments, addresses."""
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    root: Xml.Element = ElementTree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert TAG.fullmatch(text(element, "id")), text(element, "id")
        assert text(element, "title")
        for name in ("updated", "published"):
            assert all(dt.datetime.fromisoformat(one.text or "").tzinfo for one in element.findall(f"{ATOM}{name}"))
        alternates = [(one.get("type"), one.get("hreflang")) for one in links(element, "alternate")]
        assert len(alternates) == len(set(alternates)) > 0
        assert all(str(one.get("href")).startswith("http") for one in element.findall(f"{ATOM}link"))
        assert all(one.get("term") for one in element.findall(f"{ATOM}category"))
    assert text(root, f"author/{ATOM}name")
    assert len(links(root, "self")) == 1
    assert len({text(one, "id") for one in entries}) == len(entries)
    assert all(text(one, "summary") for one in entries)
    return root


def text(element: Xml.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def links(element: Xml.Element, rel: str) -> list[Xml.Element]:
    return [one for one in element.findall(f"{ATOM}link") if one.get("rel") == rel]


def test_the_newest_results_come_first_and_keep_their_ids_through_corrections(client: Client) -> None:
    old, new = open_data.result("沂源<青山>&旅馆\x08"), open_data.result("沂源快修汽修厂")
    entries = feed(client, "/feeds/results.atom").findall(f"{ATOM}entry")
    assert ["汽修" in text(one, "title") for one in entries] == [True, False]
    assert "沂源<青山>&旅馆" in text(entries[1], "title")
    before = {text(one, "id"): text(one, "updated") for one in entries}
    open_data.corrected(new)
    after = {text(one, "id"): text(one, "updated") for one in feed(client, "/feeds/results.atom").findall(f"{ATOM}entry")}
    assert set(before) == set(after)
    assert after[next(one for one in after if new.public_id in one)] == moment_text(new.changed_at)
    assert before[next(one for one in before if old.public_id in one)] == moment_text(old.changed_at)


def test_there_is_a_feed_of_every_matter_place_and_unit(client: Client) -> None:
    shown = open_data.result()
    open_data.result()
    for asked in ({"matter": shown.matters[0]["code"]}, {"town": shown.town_name}, {"unit": shown.unit_name}):
        name, value = next(iter(asked.items()))
        root = feed(client, f"/feeds/results.atom?{name}={value}")
        assert [shown.public_id in text(one, "id") for one in root.findall(f"{ATOM}entry")] == [True]
        assert value in text(root, "title")
    assert feed(client, "/feeds/results.atom?town=没有这个镇").findall(f"{ATOM}entry") == []
    assert client.get("/feeds/results.atom?twon=x").status_code == 400


def test_a_feed_goes_on_on_its_next_page(client: Client) -> None:
    for _n in range(3):
        open_data.result()
    first = feed(client, "/feeds/results.atom?size=2")
    (following,) = links(first, "next")
    second = feed(client, str(following.get("href")).partition("//")[2].partition("/")[2].join(("/", "")))
    assert (len(first.findall(f"{ATOM}entry")), len(second.findall(f"{ATOM}entry"))) == (2, 1)


def test_corrections_have_a_feed_with_their_reasons(client: Client) -> None:
    assert feed(client, "/feeds/corrections.atom").findall(f"{ATOM}entry") == []
    open_data.corrected(open_data.result(), explanation="经复核，登记齐全")
    open_data.removed(open_data.result("沂源撤回旅馆"))
    first, second = feed(client, "/feeds/corrections.atom").findall(f"{ATOM}entry")
    assert text(first, "id").endswith("/removal")
    assert "处罚决定被撤销" in text(first, "summary")
    assert text(second, "id").endswith("/version/2")
    assert "经复核，登记齐全" in text(second, "summary")
    (following,) = links(feed(client, "/feeds/corrections.atom?size=1"), "next")
    rest = feed(client, "/feeds/corrections.atom?" + str(following.get("href")).partition("?")[2])
    assert [text(one, "id") for one in rest.findall(f"{ATOM}entry")] == [text(second, "id")]


def test_the_catalogue_names_every_file_with_its_hash_and_licence(client: Client, settings: Any) -> None:
    open_data.result()
    open_data.kept()
    answer = client.get("/opendata/catalog.jsonld")
    assert answer.headers["Content-Type"] == "application/ld+json"
    catalogue = answer.json()
    assert [one["dct:identifier"] for one in catalogue["dcat:dataset"]] == list(DATASETS)
    kept = {file.name: file.sha256 for file in queries.files_of(queries.newest())}
    said = {}
    for dataset in catalogue["dcat:dataset"]:
        assert {one["@language"] for one in dataset["dct:title"]} == {"zh", "en"}
        assert dataset["dct:license"]["@id"] == settings.OPENDATA_LICENCE_URL
        for file in dataset["dcat:distribution"]:
            said[file["dcat:downloadURL"]["@id"].rpartition("/")[2]] = file["spdx:checksum"]["spdx:checksumValue"]["@value"]
    assert said == kept
    sums = client.get("/opendata/SHA256SUMS").content.decode()
    assert sums == "".join(f"{sha256}  {name}\n" for name, sha256 in kept.items())
    assert {one["name"]: one["sha256"] for one in client.get("/opendata/manifest.json").json()["files"]} == kept


def test_a_file_is_sent_as_it_is_kept(client: Client) -> None:
    assert client.get("/opendata/results.csv").status_code == 503
    open_data.result("沂源青山旅馆")
    open_data.kept()
    answer = client.get("/opendata/results.csv")
    file = queries.file("results.csv")
    assert file is not None
    assert (answer.headers["ETag"], answer.headers["Content-Length"]) == (f'"{file.sha256}"', str(file.size))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.getvalue().decode("utf-8-sig").startswith("编号,网址,检查对象名称")
    assert client.get("/opendata/results.csv", headers={"If-None-Match": f'"{file.sha256}"'}).status_code == 304
    for name in ("results.exe", "nothing.csv", "results", "../results.csv"):
        assert client.get(f"/opendata/{name}").status_code == 404


def test_the_pages_show_what_there_is_and_every_page_leads_to_the_feeds(client: Client) -> None:
    empty = client.get("/opendata/").content.decode()
    assert empty.count('itemtype="https://schema.org/Dataset"') == len(DATASETS)
    open_data.result()
    open_data.kept()
    page = client.get("/opendata/").content.decode()
    for file in queries.files_of(queries.newest()):
        assert file.sha256 in page
        assert file.sm3 in page
        assert f'href="/opendata/{file.name}"' in page
    assert 'itemtype="https://schema.org/GovernmentService"' in page
    assert 'type="application/atom+xml"' in client.get("/").content.decode()
    dictionary = client.get("/opendata/dictionary/").content.decode()
    for table in DATASETS.values():
        for field in table.fields:
            assert f"<code>{field.name}</code>" in dictionary
            assert field.label in dictionary
    assert client.get("/opendata/api/").status_code == 200
    assert "/feeds/results.atom?q=" in client.get("/results/?q=沂源").content.decode()


def test_the_description_names_every_address_parameter_and_column() -> None:
    described = document()
    json.dumps(described)
    assert described["openapi"] == "3.1.0"
    for table in DATASETS.values():
        if table.name == "versions":
            continue
        get = described["paths"][f"/api/v1/{table.name}"]["get"]
        assert [one["name"] for one in get["parameters"]] == [one.name for one in table.parameters]
        assert described["components"]["schemas"][table.name]["required"] == list(table.names)
