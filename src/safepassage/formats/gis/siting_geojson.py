"""Points to stand at with their catchments as GeoJSON (RFC 7946), for any GIS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from safepassage.domain.siting import NO_LIMIT
from safepassage.domain.siting_sheet import Point, SitingSheet
from safepassage.formats.maps.siting_map import catchment_points, hull_e7


def write(sheet: SitingSheet) -> bytes:
    """Return catchments, then walks (as straight lines), then points and people.

    Every feature says what it is in ``kind``: catchment, walk, site, people.
    """
    document = {
        "type": "FeatureCollection",
        "name": f"RESTRICTED {sheet.title}: {sheet.what}",
        "classification": "RESTRICTED",
        "exercise": sheet.exercise,
        "attribution": sheet.attribution,
        "features": [*_catchments(sheet), *_walks(sheet), *_sites(sheet), *_people(sheet)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _catchments(sheet: SitingSheet) -> Iterator[dict[str, Any]]:
    for site in sheet.shown.chosen:
        points = catchment_points(sheet, site)
        if points:
            ring = [_degrees(point) for point in hull_e7(points)]
            yield _feature("catchment", {"type": "Polygon", "coordinates": [ring]}, _facts(sheet, site))


def _walks(sheet: SitingSheet) -> Iterator[dict[str, Any]]:
    problem = sheet.problem
    for row in sheet.shown.catchments:
        a, b = sheet.client_at[row.client], sheet.site_at[row.site]
        if a is not None and b is not None:
            facts = {
                "from": problem.clients[row.client], "to": problem.sites[row.site], "persons": row.persons,
                "metres": int(problem.metres[row.client, row.site]),
            }  # fmt: skip
            if problem.exposure_ppm_s.size:
                facts["exposure_ppm_s"] = int(problem.exposure_ppm_s[row.client, row.site])
            yield _feature("walk", {"type": "LineString", "coordinates": [_degrees(a), _degrees(b)]}, facts)


def _sites(sheet: SitingSheet) -> Iterator[dict[str, Any]]:
    for site in sheet.shown.chosen:
        point = sheet.site_at[site]
        if point is not None:
            yield _feature("site", {"type": "Point", "coordinates": _degrees(point)}, _facts(sheet, site))


def _people(sheet: SitingSheet) -> Iterator[dict[str, Any]]:
    for client, point in enumerate(sheet.client_at):
        if point is not None:
            facts = {
                "place": sheet.problem.clients[client], "name": sheet.client_names[client],
                "persons": int(sheet.problem.persons[client]), "left_out": sheet.left_out(client),
            }  # fmt: skip
            yield _feature("people", {"type": "Point", "coordinates": _degrees(point)}, facts)


def _facts(sheet: SitingSheet, site: int) -> dict[str, Any]:
    served, room = sheet.shown.served(site), sheet.room(site)
    facts: dict[str, Any] = {
        "site": sheet.problem.sites[site], "name": sheet.site_names[site], "persons": served,
        "stands_already": site in sheet.problem.existing,
    }  # fmt: skip
    if room != NO_LIMIT:
        facts |= {"room_persons": room, "full": served >= room}
    return facts


def _feature(kind: str, geometry: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **facts}}


def _degrees(point: Point) -> list[float]:
    return [point[0] / 1e7, point[1] / 1e7]
