"""Labels from an earliest-arrival sweep: when each place falls behind the queues, for every time at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safepassage.engines.bounds.commodity import ArcSupply, Origin
from safepassage.kernels.flow_over_time import Movers, Sweep, slack_network, sweep
from safepassage.kernels.flow_over_time.label_moves import fused, moved_together
from safepassage.kernels.flow_over_time.labels import CutArcs

Int64 = NDArray[np.int64]
BINS = 30
"""Bins of a sweep up to the time by which a plan has everybody; finer ones prove little more."""
LEAST_BIN_S = 10
PARTS = 8
"""Parts of a vehicle: bins of whole vehicles differ by one, and labels hold only where all bins are alike."""
PASSES = 4
STEPS_S = (64, 16, 4, 1)
CLOSE_STEPS_S = (256, 64, 32, 16, 8, 4, 2, 1)
"""Steps by which sets of nodes are moved: at every horizon, and where a bound is pushed to its end."""
NEAR_STEPS_S = (16, 4)
NEAR, CLOSE = 5, 45
"""Horizons within these parts of the whole give the labels between them, with small steps or without any."""
PERSON_MVEH = 1_000
UNLIMITED_PER_H = 10**7
UNREACHED_S = 2**40
HOUR_S = 3_600


class SweptCuts:
    """Labels of one commodity and direction for any horizon, from one sweep.

    The sweep takes roads as constant at what they carry on average over the grid, and sites as without limit.
    That costs strength where it is wrong, never truth: the sum is taken again from the labels alone.
    """

    def __init__(
        self, supply: ArcSupply, origins: tuple[Origin, ...], sites: Int64, distances: tuple[Int64, Int64],
        horizon_s: int,
    ) -> None:  # fmt: skip
        to_site_s, first_s = distances
        self._supply, self._origins, self._n = supply, origins, len(to_site_s)
        # Labels of nodes that are cut off from the first arrival on stay when a horizon moves.
        self._first_s = np.where(first_s < UNREACHED_S, first_s, -UNREACHED_S)
        self._known: dict[int, Int64] = {}
        start, one = np.zeros(len(supply.arc), dtype=np.int64), np.ones(len(supply.arc), dtype=np.int64)
        most = supply.carries(start, np.full(len(supply.arc), horizon_s, dtype=np.int64))
        burst = np.minimum(supply.carries(start, one), most)
        self._per_h = np.minimum((most - burst) * HOUR_S // horizon_s, UNLIMITED_PER_H)
        # Where a road opens late its first person may come in late: the least burst is one person.
        self._arcs = CutArcs(
            n_nodes=self._n, tail=supply.tail, head=supply.head, travel_s=supply.travel_s,
            slope=self._per_h / HOUR_S, burst=np.clip(burst, 1, UNLIMITED_PER_H).astype(np.float64),
            origin=np.asarray([o.node for o in origins], dtype=np.int64),
            release_s=np.asarray([o.release_s for o in origins], dtype=np.int64),
            persons=np.asarray([o.persons for o in origins], dtype=np.int64),
            to_site_s=np.where(to_site_s < UNREACHED_S, to_site_s, -1), site=sites,
            raw=np.arange(len(supply.arc)), horizon_s=horizon_s,
        )  # fmt: skip
        self._sites = sites
        self._sweep: Sweep | None = None
        self._last_s = 1

    def prepare(self, last_s: int) -> None:
        """Sweep once, in bins that suit a plan that has everybody by `last_s`."""
        if self._sweep is not None:
            return
        first: dict[int, int] = {}
        persons: dict[int, int] = {}
        outside = set(self._sites.tolist())
        for origin in self._origins:
            if origin.node not in outside:
                first[origin.node] = min(first.get(origin.node, origin.release_s), origin.release_s)
                persons[origin.node] = persons.get(origin.node, 0) + origin.persons
        nodes = sorted(first)
        movers = Movers(
            node=np.asarray(nodes), release_s=np.asarray([first[n] for n in nodes]),
            vehicles=np.asarray([persons[n] for n in nodes]), exits=self._sites,
        )  # fmt: skip
        s = self._supply
        network = slack_network((s.tail, s.head, s.travel_s, self._per_h * PERSON_MVEH), self._n, movers)
        self._last_s = last_s
        bin_s = max(LEAST_BIN_S, last_s // BINS)
        # Detours go to the nearest bin: cut down to whole bins, flows are early by half a bin on each detour,
        # and the labels of late horizons lie round the wrong places, where no move of sets leads away.
        self._sweep = sweep(network, bin_s, units_mveh=PERSON_MVEH, parts=PARTS, most_bins=2 * BINS)

    def labels(self, horizon_s: int, *, closely: bool = False) -> Int64:
        """Return (n_nodes,) labels for arrivals by `horizon_s`; `prepare` comes first.

        They come from the sweep or, between two horizons that are near enough, from those; they are moved as
        far as they go, and where last useful moments are better, which find places too slow on their own,
        these are taken.
        """
        nearest = self._nearest(horizon_s)
        apart_s = nearest[1] - nearest[0] if len(nearest) > 1 else self._last_s
        near = apart_s * NEAR <= self._last_s
        best = self._between(horizon_s) if near else self._from_sweep(horizon_s)
        steps_s: tuple[int, ...] = CLOSE_STEPS_S if closely else NEAR_STEPS_S if near else STEPS_S
        if not closely and apart_s * CLOSE <= self._last_s:
            steps_s = ()
        arcs = self._arcs
        for _ in range(2 if closely else 1 if steps_s else 0):
            best = arcs.polished(moved_together(arcs, best, steps_s), PASSES)
            # After the moves: labels from bins are not sharp, and yet the better start.
            best = fused(arcs, best, self._carried(horizon_s))
        # Kept as it is: where nothing is cut any more, no later horizon finds the way back.
        self._known[horizon_s] = best
        last = arcs.last_moments(horizon_s)
        return fused(arcs, best, [last if near and not closely else arcs.polished(last, PASSES)])

    def _from_sweep(self, horizon_s: int) -> Int64:
        if self._sweep is None:
            raise ValueError("labels need a sweep")
        return self._arcs.polished(self._arcs.swept(self._sweep, horizon_s), PASSES)

    def _between(self, horizon_s: int) -> Int64:
        """Return the labels of the horizons before and after, each with the best set of nodes moved."""
        arcs, each = self._arcs, []
        for known_s in self._nearest(horizon_s):
            stays = self._known[known_s].copy()
            moved = np.where(arcs.to_site_s >= 0, stays + horizon_s - known_s, stays)
            stays[self._sites] = moved[self._sites] = horizon_s + 1
            each.append(fused(arcs, stays, [moved]))
        return arcs.polished(fused(arcs, each[0], each[1:]), 1)

    def _nearest(self, horizon_s: int) -> list[int]:
        """Return the nearest known horizons before and after."""
        below = max((h for h in self._known if h <= horizon_s), default=None)
        above = min((h for h in self._known if h > horizon_s), default=None)
        return [known_s for known_s in (below, above) if known_s is not None]

    def _carried(self, horizon_s: int) -> list[Int64]:
        """Return the labels of the nearest known horizons, moved to this one."""
        found = []
        for known_s in self._nearest(horizon_s):
            alpha = self._known[known_s]
            alpha = np.where(alpha > self._first_s, alpha + horizon_s - known_s, alpha)
            alpha[self._sites] = horizon_s + 1
            found.append(alpha)
        return found
