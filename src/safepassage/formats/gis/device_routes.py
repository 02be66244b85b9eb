"""Routes for a phone: one way, its line and its stops, and nothing else of the plan.

Phones are searched at checkpoints, so a file holds no times, no counts, no other ways and no hazard areas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience, Release
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.road_lines import RoadLines

Point = tuple[int, int]
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A named point of the way."""

    name: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRoute:
    """One way as a phone may hold it; `stops` are its two ends."""

    name: str
    line: tuple[Point, ...]
    stops: tuple[Stop, ...]
    sensitivity: str
    exercise: bool
    attribution: str


def travelled_routes(release: Release) -> tuple[int, ...]:
    """Return the positions of the routes that people travel in this plan: by car, or aboard a bus."""
    release.require(Audience.PLANNING_TEAM)
    plan = release.plan
    used = {row["route"] for row in plan["cars"]}
    used |= {leg["route"] for vehicle in plan["vehicles"] for leg in vehicle["legs"] if leg["load"]}
    return tuple(sorted(route for route in used if plan["routes"][route]["arcs"]))


def of_trucks(release: Release) -> Release:
    """Return a release whose routes are those of the trucks that bring aid, in the order of `aid.json`."""
    release.require(Audience.PLANNING_TEAM)
    return replace(release, plan={**release.plan, "routes": release.aid.get("routes", ())})


def driven_routes(release: Release) -> tuple[int, ...]:
    """Return the positions, among the routes of trucks, of those that one drives."""
    release.require(Audience.PLANNING_TEAM)
    legs = (leg for truck in release.aid.get("trucks", ()) for leg in truck["legs"])
    used = {leg["route"] for leg in legs}
    return tuple(sorted(route for route in used if release.aid["routes"][route]["arcs"]))


def device_route(release: Release, layers: MapLayers, route: int) -> DeviceRoute:
    """Return what a phone may hold of one route."""
    release.require(Audience.PLANNING_TEAM)
    register, lines = Register(release), RoadLines(release, layers)
    row = release.plan["routes"][route]
    ends = [register.node(row["from_node"]), register.node(row["to_node"])]
    line = lines.route(route)
    return DeviceRoute(
        name=f"{ends[0]} – {ends[1]}",
        line=tuple(line),
        stops=(Stop(name=ends[0], point=line[0]), Stop(name=ends[1], point=line[-1])),
        sensitivity=release.sensitivity.name,
        exercise=bool(release.plan["exercise"]),
        attribution=release.inputs["network"]["attribution"],
    )


def file_stem(release: Release, route: int) -> str:
    """Return a plain file name for a route, without its ending: ``route-007-oakford-marbury-stadium``."""
    register = Register(release)
    row = release.plan["routes"][route]
    words = [register.node(row["from_node"]), register.node(row["to_node"])]
    plain = "-".join(_NOT_PLAIN.sub("-", word).strip("-").lower()[:30] for word in words)
    return f"route-{route:03d}-{plain}".rstrip("-").replace("--", "-")
