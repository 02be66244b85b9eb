"""Compiled loops of `live_cars`: ways to the exits that share what they have in common.

A way is its first arc and the way behind that: ways of many origins and searches that go on alike are one and
the same from there, stored once and looked at once. Each has a number; the way behind has a smaller one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import NEVER
from safepassage.kernels.compiled import compiled

UNKNOWN = -2
"""Of an arc that is on no way so far, in `befores`."""
ROW, OPEN, ONTO, AFTER_S, VARIES, WAIT_S, REST_S = range(7)
"""Columns of stops: the row of free bits, that of open bits, the next stop, seconds from the entry to there
(or to the end; without those on the arc where `VARIES`), whether the arc's travel time does, the longest wait
for it, least seconds from the entry to the end."""
COLUMNS = 8
"""So many of them are a line of memory."""


@compiled
def grown(ways: Any, n: int, next_arc: Any, head: Any, nodes: Any) -> tuple[Any, int, Any]:
    """Add the ways of some nodes in a tree; return (ways, how many there are, (n_nodes of them,) numbers).

    `ways` are (arc, way behind, next way that begins with the same arc; (n_arcs,) last way that begins with
    it); `next_arc` is the arc by which each node's way begins, negative at exits.
    """
    arc_of, behind, alike, latest = ways
    way_at, trail = np.full(len(next_arc), UNKNOWN), np.empty(len(next_arc), np.int64)
    found = np.empty(len(nodes), np.int64)
    for j in range(len(nodes)):
        here, length = nodes[j], 0
        while way_at[here] == UNKNOWN and next_arc[here] >= 0:
            trail[length] = here
            length += 1
            here = head[next_arc[here]]
        onward = max(NEVER, way_at[here])
        while length > 0:
            length -= 1
            arc = next_arc[trail[length]]
            way = latest[arc]
            while way != NEVER and behind[way] != onward:
                way = alike[way]
            if way == NEVER:
                if n == len(arc_of):
                    arc_of = np.concatenate((arc_of, arc_of))
                    behind, alike = np.concatenate((behind, behind)), np.concatenate((alike, alike))
                arc_of[n], behind[n], alike[n] = arc, onward, latest[arc]
                latest[arc] = way = n
                n += 1
            way_at[trail[length]] = onward = way
        found[j] = onward
    return (arc_of, behind, alike, latest), n, found


@compiled
def befores(ways: Any, span: Any, starts: Any, before: Any) -> None:
    """Write the only arc before each arc on all ways so far; NEVER where there are several or a way begins.

    New are the ways of `span` (from, until); `starts` are those that somebody may go from their first arc on.
    """
    arc_of, behind = ways
    for way in range(span[0], span[1]):
        if behind[way] != NEVER:
            arc = arc_of[behind[way]]
            if before[arc] == UNKNOWN:
                before[arc] = arc_of[way]
            elif before[arc] != arc_of[way]:
                before[arc] = NEVER
    for way in starts:
        before[arc_of[way]] = NEVER


@compiled
def lengths(ways: Any, n: int, weight: Any) -> Any:
    """Return (n,) the sum of the weights of the arcs of each way."""
    arc_of, behind = ways
    total = np.zeros(n, np.int64)
    for way in range(n):
        total[way] = weight[arc_of[way]]
        if behind[way] != NEVER:
            total[way] += total[behind[way]]
    return total


@compiled
def stops_of_ways(ways: Any, n: int, arcs: Any, open_rows: Any) -> tuple[Any, Any, int]:
    """Return the stops (n, COLUMNS) of ways at arcs that are looked at; (n,) rows of open bits and how many.

    `arcs` are (n_arcs,): whether each is looked at, its row, its steady travel time or NEVER, its least one,
    the longest wait for it. `open_rows` are (rows of earlier ways, how many
    there are): stops keep theirs. Arcs that are not looked at take their least time.
    """
    (arc_of, behind), (checked, row_of, steady_s, least_s, wait_s) = ways, arcs
    old, n_open = open_rows
    rows = np.full(n, NEVER)
    rows[: len(old)] = old
    stops = np.zeros((n, COLUMNS), np.int64)
    # The first stop at or after the beginning of each way, and seconds to there (without one, to the end).
    onto, lead_s, rest_s = np.full(n, NEVER), np.zeros(n, np.int64), np.zeros(n, np.int64)
    for way in range(n):
        arc, on = arc_of[way], behind[way]
        next_stop, after_s, rest = NEVER, 0, least_s[arc]
        if on != NEVER:
            next_stop, after_s, rest = onto[on], lead_s[on], rest + rest_s[on]
        rest_s[way] = rest
        if not checked[arc]:
            onto[way], lead_s[way] = next_stop, after_s + least_s[arc]
            continue
        onto[way] = way
        if rows[way] == NEVER:
            rows[way] = n_open
            n_open += 1
        stops[way, ROW], stops[way, OPEN] = row_of[arc], rows[way]
        stops[way, ONTO], stops[way, VARIES] = next_stop, steady_s[arc] == NEVER
        stops[way, AFTER_S] = after_s + max(0, steady_s[arc])
        stops[way, WAIT_S], stops[way, REST_S] = wait_s[arc], rest
    return stops, rows, n_open
