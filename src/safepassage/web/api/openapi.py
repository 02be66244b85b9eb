"""The OpenAPI document, made from the addresses and their values: nothing in it is written twice."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from safepassage import __version__
from safepassage.web.api import values as v
from safepassage.web.api.endpoints import ENDPOINTS, Endpoint, said
from safepassage.web.doors import Way
from safepassage.web.rights import ANYBODY

PLACE = "#/components/schemas/{name}"
FAULTS = {
    401: "nobody is signed in", 403: "not for this role, or not from this server", 404: "not there",
    409: "the id stands in the log with other content", 413: "too large", 422: "a field cannot be used",
    503: "the disk failed: send it again",
}  # fmt: skip


def document() -> dict[str, Any]:
    """Return the document (OpenAPI 3.1)."""
    values = [value for e in ENDPOINTS for value in (e.body, e.answer) if value is not None]
    schemas, components = msgspec.json.schema_components([*values, v.Fault], ref_template=PLACE)
    shapes = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        body = None if endpoint.body is None else next(shapes)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, body, next(shapes)
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "safepassage", "version": __version__,
                 "description": "What the pages do, for programs."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip


def _operation(endpoint: Endpoint, body: Any, answer: Any) -> dict[str, Any]:
    fault = {"application/json": {"schema": {"$ref": PLACE.format(name="Fault")}}}
    done = {"application/json": {"schema": answer}}
    operation: dict[str, Any] = {
        "summary": endpoint.words,
        "operationId": endpoint.handler.__name__,
        "parameters": [_path_parameter(name) for name in re.findall(r"\{(\w+)\}", endpoint.path)]
        + [_number(name, words) for name, words in endpoint.query],
        "responses": {
            str(endpoint.status): {"description": "done", "content": done, **_links(endpoint)},
            **{str(code): {"description": text, "content": fault} for code, text in FAULTS.items()},
        },
    }  # fmt: skip
    if endpoint.door is ANYBODY:
        operation["security"] = []
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _links(endpoint: Endpoint) -> dict[str, Any]:
    """Return what may follow: a claim of a new report is decided, what was recorded is taken back."""
    if endpoint.answer is not v.Receipt:
        return {}
    undo = {
        "operationId": "undo", "requestBody": {"entry": "$response.body#/id", "why": "entered by mistake"},
    }  # fmt: skip
    decide = {"operationId": "decide", "parameters": {"claim": "$response.body#/claims/0"}}
    return {"links": {"undo": undo, **({"decide": decide} if endpoint.path == "/api/reports" else {})}}


def _path_parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": "^[!-.0-~]{1,100}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _number(name: str, words: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0, "maximum": 500}
    return {"name": name, "in": "query", "description": words, "schema": schema}


async def show(_: Request) -> Response:
    """Show the document."""
    return said(document())


WAYS = [*(endpoint.way() for endpoint in ENDPOINTS), Way("/api/openapi.json", show, ANYBODY)]
"""All addresses of the API."""
