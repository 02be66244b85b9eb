"""Depth-first search over branches of the route program: whole routes, or a proof that there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor

from safepassage.kernels.bus_master import Item, Refutation, RouteMaster
from safepassage.kernels.bus_routes import BusArrays

WHOLE = 1e-6
"""Distance from a whole number below which a count is taken as whole."""
TIMED_CELLS = 8_000_000
"""Branches by time are tried where trips and drives times seconds are at most so many."""


@dataclass(slots=True)
class Case:
    """A node of the search: its parent's branches and, once done, its refutation or its two children."""

    limits: dict[Item, tuple[int, int]]
    refutation: Refutation | None = None
    item: Item | None = None
    value: int = 0
    at_most: int = -1
    more: int = -1


@dataclass(slots=True)
class Search:
    """What a search found: routes, or a refutation of all (`refuted`), or neither within its limit."""

    cases: list[Case] = field(default_factory=list)
    routes: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    refuted: bool = False


def search(master: RouteMaster, *, cases: int) -> Search:
    """Settle at most so many cases, most promising branch first.

    Found routes bring everybody in within the horizon. If all cases are refuted, their tree is the proof.
    """
    result, stack = Search([Case({})]), [0]
    while stack:
        if len(result.cases) > cases:
            return result
        case = result.cases[stack.pop()]
        for item in sorted(case.limits):
            master.watch(item)
        master.bound(case.limits)
        settled = master.settle()
        if settled is None:
            return result
        if isinstance(settled, Refutation):
            case.refutation = settled
            continue
        shares = master.shares(settled)
        if all(abs(value - round(value)) < WHOLE for _, _, value in shares):
            result.routes = [(f, trips) for f, trips, value in shares for _ in range(round(value))]
            return result
        branch = _branch(master, shares)
        if branch is None:
            return result
        _split(result, case, branch, stack)
    result.refuted = True
    return result


def _split(result: Search, case: Case, branch: tuple[Item, float], stack: list[int]) -> None:
    item, count = branch
    least, most = case.limits.get(item, (0, -1))
    case.item, case.value = item, floor(count)
    for limits in ((least, case.value), (case.value + 1, most)):
        stack.append(len(result.cases))
        result.cases.append(Case({**case.limits, item: limits}))
    case.at_most, case.more = len(result.cases) - 2, len(result.cases) - 1


def _branch(
    master: RouteMaster, shares: list[tuple[int, tuple[int, ...], float]]
) -> tuple[Item, float] | None:
    """Return the item whose count is farthest from whole, untimed ones first."""
    counts: dict[Item, float] = {}
    drives: dict[tuple[str, int, int], dict[int, float]] = {}
    for fleet, trips, value in shares:
        for kind, a, b, left in _drives(master.arrays, fleet, trips, master.horizon_s):
            counts[kind, a, b, 0] = counts.get((kind, a, b, 0), 0.0) + value
            if kind != "start":
                by_left = drives.setdefault((kind, a, b), {})
                by_left[left] = by_left.get(left, 0.0) + value
    found = _least_whole(counts)
    if found is not None:
        return found
    data = master.arrays
    if (len(data.load) + data.back_s.size) * (
        master.horizon_s + master.look_s
    ) > TIMED_CELLS or master.look_s:
        return None
    timed: dict[Item, float] = {}
    for (kind, a, b), by_left in drives.items():
        total = 0.0
        for left in sorted(by_left, reverse=True):
            total += by_left[left]
            timed[kind, a, b, left] = total
    return _least_whole(timed)


def _least_whole(counts: dict[Item, float]) -> tuple[Item, float] | None:
    best: tuple[float, Item, float] | None = None
    for item in sorted(counts):
        part = counts[item] - floor(counts[item])
        odd = min(part, 1 - part)
        if odd > WHOLE and (best is None or odd > best[0] + WHOLE):
            best = (odd, item, counts[item])
    return None if best is None else (best[1], best[2])


def _drives(
    data: BusArrays, fleet: int, trips: tuple[int, ...], horizon_s: int
) -> list[tuple[str, int, int, int]]:
    """Return (kind, a, b, seconds left at its begin) of the drives of a route."""
    found, left, before = [], horizon_s, -1
    for m in trips:
        p, s = int(data.pickup[m]), int(data.site[m])
        if before < 0:
            found.append(("start", fleet, p, left))
            left -= int(data.start_s[fleet, p])
        else:
            found.append(("empty", before, p, left))
            left -= int(data.back_s[before, p])
        found.append(("loaded", p, s, left))
        left -= int(data.arrive_s[m] + data.unload_s[m])
        before = s
    return found
