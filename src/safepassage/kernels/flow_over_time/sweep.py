"""Earliest-arrival flows: as many as possible have arrived by every time, in one sweep over the bins.

Time is cut into bins of slack time (see `network`). The exits of one bin after the other are opened, and each
time the flow is made maximal again by augmenting. An augmentation never takes from exits opened before, so
after each bin as many as possible have arrived by then: the earliest-arrival flow of Gale, "Transient flows
in networks" (1959) and Baumann and Skutella, "Earliest arrival flows with multiple sources" (2009,
doi:10.1287/moor.1090.0382), on bins. Points (node, bin) that can still reach an open exit when a bin is full
are settled for good, for nobody can come to them any more. That makes the work nearly linear; and a source is
behind the queues until it is settled, whatever the flow, which is what bounds ask of a sweep.

The search is that of Dinic (1970) with levels counted from the exits; within a phase points without a way on
are lifted as by Goldberg and Tarjan, "A new approach to the maximum-flow problem" (1988,
doi:10.1145/48014.61051), and every bin begins by repeating what was done one bin before.

The network is never expanded: arcs of a bin are found from the arcs of the network. Capacities of bins are
whole vehicles that add up to the capacity of the road.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.network import KnownPaths, SlackNetwork

Int64 = NDArray[np.int64]
SECONDS_PER_HOUR = 3600
CHUNK = 4
"""Bins that are opened between two looks at the clock."""
SMALL = 30_000
PPM = 1_000_000
FAR = 2**40


class Most(NamedTuple):
    """How many bins a sweep may open, and how many points its searches may look at before it ends."""

    bins: int = 30_000
    seen: int = FAR


MOST = Most()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sweep:
    """An earliest-arrival flow on bins.

    `arrived` (n_bins,) vehicles that come in by bin of their arrival; `flow` (n_bins, n_arcs) and
    `left_at` (n_bins, n_sources) vehicles that enter arcs and leave sources; `settled` (n_sources,) the
    first bin of those at once in which a source was emptied, -1 if it was not; `shift` (n_arcs,) bins that
    an arc takes; `phases` and `seen` count searches and points looked at.
    """

    network: SlackNetwork
    bin_s: int
    arrived: Int64
    flow: Any
    left_at: Any
    settled: Int64
    shift: Int64
    complete: bool
    phases: int
    seen: int

    @property
    def emptied_s(self) -> Int64:
        """(n_sources,) the second from which nobody waits at a source any more, FAR where somebody does.

        It is that in which the bins begin: taken for their end, bounds are weaker by up to 0.1 %.
        """
        return np.where(self.settled >= 0, self.settled * self.bin_s, FAR)


def sweep(
    network: SlackNetwork,
    bin_s: int,
    *,
    units_mveh: int,
    rounding_ppm: int = 500_000,
    known: KnownPaths | None = None,
    expired: Callable[[], bool] | None = None,
    most: Most = MOST,
    bins_at_once: int = 1,
) -> Sweep:
    """Open bins until everybody is out, `expired` says so, or there are as many as `most` says.

    Parameters
    ----------
    bin_s
        Seconds of a bin.
    rounding_ppm
        What is added to a detour, as a share of a bin, before it is cut to whole bins: half for the nearest.
    units_mveh
        What a vehicle takes of a capacity.
    known
        Paths of a flow on bins twice as wide: what they can be used for need not be searched.
    bins_at_once
        Bins whose exits are opened together: as many as possible have arrived by the end of each such stage,
        which takes fewer searches than by the end of each bin.
    """
    from safepassage.kernels.flow_over_time import sweep_loops as loops  # noqa: PLC0415 - numba is slow

    if bin_s < 1 or units_mveh < 1:
        raise ValueError("bin_s and units_mveh must be positive")
    run = _Run(network, bin_s, units_mveh, rounding_ppm)
    if not len(network.source):
        return run.result(0, complete=True)
    guided = run.guided(known)
    stage = run.first_stage
    while run.left.any() and stage < most.bins and run.seen < most.seen:
        if expired is not None and expired():
            break
        until = min(most.bins, stage + CHUNK)
        run.grow(until)
        stage = loops.open_bins(
            (stage, until, bins_at_once, guided), run.net, (run.room, run.flow, run.left_at),
            (run.level, run.at, run.pool_level, run.pool_at), run.supply,
            (network.exits, run.earliest, run.left), run.work(until),
            (run.arrived, run.settled, run.counters),
        )  # fmt: skip
    return run.result(stage, complete=not run.left.any())


class _Run:
    """The arrays of a sweep; rows for further bins are added as they are needed."""

    def __init__(self, network: SlackNetwork, bin_s: int, units_mveh: int, rounding_ppm: int) -> None:
        self.network, self.bin_s = network, bin_s
        self.shift = (network.detour_s + bin_s * rounding_ppm // PPM) // bin_s
        n = network.n_nodes
        order = np.argsort(network.head, kind="stable")
        every = np.arange(n + 1)
        self.net = (
            np.searchsorted(network.tail, every), network.head, self.shift,
            np.searchsorted(network.head[order], every), order, network.tail[order], self.shift[order],
        )  # fmt: skip
        self.first_bin = (network.first_s + bin_s * rounding_ppm // PPM) // bin_s
        row = np.full(n, -1, dtype=np.int64)
        row[network.source_node] = np.arange(len(network.source))
        self.supply = (network.source_node, self.first_bin, row)
        self.earliest = self._earliest()
        self.first_stage = int(self.earliest[network.exits].min(initial=FAR)) if len(network.source) else 0
        self.left = network.vehicles.copy()
        self._rate = (network.capacity_mveh_h * bin_s, SECONDS_PER_HOUR * units_mveh)
        most = int(self._rate[0].max(initial=0)) // self._rate[1] + 1
        self.small = np.int16 if most < SMALL else np.int32
        n_arcs, n_sources = len(network.tail), len(network.source)
        self.room = np.zeros((0, n_arcs), dtype=self.small)
        self.flow = np.zeros((0, n_arcs), dtype=self.small)
        self.left_at = np.zeros((0, n_sources), dtype=np.int32)
        self.level = np.zeros((0, n), dtype=np.int32)
        self.at = np.zeros((0, n), dtype=np.int16)
        self.arrived = np.zeros(0, dtype=np.int64)
        self.pool_level = np.full(n_sources, -1, dtype=np.int32)
        self.pool_at = np.zeros(n_sources, dtype=np.int64)
        self.settled = np.full(n_sources, -1, dtype=np.int64)
        self.counters = np.zeros(3, dtype=np.int64)
        self._queue = np.empty(0, dtype=np.int64)

    @property
    def seen(self) -> int:
        """Points looked at so far."""
        return int(self.counters[2])

    def _earliest(self) -> Int64:
        """Return (n_nodes,) the first bin in which anybody can be at a node."""
        from safepassage.kernels.graphs.shortest_paths import ArcGraph  # noqa: PLC0415 - used here only

        net = self.network
        graph = ArcGraph(net.tail, net.head, net.n_nodes, np.ones(len(net.tail), dtype=bool))
        cost = graph.tree(self.shift, net.source_node.tolist(), offsets=self.first_bin).cost
        return np.where(np.isfinite(cost), cost, FAR).astype(np.int64)

    def guided(self, known: KnownPaths | None) -> tuple[Int64, ...]:
        """Return what is known of paths, in bins."""
        from safepassage.kernels.flow_over_time import guide as guides  # noqa: PLC0415 - numba is slow

        if known is None:
            return guides.Guide.none()
        return guides.guide(self.network, known, self.bin_s, (self.shift, self.first_bin))

    def grow(self, until: int) -> None:
        """Make room for the bins before `until`."""
        have = len(self.room)
        if until <= have:
            return
        until = max(until, have + have // 2)
        # Bins are counted from the first in which anybody can come: then one more may enter at once.
        k = np.arange(have, until + 1, dtype=np.int64)[:, None] - self.earliest[self.network.tail]
        numerator, denominator = self._rate
        more = np.diff(-(np.maximum(0, k) * -numerator // denominator), axis=0)
        self.room = np.concatenate([self.room, more.astype(self.small)])
        for name in ("flow", "left_at", "level", "at", "arrived"):
            value = -1 if name == "level" else 0
            old = getattr(self, name)
            setattr(
                self, name, np.concatenate([old, np.full((until - have, *old.shape[1:]), value, old.dtype)])
            )

    def work(self, until: int) -> tuple[Int64, ...]:
        """Return a queue for every point, and the trail of one walk."""
        size = len(self.room) * self.network.n_nodes + len(self.network.source)
        if len(self._queue) < size:
            self._queue = np.empty(size, dtype=np.int64)
            # No walk is longer than there are points; a way through a city has some hundred steps.
            length = min(size, 2**20) + until
            self._trail = tuple(np.empty(length, dtype=np.int64) for _ in range(3))
        return (self._queue, *self._trail)

    def result(self, stage: int, *, complete: bool) -> Sweep:
        """Return the flow of the bins opened so far."""
        return Sweep(
            network=self.network, bin_s=self.bin_s, arrived=self.arrived[:stage],
            flow=self.flow[:stage], left_at=self.left_at[:stage], settled=self.settled, shift=self.shift,
            complete=complete, phases=int(self.counters[1]),
            seen=self.seen,
        )  # fmt: skip
