"""The flow of least exposure and its prices, against a linear program over whole seconds."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from safepassage.engines.least_exposure import Proof, Roads
from safepassage.engines.least_exposure.flows import flow_network
from safepassage.formats.plan import inputs_json
from safepassage.kernels.prices.exposure_flow import Clock, arc_prices, car_paths
from safepassage_verify.exposure_bound import priced_exposure_bound
from tests.oracle.test_least_exposure import drawn, problem

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def crowded(seed):
    """A drawn network with four times the cars, and about the time that they need."""
    given = drawn(seed, times=4)
    return given, Roads.of(given, "out")


def least(roads, by_s):
    """The least exposure of fractions of cars in whole seconds without any burst; None: not all get out."""
    net, sites = roads.network, set(roads.network.sites.tolist())
    cost, room, balance = [], [], {}
    left = {home: [] for home in roads.nodes.tolist()}
    for e, travel in enumerate(net.travel_s[net.first[:-1]].tolist()):
        u, v = int(net.tail[e]), int(net.head[e])
        second = np.searchsorted(roads.breaks, np.arange(by_s + 1), "right") - 1
        exposed = np.concatenate([[0], np.cumsum(roads.ppm[e][second])])
        for t in range(by_s - travel + 1 if u not in sites else 0):
            balance.setdefault((u, t), []).append((len(cost), 1))
            if v not in sites:
                balance.setdefault((v, t + travel), []).append((len(cost), -1))
            cost.append(int(exposed[t + travel] - exposed[t]))
            room.append(int(net.capacity_mveh_h[net.first[e]]) / 3_600_000)
    for (node, _), terms in balance.items():
        if node in left:
            terms.append((len(cost), -1))
            left[node].append((len(cost), 1))
            cost.append(0)
            room.append(np.inf)
    rows = [*balance.values(), *left.values()]
    right = [0] * len(balance) + [int(roads.cars[roads.nodes == home].sum()) for home in left]
    entries = [(i, x, sign) for i, terms in enumerate(rows) for x, sign in terms]
    row, column, value = zip(*entries, strict=True)
    table = csr_array((value, (row, column)), shape=(len(rows), len(cost)))
    found = linprog(cost, A_eq=table, b_eq=right, bounds=[(0, most) for most in room], method="highs")
    return found.fun if found.status == 0 else None


@pytest.mark.parametrize("seed", range(6))
def test_prices_prove_no_more_than_a_linear_program_over_seconds_finds(seed):
    given, roads = crowded(seed)
    by_s, value = 100, None
    while value is None:
        by_s += 50
        value = least(roads, by_s)
    proof = Proof.of(roads, by_s)
    assert priced_exposure_bound(inputs_json.document(given), "out", by_s, proof.prices) == proof.bound_ppm_s
    assert Proof.by_prices(roads, by_s, []).bound_ppm_s <= proof.bound_ppm_s <= value


@pytest.mark.parametrize("by_s", [420, 600])
def test_where_many_share_a_road_prices_prove_nearly_all_that_the_program_finds(by_s):
    # The short road takes a car every six seconds, too few for a hundred by 420; the long one costs more.
    arcs = [(1, 0, 20, 600), (1, 2, 30, 600), (2, 0, 60, 600), (3, 1, 15, 1200)]
    hazard = {0: [(0, 900, 1000)], 1: [(0, 900, 1000)], 2: [(0, 300, 3000), (300, 900, 5000)]}
    roads = Roads.of(problem(arcs, hazard, {1: 40, 3: 60}, 0), "out")
    value, proved = least(roads, by_s), Proof.of(roads, by_s).bound_ppm_s
    assert value > Proof.by_prices(roads, by_s, []).bound_ppm_s
    # One car of burst is given away, of about seventy.
    assert 0.96 * value <= proved <= value


@pytest.mark.parametrize("seed", range(8))
def test_cars_of_a_bin_keep_to_the_clock_and_to_its_room(seed):
    _, roads = crowded(seed)
    network, by_s = flow_network(roads), 400
    # A narrow road takes a car in every bin of twelve seconds, so nobody waits under way.
    clock = Clock.in_step(network, 12, np.arange(len(roads.network.arc)) * 1.0)
    paths = car_paths(network, clock, by_s=by_s)
    assert paths.cars.sum() > 0
    used = {}
    for i, (c, n) in enumerate(zip(paths.source, paths.cars, strict=True)):
        now, at = int(paths.depart_s[i]), int(roads.nodes[c])
        assert now >= roads.release_s[c]
        for e in paths.arc[paths.first[i] : paths.first[i + 1]].tolist():
            assert network.tail[e] == at
            # The next tick of the node's clock.
            now += (clock.phase_s[at] - now) % clock.bin_s
            used[e, (now - clock.phase_s[at]) // clock.bin_s] = n
            now, at = now + int(network.pieces.travel_s[network.pieces.first[e]]), int(network.head[e])
        assert at in network.sites
        assert now <= by_s
    for (e, k), n in used.items():
        rate = int(roads.network.capacity_mveh_h[roads.network.first[e]])
        assert n <= ((k + 1) * clock.bin_s * rate // 3_600_000) - (k * clock.bin_s * rate // 3_600_000)


def test_prices_of_the_last_and_first_seconds_leave_no_hole():
    # Clocks of twelve seconds that fit nowhere: rounding down still lets everybody through who can go.
    _, roads = crowded(0)
    network = flow_network(roads)
    clock = Clock.of_offsets(12, np.arange(len(roads.potential_s)) * 5)
    found = arc_prices(network, clock, by_s=300)
    assert (found.until_s > found.from_s).all()
    assert (np.diff(found.from_s)[np.diff(found.arc) == 0] > 0).all()
