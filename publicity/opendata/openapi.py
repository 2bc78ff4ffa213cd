"""The description of the API as OpenAPI 3.1, made from the table of columns and parameters that the API itself reads."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from publicity.disclosures.states import Removed
from publicity.opendata.asking import Parameter
from publicity.opendata.datasets import API, RESULTS, Dataset
from publicity.opendata.dictionary import VERSION
from publicity.opendata.fields import Field
from publicity.opendata.serving import PROBLEM

VERSION_OF_API = "1.0.0"
ID = "^[0-9a-f]{32}$"


def document() -> dict[str, Any]:
    """The whole document, in the reader's language."""
    paths: dict[str, Any] = {f"/api/v1/{table.name}": {"get": _list(table)} for table in API}
    paths["/api/v1/results/{id}"] = {"get": _one()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Open data of %(bureau)s") % {"bureau": settings.BUREAU_NAME},
            "version": VERSION_OF_API,
            "description": _(
                "Everything public, without a key. Every page says how many rows there are in all and links to the next one; "
                "nothing is cut off silently. At most %(most)s requests a minute from one address; the files hold everything at once."
            )
            % {"most": settings.PUBLIC_REQUESTS_PER_MINUTE},
            "license": {"name": settings.OPENDATA_LICENCE, "url": settings.OPENDATA_LICENCE_URL},
        },
        "servers": [{"url": settings.PUBLIC_URL}],
        "externalDocs": {"description": _("Data dictionary"), "url": f"{settings.PUBLIC_URL}/opendata/dictionary/"},
        "paths": paths,
        "components": {"schemas": _schemas(), "responses": _refusals(), "headers": {"ETag": _header(_("changes with the content"))}},
    }


def _schemas() -> dict[str, Any]:
    made = {table.name: _object(table.fields) for table in API}
    whole = _object(RESULTS.fields)
    whole["properties"] |= {
        "licence": {"type": "string", "format": "uri"},
        "versions": {"type": "array", "items": {"$ref": "#/components/schemas/version"}},
    }
    whole["required"] += ["licence", "versions"]
    return made | {"result": whole, "version": _object(VERSION), "problem": _problem(), "removed": _removed()}


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: field.schema for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def _problem() -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"type": "string"} for name in ("type", "title", "detail")}
    properties["status"] = {"type": "integer"}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _removed() -> dict[str, Any]:
    told = _problem()
    told["properties"] |= {
        "id": {"type": "string", "pattern": ID},
        "because": {"type": "string", "enum": [*Removed.values, ""]},
        "basis": {"type": "string"},
        "explanation": {"type": "string"},
        "removed_at": {"type": "string", "format": "date-time"},
    }
    told["required"] = list(told["properties"])
    return told


def _header(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "schema": {"type": "string"}}


def _refusals() -> dict[str, Any]:
    def refusal(meaning: str, **headers: str) -> dict[str, Any]:
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
        return {"description": meaning, "content": content, "headers": {name: _header(text) for name, text in headers.items()}}

    return {
        "400": refusal(_("A parameter is unknown, given twice, or cannot be read; the sentence says which.")),
        "404": refusal(_("Nothing public is there.")),
        "405": refusal(_("Only reading."), Allow=_("the methods there are")),
        "429": refusal(_("Too many requests from this address in a minute."), **{"Retry-After": _("seconds to wait")}),
    }


def _responses(content: dict[str, Any], meaning: str, **headers: Any) -> dict[str, Any]:
    answer = {"description": meaning, "content": {"application/json": {"schema": content}}}
    answer["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}, **headers}
    refused = {code: {"$ref": f"#/components/responses/{code}"} for code in ("400", "404", "405", "429")}
    return {"200": answer, "304": {"description": _("unchanged since the ETag sent in If-None-Match")}, **refused}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": "query", "required": False, "description": str(parameter.meaning), "schema": parameter.schema}


def _list(table: Dataset) -> dict[str, Any]:
    page = {
        "type": "object",
        "properties": {
            "dataset": {"const": table.name},
            "licence": {"type": "string", "format": "uri"},
            "total": {"type": "integer", "description": _("rows that fit, on all pages together")},
            "size": {"type": "integer", "description": _("rows of a full page")},
            "next": {"type": ["string", "null"], "format": "uri", "description": _("the next page; null on the last")},
            "rows": {"type": "array", "items": {"$ref": f"#/components/schemas/{table.name}"}},
        },
        "required": ["dataset", "licence", "total", "size", "next", "rows"],
        "additionalProperties": False,
    }
    return {
        "operationId": table.name,
        "summary": str(table.label),
        "description": str(table.about),
        "parameters": [_parameter(one) for one in table.parameters],
        "responses": _responses(page, _("a page of rows"), Link=_header(_("the next page, rel=next"))),
    }


def _one() -> dict[str, Any]:
    responses = _responses({"$ref": "#/components/schemas/result"}, _("the result with all its versions"))
    removed = {PROBLEM: {"schema": {"$ref": "#/components/schemas/removed"}}}
    responses["410"] = {"description": _("It was public and has been taken down; the notice says why."), "content": removed}
    place = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": ID}, "description": _("number of a result")}
    return {
        "operationId": "result",
        "summary": _("One result"),
        "description": _("A result in its version in force, and every version of it."),
        "parameters": [place],
        "responses": responses,
    }
