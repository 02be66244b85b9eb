"""Says what is in a road network, so that a thin, torn or foreign one is seen before a plan rests on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import NO_LIMIT, Arcs, Mode, RoadClass, RoadNetwork
from safepassage.domain.network_report import Box, ClassTotal, NetworkReport, ReadCounts
from safepassage.kernels.graphs.components import component_labels

LARGEST_COMPONENTS = 10
"""How many component sizes a report lists."""
TORN_BELOW_PPM = 900_000
"""Below this share of nodes in the largest strong component a network is called torn (ours, no source)."""
LONG_STRETCH_M = 100_000
"""A stretch of road without a junction longer than this is more likely a fault in the data (ours)."""

Bool = NDArray[np.bool_]


def describe(network: RoadNetwork, counts: ReadCounts | None = None) -> NetworkReport:
    """Return what is in `network`; `counts` is what its reader saw and left out, where that is known."""
    counts = counts or ReadCounts()
    arcs, nodes, source = network.arcs, network.nodes, network.source
    once = _each_stretch_once(arcs)
    cars = (arcs.modes & Mode.CAR) > 0
    _, weak = component_labels(len(nodes), arcs.tail, arcs.head, strong=False)
    _, strong = component_labels(len(nodes), arcs.tail[cars], arcs.head[cars], strong=True)
    share = 1_000_000 * int(strong[0]) // len(nodes) if len(nodes) else 0
    return NetworkReport(
        kind=source.kind,
        file_name=source.file_name,
        sha256=source.sha256,
        reader_version=source.reader_version,
        attribution=source.attribution,
        schematic=source.schematic,
        nodes=len(nodes),
        arcs=len(arcs),
        stretches=int(once.sum()),
        length_m=int(arcs.length_m[once].sum(dtype=np.int64)),
        classes=_class_totals(arcs, once),
        bbox_e7=_box(network),
        components=len(weak),
        component_sizes=tuple(weak[:LARGEST_COMPONENTS].tolist()),
        strong_components=len(strong),
        strong_share_ppm=share,
        one_way_stretches=int((arcs.twin[once] < 0).sum()),
        bridges=int(arcs.bridge[once].sum()),
        ferries=int((arcs.road_class[once] == RoadClass.FERRY).sum()),
        bus_only_arcs=int(((arcs.modes & Mode.road()) == Mode.BUS).sum()),
        weight_limited_arcs=int((arcs.max_weight_kg != NO_LIMIT).sum()),
        counts=counts,
        warnings=(*counts.warnings, *_warnings(arcs, share)),
    )


def _each_stretch_once(arcs: Arcs) -> Bool:
    """Return a mask that keeps one arc of every pair of twins."""
    once: Bool = (arcs.twin < 0) | (np.arange(len(arcs)) < arcs.twin)
    return once


def _class_totals(arcs: Arcs, once: Bool) -> tuple[ClassTotal, ...]:
    totals = []
    for road_class in RoadClass:
        these = once & (arcs.road_class == road_class)
        if these.any():
            length = int(arcs.length_m[these].sum(dtype=np.int64))
            name = road_class.name.lower()
            totals.append(ClassTotal(road_class=name, stretches=int(these.sum()), length_m=length))
    return tuple(totals)


def _box(network: RoadNetwork) -> Box:
    lon = np.concatenate([network.nodes.lon_e7, network.shapes.lon_e7])
    lat = np.concatenate([network.nodes.lat_e7, network.shapes.lat_e7])
    if not len(lon):
        return (0, 0, 0, 0)
    return (int(lon.min()), int(lat.min()), int(lon.max()), int(lat.max()))


def _warnings(arcs: Arcs, strong_share_ppm: int) -> list[str]:
    found = []
    if strong_share_ppm < TORN_BELOW_PPM:
        percent = strong_share_ppm / 10_000
        found.append(
            f"only {percent:.0f} % of the nodes can be reached from one another by car: the map is torn"
        )
    long_roads = int((arcs.length_m > LONG_STRETCH_M).sum())
    if long_roads:
        found.append(f"{long_roads} arcs are longer than {LONG_STRETCH_M // 1000} km without a junction")
    return found
