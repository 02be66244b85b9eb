"""What plans and proofs of a direction are made from: its roads for sweep and flow, and their clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.engines.least_exposure.roads import Roads

SHORTEST_S, LONGEST_S = 1, 12
FEW_CELLS, MOST_CELLS = 100_000, 400_000
"""Bins are a second where so few (arc, bin) cells hold them, and at most twelve seconds, two cars of a narrow
road; longer only where there would be more cells: 1.2 million took over three minutes for one flow."""
FIRST_BINS = 4
"""The flow that says which arcs are to be in step is found in bins so many times as long."""


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


def bins_of(n_arcs: int, by_s: int) -> tuple[int, ...]:
    """Return lengths of the bins (s) of flows for so many arcs and so much time: the usual, the shortest."""
    cells = n_arcs * by_s
    least = max(SHORTEST_S, -(-cells // MOST_CELLS))
    usual = max(least, min(LONGEST_S, -(-cells // FEW_CELLS)))
    return (usual, least) if least < usual else (usual,)


def clock_of(roads: Roads, by_s: int, bin_s: int) -> Any:
    """Return a clock that rounds nothing where most of the exposure of a flow in longer bins lies."""
    from safepassage.kernels.prices.exposure_flow import Clock, car_paths  # noqa: PLC0415 - compiled when first used

    network = flow_network(roads)
    first = car_paths(network, Clock.of_slack(network, FIRST_BINS * bin_s), by_s=by_s)
    return Clock.in_step(network, bin_s, first.load * roads.ppm.mean(axis=1))


def _pieces(roads: Roads) -> Any:
    from safepassage.kernels.prices.priced_journeys import OpenPieces  # noqa: PLC0415

    network = roads.network
    return OpenPieces(
        first=network.first, from_s=network.from_s, travel_s=network.travel_s, close_s=network.close_s
    )


def _hazard(roads: Roads) -> Any:
    from safepassage.kernels.prices.priced_journeys import HazardSteps  # noqa: PLC0415

    return HazardSteps(breaks=roads.breaks, ppm=roads.ppm)
