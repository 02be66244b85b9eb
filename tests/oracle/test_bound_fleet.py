"""No schedule of a few buses brings more people out by a time than the fleet bound says.

The oracle tries every schedule: one or two buses, two or three pick-ups, one or two sites, one-way roads of
different length, stops on the way, loading and unloading, people who walk a link between two buses. It knows
no bound.
"""

from __future__ import annotations

import itertools
import random
from functools import cache

import pytest

from safepassage.testing.tiny_plans import FOOT, TinyCase, TinyPlan, item
from safepassage_verify import verify
from safepassage_verify.bounds import FleetBound
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings
from tests.support.effort import examples, first

FAR = 10**6


def bound(inputs, horizon_s, commodity="seated"):
    findings = Findings()
    snapshot = read_snapshot(inputs, findings)
    assert findings.total == 0
    return FleetBound(snapshot, "west", commodity).phi(horizon_s)


def random_fleet(chance):
    """Return a case with 2 or 3 pick-ups, 1 or 2 sites, 1 or 2 buses and roads unlike their way back."""
    n_pickups, n_sites = chance.randint(2, 3), chance.randint(1, 2)
    n_nodes = n_pickups + n_sites + 1
    case = TinyCase(
        n_nodes,
        horizon_s=60,
        load_base_s=chance.choice([0, 0, 1, 3]),
        load_per_person_s=chance.choice([0, 1, 2]),
        unload_base_s=chance.choice([0, 0, 1, 3]),
        unload_per_person_s=chance.choice([0, 1, 2]),
    )
    for tail, head in itertools.permutations(range(n_nodes), 2):
        if chance.random() < 0.6:
            case.arc(tail, head, chance.randint(1, 9), directions=chance.choice([3, 1, 1, 2]))
    if not case.arcs:
        case.arc(0, n_nodes - 1)
    for k in range(n_pickups):
        case.demand(case.place(f"V{k}", k), chance.randint(0, 4), group="needs_transport")
    for k in range(n_sites):
        case.site(f"S{k}", n_pickups + k)
    for k in range(chance.randint(1, 2)):
        start = chance.choice([0, 0, 2, 5])
        case.vehicle(f"b{k}", chance.randrange(n_nodes), seats=chance.randint(1, 4), available_from_s=start)
    return case.inputs()


def with_helped(chance, inputs):
    """Return inputs in which the people of some pick-ups take longer to get on and off."""
    for row in inputs["demand"]:
        row["group"] = chance.choice(["needs_transport", "assisted"])
    times = {"load_s": chance.choice([0, 1, 3]), "unload_s": chance.choice([0, 1, 3])}
    inputs["rules"]["help_times"] = [{"group": "assisted", **times}]
    return inputs


class Schedules:
    """Every schedule of one bus on its own: roads have room for all, so only the people are shared."""

    def __init__(self, inputs, horizon_s):
        self.rules, self.horizon_s = inputs["rules"], horizon_s
        self.n_nodes = len(inputs["network"]["nodes"]["id"])
        self.pickups = [p["node"] for p in inputs["places"] if not p["direction"]]
        self.more = [self._more(row["group"]) for row in inputs["demand"]]
        self.sites = {p["node"] for p in inputs["places"] if p["direction"]}
        arcs = inputs["network"]["arcs"]
        rows = list(
            zip(arcs["tail"], arcs["head"], arcs["travel_s"], arcs["directions"], arcs["modes"], strict=True)
        )
        self.empty = self._times([row[:3] for row in rows if row[4] & 2])
        self.loaded = self._times([row[:3] for row in rows if row[4] & 2 and row[3] & 1])

    def _times(self, rows):
        times = {(a, b): 0 if a == b else FAR for a in range(self.n_nodes) for b in range(self.n_nodes)}
        for tail, head, travel in rows:
            times[tail, head] = min(times[tail, head], travel)
        for via, a, b in itertools.product(range(self.n_nodes), repeat=3):
            times[a, b] = min(times[a, b], times[a, via] + times[via, b])
        return times

    def _more(self, group):
        """Return the seconds more that one of a group takes to board, and to get off."""
        rows = [row for row in self.rules.get("help_times", ()) if row["group"] == group]
        return (rows[0]["load_s"], rows[0]["unload_s"]) if rows else (0, 0)

    def loading_s(self, persons):
        return self.rules["load_base_s"] + self.rules["load_per_person_s"] * persons if persons else 0

    def unloading_s(self, persons):
        return self.rules["unload_base_s"] + self.rules["unload_per_person_s"] * persons if persons else 0

    def most(self, bus, people):
        """Return the most of `people` (per pick-up) whom the bus can bring to a site by the horizon."""

        @cache
        def go(node, ready_s, aboard, more_s, left):
            best = 0
            here = self.pickups.index(node) if node in self.pickups else None
            boarders = range(min(left[here], bus["seats"] - aboard) + 1) if here is not None else (0,)
            for boarding in boarders:
                load = aboard + boarding
                after = left
                if boarding:
                    after = (*left[:here], left[here] - boarding, *left[here + 1 :])
                on_s, off_s = self.more[here] if here is not None else (0, 0)
                depart = ready_s + self.loading_s(load) + on_s * boarding
                getting_off_s = more_s + off_s * boarding
                times = self.loaded if load else self.empty
                for end in range(self.n_nodes):
                    arrive = depart + times[node, end]
                    # a leg that goes nowhere is of use only to let people off where a site is
                    if arrive > self.horizon_s or (end == node and not (load and end in self.sites)):
                        continue
                    delivered = load if end in self.sites else 0
                    free = arrive + self.unloading_s(load) + (getting_off_s if delivered else 0)
                    rest_s = 0 if delivered else getting_off_s
                    best = max(best, delivered + go(end, free, load - delivered, rest_s, after))
            return best

        return go(bus["base_node"], bus["available_from_s"], 0, 0, people)


def best_schedule(inputs, horizon_s):
    """Return the most persons whom all buses together can have brought out."""
    schedules = Schedules(inputs, horizon_s)
    people = tuple(row["persons"] for row in inputs["demand"])
    if len(inputs["fleet"]) == 1:
        return schedules.most(inputs["fleet"][0], people)
    shares = itertools.product(*(range(n + 1) for n in people))
    first, second = inputs["fleet"]
    return max(
        schedules.most(first, share)
        + schedules.most(second, tuple(a - b for a, b in zip(people, share, strict=True)))
        for share in shares
    )


def check_fleets(seeds, *, helped=False):
    """Check every case at a few times; return (bounds, those below the demand, those met exactly)."""
    checked = binding = exact = 0
    for seed in seeds:
        chance = random.Random(seed)
        inputs = random_fleet(chance)
        if helped:
            inputs = with_helped(chance, inputs)
        demand = sum(row["persons"] for row in inputs["demand"])
        for horizon_s in sorted(chance.sample(range(24), 2)):
            best, phi = best_schedule(inputs, horizon_s), bound(inputs, horizon_s)
            assert best <= phi, (seed, horizon_s)
            checked += 1
            binding += phi < demand
            exact += best == phi
    return checked, binding, exact


def test_no_schedule_beats_the_fleet_bound():
    checked, binding, exact = check_fleets(range(100))
    assert checked == 200
    assert binding > 30
    assert exact > 20


def test_no_schedule_beats_the_bound_where_some_take_longer_to_board():
    checked, binding, _ = check_fleets(range(examples(60)), helped=True)
    assert binding * 4 > checked


@pytest.mark.slow
def test_no_schedule_beats_the_fleet_bound_in_more_cases():
    seeds = first(range(1000, 2500))
    checked, binding, exact = check_fleets(seeds)
    assert checked == 2 * len(seeds)
    assert binding > 7 / 15 * len(seeds)
    assert exact > len(seeds) / 3


# --- with a link that people walk -----------------------------------------------------------------


def random_crossing(chance):
    """Return a case with a walk between nodes, up to two buses and at most five people.

    Mostly a border: pick-ups 0 and 1 and the walk's tail 2 on one side, its head 3 and site 4 on the other.
    """
    border = chance.random() < 0.7
    n_nodes = 5 if border else chance.randint(4, 5)
    case = TinyCase(
        n_nodes,
        horizon_s=60,
        load_base_s=chance.choice([0, 0, 1]),
        load_per_person_s=chance.choice([0, 0, 1]),
        unload_base_s=chance.choice([0, 0, 1]),
        unload_per_person_s=chance.choice([0, 0, 1]),
    )
    ends = (2, 3) if border else chance.sample(range(n_nodes), 2)
    case.arc(*ends, chance.randint(1, 2), modes=FOOT)
    if chance.random() < 0.2:
        case.arc(*chance.sample(range(n_nodes), 2), chance.randint(1, 3), modes=FOOT)
    for a, b in itertools.permutations(range(n_nodes), 2):
        apart = border and (a < 3) != (b < 3)
        if chance.random() < (0.1 if apart else 0.6):
            case.arc(a, b, chance.randint(1, 3))
    case.site("S", n_nodes - 1)
    for k, persons in enumerate((chance.randint(1, 3), chance.randint(0, 2))):
        node = chance.choice([k, 2]) if border else k
        case.demand(case.place(f"V{k}", node), persons, group="needs_transport")
    for k in range(chance.choice([0, 1, 2, 2])):
        base = chance.choice([0, 3]) if border and k == 0 else chance.randrange(n_nodes)
        case.vehicle(f"b{k}", base, seats=chance.randint(1, 2))
    return case.inputs()


class Crossings(Schedules):
    """Every schedule of all buses together, with people who walk links before, between and after them."""

    def __init__(self, inputs, horizon_s):
        super().__init__(inputs, horizon_s)
        arcs = inputs["network"]["arcs"]
        rows = zip(arcs["tail"], arcs["head"], arcs["travel_s"], arcs["modes"], strict=True)
        self.links = [(tail, head, travel) for tail, head, travel, modes in rows if modes & FOOT]
        self.seats = [bus["seats"] for bus in inputs["fleet"]]
        # a bus is (node, ready, aboard); people on foot are (node, since when), one entry each
        self.buses = tuple((bus["base_node"], bus["available_from_s"], 0) for bus in inputs["fleet"])
        places = {place["id"]: place["node"] for place in inputs["places"]}
        self.people = tuple(
            (places[row["place"]], 0) for row in inputs["demand"] for _ in range(row["persons"])
        )
        self.known = {}

    def best(self, buses=None, people=None):
        """Return the most people who can still arrive from a state."""
        state = (
            self.buses if buses is None else buses,
            tuple(sorted(self.people if people is None else people)),
        )
        if state not in self.known:
            self.known[state] = 0
            self.known[state] = max(itertools.chain([0], self._walks(*state), self._rides(*state)))
        return self.known[state]

    def _walks(self, buses, people):
        for k, (node, since) in enumerate(people):
            for tail, head, travel in self.links:
                if tail == node and since + travel <= self.horizon_s:
                    rest = people[:k] + people[k + 1 :]
                    if head in self.sites:
                        yield 1 + self.best(buses, rest)
                    yield self.best(buses, (*rest, (head, since + travel)))

    def _rides(self, buses, people):
        for k, (node, ready_s, aboard) in enumerate(buses):
            here = sorted(since for at, since in people if at == node)
            for boarding in range(min(len(here), self.seats[k] - aboard) + 1):
                load = aboard + boarding
                begin = max([ready_s, *here[:boarding]])
                rest = list(people)
                for since in here[:boarding]:
                    rest.remove((node, since))
                yield from self._legs(buses, tuple(rest), k, load, begin + self.loading_s(load))

    def _legs(self, buses, people, k, load, depart):
        times = self.loaded if load else self.empty
        tails = {tail for tail, _, _ in self.links}
        for end in range(self.n_nodes):
            arrive = depart + times[buses[k][0], end]
            if arrive > self.horizon_s or (end == buses[k][0] and not load):
                continue
            free = arrive + self.unloading_s(load)
            # at a site everybody gets off; before a link some may, and walk on at once
            for off in range(load + 1) if end in tails else (0,):
                delivered = load - off if end in self.sites else 0
                after = (end, free, load - off - delivered)
                if end == buses[k][0] and not (off or delivered):
                    continue
                others = (*buses[:k], after, *buses[k + 1 :])
                walkers = tuple((end, free) for _ in range(off))
                yield delivered + self._walk_on(others, people, walkers)

    def _walk_on(self, buses, people, walkers):
        """Return the best after those who got off before a link have taken one, whichever."""
        if not walkers:
            return self.best(buses, people)
        (node, since), *others = walkers
        best = 0
        for tail, head, travel in self.links:
            if tail == node and since + travel <= self.horizon_s:
                if head in self.sites:
                    best = max(best, 1 + self._walk_on(buses, people, tuple(others)))
                best = max(best, self._walk_on(buses, (*people, (head, since + travel)), tuple(others)))
        return best


def check_crossings(seeds, most_s=12):
    checked = binding = changes = 0
    for seed in seeds:
        chance = random.Random(seed)
        inputs = random_crossing(chance)
        demand = sum(row["persons"] for row in inputs["demand"])
        for horizon_s in sorted(chance.sample(range(1, most_s), 2)):
            crossings, phi = Crossings(inputs, horizon_s), bound(inputs, horizon_s)
            best = crossings.best()
            assert best <= phi, (seed, horizon_s)
            checked += 1
            binding += phi < demand
            changes += best > 0
    return checked, binding, changes


def test_no_schedule_with_a_walk_beats_the_fleet_bound():
    checked, binding, moved = check_crossings(range(40))
    assert checked == 80
    assert binding > 30
    assert moved > 12


@pytest.mark.slow
def test_no_schedule_with_a_walk_beats_the_fleet_bound_in_more_cases():
    seeds = first(range(1000, 1250))
    checked, binding, moved = check_crossings(seeds)
    assert checked == 2 * len(seeds)
    assert binding > len(seeds)
    assert moved > 0.4 * len(seeds)


# --- corners --------------------------------------------------------------------------------------


def shuttle(**rules):
    """Return a case of one bus of 4 places, 10 s from 9 people to the site and 20 s back."""
    case = TinyCase(2, horizon_s=200, **rules)
    case.arc(0, 1)
    case.arc(1, 0, 20)
    case.place("V", 0)
    case.site("S", 1)
    case.demand("V", 9, group="needs_transport")
    case.vehicle("b", 0, seats=4)
    return case


def test_the_bound_of_a_shuttle_is_worked_out_by_hand():
    # 4 places * (T + 20) seconds of round trips, 30 s a person
    case = shuttle()
    assert bound(case.inputs(), 9) == 0
    assert bound(case.inputs(), 10) == 4
    assert bound(case.inputs(), 40) == 8
    assert bound(case.inputs(), 70) == 9
    # and what it says can be done: three trips, the last of one person
    plan = TinyPlan(case.inputs())
    there, back = plan.route(0), plan.route(1)
    for k, persons in enumerate((4, 4, 1)):
        if k:
            plan.leg("b", back, 30 * k - 20)
        plan.leg("b", there, 30 * k, item("V", persons, site="S"))
    verdict = verify(case.inputs(), plan.plan())
    assert verdict.verified
    assert verdict.recomputed["directions"][0]["clearance_s"] == 70


def test_without_a_fleet_only_those_on_links_arrive():
    case = shuttle()
    case.fleet.clear()
    assert bound(case.inputs(), 200) == 0
    case.arc(0, 1, modes=FOOT)
    assert bound(case.inputs(), 0) == 9


def test_people_at_a_site_need_a_vehicle_that_is_there():
    """Who costs no time is brought by a bus with none to spare, but not by one that comes later."""
    case = TinyCase(1, horizon_s=50)
    case.place("V", 0)
    case.site("S", 0)
    case.demand("V", 9, group="needs_transport")
    case.vehicle("b", 0, seats=4, available_from_s=7)
    assert bound(case.inputs(), 6) == 0
    assert bound(case.inputs(), 7) == 9
    plan = TinyPlan(case.inputs())
    for persons in (4, 4, 1):
        plan.leg("b", plan.route(at=0), 7, item("V", persons, site="S"))
    verdict = verify(case.inputs(), plan.plan())
    assert verdict.verified
    assert verdict.recomputed["directions"][0]["clearance_s"] == 7


def test_a_fleet_without_the_kind_of_place_brings_nobody():
    case = shuttle()
    case.demand("V", 2, group="wheelchair")
    assert bound(case.inputs(), 200, "wheelchair") == 0
    assert bound(case.inputs(), 200, "seated") == 9


def test_a_road_without_a_way_back_costs_no_return():
    case = shuttle()
    del case.arcs[1]
    assert bound(case.inputs(), 10) == 4


def test_a_bus_that_cannot_reach_a_pick_up_counts_for_nothing():
    case = shuttle()
    del case.arcs[1]
    case.fleet[0]["base_node"] = 1
    assert bound(case.inputs(), 200) == 0


def test_people_without_a_way_count_for_nothing():
    case = shuttle()
    case.arcs[0]["directions"] = 2
    assert bound(case.inputs(), 200) == 0
