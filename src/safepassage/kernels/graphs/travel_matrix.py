"""Least costs between many places at once, on roads that close and open while one is under way.

One search from each source (Dijkstra, "A note on two problems in connexion with graphs", 1959). Rows are
independent: threads share them out, and the table is the same with any number of threads. On an arc with
pieces in time the earliest end counts, be it by waiting for a later piece, so nobody gains by setting out
later (Orda and Rom, "Shortest-path and minimum-delay algorithms in networks with time-dependent edge-length",
1990, doi:10.1145/79147.214078).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import inlined, inner, unlocked

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]

NO_WAY = -1
ARITY = 4
RING = 2**14
"""Buckets of one unit each; arcs that cost more are rare enough for a heap."""
LONGEST = 2**61


class Streets(NamedTuple):
    """Arcs as rows of a sparse matrix: those of node v at start[v]:start[v + 1], with what passing them adds.

    `cost` is what is made least, `first` and `second` are added up beside it. `pieces` (or -1) is the first
    row of the arc's pieces in time; their rows follow each other up to the one whose `until` is LONGEST.
    """

    start: Int32
    head: Int32
    cost: Int64
    first: Int64
    second: Int64
    pieces: Int32
    piece_from: Int64
    piece_until: Int64
    piece_cost: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceOfArc:
    """What an arc costs from one second up to another; closed pieces are left out."""

    from_s: int
    until_s: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """(sources, targets) least costs and the sums beside them, NO_WAY where there is none."""

    cost: Int64
    first: Int64
    second: Int64


@inlined
def _sink(heap: Int64, size: int, key: int) -> None:
    """Put a key in the place of the least one and let it sink."""
    at = 0
    while True:
        child = ARITY * at + 1
        if child >= size:
            break
        least, last = child, min(child + ARITY, size)
        for k in range(child + 1, last):
            if heap[k] < heap[least]:
                least = k
        if heap[least] >= key:
            break
        heap[at] = heap[least]
        at = least
    heap[at] = key


@inlined
def _with(heap: Int64, size: int, key: int) -> int:
    """Add a key; return the new size."""
    at = size
    while at > 0:
        above = (at - 1) // ARITY
        if heap[above] <= key:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = key
    return size + 1


@inlined
def _without_least(heap: Int64, size: int) -> int:
    """Drop the least key; return the new size."""
    size -= 1
    if size > 0:
        _sink(heap, size, heap[size])
    return size


@inlined
def _queue(bucket: Int32, node_of: Int32, next_of: Int32, spot: int, entry: int, node: int) -> None:
    """Let a node wait in a bucket."""
    node_of[entry], next_of[entry] = node, bucket[spot]
    bucket[spot] = entry


@inner
def _passed(streets: Streets, row: int, now: int) -> int:
    """Return the cost at the end of an arc with pieces in time that is reached at cost `now`."""
    piece, best = streets.pieces[row], LONGEST
    while True:
        begin = max(now, streets.piece_from[piece])
        if begin >= best:
            break
        if begin < streets.piece_until[piece]:
            best = min(best, begin + streets.piece_cost[piece])
        if streets.piece_until[piece] >= LONGEST:
            break
        piece += 1
    return best


@unlocked
def _rows(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one flat loop: every step is taken millions of times
    streets: Streets, sources: Int64, begin: int, target_of: Int32, targets: int, most: int,
    most_first: int, out: Int64, sums: bool,  # noqa: FBT001 - numba knows no keyword-only arguments
) -> None:  # fmt: skip
    """Fill in (sources, targets, 3) costs and sums; `begin` is the cost at each source, `most` the highest.

    Nodes wait in a ring of buckets, one a unit of cost (Dial, "Algorithm 360", 1969,
    doi:10.1145/363269.363610); those further away than the ring is long wait in a heap for their turn.
    """
    n = len(streets.start) - 1
    ring = 64
    while ring < RING and (len(streets.cost) == 0 or ring <= streets.cost.max()):
        ring *= 2
    label, first, second = np.empty(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    bucket = np.empty(ring, np.int32)
    node_of, next_of = np.empty(len(streets.head) + 1, np.int32), np.empty(len(streets.head) + 1, np.int32)
    heap, bits = np.empty(len(streets.head) + 1, np.int64), 1
    while 1 << bits < n:
        bits += 1
    for s in range(len(sources)):
        label[:], bucket[:], out[s, :, :], source = LONGEST, -1, NO_WAY, sources[s]
        label[source], first[source], second[source] = begin, 0, 0
        node_of[0], next_of[0] = source, -1
        bucket[begin & (ring - 1)] = 0
        entries, live, size, left, now = 1, 1, 0, targets, np.int64(begin)
        while live > 0 or size > 0:
            now = heap[0] >> bits if live == 0 else now
            while size > 0 and heap[0] >> bits == now:
                node, size = heap[0] & ((1 << bits) - 1), _without_least(heap, size)
                if label[node] == now:
                    _queue(bucket, node_of, next_of, int(now & (ring - 1)), entries, int(node))
                    entries, live = entries + 1, live + 1
            entry = bucket[now & (ring - 1)]
            if entry < 0:
                now += 1
                continue
            bucket[now & (ring - 1)] = next_of[entry]
            live -= 1
            node = np.int64(node_of[entry])
            if label[node] != now:
                continue
            spot = target_of[node]
            if spot >= 0 and out[s, spot, 0] < 0:
                out[s, spot, 0], out[s, spot, 1], out[s, spot, 2] = now - begin, first[node], second[node]
                left -= 1
                if left == 0:
                    break
            for row in range(streets.start[node], streets.start[node + 1]):
                head = streets.head[row]
                then = now + streets.cost[row]
                if streets.pieces[row] >= 0:
                    then = _passed(streets, row, int(now))
                if then >= label[head] or then - begin > most:
                    continue
                if sums:
                    if first[node] + streets.first[row] > most_first:
                        continue
                    first[head] = first[node] + streets.first[row]
                    second[head] = second[node] + streets.second[row]
                label[head] = then
                if then - now >= ring:
                    size = _with(heap, size, (then << bits) | head)
                else:
                    _queue(bucket, node_of, next_of, then & (ring - 1), entries, head)
                    entries, live = entries + 1, live + 1


class TravelGraph:
    """Arcs laid out for many searches.

    Parameters
    ----------
    tail, head : (n_arcs,) nodes.
    cost : (n_arcs,) whole, 0 or more.
    usable : (n_arcs,) whether an arc may be used at all.
    pieces : by arc, what it costs in the pieces of time in which it is open, in order; others always cost
        `cost`.
    beside : up to two columns (n_arcs,) of whole numbers that are added up along the least ways.
    """

    def __init__(
        self, tail: Any, head: Any, n_nodes: int, cost: Any, usable: NDArray[np.bool_],
        *, pieces: dict[int, tuple[PieceOfArc, ...]] | None = None, beside: Sequence[Any] = (),
    ) -> None:  # fmt: skip
        timed = pieces or {}
        open_at_all = usable.copy()
        open_at_all[[arc for arc, rows in timed.items() if not rows]] = False
        kept = np.flatnonzero(open_at_all)
        kept = kept[np.argsort(np.asarray(tail)[kept], kind="stable")]
        start = np.searchsorted(np.asarray(tail)[kept], np.arange(n_nodes + 1)).astype(np.int32)
        first, until, each, row_of = _laid_out({arc: timed[arc] for arc in sorted(timed) if timed[arc]})
        at = np.full(len(usable), -1, np.int32)
        at[list(row_of)] = list(row_of.values())
        columns = [np.asarray(column, np.int64)[kept] for column in beside]
        zero = np.zeros(len(kept), np.int64)
        self._sums = bool(columns)
        self.streets = Streets(
            start, np.asarray(head)[kept].astype(np.int32), np.asarray(cost, np.int64)[kept],
            columns[0] if columns else zero, columns[1] if len(columns) > 1 else zero, at[kept], first, until,
            each,
        )  # fmt: skip

    def table(
        self, sources: Sequence[int], targets: Sequence[int], *, begin: int = 0, most: int = LONGEST // 4,
        most_first: int = LONGEST, threads: int = 1,
    ) -> Table:  # fmt: skip
        """Return least costs from each source to each target.

        Parameters
        ----------
        begin : the cost (the second) at which everybody sets out, where arcs have pieces in time.
        most : costs above this are NO_WAY.
        most_first : ways on which the first sum goes above this are not followed.
        threads : how many rows are worked on at a time; the table does not depend on it.
        """
        ends = np.asarray(targets, np.int64)
        known, column = np.unique(ends, return_inverse=True)
        target_of = np.full(len(self.streets.start) - 1, -1, np.int32)
        target_of[known] = np.arange(len(known))
        starts = np.asarray(sources, np.int64)
        out = np.full((len(starts), len(known), 3), NO_WAY, np.int64)

        def fill(part: NDArray[np.int64]) -> None:
            rows = np.empty((len(part), len(known), 3), np.int64)
            _rows(
                self.streets, starts[part], begin, target_of, len(known), most, most_first, rows, self._sums
            )
            out[part] = rows

        parts = [part for part in np.array_split(np.arange(len(starts)), threads) if len(part)]
        if len(parts) == 1 or not len(known):
            for part in parts:
                fill(part)
        else:
            with ThreadPoolExecutor(len(parts)) as pool:
                list(pool.map(fill, parts))
        full = out[:, column.reshape(-1), :]
        return Table(cost=full[:, :, 0], first=full[:, :, 1], second=full[:, :, 2])


def _laid_out(
    timed: dict[int, tuple[PieceOfArc, ...]],
) -> tuple[Int64, Int64, Int64, dict[int, int]]:
    """Return pieces one below the other, each arc's ended by one that never opens, and where each begins."""
    first: list[int] = []
    until: list[int] = []
    each: list[int] = []
    row_of: dict[int, int] = {}
    for arc, rows in timed.items():
        row_of[arc] = len(first)
        for piece in (*rows, PieceOfArc(from_s=LONGEST, until_s=LONGEST, cost=0)):
            first.append(piece.from_s)
            until.append(piece.until_s)
            each.append(piece.cost)
    return (np.array(first, np.int64), np.array(until, np.int64), np.array(each, np.int64), row_of)
