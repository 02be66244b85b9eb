"""The roads of an area, and where they leave it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode, RoadClass, RoadNetwork
from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.domain.quick_look import QuickLook
from safepassage.kernels.graphs.components import component_labels
from safepassage.kernels.graphs.polygons import inside_mask
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.graphs.snapping import nearest_nodes

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
Box = tuple[int, int, int, int]
"""West, south, east, north, in e7."""

MIN_PART = 50
"""A road that leaves the area counts as an exit when it leads on to so many junctions."""
SNAP_LIMIT_M = 2_000
"""As far as a named exit, station or checkpoint may lie from a road (the default of snap_limit_m)."""
TOLD_OUTSIDE = 0.02
"""An area that sticks out of the map by a larger share of its size is told."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AreaRoads:
    """Arcs of the network that people may use, with ends numbered anew; nodes inside; exits.

    `arc` and `node` are positions in the network; `tail`, `head` positions in `node`; `exits` positions in
    `node`, ascending.
    """

    arc: Int64
    node: Int64
    tail: Int64
    head: Int64
    inside: Bool
    reaches: Bool
    exits: Int64


def area_roads(network: RoadNetwork, look: QuickLook) -> tuple[AreaRoads | None, tuple[Problem, ...]]:
    """Return the roads inside the area up to its exits, or what stands in the way.

    With named exits the whole network is kept: people may leave the area, and come back, on the way there.
    """
    inside = inside_mask(look.area, network.nodes.lon_e7, network.nodes.lat_e7)
    problems = _beyond_map(network, look, inside)
    if problems and not inside.any():
        return None, problems
    usable = _usable(network, inside)
    if not (usable & inside[network.arcs.tail]).any():
        what = f"no road that cars may use lies in {_named(look)}"
        hint = "check the corners of the area (latitude and longitude swapped?) and the map extract"
        return None, (error("AREA_WITHOUT_ROADS", Where(file="area"), what, hint),)
    if look.exits:
        kept = np.flatnonzero(usable)
        exits, faults = _named_exits(network, look, usable)
    else:
        kept = np.flatnonzero(usable & inside[network.arcs.tail])
        exits = _edge_exits(network, usable, inside, kept)
        faults = () if len(exits) else (_no_exit(look, inside),)
    if faults:
        return None, (*problems, *faults)
    return _numbered(network, kept, inside, exits), problems


def _usable(network: RoadNetwork, inside: Bool) -> Bool:
    """Return (n_arcs,) bool: car roads without driveways and parking lanes, unless there is nothing else."""
    arcs = network.arcs
    driven = (arcs.modes & int(Mode.CAR)) != 0
    through = driven & (arcs.road_class != int(RoadClass.SERVICE))
    enough = bool((through & inside[arcs.tail]).any())
    return np.asarray(through if enough else driven, dtype=np.bool_)


def _beyond_map(network: RoadNetwork, look: QuickLook, inside: Bool) -> tuple[Problem, ...]:
    """Say how much of the area's box lies outside the map; an error where no junction is inside."""
    lon = [p[0] for polygon in look.area for p in polygon[0]]
    lat = [p[1] for polygon in look.area for p in polygon[0]]
    nodes = network.nodes
    if not len(nodes):
        return (error("AREA_WITHOUT_ROADS", Where(file="area"), "the map holds no roads", "use another"),)
    box = (int(nodes.lon_e7.min()), int(nodes.lat_e7.min()), int(nodes.lon_e7.max()), int(nodes.lat_e7.max()))
    area = _box(lon, lat)
    covered = _overlap(area, box) / max(1, (area[2] - area[0]) * (area[3] - area[1]))
    where = Where(file="area")
    hint = "use a map extract that holds the whole area, and some kilometres around it"
    if not inside.any() and covered <= 0:
        text = f"{_named(look)} lies at {_spans(area)}, outside the map, which has {_spans(box)}"
        swapped = _overlap(_box(lat, lon), box) > 0
        hint = "write the longitude first, then the latitude" if swapped else hint
        return (error("AREA_BEYOND_MAP", where, text, hint),)
    if covered < 1 - TOLD_OUTSIDE:
        text = f"{100 - round(100 * covered)} % of {_named(look)} lies outside the map; no roads known there"
        return (warning("AREA_BEYOND_MAP", where, text, hint),)
    return ()


def _named(look: QuickLook) -> str:
    """Return the name of the area inside a sentence."""
    return "the area" if look.area_name == "The area" else look.area_name


def _box(x_e7: list[int], y_e7: list[int]) -> Box:
    return min(x_e7), min(y_e7), max(x_e7), max(y_e7)


def _overlap(one: Box, other: Box) -> int:
    wide = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    return wide * max(0, min(one[3], other[3]) - max(one[1], other[1]))


def _spans(box: Box) -> str:
    west, south, east, north = (at / 1e7 for at in box)
    return f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}"


def _no_exit(look: QuickLook, inside: Bool) -> Problem:
    where = Where(file="area")
    if inside.all():
        what = f"{look.area_name} is larger than the map: no road leaves it"
        return error("AREA_WITHOUT_EXIT", where, what, "use a larger map extract, or name exits with --exits")
    what = f"no road leaves {_named(look)}"
    return error(
        "AREA_WITHOUT_EXIT", where, what, "draw the area to the next road, or name exits with --exits"
    )


def _edge_exits(network: RoadNetwork, usable: Bool, inside: Bool, kept: Int64) -> Int64:
    """Return the nodes just outside from which a road leads on; driveways never count as exits."""
    arcs = network.arcs
    leaving = kept[~inside[arcs.head[kept]] & (arcs.road_class[kept] != int(RoadClass.SERVICE))]
    heads = np.unique(arcs.head[leaving]).astype(np.int64)
    if not len(heads):
        return heads
    outside = usable & ~inside[arcs.tail] & ~inside[arcs.head]
    labels, sizes = component_labels(len(network.nodes), arcs.tail[outside], arcs.head[outside], strong=False)
    reached = sizes[labels[heads]]
    return heads[reached >= min(MIN_PART, int(reached.max()))]


def _named_exits(network: RoadNetwork, look: QuickLook, usable: Bool) -> tuple[Int64, tuple[Problem, ...]]:
    """Return the junctions nearest to the points that were named."""
    driven = np.zeros(len(network.nodes), dtype=np.bool_)
    driven[network.arcs.head[usable]] = True
    lon = np.asarray([p[0] for p in look.exits], dtype=np.int32)
    lat = np.asarray([p[1] for p in look.exits], dtype=np.int32)
    nodes, metres = nearest_nodes(lon, lat, network.nodes.lon_e7, network.nodes.lat_e7, driven)
    faults = tuple(
        error(
            "EXIT_OFF_NETWORK", Where(file="exits", row=number),
            f"exit {number} lies {int(m):,} m from the nearest road, beyond {SNAP_LIMIT_M:,} m",
            "check its coordinates (latitude first), or use a larger map extract",
        )
        for number, m in enumerate(metres.tolist(), start=1) if m > SNAP_LIMIT_M
    )  # fmt: skip
    return np.unique(nodes).astype(np.int64), faults


def _numbered(network: RoadNetwork, kept: Int64, inside: Bool, exits: Int64) -> AreaRoads:
    """Number the nodes anew; nothing leads on from an exit at the edge, so nobody is driven back in."""
    arcs = network.arcs
    node = np.unique(np.concatenate([arcs.tail[kept], arcs.head[kept], exits])).astype(np.int64)
    position = np.full(len(network.nodes), -1, dtype=np.int64)
    position[node] = np.arange(len(node))
    tail, head = position[arcs.tail[kept]], position[arcs.head[kept]]
    ends = position[exits]
    graph = ArcGraph(tail, head, len(node), np.ones(len(kept), dtype=np.bool_))
    cost = graph.tree(arcs.travel_s[kept].astype(np.float64), ends.tolist(), reverse=True).cost
    reaches = np.asarray(np.isfinite(cost), dtype=np.bool_)
    useful = reaches[head]
    return AreaRoads(
        arc=kept[useful], node=node, tail=tail[useful], head=head[useful], inside=inside[node],
        reaches=reaches, exits=ends,
    )  # fmt: skip
