"""What pages need to show the map: its bounds and sources, its layers, the clock of the case, the keys."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from safepassage.domain.case import Case
from safepassage.domain.local_days import first_offset_s
from safepassage.formats.maps.road_tiles import RoadTiles
from safepassage.web.actions import ACTIONS
from safepassage.web.desk.desk import Desk
from safepassage.web.maps.tiles import TileCache

LAYERS = (
    ("areas", "areas, with whose word they are"),
    ("states", "reported states of roads"),
    ("corridors", "corridors"),
    ("crossings", "crossings"),
    ("places", "places"),
    ("lines", "borders"),
)
"""Layers of the map that can be hidden, and what they are called."""

HAZARD_LEVELS = (("low", "low"), ("central", "central"), ("high", "high"))
"""The figures of a reported hazard that the map can show; the range stands beside each."""

_E7, _LEAST_E7, _AROUND = 1e7, 100_000, 0.12
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60


def tiles_of(request: Request) -> TileCache:
    """Return the tiles of the desk's roads, prepared when first asked for."""
    state = request.app.state
    desk: Desk = state.desk
    kept: TileCache | None = getattr(state, "tiles", None)
    if kept is None or kept.roads.network is not desk.network:
        kept = state.tiles = TileCache(RoadTiles(desk.network))
    return kept


def map_facts(request: Request) -> dict[str, Any]:
    """Return what the templates of the map, the clock and the keys need."""
    desk: Desk = request.app.state.desk
    west, south, east, north = _looked_at(desk, tiles_of(request).roads)
    attributions = (desk.network.source.attribution, desk.entered.attribution)
    return {
        "map": {
            "bounds": f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}",
            "attribution": "; ".join(dict.fromkeys(text for text in attributions if text)),
            "horizon_s": desk.entered.settings.horizon_s,
            **clock_facts(desk.entered),
            "shared": getattr(request.app.state, "shared_map", None) is not None,
            "zones": " / ".join(label for label, _ in desk.entered.time_zones),
        },
        "map_layers": LAYERS,
        "hazard_levels": HAZARD_LEVELS,
        "actions": ACTIONS,
    }


def _looked_at(desk: Desk, roads: RoadTiles) -> tuple[float, ...]:
    """Return west, south, east and north of the places that people leave, or of the roads."""
    homes = {row.place for row in desk.entered.demand}
    nodes = desk.network.nodes
    at = dict(
        zip(nodes.id.tolist(), zip(nodes.lon_e7.tolist(), nodes.lat_e7.tolist(), strict=True), strict=True)
    )
    stated = [(p.lon_e7, p.lat_e7) for p in desk.entered.places if p.id in homes and p.lon_e7 is not None]
    placed = [at[p.node] for p in desk.entered.places if p.id in homes and p.node in at]
    points = [(lon, lat) for lon, lat in (*stated, *placed) if lon is not None and lat is not None]
    if not points:
        return tuple(value / _E7 for value in roads.bounds_e7)
    longitudes, latitudes = zip(*points, strict=True)
    wide, high = (max(axis) - min(axis) + _LEAST_E7 for axis in (longitudes, latitudes))
    west, east = min(longitudes) - wide * _AROUND, max(longitudes) + wide * _AROUND
    south, north = min(latitudes) - high * _AROUND, max(latitudes) + high * _AROUND
    return tuple(value / _E7 for value in (west, south, east, north))


def second_of_day(case: Case) -> int:
    """Return the time of day, in the first zone of the case, at which its plan begins."""
    hours, minutes = (int(part) for part in case.epoch[11:16].split(":"))
    return (hours * _HOUR_S + minutes * _MINUTE_S + first_offset_s(case)) % _DAY_S


def clock_facts(case: Case) -> dict[str, Any]:
    """Return what the clock of the pages counts from: the time of day at which the plan begins.

    And, where clocks of the first zone are changed, when, and by how many seconds they are put forward then.
    """
    change = case.clock_change
    return {
        "zero_s": second_of_day(case),
        "change": None if change is None else (change.at_s, change.offset_s - first_offset_s(case)),
    }
