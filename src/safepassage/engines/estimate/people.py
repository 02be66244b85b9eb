"""Where people start: a number spread along local roads, or a grid, in a few hundred cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import RoadClass, RoadNetwork
from safepassage.domain.quick_look import QuickLook
from safepassage.engines.estimate.area import AreaRoads
from safepassage.kernels.graphs.polygons import cell_shares, inside_mask, points_by_cell
from safepassage.kernels.graphs.snapping import nearest_nodes

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

M_PER_DEGREE = 111_195
CELL_SIZES_M = (100, 150, 200, 300, 400, 600, 800, 1_200, 1_600, 2_400, 3_200, 4_800, 6_400, 9_600, 20_000)
MOST_CELLS = 400
"""People start in about this many cells: more would not change the answer, only the time it takes."""
MOST_JUNCTIONS = 8
"""The people of a cell reach the roads at its busiest junctions, at most this many."""
FAR_M = 500
"""Persons of a grid who live further from a road of the area are told, not counted."""
LOCAL = (RoadClass.TERTIARY, RoadClass.UNCLASSIFIED, RoadClass.RESIDENTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCell:
    """People who start together: at the weighted middle of a cell, onto `junctions` (positions in node)."""

    lon_e7: int
    lat_e7: int
    persons: int
    junctions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Where people start. `cell_m` is the size of a cell; persons left out have no road or no way out."""

    cells: tuple[StartCell, ...]
    cell_m: int
    far_persons: int
    outside_persons: int
    length_km: int
    cut_off_km: int


def spread(network: RoadNetwork, roads: AreaRoads, look: QuickLook) -> Spread:
    """Return where the people start; no cells where there is nobody."""
    candidate = roads.inside & roads.reaches
    weight = _road_metres(network, roads)
    length_km, cut_off = round(float(weight.sum()) / 1_000), float(weight[~candidate].sum())
    weight = np.where(candidate, weight, 0.0)
    if not weight.any():
        weight = candidate.astype(np.float64)
    far = outside = 0
    if look.cells:
        weight, total, far, outside = _from_grid(network, roads, look, weight)
    else:
        total = look.persons or 0
    cells, cell_m = _cells(network, roads, weight, total) if total and weight.any() else ((), 0)
    return Spread(
        cells=cells, cell_m=cell_m, far_persons=far, outside_persons=outside, length_km=length_km,
        cut_off_km=round(cut_off / 1_000),
    )  # fmt: skip


def _road_metres(network: RoadNetwork, roads: AreaRoads) -> Float64:
    """Return (n_nodes,) metres of local road at each node: half of every stretch that ends there."""
    arcs = network.arcs
    weight = np.zeros(len(roads.node))
    for classes in (LOCAL, tuple(RoadClass)):
        chosen = np.isin(arcs.road_class[roads.arc], [int(c) for c in classes])
        half = arcs.length_m[roads.arc[chosen]] / 2
        np.add.at(weight, roads.tail[chosen], half)
        np.add.at(weight, roads.head[chosen], half)
        weight[~roads.inside] = 0.0
        if weight.any():
            break
    # A two-way street is two arcs: its metres were counted twice, which leaves shares as they are.
    return weight / 2


def _from_grid(
    network: RoadNetwork, roads: AreaRoads, look: QuickLook, weight: Float64
) -> tuple[Float64, int, int, int]:
    """Return persons by node, their sum, and those too far from a road or outside the area."""
    persons = _inside_persons(look)
    lon, lat = network.nodes.lon_e7[roads.node], network.nodes.lat_e7[roads.node]
    candidates = np.flatnonzero(weight > 0)
    found = np.zeros(len(roads.node))
    outlined = [i for i, cell in enumerate(look.cells) if cell.rings and persons[i] > 0]
    settled = np.zeros(len(look.cells), dtype=np.bool_)
    if outlined:
        rings = [look.cells[i].rings for i in outlined]
        row, point = points_by_cell(rings, lon[candidates], lat[candidates])
        cell, node = np.asarray(outlined)[row], candidates[point]
        whole = np.zeros(len(look.cells))
        np.add.at(whole, cell, weight[node])
        np.add.at(found, node, persons[cell] * weight[node] / whole[cell])
        settled[cell] = True
    rest = np.flatnonzero(~settled & (persons > 0))
    at_lon = np.asarray([look.cells[i].lon_e7 for i in rest], dtype=np.int32)
    at_lat = np.asarray([look.cells[i].lat_e7 for i in rest], dtype=np.int32)
    node, metres = nearest_nodes(at_lon, at_lat, lon, lat, weight > 0)
    near = metres <= FAR_M
    np.add.at(found, node[near], persons[rest[near]])
    total = round(float(found.sum()))
    inside = round(float(persons.sum()))
    everybody = sum(cell.persons for cell in look.cells)
    return found, total, inside - total, everybody - inside


def _inside_persons(look: QuickLook) -> Float64:
    """Return (n_cells,) persons of each grid cell inside the area: by share where it has an outline."""
    persons = np.asarray([cell.persons for cell in look.cells], dtype=np.float64)
    lon = np.asarray([cell.lon_e7 for cell in look.cells], dtype=np.int64)
    lat = np.asarray([cell.lat_e7 for cell in look.cells], dtype=np.int64)
    share = inside_mask(look.area, lon, lat).astype(np.float64)
    outlined = [i for i, cell in enumerate(look.cells) if cell.rings]
    if outlined:
        share[outlined] = cell_shares(look.area, [look.cells[i].rings for i in outlined])
    return np.asarray(persons * share, dtype=np.float64)


def _cells(
    network: RoadNetwork, roads: AreaRoads, weight: Float64, total: int
) -> tuple[tuple[StartCell, ...], int]:
    """Gather node weights in square cells of the smallest size that gives few enough of them."""
    nodes = np.flatnonzero(weight > 0)
    lon, lat = network.nodes.lon_e7[roads.node[nodes]], network.nodes.lat_e7[roads.node[nodes]]
    shrink = max(0.02, math.cos(math.radians(float(lat.mean()) / 1e7)))
    x = (lon - int(lon.min())) / 1e7 * M_PER_DEGREE * shrink
    y = (lat - int(lat.min())) / 1e7 * M_PER_DEGREE
    size, key = CELL_SIZES_M[-1], np.zeros(len(nodes), dtype=np.int64)
    for size in CELL_SIZES_M:
        key = (y // size).astype(np.int64) * 2**31 + (x // size).astype(np.int64)
        if len(np.unique(key)) <= min(MOST_CELLS, total):
            break
    _, cell = np.unique(key, return_inverse=True)
    sums = np.bincount(cell, weights=weight[nodes])
    persons = _whole_shares(sums, total)
    order = np.lexsort((nodes, -weight[nodes], cell))
    starts = np.append(np.flatnonzero(np.diff(cell[order], prepend=-1)), len(order))
    found = []
    for k, count in enumerate(persons.tolist()):
        if count:
            mine = nodes[order[starts[k] : starts[k + 1]]]
            found.append(_start(network, roads, mine, weight, count))
    return tuple(found), size


def _start(network: RoadNetwork, roads: AreaRoads, nodes: Int64, weight: Float64, persons: int) -> StartCell:
    share = weight[nodes] / weight[nodes].sum()
    lon, lat = network.nodes.lon_e7[roads.node[nodes]], network.nodes.lat_e7[roads.node[nodes]]
    return StartCell(
        lon_e7=round(float((lon * share).sum())), lat_e7=round(float((lat * share).sum())), persons=persons,
        junctions=tuple(sorted(int(n) for n in nodes[:MOST_JUNCTIONS])),
    )  # fmt: skip


def _whole_shares(weights: NDArray[Any], total: int) -> Int64:
    """Share out whole persons by largest remainder; the first of equals gets what is left."""
    exact = weights / weights.sum() * total
    whole: Int64 = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
