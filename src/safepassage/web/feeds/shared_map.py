"""The shared map of a server behind the pages: tiles and features of its layers, as the database answers."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from safepassage.formats.geometry import geometry_wkt
from safepassage.store.map_feature import E7, Feature
from safepassage.web.doors import Way
from safepassage.web.maps.tiles import MEDIA_TYPE
from safepassage.web.rights import READS_ALL

T = TypeVar("T")
Box = tuple[int, int, int, int]
MOST_LON, MOST_LAT = 180, 90


class Kept(Protocol):
    """What the pages ask of a shared map."""

    def layers(self) -> list[str]:
        """Return the names of its layers."""
        ...

    def tile(self, layer: str, zoom: int, column: int, row: int) -> bytes:
        """Return a vector tile."""
        ...

    def within(self, layer: str, box_e7: Box, *, since_ms: int = 0) -> list[Feature]:
        """Return the newest features in a box."""
        ...


class SharedLayers:
    """A shared map that threads may ask: its one connection is asked by one of them at a time."""

    def __init__(self, kept: Kept) -> None:
        self._kept, self._lock = kept, Lock()

    def asked(self, question: Callable[[Kept], T]) -> T:
        """Return the answer to a question."""
        with self._lock:
            return question(self._kept)


async def _layers(request: Request) -> Response:
    """Answer with the names of the layers; 404 where there is no shared map."""
    shared: SharedLayers | None = getattr(request.app.state, "shared_map", None)
    if shared is None:
        return Response(status_code=404)
    return JSONResponse({"layers": await run_in_threadpool(shared.asked, lambda kept: kept.layers())})


async def _tile(request: Request) -> Response:
    """Answer with a tile; 204 where nothing lies, 404 where there is no such tile or no shared map."""
    shared: SharedLayers | None = getattr(request.app.state, "shared_map", None)
    layer = request.path_params["layer"]
    try:
        zoom, column, row = (int(request.path_params[name]) for name in ("zoom", "column", "row"))
        if shared is None:
            return Response(status_code=404)
        data = await run_in_threadpool(shared.asked, lambda kept: kept.tile(layer, zoom, column, row))
    except ValueError:
        return Response(status_code=404)
    headers = {"Cache-Control": "private, no-cache"}
    return Response(data, 200 if data else 204, headers, media_type=MEDIA_TYPE)


async def _features(request: Request) -> Response:
    """Answer `?box=west,south,east,north` (degrees) with the newest features there, as GeoJSON."""
    shared: SharedLayers | None = getattr(request.app.state, "shared_map", None)
    if shared is None:
        return JSONResponse({"message": "there is no shared map: serve --shared-map"}, 404)
    try:
        box, since_ms = (
            box_of(request.query_params.get("box", "")),
            int(request.query_params.get("since", "0")),
        )
    except ValueError:
        return JSONResponse({"message": "box is west,south,east,north in degrees, since milliseconds"}, 422)
    layer = request.path_params["layer"]
    found = await run_in_threadpool(shared.asked, lambda kept: kept.within(layer, box, since_ms=since_ms))
    rows = [geojson(one) for one in found]
    return JSONResponse({"type": "FeatureCollection", "features": rows}, media_type="application/geo+json")


WAYS = (
    Way("/map/shared", _layers, READS_ALL),
    Way("/map/shared/{layer}/tiles/{zoom}/{column}/{row}", _tile, READS_ALL),
    Way("/map/shared/{layer}/features", _features, READS_ALL),
)


def box_of(words: str) -> Box:
    """Return a box in ten-millionths of a degree.

    Raises
    ------
    ValueError
        When the words are no box on the earth.
    """
    west, south, east, north = (float(part) for part in words.split(","))
    if not (-MOST_LON <= west <= east <= MOST_LON and -MOST_LAT <= south <= north <= MOST_LAT):
        raise ValueError("no box on the earth")
    return round(west * E7), round(south * E7), round(east * E7), round(north * E7)


def geojson(one: Feature) -> dict[str, object]:
    """Return a feature as GeoJSON (RFC 7946)."""
    return {
        "type": "Feature", "id": one.id, "geometry": geometry_wkt.as_geojson(one.shape),
        "properties": {**dict(one.facts), "layer": one.layer, "at_ms": one.at_ms},
    }  # fmt: skip
