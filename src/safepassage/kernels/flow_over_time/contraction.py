"""Contraction: the same flows over time on fewer arcs.

Dead ends are dropped and nodes without a choice are merged away: their arcs in and out become one, with the
sum of the travel times and the least of the capacities. Exact for arcs that are constant in time, where
nobody starts, ends or waits in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Contracted:
    """Arcs between the nodes that are left, ordered by tail, then head; nodes keep their numbers.

    Columns have shape (n_arcs,). `piece` is each arc's position among the pieces: piece i below `n_raw` is
    arc i as it was given, others are piece `left[i]` followed by piece `right[i]`.
    """

    tail: Int64
    head: Int64
    travel_s: Int64
    capacity: Int64
    piece: Int64
    left: Int64
    right: Int64
    n_raw: int

    def expanded(self) -> tuple[Int64, Int64]:
        """Return (start, arcs): arc a stands for the given arcs `arcs[start[a]:start[a + 1]]`, in order."""
        from safepassage.kernels.flow_over_time import contraction_loops as loops  # noqa: PLC0415 - numba is slow

        start, rows = loops.expanded(self.piece, self.left, self.right, self.n_raw)
        return start, rows


def contract(arcs: tuple[Any, Any, Any, Any], keep: NDArray[np.bool_]) -> Contracted:
    """Return the contracted arcs.

    Parameters
    ----------
    arcs
        (tail, head, travel_s, capacity) columns of shape (n_arcs,).
    keep
        (n_nodes,) nodes where somebody starts, ends or may wait; they are never taken out.
    """
    from safepassage.kernels.flow_over_time import contraction_loops as loops  # noqa: PLC0415 - numba is slow

    n_raw = len(arcs[0])
    room = n_raw + 4 * len(keep) + 8
    columns = tuple(np.zeros(room, dtype=np.int64) for _ in range(6))
    for column, given in zip(columns, arcs, strict=False):
        column[:n_raw] = given
    alive, count = loops.contract(columns, np.ascontiguousarray(keep, dtype=np.bool_), n_raw)
    kept = np.flatnonzero(alive[:count])
    kept = kept[np.lexsort((kept, columns[1][kept], columns[0][kept]))]
    tail, head, travel_s, capacity = (column[kept] for column in columns[:4])
    return Contracted(
        tail=tail, head=head, travel_s=travel_s, capacity=capacity, piece=kept,
        left=columns[4][:count], right=columns[5][:count], n_raw=n_raw,
    )  # fmt: skip
