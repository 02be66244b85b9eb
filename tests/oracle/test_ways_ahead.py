"""Ways stored once for all who go on alike, and runs along them, against ways and runs written out."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.kernels.booking import booking_loops, way_loops, way_tree
from safepassage.kernels.booking.booking import RoadPieces
from safepassage.kernels.compiled import compiled
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.testing.draws import Draws

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

HORIZON_S, WORK, WAIT_S, SIDE = 3_000, 1_000 * 3_600, 20, 4
NEVER = -1


@compiled
def alone(free, roads, ways, request, trace):
    """Return what is found along a way; the loop itself is only called by others."""
    return way_loops.run_ahead(free, roads, ways, request, trace)


class Grid:
    """A grid of two-way roads with random calendars, and the ways of two searches from all of its nodes."""

    def __init__(self, seed):
        self.draws = Draws(seed)
        number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
        pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
        self.tail = np.concatenate([x.ravel() for a, b in pairs for x in (a, b)])
        self.head = np.concatenate([x.ravel() for a, b in pairs for x in (b, a)])
        self.n = n = len(self.tail)
        self.travel_s = np.array([self.draws.between(20, 60) for _ in range(n)])
        capacity = np.array([1_000 * self.draws.pick((300, 600, 900)) for _ in range(n)])
        self.roads = RoadPieces.constant(self.travel_s, capacity, HORIZON_S)
        self.compiled = self.roads.compiled()
        self.fill()
        self.nodes = np.arange(SIDE * SIDE - 1)
        self.trees = [self.next_arcs() for _ in range(2)]
        self.ways, self.n_ways = self.stored()

    def fill(self):
        """Take many places, so that gaps of all kinds are left."""
        at, count, room = np.zeros((3, self.n), np.int64)
        pools, used = np.zeros((2, 0), np.int64), 0
        for _ in range(self.draws.pick((200, 2_000, 4_000))):
            arc, t = self.draws.below(self.n), self.draws.below(HORIZON_S)
            second, x, _ = booking_loops.enter(self.compiled, (at, count, *pools), arc, t, WORK)
            if second >= 0:
                *pools, used = booking_loops.reserve(
                    (at, count, *pools), room, used, arc, (x, x + WORK)
                )  # fmt: skip
        self.calendars = at, count, *pools

    def next_arcs(self):
        """Return the arc by which each node's way begins, to the last node, on roads of random cost."""
        cost = np.array([float(self.draws.between(1, 100)) for _ in range(self.n)])
        graph = ArcGraph(self.tail, self.head, SIDE * SIDE, np.ones(self.n, dtype=bool))
        tree = graph.tree(cost, [SIDE * SIDE - 1], reverse=True)
        found = np.full(SIDE * SIDE, NEVER, dtype=np.int32)
        for node in self.nodes:
            found[node] = tree.path(int(node))[0]
        return found

    def stored(self):
        """Return the ways as they are stored, those of each search, and how many there are."""
        arcs = *np.empty((3, 4), np.int64), np.full(self.n, NEVER)
        n, self.numbers = 0, []
        for next_arc in self.trees:
            arcs, n, numbers = way_tree.grown(arcs, n, next_arc, self.head, self.nodes)
            self.numbers.append(numbers)
        return arcs, n

    def written_out(self, way):
        """Return the arcs of a way by its number."""
        found = []
        while way != NEVER:
            found.append(int(self.ways[0][way]))
            way = self.ways[1][way]
        return found

    def followed(self, tree, node):
        """Return the arcs from a node to the exit in a search."""
        found = []
        while tree[node] >= 0:
            found.append(int(tree[node]))
            node = self.head[tree[node]]
        return found

    def free(self):
        """Return rows of free seconds of all arcs, and of entries not shut of all ways."""
        words = HORIZON_S // 64 + 2
        bits = np.zeros((self.n, words), np.uint64)
        rows = np.arange(self.n)
        way_loops.write_free(self.compiled, self.calendars, rows, rows, (0, HORIZON_S, WORK), bits)
        shut_until = np.zeros(self.n_ways, np.int64)
        return bits, np.full((self.n_ways, words), np.iinfo(np.uint64).max), shut_until

    def stops(self):
        """Return the stops of all ways where every arc is looked at."""
        terms = np.ones(self.n, dtype=bool), np.arange(self.n), self.travel_s, self.travel_s
        found, _, _ = way_tree.stops_of_ways(
            self.ways[:2], self.n_ways, (*terms, np.full(self.n, WAIT_S)), (np.empty(0, np.int64), 0)
        )
        return found

    def run(self, free, way, depart_s, by_s):
        """Return (departure, arrival, entries) of a run along a stored way."""
        trace = np.zeros((2, self.n), np.int64)
        depart, arrive, n_stops = alone(
            free, self.compiled, (self.ways[0], self.stops()), (way, depart_s, by_s, 0), tuple(trace)
        )
        return depart, arrive, trace[0][:n_stops].tolist()

    def run_written_out(self, arcs, depart_s, by_s):
        """Return (departure, arrival) of the first run that fits, as bookings find it."""
        arcs = np.array(arcs)
        stops = booking_loops.stops_of(
            np.array([0, len(arcs)]), arcs, np.ones(self.n, dtype=bool), self.travel_s
        )
        start, arc, _, gap_s, rest_s, tail_s = stops
        wait_s = np.full(self.n, WAIT_S)
        trace = tuple(np.zeros((2, len(arcs)), np.int64))
        found = booking_loops.run(
            self.compiled, self.calendars, (start, arc, gap_s, rest_s, wait_s, tail_s),
            (0, depart_s, WORK, by_s), trace,
        )  # fmt: skip
        return found[:2]


@pytest.mark.parametrize("seed", range(6))
def test_ways_are_those_of_the_searches_each_stored_once(seed):
    grid = Grid(seed)
    for tree, numbers in zip(grid.trees, grid.numbers, strict=True):
        for node, way in zip(grid.nodes, numbers, strict=True):
            assert grid.written_out(way) == grid.followed(tree, node)
    written = [tuple(grid.written_out(way)) for way in range(grid.n_ways)]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize("seed", range(6))
def test_the_only_arc_before_is_the_only_one(seed):
    grid = Grid(seed)
    before = np.full(grid.n, way_tree.UNKNOWN)
    starts = grid.numbers[1][:3]
    way_tree.befores(grid.ways[:2], (0, grid.n_ways), starts, before)
    for arc in range(grid.n):
        ways = [grid.written_out(way) for way in range(grid.n_ways)]
        seen = {way[k - 1] for way in ways for k in range(1, len(way)) if way[k] == arc}
        begins = any(grid.ways[0][way] == arc for way in starts)
        expected = NEVER if begins or len(seen) > 1 else seen.pop() if seen else way_tree.UNKNOWN
        assert before[arc] == expected


@pytest.mark.parametrize("seed", range(12))
def test_the_first_run_along_a_way_is_the_one_that_bookings_find(seed):
    grid = Grid(seed)
    answers = set()
    for way in np.concatenate(grid.numbers):
        depart_s, by_s = grid.draws.below(800), grid.draws.between(900, HORIZON_S)
        found = grid.run(grid.free(), way, depart_s, by_s)
        assert found[:2] == grid.run_written_out(grid.written_out(way), depart_s, by_s)
        answers.add(found[0] >= 0)
    assert True in answers


@pytest.mark.parametrize("seed", range(12))
def test_runs_that_know_what_led_nowhere_still_fit(seed):
    """What runs along other ways have shut is passed over; what is found has room at every arc."""
    grid = Grid(seed)
    free, arrived, could = grid.free(), 0, 0
    for way in np.concatenate(grid.numbers):
        depart_s, arcs = grid.draws.below(400), grid.written_out(way)
        depart, arrive, seconds = grid.run(free, way, depart_s, HORIZON_S)
        could += grid.run_written_out(arcs, depart_s, HORIZON_S)[0] >= 0
        if depart == NEVER:
            continue
        arrived += 1
        t = depart
        for k, (arc, second) in enumerate(zip(arcs, seconds, strict=True)):
            assert 0 <= second - t <= (0 if k == 0 else WAIT_S)
            entry, _, _ = booking_loops.enter(grid.compiled, grid.calendars, arc, second, WORK)
            assert entry == second
            t = second + int(grid.travel_s[arc])
        assert t == arrive <= HORIZON_S
    assert arrived >= 0.9 * could > 0
