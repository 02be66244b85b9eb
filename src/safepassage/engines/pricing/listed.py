"""Which arcs are passed one by one in the contracted problem, and when they may be entered."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.prices.value_tables import Clock

Int64 = NDArray[np.int64]
LINK_BITS = int(Mode.FOOT | Mode.TRAIN | Mode.BOAT)
HOUR_S = 3_600
MOST_LISTED = 24
"""More arcs are not listed: every one is a stop in every journey, and the tables grow with them."""


def ever_open(problem: PlanningProblem) -> NDArray[np.bool_]:
    """Return (n_arcs,) bool: arcs with capacity in some second."""
    is_open = problem.network.arcs.capacity_mveh_h > 0
    for arc, parts in problem.network.profiles.items():
        is_open[arc] = any(piece.capacity_mveh_h > 0 for piece in parts)
    return is_open


def listed_arcs(problem: PlanningProblem) -> tuple[int, ...] | None:
    """Return gates, links and arcs that count persons, ascending; None where there are too many."""
    arcs = problem.network.arcs
    is_open = ever_open(problem)
    counted = arcs.persons_h >= 0
    for arc, parts in problem.network.profiles.items():
        counted[arc] |= any(piece.persons_h >= 0 for piece in parts)
    links = is_open & ((arcs.modes & LINK_BITS) != 0)
    wanted = is_open & (arcs.gate | counted) | links
    useful = np.zeros(len(arcs), dtype=bool)
    for direction, _ in problem.directions:
        useful |= _on_a_way(problem, direction, is_open)
    found = np.flatnonzero(wanted & useful)
    return tuple(found.tolist()) if len(found) <= MOST_LISTED else None


def _on_a_way(problem: PlanningProblem, direction: str, is_open: Any) -> NDArray[np.bool_]:
    """Return arcs that lie between a place and a site of the direction."""
    network, arcs = problem.network, problem.network.arcs
    usable = is_open & ((arcs.directions & problem.direction_bit(direction)) != 0)
    graph, cost = ArcGraph(arcs.tail, arcs.head, network.n_nodes, usable), np.ones(len(arcs))
    wanted = {row.place for row in problem.demand if row.direction == direction}
    ends = {(p.node, p.pickup_node) for p in problem.places if p.id in wanted}
    starts = sorted({node for pair in ends for node in pair if node >= 0})
    sites = sorted({site.node for site in problem.sites(direction)})
    if not starts or not sites:
        return np.zeros(len(arcs), dtype=bool)
    out = np.isfinite(graph.tree(cost, starts).cost)
    back = np.isfinite(graph.tree(cost, sites, reverse=True).cost)
    found: NDArray[np.bool_] = usable & out[arcs.tail] & back[arcs.head]
    return found


def open_steps(problem: PlanningProblem, clock: Clock, listed: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return (n_listed, steps) bool: in some second of the step the arc may be entered."""
    network = problem.network
    found = np.zeros((len(listed), clock.steps), dtype=bool)
    moves = np.diff(clock.moving) > 0
    for row, arc in enumerate(listed):
        seconds = np.zeros(network.horizon_s + 1, dtype=bool)
        if arc in network.timetables:
            departures = [t for t, _ in network.timetables[arc] if t <= network.horizon_s]
            seconds[departures] = True
        else:
            seconds[:-1] = True
        for piece in problem.network.pieces_of(arc):
            if piece.capacity_mveh_h <= 0:
                seconds[piece.from_s : piece.until_s] = False
        found[row, np.flatnonzero(seconds & moves) // clock.step_s] = True
    return found


def capacity_by_step(
    problem: PlanningProblem, clock: Clock, arc: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return per step (mveh, persons, counted): capacity times seconds, and whether persons count throughout.

    Columns of shape (steps,). Seconds without a person limit add nothing and are not counted; in seconds
    outside the movement windows there is no capacity.
    """
    size = clock.steps
    road, heads = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    counted = np.ones(size, dtype=bool)
    edges = np.minimum(np.arange(size + 1) * clock.step_s, clock.horizon_s)
    for piece in problem.network.pieces_of(arc):
        low, high = (
            np.clip(edges[:-1], piece.from_s, piece.until_s),
            np.clip(edges[1:], piece.from_s, piece.until_s),
        )
        seconds = clock.moving[high] - clock.moving[low]
        road += piece.capacity_mveh_h * seconds
        if piece.persons_h >= 0:
            heads += piece.persons_h * seconds
        else:
            counted &= high <= low
    return road, heads, counted
