"""The roads of a network on a map: as many classes as can be told apart, the highest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode, RoadClass, RoadNetwork
from safepassage.formats.containers.markup import Markup, element, joined
from safepassage.formats.maps.map_frame import MapFrame, path

_MOST_ROADS = 9_000
_STYLES = (
    ("minor", (RoadClass.UNCLASSIFIED, RoadClass.RESIDENTIAL, RoadClass.SERVICE, RoadClass.TRACK)),
    ("mid", (RoadClass.SECONDARY, RoadClass.TERTIARY)),
    ("major", (RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY)),
)


def drawn_roads(network: RoadNetwork, frame: MapFrame) -> Markup:
    """Return the roads inside a frame, in three styles."""
    groups = []
    chosen = _shown(network, frame)
    kind = network.arcs.road_class[chosen]
    for style, classes in _STYLES:
        arcs = chosen[np.isin(kind, [int(c) for c in classes])].tolist()
        if arcs:
            lines = joined(path(frame.spots(network.polyline_e7(arc))) for arc in arcs)
            groups.append(element("path", {"class": f"road {style}", "d": lines}))
    return element("g", {"class": "roads"}, *groups)


def _shown(network: RoadNetwork, frame: MapFrame) -> NDArray[np.int64]:
    """Return arcs inside the frame, one of each pair of twins, the highest classes first."""
    nodes, arcs = network.nodes, network.arcs
    x = (nodes.lon_e7 / 1e7 - frame.west) * frame.px_per_lon
    y = (frame.north - nodes.lat_e7 / 1e7) * frame.px_per_lat
    inside = (x > 0) & (x < frame.width) & (y > 0) & (y < frame.height)
    chosen = (inside[arcs.tail] | inside[arcs.head]) & ((arcs.modes & int(Mode.road())) != 0)
    chosen &= (arcs.twin < 0) | (arcs.twin > np.arange(len(arcs)))
    counts = np.bincount(arcs.road_class[chosen], minlength=len(RoadClass)).cumsum()
    enough = [c for c in range(len(RoadClass)) if counts[c] <= _MOST_ROADS]
    return np.flatnonzero(chosen & (arcs.road_class <= max(enough, default=0)))
