"""Corridors, places, modifications and areas of a released plan as GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience, Release
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.road_lines import RoadLines

Point = tuple[int, int]


def write_corridors(release: Release, layers: MapLayers) -> bytes:
    """Return one LineString per corridor: between which places, how long, what limits it.

    A corridor's alternative is a feature of its own (``role`` "alternative").
    """
    release.require(Audience.PLANNING_TEAM)
    register, lines = Register(release), RoadLines(release, layers)
    features = []
    for row in release.plan["corridors"]:
        facts = {
            "corridor": row["id"],
            "direction": register.direction_name(row["direction"]),
            "from": register.place(row["place"]),
            "to": register.place(row["site"]),
        }
        own = facts | {
            "role": "corridor",
            "length_m": row["length_m"],
            "travel_s": row["travel_s"],
            "capacity_veh_h": row["capacity_veh_h"],
            "exposure_ppm_s": row["exposure_ppm_s"],
            "bottleneck": register.road(row["bottleneck_arc"]) if row["bottleneck_arc"] >= 0 else "",
            "bottleneck_reason": row["bottleneck_reason"],
            "no_alternative": row["no_alternative"],
        }
        features.append(_feature(row["id"], _line(lines.route(row["route"])), own))
        if row["alternative"] >= 0:
            other = facts | {"role": "alternative", "shared_ppm": row["alternative_shared_ppm"]}
            features.append(
                _feature(f"{row['id']}/alternative", _line(lines.route(row["alternative"])), other)
            )
    return _collection(release, features)


def write_places(release: Release) -> bytes:
    """Return one Point per place that lies on the network."""
    release.require(Audience.PLANNING_TEAM)
    register, nodes = Register(release), release.inputs["network"]["nodes"]
    features = []
    for row in release.inputs["places"]:
        node = row["node"] if row["node"] >= 0 else row["pickup_node"]
        if node >= 0:
            facts = {"name": row["name"], "kind": row["kind"], "release_s": row["release_s"]}
            facts |= row.get("admin", {})
            if row["direction"]:
                facts |= {"direction": register.direction_name(row["direction"])}
            if row["capacity_persons"] >= 0:
                facts |= {"capacity_persons": row["capacity_persons"]}
            point = {"type": "Point", "coordinates": _degrees((nodes["lon_e7"][node], nodes["lat_e7"][node]))}
            features.append(_feature(row["id"], point, facts))
    return _collection(release, features)


def write_modifications(release: Release, layers: MapLayers) -> bytes:
    """Return one MultiLineString per modification of the baseline, used or only shown, with its source."""
    release.require(Audience.PLANNING_TEAM)
    lines = RoadLines(release, layers)
    features = []
    for row in release.plan["modifications"]:
        parts = [_line(lines.arc(arc))["coordinates"] for arc in row["arcs"]]
        geometry = {"type": "MultiLineString", "coordinates": parts} if parts else None
        facts = {key: row[key] for key in ("kind", "text", "source", "from_s", "to_s", "used")}
        features.append(_feature(row["id"], geometry, facts))
    return _collection(release, features)


def write_areas(release: Release, layers: MapLayers) -> bytes:
    """Return announced zones and reported areas as MultiPolygons, each with whose word it is."""
    release.require(Audience.PLANNING_TEAM)
    features = []
    for area in layers.areas:
        polygons = [
            [_ring(ring, exterior=i == 0) for i, ring in enumerate(polygon)] for polygon in area.polygons
        ]
        facts = {
            "kind": area.kind.value,
            "name": area.name,
            "reported_by": area.source,
            "announced_by": area.announced_by,
            "status": area.status,
            "stated_purposes": area.purposes,
            "grade": area.grade,
            "as_of": area.as_of,
        }
        features.append(_feature(area.id, {"type": "MultiPolygon", "coordinates": polygons}, facts))
    return _collection(release, features)


def _degrees(point: Point) -> list[float]:
    """RFC 7946 §3.1.1: longitude first; seven decimals are about a centimetre."""
    return [point[0] / 1e7, point[1] / 1e7]


def _line(points: Sequence[Point]) -> dict[str, Any]:
    """RFC 7946 §3.1.4: a line has two or more positions, so a route within one place repeats its point."""
    doubled = [*points, *points] if len(points) == 1 else points
    return {"type": "LineString", "coordinates": [_degrees(point) for point in doubled]}


def _ring(points: Sequence[Point], *, exterior: bool) -> list[list[float]]:
    """RFC 7946 §3.1.6: exterior rings run counter-clockwise, holes clockwise."""
    twice_area = sum(
        (x1 - points[0][0]) * (y2 - points[0][1]) - (x2 - points[0][0]) * (y1 - points[0][1])
        for (x1, y1), (x2, y2) in pairwise(points)
    )
    turned = points if (twice_area > 0) == exterior else points[::-1]
    return [_degrees(point) for point in turned]


def _feature(
    identifier: str, geometry: Mapping[str, Any] | None, properties: Mapping[str, Any]
) -> dict[str, Any]:
    return {"type": "Feature", "id": identifier, "geometry": geometry, "properties": dict(properties)}


def _collection(release: Release, features: Iterable[Mapping[str, Any]]) -> bytes:
    """Foreign members (RFC 7946 §6.1) say whose eyes the file is for and whose data it rests on."""
    collection = {
        "type": "FeatureCollection",
        "class": release.sensitivity.name,
        "exercise": bool(release.plan["exercise"]),
        "complete": bool(release.plan["complete"]),
        "plan": release.plan["title"],
        "as_of": release.plan["as_of"],
        "attribution": release.inputs["network"]["attribution"],
        "generated_from": dict(release.generated_from),
        "features": list(features),
    }
    text = json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return (text + "\n").encode("utf-8", "replace")
