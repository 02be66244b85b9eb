"""What plans and proofs of a direction are made from: its roads for sweep and flow, and their clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.engines.least_exposure.roads import Roads

CELLS_OF_A_SECOND, MOST_CELLS = 1_200_000, 400_000
"""Bins are a second where that makes no more (arc, bin) cells, ten processor seconds a flow, for nothing is
rounded then; else as short as the second number allows: a million cells of longer bins take minutes."""
FIRST_BINS, FIRST_BIN_S = 4, 12
"""The flow that says which arcs are to be in step is found in bins so many times as long, of so many
seconds at least."""


def graph_of(roads: Roads, *, waits: bool = True, toll: int = 1) -> Any:
    """Return the roads as the sweep reads them."""
    from safepassage.kernels.prices.priced_journeys import TimedGraph  # noqa: PLC0415 - compiled when first used

    network = roads.network
    return TimedGraph(
        n_nodes=network.n_nodes, tail=network.tail, head=network.head, pieces=_pieces(roads),
        hazard=_hazard(roads), wait_ok=np.full(len(network.arc), waits), sites=network.sites, toll=toll,
    )  # fmt: skip


def flow_network(roads: Roads) -> Any:
    """Return the roads as the flow reads them."""
    from safepassage.kernels.prices.exposure_flow import FlowNetwork  # noqa: PLC0415 - compiled when first used

    network = roads.network
    return FlowNetwork(
        tail=network.tail, head=network.head, pieces=_pieces(roads), capacity_mveh_h=network.capacity_mveh_h,
        units_mveh=roads.problem.rules.car_units_mveh, hazard=_hazard(roads), potential_s=roads.potential_s,
        first_s=roads.first_s, sites=network.sites, sources=(roads.nodes, roads.release_s, roads.cars),
    )  # fmt: skip


def bin_of(n_arcs: int, by_s: int) -> int:
    """Return the length of the bins (s) of a flow for so many arcs and so much time."""
    cells = n_arcs * by_s
    return 1 if cells <= CELLS_OF_A_SECOND else -(-cells // MOST_CELLS)


def clock_of(roads: Roads, by_s: int) -> Any:
    """Return a clock that rounds nothing where most cars of a flow in longer bins are."""
    from safepassage.kernels.prices.exposure_flow import Clock, car_paths  # noqa: PLC0415 - compiled when first used

    network, bin_s = flow_network(roads), bin_of(len(roads.network.arc), by_s)
    first = car_paths(network, Clock.of_slack(network, max(FIRST_BINS * bin_s, FIRST_BIN_S)), by_s=by_s)
    return Clock.in_step(network, bin_s, first.load.astype(np.float64))


def _pieces(roads: Roads) -> Any:
    from safepassage.kernels.prices.priced_journeys import OpenPieces  # noqa: PLC0415

    network = roads.network
    return OpenPieces(
        first=network.first, from_s=network.from_s, travel_s=network.travel_s, close_s=network.close_s
    )


def _hazard(roads: Roads) -> Any:
    from safepassage.kernels.prices.priced_journeys import HazardSteps  # noqa: PLC0415

    return HazardSteps(breaks=roads.breaks, ppm=roads.ppm)
