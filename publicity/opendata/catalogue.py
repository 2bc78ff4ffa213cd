"""What there is, for machines: the catalogue as DCAT-AP in JSON-LD, and the manifest with all hashes.

What search engines read (schema.org) stands in the page itself, as microdata.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from publicity.opendata import queries
from publicity.opendata.datasets import DATASETS, Dataset
from publicity.opendata.fields import moment_text
from publicity.opendata.models import SnapshotFile
from publicity.opendata.writing import TYPES

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EUROPA = "http://publications.europa.eu/resource/authority"
FILE_TYPES = {"csv": "CSV", "json": "JSON", "xlsx": "XLSX"}
DAILY = f"{EUROPA}/frequency/DAILY"
AUTHORITY = "http://purl.org/adms/publishertype/LocalAuthority"


def _at(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _by_dataset(files: Iterable[SnapshotFile]) -> list[tuple[Dataset, list[SnapshotFile]]]:
    kept = list(files)
    return [(table, [file for file in kept if file.dataset == table.name]) for table in DATASETS.values()]


def dcat() -> dict[str, Any]:
    """DCAT-AP: a catalogue of datasets, each with its files, their hashes, and the API."""
    snapshot = queries.newest()
    tables = _by_dataset(queries.files_of(snapshot))
    publisher = {"@type": "foaf:Agent", "foaf:name": _in("zh", settings.BUREAU_NAME), "dct:type": {"@id": AUTHORITY}}
    catalogue = {
        "@context": CONTEXT,
        "@id": _at("/opendata/catalog.jsonld"),
        "@type": "dcat:Catalog",
        "dct:title": _said(lambda: _("Open data of %(bureau)s") % {"bureau": settings.BUREAU_NAME}),
        "dct:description": _said(lambda: _("Who was inspected by lot, what was found, and everything needed to check it.")),
        "dct:publisher": publisher,
        "dct:license": {"@id": settings.OPENDATA_LICENCE_URL},
        "dct:language": {"@id": f"{EUROPA}/language/ZHO"},
        "foaf:homepage": {"@id": _at("/opendata/")},
        "dcat:dataset": [_dcat_dataset(table, files, publisher) for table, files in tables],
        "dcat:service": {"@id": _at("/api/openapi.json")},
    }
    return catalogue | ({"dct:modified": _moment(moment_text(snapshot.made_at))} if snapshot else {})


def _dcat_dataset(table: Dataset, files: list[SnapshotFile], publisher: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "@id": _at(f"/opendata/#{table.name}"),
        "@type": "dcat:Dataset",
        "dct:identifier": table.name,
        "dct:title": _said(lambda: str(table.label)),
        "dct:description": _said(lambda: str(table.about)),
        "dct:publisher": publisher,
        "dct:license": {"@id": settings.OPENDATA_LICENCE_URL},
        "dct:accrualPeriodicity": {"@id": DAILY},
        "dcat:landingPage": {"@id": _at("/opendata/")},
        "dct:conformsTo": {"@id": _at(f"/opendata/dictionary/#{table.name}")},
        "dcat:keyword": [_in("zh", "双随机、一公开"), _in("zh", "行政检查"), _in("en", "inspection")],
        "dcat:distribution": [_dcat_file(file) for file in files],
    }
    return told | ({"dct:modified": _moment(moment_text(max(file.made_at for file in files)))} if files else {})


def _dcat_file(file: SnapshotFile) -> dict[str, Any]:
    return {
        "@id": _at(f"/opendata/{file.name}"),
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": _at("/opendata/")},
        "dcat:downloadURL": {"@id": _at(f"/opendata/{file.name}")},
        "dcat:mediaType": {"@id": f"http://www.iana.org/assignments/media-types/{TYPES[file.form].partition(';')[0]}"},
        "dct:format": {"@id": f"{EUROPA}/file-type/{FILE_TYPES[file.form]}"},
        "dct:license": {"@id": settings.OPENDATA_LICENCE_URL},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
        },
        "dct:modified": _moment(moment_text(file.made_at)),
    }


def _moment(text: str) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": text}


def _in(language: str, text: str) -> dict[str, str]:
    return {"@language": language, "@value": text}


def _said(words: Callable[[], str]) -> list[dict[str, str]]:
    """Words in both languages."""
    found = []
    for language, code in (("zh-hans", "zh"), ("en", "en")):
        with override(language):
            found.append(_in(code, words()))
    return found


def manifest() -> dict[str, Any]:
    """Every file with rows, size, hashes and day; and what its columns are called."""
    snapshot = queries.newest()
    return {
        "made_at": moment_text(snapshot.made_at) if snapshot else None,
        "licence": {"name": settings.OPENDATA_LICENCE, "url": settings.OPENDATA_LICENCE_URL},
        "files": [
            {
                "name": file.name,
                "url": _at(f"/opendata/{file.name}"),
                "rows": file.rows,
                "size": file.size,
                "sha256": file.sha256,
                "sm3": file.sm3,
                "made_at": moment_text(file.made_at),
            }
            for file in queries.files_of(snapshot)
        ],
        "columns": {table.name: {field.name: field.label for field in table.fields} for table in DATASETS.values()},
    }
