"""What planning and proving share: the roads of a direction with a hazard, and its classes of cars."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.least_exposure.car_network import (
    CarClass,
    CarNetwork,
    car_classes,
    car_network,
    hazard_steps,
)
from safepassage.kernels.graphs.shortest_paths import ArcGraph

Int64 = NDArray[np.int64]
NEVER_S = 2**60
HAZARD_OF_TIME_PPM = 1_000
"""A hazard that is the same everywhere: with it the least exposure is the least time."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Roads:
    """A direction's roads: `breaks`, `ppm` as in `kernels.priced_journeys.HazardSteps`, up to the horizon.

    `potential_s` is the least time from a node to a site, `first_s` when anybody can be there (NEVER_S:
    never).
    """

    problem: PlanningProblem
    direction: str
    network: CarNetwork
    classes: tuple[CarClass, ...]
    breaks: Int64
    ppm: Int64
    potential_s: Int64
    first_s: Int64

    @classmethod
    def of(cls, problem: PlanningProblem, direction: str) -> Roads:
        """Return the roads of a direction with the hazard that the problem is planned with."""
        network = car_network(problem, direction)
        classes = car_classes(problem, direction)
        breaks, ppm = hazard_steps(problem.network.hazard, network.arc, problem.network.horizon_s)
        least = np.asarray(
            [
                min((t for t, c in _spans(network, e) if c > 0), default=NEVER_S)
                for e in range(len(network.arc))
            ],
            dtype=np.int64,
        )
        graph = ArcGraph(network.tail, network.head, network.n_nodes, least < NEVER_S)
        return cls(
            problem=problem, direction=direction, network=network, classes=classes, breaks=breaks, ppm=ppm,
            potential_s=_times(graph, least, network.sites.tolist(), [0] * len(network.sites), reverse=True),
            first_s=_times(
                graph, least, [c.node for c in classes], [c.release_s for c in classes], reverse=False
            ),
        )  # fmt: skip

    def with_hazard(self, ppm: Int64) -> Roads:
        """Return the same roads with another hazard on the same steps."""
        return replace(self, ppm=np.asarray(ppm, dtype=np.int64))

    def of_time(self) -> Roads:
        """Return the same roads with time itself as the hazard."""
        return self.with_hazard(np.full_like(self.ppm, HAZARD_OF_TIME_PPM))

    @property
    def nodes(self) -> Int64:
        """(n_classes,) nodes of the classes."""
        return np.asarray([c.node for c in self.classes], dtype=np.int64)

    @property
    def release_s(self) -> Int64:
        """(n_classes,) seconds from which the classes may leave."""
        return np.asarray([c.release_s for c in self.classes], dtype=np.int64)

    @property
    def cars(self) -> Int64:
        """(n_classes,) cars of the classes."""
        return np.asarray([c.cars for c in self.classes], dtype=np.int64)


def _spans(network: CarNetwork, e: int) -> list[tuple[int, int]]:
    lo, hi = network.first[e], network.first[e + 1]
    return list(zip(network.travel_s[lo:hi].tolist(), network.capacity_mveh_h[lo:hi].tolist(), strict=True))


def _times(graph: ArcGraph, cost: Int64, roots: list[int], offsets: list[int], *, reverse: bool) -> Int64:
    found = graph.tree(cost.astype(np.float64), roots, reverse=reverse, offsets=offsets).cost
    reached = np.isfinite(found)
    return np.where(reached, np.rint(np.where(reached, found, 0)), NEVER_S).astype(np.int64)
