"""Status of roads, bridges, obstacles and border crossings by the Logistics Cluster: CSV or GeoJSON.

The words are those routing services take over from such exports (PASSABLE, RESTRICTED, NOT_PASSABLE,
ALTERNATIVE_ROUTE; borders OPEN, RESTRICTED, CLOSED, UNCLEAR), whatever their case and spelling; obstacles
follow the published layer `wld_trs_obstacles_wfp` (obstype, obsdate, maxloadmt, locprecision). `status` or
`obstype` is needed. A status may close a road once a person accepts it; none opens one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.reading import ProposedClaim, Reading
from safepassage.domain.claims.words import Modality, OriginKind, PlacePrecision, Predicate
from safepassage.domain.problem import Problem, Where
from safepassage.formats.claims.intake import (
    IntakeRow,
    place_of,
    quantity_of,
    read_rows,
    reading_of,
    rows_of,
    tables,
    words_in,
)
from safepassage.formats.containers.tabular import error, normal_name, text_of
from safepassage.formats.geometry import geometry_geojson
from safepassage.formats.geometry.geometry import Feature

STATUS = {
    "passable": "PASSABLE",
    "open": "OPEN",
    "operational": "PASSABLE",
    "restricted": "RESTRICTED",
    "partially_open": "RESTRICTED",
    "limited": "RESTRICTED",
    "not_passable": "NOT_PASSABLE",
    "impassable": "NOT_PASSABLE",
    "not_operational": "NOT_PASSABLE",
    "closed": "CLOSED",
    "destroyed": "NOT_PASSABLE",
    "alternative": "ALTERNATIVE_ROUTE",
    "alternative_route": "ALTERNATIVE_ROUTE",
    "unknown": "UNKNOWN",
    "unspecified": "UNKNOWN",
    "unclear": "UNKNOWN",
    "planned": "UNKNOWN",
}
NOTHING_SAID = "UNKNOWN"
CROSSINGS = frozenset({"border", "borders", "border_crossing", "border_crossings", "crossing", "bcp"})
OBSTACLES: dict[str, tuple[Predicate, str]] = {
    "flood": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "mines_uxo": (Predicate.EXPLOSIVE_HAZARD, ""),
    "mines": (Predicate.EXPLOSIVE_HAZARD, ""),
    "roadblock": (Predicate.ROAD_STATUS, "NOT_PASSABLE"),
    "road_damage": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "bridge_damage": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "culvert_damage": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "landslide": (Predicate.ROAD_STATUS, "NOT_PASSABLE"),
    "checkpoint_official": (Predicate.ACCESS_CONSTRAINT, ""),
    "trees": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "checkpoint_unofficial": (Predicate.ACCESS_CONSTRAINT, ""),
    "wreckage": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "traffic_restriction": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "ford": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "ferry": (Predicate.ROAD_STATUS, "RESTRICTED"),
    "railway_damage": (Predicate.OTHER, ""),
    "unknown": (Predicate.OTHER, ""),
}
PRECISION = {"accurate": "1", "approximate": "2", "bad": "4", "unknown": "4"}
KIND = ("feature_type", "dataset_key", "dataset", "layer", "category", "asset_type")
NAME = ("name", "onme", "road_name", "bridge_name", "crossing_name", "nameportion", "location")
CHECKED = ("lastcheckdate", "last_update", "last_updated", "updated", "update_date", "obsdate", "date")
NOTES = ("notes", "status_note", "comment", "comments", "remarks", "description")


def read(
    data: bytes, *, file: str, outlet: str, received: str
) -> tuple[tuple[Reading, ...], tuple[Problem, ...]]:
    """Return what the features propose, and every feature or row that cannot be used."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        rows, faults = _features(data, file, outlet, received)
    else:
        obstacles = any("obstype" in table.header for table in tables(data, file)[0])
        need = (("obstype",),) if obstacles else (("status", "state", "road_status", "value"),)
        rows, faults = rows_of(data, file=file, outlet=outlet, received=received, need=need)
    readings, problems = read_rows(rows, row)
    return readings, (*faults, *problems)


def row(cells: IntakeRow) -> Reading | None:
    """Return what one feature proposes, None where its status is not known."""
    predicate, status = _said(cells)
    if status == NOTHING_SAID:
        return None
    times = cells.times(CHECKED)
    report = cells.report(published=times[0].text[:10] if times else "")
    load = cells.number("maxloadmt", "max_load_t", "weight_limit_t")
    selector = f"ref:{cells.text('ref')}" if cells.text("ref") else ""
    claim = CivilianClaim(
        report=report.id,
        span=words_in(report, cells.text(*NOTES)),
        predicate=predicate,
        times=times,
        chain=cells.chain(cells.text("source", "sourceid", "provider"), kind=str(OriginKind.UNKNOWN)),
        arguments=(("status", status),) if status else (),
        modality=Modality.ASSERTED,
        quantities=quantity_of(None, load, "t", cells.text("maxloadmt", "max_load_t", "weight_limit_t"))
        if load
        else (),
        places=place_of(
            cells.text(*NAME),
            cells.position(),
            PlacePrecision(int(cells.chosen(PRECISION, "locprecision", default="1"))),
            cells.text("selector") or selector,
        ),
        uttered=times[0].text[:10] if times else "",
    )
    return reading_of(report, ProposedClaim(claim=claim))


def _said(cells: IntakeRow) -> tuple[Predicate, str]:
    """Return predicate and status word; "" where the thing has no status but is a hazard or a constraint."""
    if cells.text("obstype"):
        known = {key: key for key in OBSTACLES}
        predicate, status = OBSTACLES[cells.chosen(known | {"mines/uxo": "mines_uxo"}, "obstype")]
        given = cells.text("status")
        return predicate, cells.chosen(STATUS, "status") if given and status else status
    status = cells.chosen(STATUS, "status", "state", "road_status", "value")
    if normal_name(cells.text(*KIND)).removeprefix("logie_") in CROSSINGS or "crossing_name" in cells.cells:
        return Predicate.CROSSING_STATUS, {"PASSABLE": "OPEN", "NOT_PASSABLE": "CLOSED"}.get(status, status)
    return Predicate.ROAD_STATUS, {"OPEN": "PASSABLE", "CLOSED": "NOT_PASSABLE"}.get(status, status)


def _features(
    data: bytes, file: str, outlet: str, received: str
) -> tuple[list[IntakeRow], tuple[Problem, ...]]:
    features = geometry_geojson.read(data, Where(file=file))
    if isinstance(features, Problem):
        return [], (features,)
    lines = _line_middles(data)
    rows: list[IntakeRow] = []
    faults: list[Problem] = []
    for feature in features:
        if feature.problems:
            faults += feature.problems
            continue
        cells = {normal_name(name): text_of(value) for name, value in feature.properties.items()}
        where = Where(file=file, row=feature.number)
        if not ({"status", "state", "road_status", "value", "obstype"} & set(cells)):
            faults.append(error("INTAKE_ROW", where, "the feature has no status", "add the property status"))
            continue
        rows.append(
            IntakeRow(where=where, cells=cells | _at(feature, lines), outlet=outlet, received=received)
        )
    return rows, tuple(faults)


def _at(feature: Feature, lines: dict[int, tuple[str, str]]) -> dict[str, str]:
    if feature.point is not None:
        lon, lat = (format(e7 / 1e7, ".7f") for e7 in feature.point)
    elif feature.number in lines:
        lon, lat = lines[feature.number]
    else:
        return {}
    return {"lat": lat, "lon": lon}


def _line_middles(data: bytes) -> dict[int, tuple[str, str]]:
    """Return longitude and latitude of the middle vertex of each line, by feature number from 1."""
    root: Any = json.loads(data.decode("utf-8-sig"))
    members = root.get("features") if root.get("type") == "FeatureCollection" else [root]
    return dict(_middles(members))


def _middles(members: Any) -> Iterator[tuple[int, tuple[str, str]]]:
    for number, member in enumerate(members, start=1):
        geometry = member.get("geometry") if isinstance(member, dict) else None
        line = geometry.get("coordinates") if isinstance(geometry, dict) else None
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if kind == "MultiLineString" and isinstance(line, list) and line:
            line = line[0]
        if kind in {"LineString", "MultiLineString"} and isinstance(line, list) and line:
            middle = line[len(line) // 2]
            if isinstance(middle, list) and len(middle) > 1:
                yield number, (str(middle[0]), str(middle[1]))
