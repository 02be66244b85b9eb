"""A label cut that starts from the cut of an hour ago: after a closure the same side of it mostly binds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.bounds.commodity import CARS, ArcSupply
from safepassage.engines.bounds.label_cut import NEVER_EARLY, UNREACHED_S, Cut
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.graphs.static_cut import UNLIMITED, least_cut

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Standing:
    """People of one commodity where they are: columns (n,) of nodes, seconds from which, persons."""

    node: Int64
    since_s: Int64
    persons: Int64


class WarmCuts:
    """Label cuts of own cars from where people stand; the side of the last cut is tried first.

    As in `label_cut` any labels are valid, and the sum is taken again from the labels: a side only says
    which of two labels a node gets (first arrival, or last useful moment).
    """

    def __init__(self, problem: PlanningProblem, direction: str, people: Standing) -> None:
        self._people = people
        self._supply = ArcSupply(problem, direction, CARS)
        self._n = problem.network.n_nodes
        arcs = problem.network.arcs
        graph = ArcGraph(arcs.tail, arcs.head, self._n, self._supply.usable)
        cost = np.full(len(arcs), np.inf)
        cost[self._supply.arc] = self._supply.travel_s
        room: dict[int, int] = {}
        for site in problem.sites(direction):
            stated = site.capacity_persons if site.capacity_persons >= 0 else UNLIMITED
            room[site.node] = min(UNLIMITED, room.get(site.node, 0) + stated)
        self._sites = np.asarray(sorted(room), dtype=np.int64)
        self._room = np.asarray([room[node] for node in sorted(room)], dtype=np.int64)
        self._to_site = _whole(graph.tree(cost, sorted(room), reverse=True).cost)
        first = graph.tree(cost, people.node.tolist(), offsets=people.since_s.tolist())
        self._first = _whole(first.cost)

    def _latest(self, horizon_s: int) -> Int64:
        reached = self._to_site < UNREACHED_S
        return np.where(reached, horizon_s + 1 - np.where(reached, self._to_site, 0), NEVER_EARLY)

    def along(self, side: NDArray[np.bool_], horizon_s: int) -> Cut:
        """Return the cut for arrivals by `horizon_s` whose early nodes are a side of the network."""
        latest = self._latest(horizon_s)
        early = np.minimum(self._first, latest)
        alpha = np.where(side, early, latest)
        differs = np.flatnonzero(alpha != latest)
        others = np.flatnonzero(alpha != early)
        extension, nodes = ("earliest", others) if len(others) < len(differs) else ("distance", differs)
        labels = tuple(zip(nodes.tolist(), alpha[nodes].tolist(), strict=True))
        return Cut(horizon_s, self.phi(alpha, horizon_s), labels, extension)

    def phi(self, alpha: Int64, horizon_s: int, supply: ArcSupply | None = None) -> int:
        """Return the label sum, of all arcs or some: at most so many can have arrived by `horizon_s`."""
        s, p = supply or self._supply, self._people
        total = int(s.carries(alpha[s.tail], alpha[s.head] - s.travel_s).sum())
        total += int(p.persons[alpha[p.node] > p.since_s].sum())
        late = alpha[self._sites] <= horizon_s
        return min(UNLIMITED, total + int(self._room[late].sum()))

    def arrived_by(self, side: NDArray[np.bool_], horizon_s: int, supply: ArcSupply | None = None) -> int:
        """Return the label sum along a side, of all arcs or some, without its labels."""
        latest = self._latest(horizon_s)
        return self.phi(np.where(side, np.minimum(self._first, latest), latest), horizon_s, supply)

    def least_side(self, horizon_s: int) -> NDArray[np.bool_]:
        """Return the side of the least static cut for arrivals by `horizon_s`."""
        latest = self._latest(horizon_s)
        early = np.minimum(self._first, latest)
        s, p = self._supply, self._people
        carries = s.carries(early[s.tail], latest[s.head] - s.travel_s)
        used = carries > 0
        there = latest[p.node] > p.since_s
        reached = early[self._sites] <= horizon_s
        _, side = least_cut(
            self._n, (s.tail[used], s.head[used], carries[used]), (p.node[there], p.persons[there]),
            (self._sites[reached], self._room[reached]),
        )  # fmt: skip
        return side

    def latest_short_of(
        self, persons: int, side: NDArray[np.bool_] | None, *, high_s: int, rounds: int = 2
    ) -> tuple[Cut | None, NDArray[np.bool_] | None]:
        """Return the cut of the largest horizon found at which fewer than `persons` can have arrived.

        With it comes its side. The given side is moved as far as it goes; then a least cut is looked for just
        beyond, and moved again.
        """
        best, best_side = -1, side
        for number in range(rounds + (side is not None)):
            if side is None or number:
                side = self.least_side(min(high_s, max(best + 1, high_s // 2 if best < 0 else best + 1)))
            reach = self._reach(side, persons, max(best, 0), high_s)
            if reach <= best:
                break
            best, best_side = reach, side
        return (
            (None, best_side) if best < 0 or best_side is None else (self.along(best_side, best), best_side)
        )

    def _reach(self, side: NDArray[np.bool_], persons: int, low_s: int, high_s: int) -> int:
        """Return the largest horizon below `high_s` at which a side proves it, -1 for none.

        Only arcs that leave the side count: first arrivals and last useful moments each grow along an arc by
        at most its travel time, so that between labels of one kind, and into the side, nothing is carried.
        """
        found, low, high = -1, low_s, high_s
        supply = self._supply.only(np.flatnonzero(side[self._supply.tail] & ~side[self._supply.head]))
        while low < high:
            middle = (low + high) // 2
            if self.arrived_by(side, middle, supply) < persons:
                found, low = middle, middle + 1
            else:
                high = middle
        return found


def _whole(cost: NDArray[np.float64]) -> Int64:
    finite = np.isfinite(cost)
    return np.where(finite, np.rint(np.where(finite, cost, 0)), UNREACHED_S).astype(np.int64)
