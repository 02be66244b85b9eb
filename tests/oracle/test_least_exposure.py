"""Least-exposed journeys, plans and bounds on tiny networks, against searches that try everything."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import DemandRow, PlacedPlace, PlanningProblem, Rules
from safepassage.domain.timed_network import HazardPiece, TimedArcs, TimedNetwork
from safepassage.engines.least_exposure import LeastExposure, Proof, Roads
from safepassage.engines.summary import totals
from safepassage.formats.plan import inputs_json
from safepassage.kernels.booking.departure_book import Cars
from safepassage.kernels.prices.priced_journeys import (
    NO_WAY,
    HazardSteps,
    OpenPieces,
    Prices,
    TimedGraph,
    cheapest,
)
from safepassage_verify.exposure_bound import priced_exposure_bound

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

HORIZON_S = 900


def problem(arcs, hazard, homes, site, *, wait_max_s=60):
    """Arcs are (tail, head, travel_s, vehicles/h), hazard {arc: [(from, until, ppm)]}, homes {node: cars}."""
    tail, head, travel, rate = (np.asarray(column) for column in zip(*arcs, strict=True))
    n, nodes = len(arcs), int(max(tail.max(), head.max())) + 1
    network = TimedNetwork(
        node_id=np.asarray([f"n{v}" for v in range(nodes)]), lon_e7=np.arange(nodes), lat_e7=np.arange(nodes),
        arcs=TimedArcs(
            tail=tail, head=head, length_m=travel * 10, travel_s=travel, capacity_mveh_h=rate * 1000,
            persons_h=np.full(n, -1), modes=np.full(n, int(Mode.CAR)), directions=np.ones(n),
            empty_ok=np.ones(n), max_weight_kg=np.full(n, -1), gate=np.zeros(n), label=np.full(n, ""),
        ),
        profiles={},
        hazard={
            arc: tuple(HazardPiece(from_s=a, until_s=b, ppm=p) for a, b, p in rows)
            for arc, rows in hazard.items()
        },
        timetables={}, waiting={}, horizon_s=HORIZON_S, attribution="", source_sha256="0" * 64,
        schematic=False,
    )  # fmt: skip

    def place(name, node, direction):
        return PlacedPlace(
            id=name, name=name, kind="settlement", node=node, pickup_node=node, release_s=0,
            direction=direction, capacity_persons=-1,
        )  # fmt: skip

    return PlanningProblem(
        case_id="tiny", title="tiny", exercise=True, epoch="2026-01-01T00:00:00Z",
        as_of="2026-01-01T00:00:00Z", time_zones=(), hotline="", notice_languages=(),
        directions=(("out", "Out"),), network=network,
        places=(*(place(f"h{node}", node, "") for node in homes), place("x", site, "out")),
        demand=tuple(
            DemandRow(place=f"h{node}", direction="out", group="own_vehicle", persons=cars, basis="survey")
            for node, cars in homes.items()
        ),
        fleet=(),
        rules=Rules(
            burst_mveh=1000, burst_persons=1, junction_wait_max_s=wait_max_s, exposure_cap_ppm_s=-1,
            persons_per_car=1, car_units_mveh=1000, car_weight_kg=2000, load_base_s=0, load_per_person_s=0,
            unload_base_s=0, unload_per_person_s=0,
        ),
    )  # fmt: skip


def drawn(seed, *, times=1):
    """A connected network of at most 8 nodes, changing hazards, two or three homes, `times` the cars."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(4, 9))
    arcs = [(v, v - 1, int(rng.integers(5, 40)), int(rng.choice([300, 600, 1200]))) for v in range(1, nodes)]
    for _ in range(nodes):
        u, v = rng.choice(nodes, size=2, replace=False).tolist()
        if u:
            arcs.append((u, v, int(rng.integers(5, 90)), int(rng.choice([300, 600, 1200]))))
    hazard = {}
    for arc in range(len(arcs)):
        cuts = sorted({0, 60, int(rng.integers(30, 300)), HORIZON_S})
        rows = [(a, b, int(rng.integers(1, 9)) * 1000) for a, b in pairwise(cuts)]
        hazard[arc] = [row for row in rows if rng.random() < 0.8]
    homes = rng.choice(np.arange(1, nodes), size=min(3, nodes - 1), replace=False).tolist()
    return problem(arcs, hazard, {int(h): times * int(rng.integers(1, 8)) for h in sorted(homes)}, 0)


def slow_cheapest(graph, node, prices, by_s, *, waits):
    """The cheapest cost from a node with release 0, second by second; origin waits are free."""
    best = {site: [0] * (by_s + 1) for site in graph.sites.tolist()}
    value = [[NO_WAY] * (by_s + 2) for _ in range(graph.n_nodes)]
    ppm, breaks = graph.hazard.ppm, graph.hazard.breaks

    def hazard(e, t):
        return int(ppm[e, np.searchsorted(breaks, t, side="right") - 1])

    held = [[NO_WAY] * (by_s + 2) for _ in range(len(graph.tail))]
    enters = [[NO_WAY] * (by_s + 2) for _ in range(len(graph.tail))]
    for t in range(by_s, -1, -1):
        for v in best:
            value[v][t] = 0
        for e in range(len(graph.tail)):
            leave = t + int(graph.pieces.travel_s[e])
            if leave <= by_s and value[graph.head[e]][leave] < NO_WAY:
                toll = sum(p for a, x, y, p in prices if a == e and x <= t < y)
                cost = sum(hazard(e, s) for s in range(t, leave))
                enters[e][t] = value[graph.head[e]][leave] + cost + toll
            held[e][t] = enters[e][t]
            if waits and held[e][t + 1] < NO_WAY:
                held[e][t] = min(held[e][t], held[e][t + 1] + hazard(e, t))
            u = graph.tail[e]
            value[u][t] = min(value[u][t], held[e][t])
    starts = [c for e in range(len(graph.tail)) if graph.tail[e] == node for c in enters[e]]
    return 0 if node in best else min(starts, default=NO_WAY)


def graph_of(roads, *, waits):
    network = roads.network
    return TimedGraph(
        n_nodes=network.n_nodes, tail=network.tail, head=network.head,
        pieces=OpenPieces(
            first=network.first, from_s=network.from_s, travel_s=network.travel_s, close_s=network.close_s
        ),
        hazard=HazardSteps(breaks=roads.breaks, ppm=roads.ppm),
        wait_ok=np.full(len(network.arc), waits), sites=network.sites,
    )  # fmt: skip


def drawn_prices(rng, n_arcs):
    return [
        (int(arc), 30, int(rng.integers(40, 200)), int(rng.integers(1, 90_000)))
        for arc in np.unique(rng.integers(0, n_arcs, size=5))
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("waits", [False, True])
def test_the_sweep_finds_the_cheapest_journeys(seed, waits):
    roads = Roads.of(drawn(seed), "out")
    graph, rng = graph_of(roads, waits=waits), np.random.default_rng(seed)
    rows = drawn_prices(rng, len(roads.network.arc))
    arc, since, until, price = (np.asarray(column, dtype=np.int64) for column in zip(*rows, strict=True))
    prices = Prices(arc=arc, from_s=since, until_s=until, price=price)
    found = cheapest(graph, (roads.nodes, roads.release_s), prices, by_s=200, wait_exposed=False)
    for i, node in enumerate(roads.nodes.tolist()):
        assert found.cost[i] == slow_cheapest(graph, node, rows, 200, waits=waits)
        lo, hi = found.first[i], found.first[i + 1]
        if found.cost[i] < NO_WAY and hi > lo:
            assert roads.network.tail[found.arc[lo]] == node
            assert roads.network.head[found.arc[hi - 1]] in roads.network.sites


def kept(entries, rate, burst=1):
    """Whether entries of one arc keep the capacity rule, checked between every pair."""
    t = sorted(entries)
    return all(
        3600 * (j - i + 1) <= rate * (t[j] + 1 - t[i]) + 3600 * burst
        for i in range(len(t))
        for j in range(i, len(t))
    )


@pytest.mark.parametrize("seed", range(12))
def test_plans_keep_the_rules_and_no_bound_exceeds_them(seed):
    given = drawn(seed)
    roads = Roads.of(given, "out")
    engine = LeastExposure(roads)
    plan = engine.plan(600)
    schedule = engine.schedule(plan)
    assert totals(given, schedule)["out"].exposure_person_ppm_s == plan.total_ppm_s
    for e in range(len(roads.network.arc)):
        entries = [
            int(t)
            for stream_way, row in zip(plan.way, plan.enter_s, strict=True)
            if stream_way >= 0
            for arc, t in zip(engine.arcs_of(int(stream_way)), row, strict=False)
            if arc == e
        ]
        assert kept(entries, int(roads.network.capacity_mveh_h[e]) // 1000)
    proof = Proof.of(roads, 600)
    assert plan.unserved == 0
    assert 0 <= proof.bound_ppm_s <= plan.total_ppm_s
    assert all(a < b for _, a, b, _ in proof.prices)
    document = inputs_json.document(given)
    assert priced_exposure_bound(document, "out", 600, proof.prices) == proof.bound_ppm_s
    rng = np.random.default_rng(seed)
    for _ in range(3):
        rows = drawn_prices(rng, len(roads.network.arc))
        assert priced_exposure_bound(document, "out", 600, rows) <= plan.total_ppm_s


def test_a_longer_allowance_never_raises_the_exposure():
    roads = Roads.of(drawn(3), "out")
    engine = LeastExposure(roads)
    plan, last = engine.plan(300), None
    for by_s in (300, 360, 450, 600):
        plan = engine.plan(by_s, start=plan)
        assert last is None or plan.total_ppm_s <= last
        last = plan.total_ppm_s


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_comes_back_from_its_schedule_as_it_was(seed):
    engine = LeastExposure(Roads.of(drawn(seed), "out"))
    plan = engine.valued(engine.plan(400))
    again = LeastExposure(Roads.of(engine.roads.problem, "out")).plan_of(engine.schedule(plan), 400)
    assert (again.unserved, again.clearance_s) == (plan.unserved, plan.clearance_s)
    assert sorted(zip(again.of_class, again.arrive_s, again.exposure_ppm_s, strict=True)) == sorted(
        zip(plan.of_class, plan.arrive_s, np.where(plan.way < 0, 0, plan.exposure_ppm_s), strict=True)
    )


def test_a_car_that_drives_in_a_circle_waits_instead():
    given = problem([(1, 2, 10, 600), (2, 1, 10, 600), (2, 0, 10, 600)], {}, {1: 1}, 0)
    engine = LeastExposure(Roads.of(given, "out"))
    plain = engine.schedule(engine.plan(400))
    circle = replace(plain, routes=(replace(plain.routes[0], arcs=(0, 1, 0, 2)),))
    plan = engine.plan_of(circle, 400)
    assert engine.arcs_of(int(plan.way[0])).tolist() == [0, 2]
    assert (plan.enter_s[0, 1] - plan.enter_s[0, 0], plan.unserved) == (10, 0)
    assert plan.clearance_s == plan.enter_s[0, 0] + 20


def test_a_schedule_on_other_roads_is_refused():
    wide = problem([(1, 0, 10, 600), (2, 1, 10, 600)], {}, {2: 1}, 0)
    engine = LeastExposure(Roads.of(wide, "out"))
    schedule = engine.schedule(engine.plan(400))
    narrow = LeastExposure(Roads.of(problem([(2, 0, 10, 600)], {}, {2: 1}, 0), "out"))
    with pytest.raises(ValueError, match="not among the roads"):
        narrow.plan_of(schedule, 400)


def test_cars_that_would_queue_leave_later_and_arrive_as_before():
    # A wide road leads to one with room for a car every 12 s; both are under hazard, the home is not.
    arcs = [(1, 2, 20, 3600), (2, 0, 40, 300)]
    given = problem(arcs, {0: [(0, HORIZON_S, 1000)], 1: [(0, HORIZON_S, 500)]}, {1: 6}, 0)
    engine = LeastExposure(Roads.of(given, "out"))
    way = engine._pool.add(0, np.asarray([0, 1]))
    cars = Cars(
        np.zeros(6, dtype=np.int64), np.full(6, way), np.zeros(6, dtype=np.int64), np.zeros((6, 2), np.int64)
    )
    book = engine._book(engine.roads, 600, 6)
    arrive = book.drive(engine._pool.ways(), cars, np.full((6, 2), -1, dtype=np.int64))
    assert cars.cost.sum() > 6 * (20 * 1000 + 40 * 500)
    book.hold_back(engine._pool.ways(), cars)
    assert (cars.enter_s[:, 1] - cars.enter_s[:, 0] == 20).all()
    assert (cars.cost == 20 * 1000 + 40 * 500).all()
    assert (book.arrivals(engine._pool.ways(), cars) == arrive).all()
    assert kept(cars.enter_s[:, 1].tolist(), 300)


def test_the_plan_and_the_bound_bracket_the_optimum_of_all_departures():
    # Two ways: a short one under hazard with room for a car every 12 s, a long one without any hazard that
    # only cars that leave early can take; three cars, every combination of way and second tried.
    arcs = [(1, 0, 20, 300), (1, 2, 20, 300), (2, 0, 40, 300)]
    given = problem(arcs, {0: [(0, HORIZON_S, 1000)], 1: [(30, HORIZON_S, 500)]}, {1: 3}, 0, wait_max_s=0)
    by_s, ways = 75, [(0,), (1, 2)]
    options = [(w, t) for w in ways for t in range(by_s) if t + sum(arcs[a][2] for a in w) <= by_s]
    hazards = {
        0: lambda t: 1000,
        1: lambda t: 500 if t >= 30 else 0,
        2: lambda t: 0,
    }

    def cost(way, t):
        total = 0
        for a in way:
            total += sum(hazards[a](s) for s in range(t, t + arcs[a][2]))
            t += arcs[a][2]
        return total

    best = min(
        sum(cost(*choice) for choice in chosen)
        for chosen in product(options, repeat=3)
        if list(chosen) == sorted(chosen)
        and all(kept([t for w, t in chosen if w[0] == a], 300) for a in (0, 1))
    )
    roads = Roads.of(given, "out")
    plan = LeastExposure(roads).plan(by_s)
    proof = Proof.of(roads, by_s)
    assert plan.unserved == 0
    assert proof.bound_ppm_s <= best <= plan.total_ppm_s


def test_a_negative_price_is_refused():
    with pytest.raises(ValueError, match="price"):
        priced_exposure_bound(inputs_json.document(drawn(0)), "out", 100, [(0, 0, 10, -1)])


def test_overlapping_intervals_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        priced_exposure_bound(inputs_json.document(drawn(0)), "out", 100, [(0, 0, 10, 5), (0, 9, 20, 5)])


@pytest.mark.parametrize("seed", range(8))
def test_a_stack_of_short_prices_gives_away_a_burst_for_each_rise_only(seed):
    # Whatever prices are, cars that keep the capacity rule pay no more than the verifier takes off.
    rng = np.random.default_rng(seed)
    given = problem([(1, 0, 5, 600)], {0: [(0, HORIZON_S, 1)]}, {1: 40}, 0)
    starts = np.arange(0, 300, 10)
    rises = rng.integers(0, 3, len(starts)) * rng.integers(1, 1_000, len(starts))
    prices = np.maximum(1, np.cumsum(rises) % 3_000)
    rows = [(0, int(a), int(a) + 10, int(p)) for a, p in zip(starts, prices, strict=True)]
    bound = priced_exposure_bound(given_document := inputs_json.document(given), "out", 299, rows)
    exposure = LeastExposure(Roads.of(given, "out")).plan(299, tries=0).total_ppm_s
    assert bound <= exposure
    # One price throughout, cut into pieces, proves what the whole piece proves.
    whole = priced_exposure_bound(given_document, "out", 299, [(0, 0, 300, 700)])
    pieces = [(0, int(a), int(a) + 10, 700) for a in starts]
    assert priced_exposure_bound(given_document, "out", 299, pieces) >= whole - 700
