"""The addresses that the map of a page asks: tiles of roads, what lies on top, and which road is where."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Lock
from typing import Annotated, Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from safepassage.casework.layers import map_layers
from safepassage.domain.case import SelectorKind
from safepassage.domain.situation import Situation
from safepassage.engines.overlay import overlay
from safepassage.web.desk.desk import Desk
from safepassage.web.doors import Way
from safepassage.web.maps.map_features import MapScene, map_document, shown_plan_of
from safepassage.web.maps.map_view import tiles_of
from safepassage.web.maps.tiles import tile_response
from safepassage.web.pages import asking, desk_of, locale_of
from safepassage.web.rights import READS_ALL, READS_PARTNERS, can
from safepassage.web.words import words

FOR_PARTNERS = ("states", "crossings", "lines")
"""Layers that hold nothing beyond the class for partners."""
NEAR_M = 2_000.0
"""A road farther than this from where somebody points is not meant."""
_MOST_BYTES = 1_000


class Spot(msgspec.Struct, forbid_unknown_fields=True):
    """Where on the map somebody points, in degrees."""

    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]


def map_routes() -> list[BaseRoute]:
    """Return the routes of the map."""
    return [
        Way("/map/tiles/{zoom}/{column}/{row}", _tile, READS_PARTNERS),
        Way("/map/features", _features, READS_PARTNERS),
        Way("/map/differences", _differences, READS_ALL),
        Way("/map/road", _road, READS_PARTNERS, methods=("POST",)),
    ]


async def _tile(request: Request) -> Response:
    return await tile_response(request, await run_in_threadpool(tiles_of, request))


async def _features(request: Request) -> Response:
    desk, all_of_it = desk_of(request), can(asking(request), READS_ALL, desk_of(request).org)
    document = await run_in_threadpool(_kept(request).document, desk, locale_of(request), all_of_it=all_of_it)
    return Response(document, media_type="application/geo+json")


def _kept(request: Request) -> MapKept:
    kept: MapKept | None = getattr(request.app.state, "map_kept", None)
    if kept is None:
        kept = request.app.state.map_kept = MapKept()
    return kept


def known_features(request: Request, *, all_of_it: bool) -> list[dict[str, Any]]:
    """Return the features of the map, without `all_of_it` those for partners."""
    text = _kept(request).document(desk_of(request), locale_of(request), all_of_it=all_of_it)
    found: list[dict[str, Any]] = json.loads(text)["features"]
    return found


async def _differences(request: Request) -> Response:
    """Answer with the map of two plans, on which only what moves differently is drawn."""
    desk = desk_of(request)
    first, second = (desk.planner.plan(request.query_params.get(name, "")[:64]) for name in ("a", "b"))
    if first is None or second is None:
        return JSONResponse({"message": "that plan is no longer here"}, status_code=404)

    def made() -> str:
        scene = scene_of(desk)
        shown = replace(scene, plan=shown_plan_of(second), before=shown_plan_of(first))
        return json.dumps(
            map_document(shown, words(locale_of(request))), ensure_ascii=False, separators=(",", ":")
        )

    return Response(await run_in_threadpool(made), media_type="application/geo+json")


class MapKept:
    """Keeps what lies on the map until something is recorded, weighed or planned: many look at one state."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of = (-1, "")
        self._made: dict[tuple[str, bool], str] = {}

    def document(self, desk: Desk, locale: str, *, all_of_it: bool) -> str:
        """Return the features of a desk as text."""
        latest = desk.planner.latest
        now = (desk.weighed().revision, latest.sha256 if latest else "")
        with self._lock:
            if self._of != now:
                self._of, self._made = now, {}
            key = (locale, all_of_it)
            if key not in self._made:
                self._made[key] = _document(desk, locale, all_of_it=all_of_it)
            return self._made[key]


def _document(desk: Desk, locale: str, *, all_of_it: bool) -> str:
    """Return the features that a reader may know of: without `all_of_it` roads, crossings and borders."""
    found = map_document(scene_of(desk), words(locale))
    if not all_of_it:
        found["features"] = [f for f in found["features"] if f["properties"]["layer"] in FOR_PARTNERS]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def scene_of(desk: Desk) -> MapScene:
    """Return what the map of a desk shows."""
    case, picture = desk.current(), desk.weighed().picture
    entered = Situation(case=desk.entered, events=desk.state().events).current()
    laid, made = overlay(desk.network, case), desk.planner.latest
    return MapScene(
        case=entered, layers=map_layers(desk.network, entered, desk.background, picture),
        problem=laid.problem, modifications=laid.modifications,
        plan=None if made is None else shown_plan_of(made),
    )  # fmt: skip


async def _road(request: Request) -> Response:
    """Answer which road is nearest to a spot, and how a form names it."""
    body = await request.body()
    try:
        spot = msgspec.json.decode(body[:_MOST_BYTES], type=Spot)
    except msgspec.DecodeError:
        return JSONResponse({"message": "a spot is {lon, lat} in degrees"}, status_code=422)
    found = await run_in_threadpool(
        tiles_of(request).roads.nearest, round(spot.lon * 1e7), round(spot.lat * 1e7), NEAR_M
    )
    if found is None:
        return JSONResponse({"message": "no road is near"}, status_code=404)
    return JSONResponse({"label": found.label, "selector": _selector(desk_of(request), found.arc)})


def _selector(desk: Desk, arc: int) -> str:
    """Return how a report names the stretch of an arc."""
    link = str(desk.network.arcs.link[arc])
    kind, _, rest = link.partition("/")
    if kind == SelectorKind.WAY.value and rest:
        return f"{SelectorKind.WAY.value}:{rest}"
    return f"{SelectorKind.LINK.value}:{link}"
