"""Labels from steady flows: where people still wait is known from a sweep or a plan, the rest is exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from safepassage.engines.bounds.commodity import ArcSupply, Origin
from safepassage.kernels.flow_over_time import Most, Movers, SlackNetwork, SteadyFlow, slack_network, sweep
from safepassage.kernels.flow_over_time.labels import CutArcs

Int64 = NDArray[np.int64]
BINS = 30
"""Bins of a sweep up to the time by which a plan has everybody."""
LEAST_BIN_S = 10
PASSES = 4
PERSON_MVEH = 1_000
UNLIMITED_PER_H = 10**7
UNREACHED_S = 2**40
HOUR_S = 3_600


class SteadyCuts:
    """Labels of one commodity and direction for any horizon.

    Roads are taken as constant at what they carry on average over the grid, and sites as without limit. Where
    people still wait by a horizon is what an earliest-arrival flow tells, the one behind a plan or one on
    wide bins; given that, a steady flow has the best labels. All this costs strength where it is wrong,
    never truth: the sum is taken again from the labels alone.
    """

    def __init__(
        self, supply: ArcSupply, origins: tuple[Origin, ...], sites: Int64, distances: tuple[Int64, Int64],
        horizon_s: int,
    ) -> None:  # fmt: skip
        self._supply, self._origins, self._sites, self._n = supply, origins, sites, len(distances[0])
        start, one = np.zeros(len(supply.arc), dtype=np.int64), np.ones(len(supply.arc), dtype=np.int64)
        most = supply.carries(start, np.full(len(supply.arc), horizon_s, dtype=np.int64))
        burst = np.minimum(supply.carries(start, one), most)
        self._per_h = np.minimum((most - burst) * HOUR_S // horizon_s, UNLIMITED_PER_H)
        # Where a road opens late its first person may come in late: the least burst is one person.
        self._burst = np.clip(burst, 1, UNLIMITED_PER_H).astype(np.float64)
        self._to_site_s = np.where(distances[0] < UNREACHED_S, distances[0], -1)
        self._reached, self._horizon_s = distances[1] < UNREACHED_S, horizon_s
        self._arcs: CutArcs | None = None
        self._steady: SteadyFlow | None = None
        self._flows: list[Int64] = []
        self._chosen = 0

    def prepare(self, last_s: int, emptied_s: Sequence[Mapping[int, int]]) -> int:
        """Learn once where people wait how long, for a plan that has everybody by `last_s`.

        Parameters
        ----------
        emptied_s
            The second by which nobody waits at a node any more, in flows that come early; empty: not known.

        Returns
        -------
        int
            How many flows there are to `choose` from; 0 where that was learned before.
        """
        if self._arcs is not None:
            return 0
        s = self._supply
        network = slack_network(
            (s.tail, s.head, s.travel_s, self._per_h * PERSON_MVEH), self._n, self._movers()
        )
        nodes = network.raw_node[network.source_node].tolist()
        self._flows = [
            np.array([flow.get(node, UNREACHED_S) for node in nodes], dtype=np.int64) for flow in emptied_s
        ]
        if not self._flows:
            bin_s = max(LEAST_BIN_S, last_s // BINS)
            self._flows = [sweep(network, bin_s, units_mveh=PERSON_MVEH, most=Most(bins=2 * BINS)).emptied_s]
        self._arcs = self._cut_arcs(network)
        if len(network.source):
            self._steady = SteadyFlow(network)
        return len(self._flows)

    def _cut_arcs(self, network: SlackNetwork) -> CutArcs:
        s, who = self._supply, self._origins
        return CutArcs(
            tail=s.tail, head=s.head, travel_s=s.travel_s, slope=self._per_h / HOUR_S, burst=self._burst,
            origin=np.asarray([o.node for o in who], dtype=np.int64),
            release_s=np.asarray([o.release_s for o in who], dtype=np.int64),
            persons=np.asarray([o.persons for o in who], dtype=np.int64),
            to_site_s=self._to_site_s, reached=self._reached, horizon_s=self._horizon_s, network=network,
        )  # fmt: skip

    def choose(self, flow: int) -> None:
        """Take labels from so many-th of the flows that `prepare` was given."""
        self._chosen = flow

    def _movers(self) -> Movers:
        """Return the people of all origins outside sites, by node, as if all there could leave at once."""
        first: dict[int, int] = {}
        persons: dict[int, int] = {}
        outside = set(self._sites.tolist())
        for origin in self._origins:
            if origin.node not in outside:
                first[origin.node] = min(first.get(origin.node, origin.release_s), origin.release_s)
                persons[origin.node] = persons.get(origin.node, 0) + origin.persons
        nodes = sorted(first)
        return Movers(
            node=np.asarray(nodes), release_s=np.asarray([first[n] for n in nodes]),
            vehicles=np.asarray([persons[n] for n in nodes]), exits=self._sites,
        )  # fmt: skip

    def labels(self, horizon_s: int) -> Int64:
        """Return (n_nodes,) labels for arrivals by `horizon_s`; `prepare` comes first."""
        if self._arcs is None:
            raise ValueError("labels need to know where people wait")
        if self._steady is None:
            return self._arcs.last_moments(horizon_s)
        found = self._steady.labels(horizon_s, self._flows[self._chosen] > horizon_s)
        return self._arcs.spread(self._arcs.polished(found, PASSES), horizon_s)
