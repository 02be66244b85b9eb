"""A guide through a sweep: paths of a flow on wider bins, by the bin in which they come in.

What a flow on bins twice as wide did is nearly what one on finer bins does. Sent first, it leaves little to
be searched for, and a maximum is a maximum whatever it began with.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled
from safepassage.kernels.flow_over_time.network import KnownPaths, SlackNetwork

Int64 = NDArray[np.int64]
LOST = -1


class Guide(NamedTuple):
    """Rows ordered by the bin they come in: those of bin k are `of_bin[k]` to `of_bin[k + 1]`.

    `rows` has columns (source, bin in which they leave, vehicles, first arc, end): positions in `arcs`.
    """

    of_bin: Int64
    rows: Int64
    arcs: Int64

    @classmethod
    def none(cls) -> Guide:
        """Return a guide that knows nothing."""
        return cls(np.zeros(1, np.int64), np.zeros((0, 5), np.int64), np.zeros(0, np.int64))


def guide(network: SlackNetwork, known: KnownPaths, bin_s: int, bins: tuple[Int64, Int64]) -> Guide:
    """Return the known paths on bins of `bin_s` seconds; those that the network no longer has are left out.

    Vehicles of a row leave in two bins, as one bin was twice as wide.

    Parameters
    ----------
    bins
        (n_arcs,) bins that each arc takes, (n_sources,) the first bin of each source.
    """
    shift, first_bin = bins
    first = network.raw_arcs[network.raw_start[:-1]]
    top = int(max(network.raw_arcs.max(initial=-1), known.arcs.max(initial=-1))) + 1
    by_first = np.argsort(first, kind="stable")
    begins = np.searchsorted(first[by_first], np.arange(top + 1))
    number = np.full(int(max(network.raw_node.max(initial=-1), known.node.max(initial=-1))) + 1, LOST)
    number[network.raw_node[network.source_node]] = np.arange(len(network.source))
    source = number[known.node]
    contracted = begins, by_first, network.raw_start, network.raw_arcs
    arcs, ends = _contracted(known.start, known.arcs, contracted)
    found = np.flatnonzero((source >= 0) & (np.diff(ends) > 0))
    to_exit_s = network.to_exit_s[network.source_node[source[found]]]
    leaves = np.maximum(first_bin[source[found]], (known.depart_s[found] + to_exit_s + bin_s // 2) // bin_s)
    taken = np.concatenate([[0], np.cumsum(shift[arcs])])
    comes = leaves + taken[ends[found + 1]] - taken[ends[found]]
    half = known.vehicles[found] // 2
    columns = (source[found], leaves, known.vehicles[found] - half, ends[found], ends[found + 1])
    later = (source[found], leaves + 1, half, ends[found], ends[found + 1])
    rows = np.concatenate([np.stack(columns, axis=1), np.stack(later, axis=1)]).astype(np.int64)
    at = np.concatenate([comes, comes + 1])
    order = np.lexsort((np.arange(len(at)), at))
    order = order[rows[order, 2] > 0]
    of_bin = np.searchsorted(at[order], np.arange(int(at.max(initial=-1)) + 2))
    return Guide(of_bin.astype(np.int64), np.ascontiguousarray(rows[order]), arcs)


@compiled
def _contracted(start: Any, arcs: Any, contracted: Any) -> tuple[Any, Any]:
    """Return paths as contracted arcs (arcs, ends); a path that is not made of them has none."""
    out, ends, used = np.empty(len(arcs), np.int64), np.zeros(len(start), np.int64), 0
    for row in range(len(start) - 1):
        first, i = used, start[row]
        while i < start[row + 1]:
            arc = _made_of(arcs[i : start[row + 1]], contracted)
            if arc == LOST:
                used = first
                break
            out[used] = arc
            used += 1
            i += contracted[2][arc + 1] - contracted[2][arc]
        ends[row + 1] = used
    return out[:used].copy(), ends


@compiled
def _made_of(way: Any, contracted: Any) -> int:
    """Return the contracted arc that stands for the first arcs of a way, LOST without one."""
    begins, by_first, raw_start, raw_arcs = contracted
    for j in range(begins[way[0]], begins[way[0] + 1]):
        arc = by_first[j]
        length, same = raw_start[arc + 1] - raw_start[arc], 0
        while same < min(length, len(way)) and raw_arcs[raw_start[arc] + same] == way[same]:
            same += 1
        if same == length:
            return int(arc)
    return LOST


@compiled
def follow(stage: int, guided: Any, net: Any, state: Any, left: Any) -> int:
    """Send what the guide has for a bin of arrival, as far as there is room; return what arrived."""
    of_bin, rows, arcs = guided
    shift, (room, flow, left_at), total = net[2], state, 0
    if stage + 1 >= len(of_bin):
        return 0
    for row in range(of_bin[stage], of_bin[stage + 1]):
        source, leaves, amount = rows[row, 0], rows[row, 1], min(rows[row, 2], left[rows[row, 0]])
        for turn in range(2):
            k = leaves
            for i in range(rows[row, 3], rows[row, 4]):
                if turn == 0:
                    amount = min(amount, np.int64(room[k, arcs[i]]))
                else:
                    room[k, arcs[i]] -= amount
                    flow[k, arcs[i]] += amount
                k += shift[arcs[i]]
            if amount <= 0:
                break
        if amount > 0:
            left_at[leaves, source] += amount
            left[source] -= amount
            total += amount
    return total
