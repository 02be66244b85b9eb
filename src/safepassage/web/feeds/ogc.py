"""OGC API – Features, Part 1: Core (OGC 17-069r4): what a reader may know of the map, for other programs.

Everybody sees the collections of their class and no trace of others: without signing in, the directions of a
plan once its notice went out; as a partner, roads and crossings as reported; in the team, the whole map.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from safepassage.domain.release import SensitivityClass
from safepassage.formats.facts.local_clock import instant
from safepassage.web.desk.desk import Desk
from safepassage.web.doors import CLASS, Way, person_of
from safepassage.web.feeds.map_routes import known_features
from safepassage.web.feeds.ogc_query import PARAMETERS, Feature, Query, QueryError
from safepassage.web.pages import desk_of
from safepassage.web.rights import ANYBODY, READS_ALL, can, reach
from safepassage.web.screens import paper

ROOT = "/ogc"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS_TO = [f"{CORE}/core", f"{CORE}/geojson"]
GEOJSON, JSON, OPENAPI = (
    "application/geo+json",
    "application/json",
    "application/vnd.oai.openapi+json;version=3.0",
)
SHOWN = ("kind", "state", "role", "label", "said", "persons", "used", "low_ppm", "central_ppm", "high_ppm")
"""Properties of the map that say something of the thing; the others are about how it is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Features of one kind: of which layer of the map ("" of none), and the class of what they hold."""

    id: str
    title: str
    layer: str
    sensitivity: SensitivityClass


_PARTNERS, _TEAM = SensitivityClass.PARTNERS, SensitivityClass.RESTRICTED
COLLECTIONS = (
    Collection(id="directions", title="Directions in which people may leave", layer="",
               sensitivity=SensitivityClass.PUBLIC),
    Collection(id="crossings", title="Crossings as reported", layer="crossings", sensitivity=_PARTNERS),
    Collection(id="road-states", title="Roads as reported", layer="states", sensitivity=_PARTNERS),
    Collection(id="borders", title="Borders, for orientation", layer="lines", sensitivity=_PARTNERS),
    Collection(id="areas", title="Areas, with whose word they are", layer="areas", sensitivity=_TEAM),
    Collection(id="corridors", title="Corridors and what travels on them", layer="corridors",
               sensitivity=_TEAM),
    Collection(id="places", title="Settlements and reception sites", layer="places", sensitivity=_TEAM),
)  # fmt: skip


def open_to(request: Request) -> list[Collection]:
    """Return the collections that whoever asks may know of."""
    desk, person = desk_of(request), person_of(request)
    limit = reach(person, desk.org)
    return [c for c in COLLECTIONS if c.sensitivity <= limit and (c.layer or _public_directions(desk))]


def _public_directions(desk: Desk) -> list[Feature]:
    """Return the directions of the accepted plan with the number to call, once its notice went out."""
    made = paper.accepted_plan(desk)
    if made is None or not paper.released(desk, made):
        return []
    inputs = paper.public_release(made).inputs
    hotline = inputs["notice"]["hotline"]
    return [
        {"type": "Feature", "id": row["id"], "geometry": None,
         "properties": {"label": row["name"], "said": f"{row['name']}; {hotline}"}}
        for row in inputs["directions"]
    ]  # fmt: skip


def _features(request: Request, collection: Collection) -> list[Feature]:
    desk = desk_of(request)
    if not collection.layer:
        return _public_directions(desk)
    found = known_features(request, all_of_it=can(person_of(request), READS_ALL, desk.org))
    return [f for f in found if f["properties"]["layer"] == collection.layer and f["geometry"]]


def _shown(feature: Feature, epoch: datetime) -> Feature:
    """Return a feature with what it says of the thing, times written out."""
    properties = feature["properties"]
    times = {
        name: (epoch + timedelta(seconds=properties[key])).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name, key in (("from", "from_s"), ("until", "until_s"))
        if properties.get(key) is not None
    }
    return {**feature, "properties": {name: properties[name] for name in SHOWN if name in properties} | times}


def _link(request: Request, path: str, rel: str, media: str = JSON) -> dict[str, str]:
    return {"href": f"{str(request.base_url).rstrip('/')}{ROOT}{path}", "rel": rel, "type": media}


async def landing(request: Request) -> Response:
    """Say what there is."""
    links = [
        _link(request, "", "self"), _link(request, "/api", "service-desc", OPENAPI),
        _link(request, "/conformance", "conformance"), _link(request, "/collections", "data"),
    ]  # fmt: skip
    return JSONResponse(
        {"title": "safepassage", "description": "What you may know of the map.", "links": links}
    )


async def conformance(_: Request) -> Response:
    """Say which parts of the standard hold."""
    return JSONResponse({"conformsTo": CONFORMS_TO})


async def description(request: Request) -> Response:
    """Describe the addresses (OpenAPI 3.0)."""
    answer = {"responses": {"200": {"description": "done"}}}
    text = {"type": "string"}
    query = [{"name": name, "in": "query", "schema": text} for name in PARAMETERS]

    def within(*names: str) -> dict[str, Any]:
        return {"parameters": [{"name": n, "in": "path", "required": True, "schema": text} for n in names]}

    paths = {
        "/": {"get": answer}, "/conformance": {"get": answer}, "/collections": {"get": answer},
        "/collections/{collection}": {**within("collection"), "get": answer},
        "/collections/{collection}/items": {**within("collection"), "get": {"parameters": query, **answer}},
        "/collections/{collection}/items/{feature}": {**within("collection", "feature"), "get": answer},
    }  # fmt: skip
    servers = [{"url": f"{str(request.base_url).rstrip('/')}{ROOT}"}]
    document = {"openapi": "3.0.3", "info": {"title": "safepassage", "version": "1"}, "servers": servers}
    return JSONResponse({**document, "paths": paths}, media_type=OPENAPI)


def _described(request: Request, collection: Collection) -> dict[str, Any]:
    path = f"/collections/{collection.id}"
    found: dict[str, Any] = {
        "id": collection.id, "title": collection.title, "itemType": "feature",
        "links": [_link(request, path, "self"), _link(request, f"{path}/items", "items", GEOJSON)],
    }  # fmt: skip
    if collection.layer:
        nodes = desk_of(request).network.nodes
        box = [nodes.lon_e7.min(), nodes.lat_e7.min(), nodes.lon_e7.max(), nodes.lat_e7.max()]
        found["extent"] = {"spatial": {"bbox": [[int(value) / 1e7 for value in box]]}}
    return found


async def collections(request: Request) -> Response:
    """List the collections that whoever asks may know of."""
    rows = await run_in_threadpool(lambda: [_described(request, c) for c in open_to(request)])
    return JSONResponse({"links": [_link(request, "/collections", "self")], "collections": rows})


def _named(request: Request) -> Collection | None:
    return next((c for c in open_to(request) if c.id == request.path_params["collection"]), None)


def _fault(status: int, code: str, text: str) -> Response:
    return JSONResponse({"code": code, "description": text}, status)


def _missing() -> Response:
    return _fault(404, "NotFound", "There is no such thing, or not for you.")


async def collection(request: Request) -> Response:
    """Describe one collection."""
    found = await run_in_threadpool(_named, request)
    return _missing() if found is None else JSONResponse(_described(request, found))


async def items(request: Request) -> Response:
    """List features of a collection by box, time and number."""
    found = await run_in_threadpool(_named, request)
    if found is None:
        return _missing()
    epoch = instant(desk_of(request).entered.epoch)
    try:
        query = Query.of(request.query_params, epoch)
    except QueryError as fault:
        return _fault(400, "InvalidParameterValue", f"{fault}.")
    rows = [f for f in await run_in_threadpool(_features, request, found) if query.takes(f)]
    part = [_shown(f, epoch) for f in rows[query.offset : query.offset + query.limit]]
    path = f"/collections/{found.id}"
    links = [_link(request, f"{path}/items", "self", GEOJSON), _link(request, path, "collection")]
    if query.offset + query.limit < len(rows):
        after = request.url.include_query_params(offset=query.offset + query.limit).query
        links.append(_link(request, f"{path}/items?{after}", "next", GEOJSON))
    document = {
        "type": "FeatureCollection", "timeStamp": desk_of(request).now_iso(), "numberMatched": len(rows),
        "numberReturned": len(part), "features": part, "links": links,
    }  # fmt: skip
    return _geojson(document, found)


async def item(request: Request) -> Response:
    """Answer one feature."""
    found = await run_in_threadpool(_named, request)
    rows = [] if found is None else await run_in_threadpool(_features, request, found)
    feature = next((f for f in rows if str(f["id"]) == request.path_params["feature"]), None)
    if found is None or feature is None:
        return _missing()
    path = f"/collections/{found.id}"
    links = [
        _link(request, f"{path}/items/{feature['id']}", "self", GEOJSON),
        _link(request, path, "collection"),
    ]
    return _geojson({**_shown(feature, instant(desk_of(request).entered.epoch)), "links": links}, found)


def _geojson(document: Mapping[str, Any], found: Collection) -> Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, media_type=GEOJSON, headers={CLASS: found.sensitivity.name})


WAYS = [
    Way(ROOT, landing, ANYBODY),
    Way(f"{ROOT}/", landing, ANYBODY),
    Way(f"{ROOT}/api", description, ANYBODY),
    Way(f"{ROOT}/conformance", conformance, ANYBODY),
    Way(f"{ROOT}/collections", collections, ANYBODY),
    Way(f"{ROOT}/collections/{{collection}}", collection, ANYBODY),
    Way(f"{ROOT}/collections/{{collection}}/items", items, ANYBODY),
    Way(f"{ROOT}/collections/{{collection}}/items/{{feature}}", item, ANYBODY),
]
"""What others may know is decided by the class of the collection."""
