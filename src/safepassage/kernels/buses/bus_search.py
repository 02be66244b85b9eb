"""Depth-first search over branches of the route program: whole routes, or a proof that there are none."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from safepassage.kernels.buses.bus_loads import WHOLE, whole_routes
from safepassage.kernels.buses.bus_master import Item, Refutation, RouteMaster

ENOUGH = 1.0
"""People left behind that count when items are compared; more are no better."""
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


class RouteSearch:
    """A search at one horizon that can be gone on with.

    Parameters
    ----------
    probed
        Items tried before each split; 0 takes the one farthest from whole, which is quick and less clever.

    `routes` bring everybody in within the horizon, once found. If `refuted`, `cases` are the proof that no
    routes do. If `stuck`, neither can be decided this way.
    """

    def __init__(self, master: RouteMaster, *, probed: int) -> None:
        self._master, self._probed, self._stack = master, probed, [0]
        self.cases = [Case({})]
        self.routes: list[tuple[int, tuple[int, ...]]] = []
        self.stuck = False

    @property
    def refuted(self) -> bool:
        """Whether every case has been refuted."""
        return not (self._stack or self.routes or self.stuck)

    @property
    def open(self) -> bool:
        """Whether there is more to be done."""
        return bool(self._stack) and not (self.routes or self.stuck)

    def advance(self, cases: int, cells: int) -> None:
        """Settle at most so many more cases, most promising branch first, until so much work is done."""
        enough = self._master.cells + cells
        while self.open and cases > 0 and self._master.cells < enough:
            cases -= 1
            self._settle(self.cases[self._stack.pop()])

    def _settle(self, case: Case) -> None:
        for item in sorted(case.limits):
            self._master.watch(item)
        self._master.bound(case.limits)
        settled = self._master.settle()
        if settled is None:
            self.stuck = True
        elif isinstance(settled, Refutation):
            case.refutation = settled
        else:
            self._split(case, self._master.shares(settled))

    def _split(self, case: Case, shares: list[tuple[int, tuple[int, ...], float]]) -> None:
        routes = whole_routes(self._master.arrays, shares)
        if routes is not None and all(self._master.fits(*route) for route in routes):
            self.routes = routes
            return
        branch = _branch(self._master, case.limits, shares, self._probed)
        if branch is None:
            self.stuck = True
            return
        item, count = branch
        least, most = case.limits.get(item, (0, -1))
        case.item, case.value = item, floor(count)
        for limits in ((least, case.value), (case.value + 1, most)):
            self._stack.append(len(self.cases))
            self.cases.append(Case({**case.limits, item: limits}))
        case.at_most, case.more = len(self.cases) - 2, len(self.cases) - 1


def _branch(
    master: RouteMaster,
    limits: dict[Item, tuple[int, int]],
    shares: list[tuple[int, tuple[int, ...], float]],
    probed: int,
) -> tuple[Item, float] | None:
    """Return the item to split on: of those farthest from whole, the one whose cases leave most behind.

    Trying both cases before a split is the strong branching of D. Applegate et al., "Finding cuts in the
    TSP", 1995.
    """
    candidates = _candidates(master, shares)[: max(1, probed)]
    best: tuple[float, Item, float] | None = None
    for item, count in candidates if len(candidates) > 1 else ():
        less, more = (min(n, ENOUGH) for n in master.probe(limits, item, floor(count)))
        gain = less * more + less + more
        if best is None or gain > best[0] + WHOLE:
            best = (gain, item, count)
    if best is not None:
        return best[1], best[2]
    return candidates[0] if candidates else None


def _candidates(
    master: RouteMaster, shares: list[tuple[int, tuple[int, ...], float]]
) -> list[tuple[Item, float]]:
    """Return items whose counts are not whole, farthest first; by time left only if all others are whole."""
    counts: dict[Item, float] = {}
    drives: dict[tuple[str, int, int], dict[int, float]] = {}
    for fleet, trips, value in shares:
        for kind, a, b, left in master.drives(fleet, trips):
            counts[kind, a, b, 0] = counts.get((kind, a, b, 0), 0.0) + value
            if kind != "start":
                by_left = drives.setdefault((kind, a, b), {})
                by_left[left] = by_left.get(left, 0.0) + value
    found = _least_whole(counts)
    data = master.arrays
    if found or master.look_until_s or (len(data.outer) + data.back_s.size) * master.horizon_s > TIMED_CELLS:
        return found
    timed: dict[Item, float] = {}
    for (kind, a, b), by_left in drives.items():
        total = 0.0
        for left in sorted(by_left, reverse=True):
            total += by_left[left]
            timed[kind, a, b, left] = total
    return _least_whole(timed)


def _least_whole(counts: dict[Item, float]) -> list[tuple[Item, float]]:
    odd = {item: min(n - floor(n), 1 - n + floor(n)) for item, n in counts.items()}
    items = sorted(
        (item for item in counts if odd[item] > WHOLE), key=lambda item: (-round(odd[item], 6), item)
    )
    return [(item, counts[item]) for item in items]
