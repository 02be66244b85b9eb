"""Time labels of nodes for a label cut: from a steady flow, made better one node at a time.

Any labels prove something (see `docs/explanation/model.md`); here are good ones. The prices of a steady flow
are the best there are if roads carry straight lines; what arcs carry at once besides, and whole vehicles, are
left to coordinate descent on the sum.
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


@dataclass(slots=True, eq=False)
class CutArcs:
    """Arcs and people of a label cut, with what arcs carry taken as straight lines.

    `tail`, `head`, `travel_s` have shape (n_arcs,); an arc carries about `slope` persons a second plus
    `burst`. `origin`, `release_s`, `persons` describe who starts where. `site` are nodes with a fixed label.
    `raw` are the numbers that contracted networks know the arcs by.
    """

    n_nodes: int
    tail: Int64
    head: Int64
    travel_s: Int64
    slope: Float64
    burst: Float64
    origin: Int64
    release_s: Int64
    persons: Int64
    to_site_s: Int64
    site: Int64
    raw: Int64
    horizon_s: int
    _net: tuple[Any, ...] = field(init=False)
    _people: tuple[Any, ...] = field(init=False)
    _order: Int64 = field(init=False)
    _position: Int64 = field(init=False)

    def __post_init__(self) -> None:
        every = np.arange(self.n_nodes + 1)
        out, into = np.argsort(self.tail, kind="stable"), np.argsort(self.head, kind="stable")
        self._net = (
            np.searchsorted(self.tail[out], every), out, np.searchsorted(self.head[into], every), into
        )  # fmt: skip
        who = np.lexsort((self.release_s, self.origin))
        self._people = (
            np.searchsorted(self.origin[who], every), self.release_s[who],
            self.persons[who].astype(np.float64),
        )  # fmt: skip
        self._position = np.full(int(self.raw.max(initial=-1)) + 1, -1, dtype=np.int64)
        self._position[self.raw] = np.arange(len(self.raw))
        fixed = np.zeros(self.n_nodes, dtype=bool)
        fixed[self.site] = True
        order = np.lexsort((every[:-1], self.to_site_s))
        self._order = order[~fixed[order]]

    def _arcs(self) -> tuple[Any, ...]:
        return self.tail, self.head, self.travel_s, self.slope, self.burst

    def last_moments(self, horizon_s: int) -> Int64:
        """Return (n_nodes,) labels that cut no arc: the last moment from which a site is reached in time."""
        return np.where(self.to_site_s >= 0, horizon_s + 1 - self.to_site_s, -1)

    def spread(self, net: SlackNetwork, labels: Int64, horizon_s: int) -> Int64:
        """Return (n_nodes,) labels for arrivals by `horizon_s` from those of a contracted network's nodes.

        Inside a contracted arc that is cut the road that carries least is cut; other nodes between take the
        latest label that cuts none of their arcs out; the rest the last useful moment.
        """
        from safepassage.kernels.flow_over_time import label_loops as loops  # noqa: PLC0415 - numba is slow

        last = self.last_moments(horizon_s)
        alpha = np.where(self.to_site_s >= 0, UNSET, last)
        alpha[self.site] = horizon_s + 1
        alpha[net.raw_node] = labels
        alpha[self.site] = horizon_s + 1
        given = np.zeros(self.n_nodes, dtype=np.bool_)
        given[self.site] = True
        given[net.raw_node] = True
        ends = net.raw_node[net.tail], net.raw_node[net.head]
        loops.cut_inside(ends, (net.raw_start, self._position[net.raw_arcs]), alpha, given, self._arcs())
        order = self._order[~given[self._order]]
        back = order[::-1].copy()
        while loops.follow(order, alpha, self._arcs(), self._net) + loops.follow(
            back, alpha, self._arcs(), self._net
        ):
            pass
        return np.where(alpha <= UNSET // 2, last, alpha)

    def polished(self, alpha: Int64, passes: int) -> Int64:
        """Return labels with a sum that is no larger as far as straight lines tell."""
        from safepassage.kernels.flow_over_time import label_loops as loops  # noqa: PLC0415 - numba is slow

        alpha = alpha.copy()
        order, back = self._order, self._order[::-1].copy()
        for turn in range(passes):
            changes = loops.improve(
                back if turn % 2 else order, alpha, self._arcs(), self._net, self._people, self.horizon_s
            )
            if not changes:
                break
        return alpha
