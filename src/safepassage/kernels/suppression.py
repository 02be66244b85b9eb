"""Which cells of a published table must stay hidden so that none that is small can be worked out.

A table with its margins is a circulation: from a source to the rows (row totals), to the columns (cells),
to a sink (column totals) and back (the grand total). With the published numbers fixed, the exact interval
of a hidden one follows from largest flows in the residual network of the hidden ones (L. H. Cox, "Network
models for complementary cell suppression", JASA 90(432), 1995, doi:10.1080/01621459.1995.10476638).
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_Edge = tuple[int, int]
UNBOUNDED = 2**60


def with_margins(counts: Counts) -> Counts:
    """Return a table (rows × columns) with row totals last, column totals last, and the grand total."""
    rows = np.concatenate([counts, counts.sum(axis=1, keepdims=True)], axis=1)
    full: Counts = np.concatenate([rows, rows.sum(axis=0, keepdims=True)], axis=0)
    return full


def hidden_cells(
    counts: Counts, minimum: int, *, also: Mask | None = None, guarded: Mask | None = None
) -> Mask:
    """Return which cells of a table with margins (shape (rows + 1) × (columns + 1)) must stay hidden.

    Every number below `minimum` is hidden, zero too. Then the cheapest others are hidden until no hidden
    small number can be confined to an interval shorter than `minimum` by somebody who knows all that is
    published. Ties go to the first cell. `also` marks numbers, margins included, that stay hidden for another
    reason; those of `guarded` are hidden and given room as small ones are.

    Raises
    ------
    ValueError
        When a count is negative, or a mark is of another shape.
    """
    if (counts < 0).any():
        raise ValueError("counts of persons are not negative")
    full = with_margins(counts)
    wanted: Mask = full < minimum
    for marks in (also, guarded):
        if marks is not None and marks.shape != full.shape:
            raise ValueError("what else is hidden has the shape of the table with its margins")
    if guarded is not None:
        wanted |= guarded
    hidden: Mask = wanted.copy() if also is None else wanted | also
    small = [(int(r), int(c)) for r, c in np.argwhere(wanted)]
    for cell in small:
        while not hidden.all() and _width(full, hidden, cell, minimum) < minimum:
            _hide_one_more(full, hidden, cell)
    # What was hidden later gave the earlier ones more room, never less: one pass is enough.
    return hidden


def _hide_one_more(full: Counts, hidden: Mask, cell: tuple[int, int]) -> None:
    """Hide the smallest published number in the row or column of a cell, or else anywhere."""
    row, column = cell
    near = np.zeros_like(hidden)
    near[row, :] = near[:, column] = True
    open_near = near & ~hidden
    where = open_near if open_near.any() else ~hidden
    values = np.where(where, full, UNBOUNDED)
    hidden[np.unravel_index(int(values.argmin()), values.shape)] = True


def _width(full: Counts, hidden: Mask, cell: tuple[int, int], minimum: int) -> int:
    low, high = interval(full, hidden, cell, enough=minimum)
    return high - low


def interval(
    full: Counts, hidden: Mask, cell: tuple[int, int], *, enough: int = UNBOUNDED
) -> tuple[int, int]:
    """Return the least and greatest value that a hidden cell can have, given all published ones.

    The search stops where the interval reaches `enough` beyond the value on a side.
    """
    rows, columns = full.shape[0] - 1, full.shape[1] - 1
    residual: dict[int, dict[int, int]] = {}
    for r, c in np.argwhere(hidden):
        if (int(r), int(c)) != cell:
            tail, head = _edge(int(r), int(c), rows, columns)
            residual.setdefault(tail, {})[head] = UNBOUNDED
            residual.setdefault(head, {}).setdefault(tail, 0)
            residual[head][tail] = int(full[r, c])
    tail, head = _edge(*cell, rows, columns)
    value = int(full[cell])
    up = _most_flow({node: dict(out) for node, out in residual.items()}, head, tail, enough)
    down = _most_flow(residual, tail, head, min(value, enough))
    return value - down, min(value + up, UNBOUNDED)


def _edge(row: int, column: int, rows: int, columns: int) -> _Edge:
    """Return the nodes that a cell connects: 0 source, then rows, then columns, last the sink."""
    sink = rows + columns + 1
    if column == columns:
        # A row total goes from the source to its row; the grand total from the sink to the source.
        return (sink, 0) if row == rows else (0, 1 + row)
    return (1 + rows + column, sink) if row == rows else (1 + row, 1 + rows + column)


def _most_flow(residual: dict[int, dict[int, int]], source: int, sink: int, enough: int) -> int:
    """Return the largest flow up to `enough`, by shortest augmenting paths (Edmonds and Karp)."""
    flow = 0
    while flow < enough:
        before = _path(residual, source, sink)
        if before is None:
            break
        path = [sink]
        while path[-1] != source:
            path.append(before[path[-1]])
        steps = list(zip(path[1:], path, strict=False))
        more = min(enough - flow, *(residual[tail][head] for tail, head in steps))
        for tail, head in steps:
            residual[tail][head] -= more
            residual[head][tail] = residual[head].get(tail, 0) + more
        flow += more
    return flow


def _path(residual: dict[int, dict[int, int]], source: int, sink: int) -> dict[int, int] | None:
    before = {source: source}
    line = deque([source])
    while line:
        node = line.popleft()
        for other, room in residual.get(node, {}).items():
            if room > 0 and other not in before:
                before[other] = node
                if other == sink:
                    return before
                line.append(other)
    return None
