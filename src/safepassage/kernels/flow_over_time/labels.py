"""Time labels of nodes for a label cut: from a steady flow, made better one node at a time.

Any labels prove something (see `docs/explanation/model.md`); here are good ones. The prices of a steady flow
are the best there are if roads carry straight lines; what arcs carry at once besides, and whole vehicles, are
left to coordinate descent on the sum. Both happen on the contracted network: of a road without a choice the
part that carries least is cut, so that nothing is lost by asking for labels of its ends alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.network import SlackNetwork

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
UNSET = -(2**60)


@dataclass(slots=True, eq=False, kw_only=True)
class CutArcs:
    """Arcs and people of a label cut, with what arcs carry taken as straight lines.

    `tail`, `head`, `travel_s` have shape (n_arcs,); an arc carries about `slope` persons a second plus
    `burst`. `origin`, `release_s`, `persons` describe who starts where. `to_site_s` (n_nodes,) is the least
    time to a site, negative where there is no way. Nodes that are not `reached` (n_nodes,) from any origin
    have their last useful moments for labels. `network` is made of the same arcs.
    """

    tail: Int64
    head: Int64
    travel_s: Int64
    slope: Float64
    burst: Float64
    origin: Int64
    release_s: Int64
    persons: Int64
    to_site_s: Int64
    reached: NDArray[np.bool_]
    horizon_s: int
    network: SlackNetwork
    _few: tuple[Any, ...] = field(init=False)
    _net: tuple[Any, ...] = field(init=False)
    _people: tuple[Any, ...] = field(init=False)
    _order: Int64 = field(init=False)
    _raw: tuple[Any, ...] = field(init=False)
    _out: tuple[Any, ...] = field(init=False)
    _between: Int64 = field(init=False)

    def __post_init__(self) -> None:
        from safepassage.kernels.flow_over_time import label_loops as loops  # noqa: PLC0415 - numba is slow

        net = self.network
        start, member = net.raw_start, net.raw_arcs
        least = loops.narrowest(start, member, self.slope)
        narrow = member[least]
        travel_s = np.diff(np.concatenate([[0], np.cumsum(self.travel_s[member])])[start])
        self._few = net.tail, net.head, travel_s, self.slope[narrow], self.burst[narrow]
        self._raw = start, member, least
        out, into = np.argsort(net.tail, kind="stable"), np.argsort(net.head, kind="stable")
        every = np.arange(net.n_nodes + 1)
        self._net = (
            np.searchsorted(net.tail[out], every), out, np.searchsorted(net.head[into], every), into
        )  # fmt: skip
        number = np.full(len(self.to_site_s), -1, dtype=np.int64)
        number[net.raw_node] = every[:-1]
        at = number[self.origin]
        who = np.lexsort((self.release_s, at))[np.count_nonzero(at < 0) :]
        self._people = (
            np.searchsorted(at[who], every), self.release_s[who], self.persons[who].astype(np.float64)
        )  # fmt: skip
        self._order = np.setdiff1d(every[:-1], net.exits)
        self._lay_out(number)

    def _lay_out(self, number: Int64) -> None:
        """Find the nodes inside contracted arcs and in dead ends, the nearest to sites first."""
        free = self.reached & (self.to_site_s > 0) & (number < 0)
        between = np.flatnonzero(free)
        self._between = between[np.lexsort((between, self.to_site_s[between]))]
        mine = np.flatnonzero(free[self.tail])
        mine = mine[np.argsort(self.tail[mine], kind="stable")]
        self._out = np.searchsorted(self.tail[mine], np.arange(len(free) + 1)), mine

    def last_moments(self, horizon_s: int) -> Int64:
        """Return (n_nodes,) labels that cut no arc: the last moment from which a site is reached in time."""
        return np.where(self.to_site_s >= 0, horizon_s + 1 - self.to_site_s, -1)

    def spread(self, labels: Int64, horizon_s: int) -> Int64:
        """Return (n_nodes,) labels for arrivals by `horizon_s` from those of the contracted network's nodes.

        Inside a contracted arc that is cut the road that carries least is cut; other nodes between and dead
        ends take the latest label that cuts none of their arcs out; the rest the last useful moment.
        """
        from safepassage.kernels.flow_over_time import label_loops as loops  # noqa: PLC0415 - numba is slow

        net, ends = self.network, (self.head, self.travel_s)
        alpha = self.last_moments(horizon_s)
        last, alpha[self._between] = alpha[self._between], UNSET
        alpha[net.raw_node] = labels
        alpha[net.raw_node[net.exits]] = horizon_s + 1
        fixed = np.zeros(len(alpha), dtype=np.bool_)
        few = net.raw_node[net.tail], net.raw_node[net.head], self._few[2]
        loops.label_inside(few, self._raw, alpha, fixed, ends)
        while loops.follow(self._between, alpha, fixed, ends, self._out):
            pass
        alpha[self._between] = np.where(alpha[self._between] > UNSET // 2, alpha[self._between], last)
        return alpha

    def polished(self, labels: Int64, passes: int) -> Int64:
        """Return labels of the contracted network's nodes with a sum that is no larger, taken straight."""
        from safepassage.kernels.flow_over_time import label_loops as loops  # noqa: PLC0415 - numba is slow

        alpha, stirred = labels.copy(), np.ones(len(labels), dtype=np.bool_)
        order, back = self._order, self._order[::-1].copy()
        for turn in range(passes):
            way = back if turn % 2 else order
            if not loops.improve(way, alpha, stirred, self._few, self._net, self._people, self.horizon_s):
                break
        return alpha
