"""Cut a region out of a country: every road near the places, and only the larger ones further out.

Who leaves a district is on main roads after some kilometres; small roads far away make a plan slow and change
nothing. What is cut off can only take ways away, so a plan of the region is a plan of the country; its bound
is one of the region.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Arcs, Nodes, RoadClass, RoadNetwork, Shapes

Int64 = NDArray[np.int64]
Box = tuple[int, int, int, int]
E7_PER_KM = 89_932
"""Ten-millionths of a degree of latitude in a kilometre."""
LARGEST_KEPT = RoadClass.SECONDARY
_PER_ARC = (
    "length_m", "travel_s", "capacity_mveh_h", "person_capacity_h", "max_weight_kg", "road_class", "modes",
    "bridge", "link", "name", "ref",
)  # fmt: skip


def box_of(points_e7: Iterable[tuple[int, int]], km: int) -> Box:
    """Return (west, south, east, north) around points, `km` further on every side.

    Raises
    ------
    ValueError
        When there are no points.
    """
    points = list(points_e7)
    if not points:
        raise ValueError("a region is around some points")
    lon, lat = [p[0] for p in points], [p[1] for p in points]
    up = km * E7_PER_KM
    # Degrees of longitude shrink towards the poles: the box is as wide as it has to be at its far side.
    furthest = min(89.0, max(abs(min(lat) - up), abs(max(lat) + up)) / 1e7)
    side = math.ceil(up / math.cos(math.radians(furthest)))
    return min(lon) - side, min(lat) - up, max(lon) + side, max(lat) + up


def cut_region(network: RoadNetwork, near: Box, far: Box) -> RoadNetwork:
    """Return the roads inside `near`, and of those inside `far` the secondary and larger ones.

    Roads, rails and ferries that lead across an edge are left out there. Nodes and arcs keep their order and
    their names; positions are new.
    """
    nodes, arcs = network.nodes, network.arcs
    close, wide = _inside(nodes, near), _inside(nodes, far)
    large = arcs.road_class <= int(LARGEST_KEPT)
    kept = close[arcs.tail] & close[arcs.head]
    kept |= wide[arcs.tail] & wide[arcs.head] & large
    chosen = np.flatnonzero(kept)
    used = close.copy()
    used[arcs.tail[chosen]] = True
    used[arcs.head[chosen]] = True
    rows = np.flatnonzero(used)
    new_node = np.full(len(nodes), -1, np.int32)
    new_node[rows] = np.arange(len(rows))
    new_arc = np.full(len(arcs) + 1, -1, np.int32)
    new_arc[chosen] = np.arange(len(chosen))
    return RoadNetwork(
        nodes=Nodes(id=nodes.id[rows], lon_e7=nodes.lon_e7[rows], lat_e7=nodes.lat_e7[rows]),
        arcs=Arcs(
            tail=new_node[arcs.tail[chosen]], head=new_node[arcs.head[chosen]],
            twin=new_arc[arcs.twin[chosen]], **{name: getattr(arcs, name)[chosen] for name in _PER_ARC},
        ),
        shapes=_shapes(network.shapes, chosen), names=network.names, source=network.source,
    )  # fmt: skip


def _inside(nodes: Nodes, box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    found: NDArray[np.bool_] = (nodes.lon_e7 >= west) & (nodes.lon_e7 <= east)
    return found & (nodes.lat_e7 >= south) & (nodes.lat_e7 <= north)


def _shapes(shapes: Shapes, chosen: Int64) -> Shapes:
    """Return the inner points of the chosen arcs, one arc after the other."""
    first = shapes.start[chosen].astype(np.int64)
    sizes = shapes.start[chosen + 1] - first
    start = np.concatenate(([0], np.cumsum(sizes)))
    at = np.repeat(first - start[:-1], sizes) + np.arange(int(start[-1]))
    return Shapes(start=start, lon_e7=shapes.lon_e7[at], lat_e7=shapes.lat_e7[at])
