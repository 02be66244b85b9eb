"""Why a corridor is what it is: its own figures, what binds it, and the ways beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.explain import Explainer, WayFacts

E7 = 10_000_000
MOST_OFF_M = 2_000
"""As far as a place may lie from a road (the default of snap_limit_m)."""
PPM_H = 3_600 * 10_000
"""ppm·s in one per cent·hour."""


def in_minutes(seconds: int) -> str:
    """Return ``1 h 05 min``, or ``45 min``."""
    return f"{seconds // 3600} h {seconds // 60 % 60:02d} min" if seconds >= 3600 else f"{seconds // 60} min"  # noqa: PLR2004


def explained_corridor(
    problem: PlanningProblem, plan: Mapping[str, Any], corridor: Mapping[str, Any], via: str
) -> tuple[list[str], dict[str, Any]]:
    """Return why a corridor is what it is, as lines and as data; `via` is somebody's own way, "" for none.

    Raises
    ------
    FormatError
        When the points of that way cannot be used.
    """
    names = {p.id: p.name for p in problem.places}
    direction = dict(problem.directions)[corridor["direction"]]
    explainer = Explainer(problem, corridor["direction"])
    route = plan["routes"][corridor["route"]]
    own = explainer.way("this corridor", route["arcs"])
    lines = [
        f"Corridor {corridor['id']}: {names[corridor['place']]} → {names[corridor['site']]} ({direction})"
    ]
    lines.extend(_way_lines(own))
    lines.append(f"  binding constraint: {corridor['bottleneck_reason'] or 'none'}")
    lines.extend(f"  what limits the direction: {b['text']}" for b in plan["binding"]
                 if b["direction"] == corridor["direction"])  # fmt: skip
    ways = [own]
    lines.append("What would change it:")
    for way in (explainer.without_closures(route["from_node"]), explainer.least_exposed(route["from_node"])):
        if way is not None:
            ways.append(way)
            lines.extend(_beside(way, own, plan))
    lines.append(_alternative(plan, corridor, explainer))
    if via:
        points = _points(via)
        _refuse_far(explainer.metres_off(points), via)
        yours = explainer.through(route["from_node"], points, route["to_node"])
        lines.extend(
            [
                "Your way:",
                *(_beside(yours, own, plan) if yours else ["  there is no road along these points"]),
            ]
        )
        ways.extend([yours] if yours else [])
    return lines, {"corridor": dict(corridor), "ways": [asdict(way) for way in ways]}


def _way_lines(way: WayFacts) -> list[str]:
    exposure = f"exposure {way.exposure_ppm_s / PPM_H:.2f} %·h, up to {way.capacity_veh_h} vehicles/h"
    lines = [f"  {way.length_m / 1000:.1f} km, {in_minutes(way.travel_s)} on free roads, {exposure}"]
    if way.tightest:
        lines.append("  tightest: " + "; ".join(f"{label} {n} vehicles/h" for label, n in way.tightest))
    if way.exposed:
        lines.append(
            "  reported hazard: " + "; ".join(f"{label} {ppm / 10_000:g} %" for label, ppm in way.exposed)
        )
    return lines


def _beside(way: WayFacts, own: WayFacts, plan: Mapping[str, Any]) -> list[str]:
    if way.arcs == own.arcs:
        return [f"  {way.name}: the same way"]
    faster, less = way.travel_s - own.travel_s, way.exposure_ppm_s - own.exposure_ppm_s
    head = f"  {way.name}: {way.length_m / 1000:.1f} km, {in_minutes(way.travel_s)} ({faster / 60:+.0f} min)"
    head += f", exposure {way.exposure_ppm_s / PPM_H:.2f} %·h ({less / PPM_H:+.2f})"
    head += f", up to {way.capacity_veh_h} vehicles/h"
    return [head, *(f"    needs: {text}" for text in _why_closed(way, plan))]


def _why_closed(way: WayFacts, plan: Mapping[str, Any]) -> list[str]:
    wanted = {*way.closed, *way.sometimes}
    found = []
    for row in plan["modifications"]:
        if row["used"] and wanted & set(row["arcs"]) and row["kind"] != "reported_hazard":
            source = f" (source: {row['source']})" if row["source"] else ""
            found.append(f"{row['text']}{source} to be otherwise")
    return found


def _alternative(plan: Mapping[str, Any], corridor: Mapping[str, Any], explainer: Explainer) -> str:
    if corridor["alternative"] < 0:
        return f"  alternative: none; {corridor['no_alternative']}"
    way = explainer.way("alternative", plan["routes"][corridor["alternative"]]["arcs"])
    shared = corridor["alternative_shared_ppm"] // 10_000
    return (
        f"  alternative: {way.length_m / 1000:.1f} km, {in_minutes(way.travel_s)}, "
        f"shares {shared} % of the length, up to {way.capacity_veh_h} vehicles/h"
    )


def _refuse_far(metres: list[int | None], via: str) -> None:
    """A point that is moved far to reach a road would show a way that was not asked about."""
    for number, off in enumerate(metres, start=1):
        if off is None or off > MOST_OFF_M:
            what = f"point {number} of {via!r} lies " + (
                f"{off:,} m from any junction" if off else "on no road"
            )
            raise FormatError(file="--via", what=what, remedy="latitude comes first; name a point on a road")


def _points(via: str) -> list[tuple[int, int]]:
    points = []
    for part in filter(None, (p.strip() for p in via.split(";"))):
        try:
            lat, lon = (float(x) for x in part.split(","))
        except ValueError:
            what = f"the point {part!r} is not LAT,LON"
            raise FormatError(
                file="--via", what=what, remedy="write for example 51.19,35.27;51.02,35.31"
            ) from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # noqa: PLR2004
            raise FormatError(
                file="--via", what=f"{part} lies nowhere on Earth", remedy="latitude comes first"
            )
        points.append((round(lon * E7), round(lat * E7)))
    return points
