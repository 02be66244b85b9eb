"""Ways for cars: those of an earliest-arrival flow in a few bins of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from safepassage.engines.quickest.supply import HOUR_S, Supply
from safepassage.kernels.flow_over_time import Movers, flow_paths, slack_network, sweep

BINS = 14
"""Bins in the time that is known to be needed: twice as many take three times as long."""
LEAST_BIN_S = 10
CAR_MVEH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """Ways as (place, arcs) without repeats, and by place the second by which nobody waits there any more."""

    ways: tuple[tuple[str, tuple[int, ...]], ...]
    emptied_s: Mapping[str, int]


def swept(supply: Supply, cars: Mapping[str, int], horizon_s: int) -> Swept:
    """Return the ways of a flow that has as many cars as possible arrived by every time.

    Parameters
    ----------
    cars
        Cars by place, for the places of `supply.starts` that have any.
    horizon_s
        About the time that all of them need: it decides how wide the bins are.

    The flow counts cars on roads of constant capacity, and its bins round detours; which way is driven when
    is for the booking to say. Places at one node share their ways.
    """
    starts = [s for s in supply.starts if cars.get(s.place) and s.node not in supply.sites]
    at_node: dict[int, list[str]] = {}
    for start in starts:
        at_node.setdefault(start.node, []).append(start.place)
    first = {s.node: min(t.release_s for t in starts if t.node == s.node) for s in starts}
    nodes = sorted(at_node)
    movers = Movers(
        node=np.asarray(nodes, dtype=np.int64),
        release_s=np.asarray([first[n] for n in nodes], dtype=np.int64),
        vehicles=np.asarray([sum(cars[p] for p in at_node[n]) for n in nodes], dtype=np.int64),
        exits=np.asarray(sorted(supply.sites), dtype=np.int64),
    )  # fmt: skip
    arc = supply.arc[~supply.by_link]
    network_arcs = supply.problem.network.arcs
    cars_h = supply.rate[arc] * HOUR_S * CAR_MVEH // supply.work[arc]
    columns = network_arcs.tail[arc], network_arcs.head[arc], network_arcs.travel_s[arc], cars_h
    network = slack_network(columns, supply.problem.network.n_nodes, movers)
    found = sweep(network, max(LEAST_BIN_S, horizon_s // BINS), units_mveh=CAR_MVEH)
    paths = flow_paths(found)
    ways: dict[tuple[str, tuple[int, ...]], None] = {}
    for row, source in enumerate(paths.source.tolist()):
        arcs = tuple(arc[paths.arcs[paths.start[row] : paths.start[row + 1]]].tolist())
        ways.update(((place, arcs), None) for place in at_node[nodes[source]])
    emptied = zip(network.source.tolist(), found.emptied_s.tolist(), strict=True)
    by_place = {place: second for source, second in emptied for place in at_node[nodes[source]]}
    return Swept(ways=tuple(sorted(ways)), emptied_s=by_place)
